"""From which devices staff command the office: those that they have signed themselves.

Who runs a homeserver can give somebody a new password and log in as her, but not sign that device
with her keys.
"""

from __future__ import annotations

from bots.ombuds.rules.turn import Turn
from federation.actions import AskDevices
from federation.events import Doubt, Edit, TextMessage

PAUSE = 600.0
"""Seconds in which staff are not rung for again because of the same fault."""


def is_hers(turn: Turn, event: TextMessage | Edit) -> bool:
    """Whether a command counts. Where her devices are not known, they are asked for first, and it
    is decided anew."""
    doubt = event.origin.doubt
    if doubt is Doubt.UNKNOWN:
        turn.ask(AskDevices(event.origin.room_id, event.origin.sender))
    elif doubt is Doubt.UNSIGNED:
        _refuse(turn, event.origin.sender)
    return doubt is None


def _refuse(turn: Turn, staff: str) -> None:
    again = turn.seconds - turn.known.office.doubted < PAUSE
    if not again:
        turn.office(doubted=turn.seconds)
    turn.tell("device-again" if again else "device-unsigned", {"staff": staff})
