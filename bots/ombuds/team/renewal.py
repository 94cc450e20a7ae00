"""The office is somebody new on Matrix, because its key was compromised (`buendnis key rotate`)."""

from __future__ import annotations

from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Started


def started(turn: Turn, event: Started) -> None:
    if event.renewed and turn.office.roster:
        turn.record("office-renewed")
        turn.alarm("renewed")
