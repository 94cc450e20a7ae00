"""What is known of how people watch over the record."""

from __future__ import annotations

from dataclasses import dataclass

from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Watch:
    day: str = ""
    """When its head was last told."""
    repeated: float = 0.0
    """When somebody last repeated one."""
    doubted: str = ""
    """A head that somebody sent, and that did not fit."""
    gap: int = 0
    """Number of the newest entry about what was lost of which the team has heard."""


WATCH = Collection("ombuds/watch", Watch, key=lambda _: "watch")
