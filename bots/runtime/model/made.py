"""What a handle names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """An event or a room of ours that a handle names."""

    handle: str
    room_id: str
    event_id: str | None
    by: str | None = None
    """The id of the action that made it."""
