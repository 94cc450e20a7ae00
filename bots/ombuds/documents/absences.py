"""Who of the team is away."""

from __future__ import annotations

from dataclasses import dataclass

from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Absence:
    """As the member herself has said it, in an encrypted word."""

    user: str
    since: float
    until: float
    """The end of the last day."""
    last: str
    """That day, as `2026-12-24`."""


ABSENCES = Collection("ombuds/absence", Absence, key=lambda x: x.user)
