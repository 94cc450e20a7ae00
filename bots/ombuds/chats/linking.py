"""Matters of the same person are never linked unless the person says so.

Staff may know one of them from a talk, and by the link they would know who brought the other.
"""

from __future__ import annotations

from bots.ombuds import commands
from bots.ombuds.cases import thread
from bots.ombuds.documents.cases import CASES, Case
from bots.ombuds.turn import Turn
from bots.runtime.speech.phrases import PerLanguage


def offer(turn: Turn, before: int) -> None:
    """A new case has begun, since the one before was closed."""
    turn.say("link-offer", {"before": before, "link": _command(before)})


def link(turn: Turn, rest: str) -> None:
    """`!link 734`: the case at hand and that one are of the same person."""
    number, _ = commands.split_number(rest)
    other = _hers(turn, number)
    if other is None or not turn.has_case:
        turn.say("link-unknown", {"link": _command(number or 734)})
        return
    turn.file(refers=other.number)
    thread.show(turn)
    turn.tell_case("linked-case", {"number": other.number})
    turn.say("linked", {"number": turn.case.number, "before": other.number})


def _hers(turn: Turn, number: int | None) -> Case | None:
    found = turn.get(CASES, str(number))
    if found is None or found.conversation != turn.conversation.serial:
        return None
    return found if not turn.has_case or number != turn.case.number else None


def _command(number: int) -> PerLanguage:
    return commands.full(commands.LINK, f" {number}")
