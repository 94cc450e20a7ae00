"""`!hold`: staff keep something from erasure, for a while, with a reason, and it is recorded.

It is what the person has taken back, once; or a closed case, as often as there is a reason. Nothing
is kept longer because nobody remembers: each hold ends by itself, and the room hears it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bots.ombuds import commands, keys
from bots.ombuds.cases import held, hiding, retention, thread
from bots.ombuds.documents.cases import CaseMoves, Held
from bots.ombuds.documents.hidden import HiddenMoves
from bots.ombuds.turn import Turn
from bots.runtime.kit.records import Word
from bots.runtime.model.decision import CancelTimer, SetTimer

LONGEST = 366
"""Days for which a case is kept at once."""


def hold(turn: Turn, staff: str, rest: str) -> None:
    """`!hold DAYS REASON`, in the case at hand."""
    taken_back = any(HiddenMoves.held.may(x.state) for x in held.of_case(turn))
    if taken_back or not CaseMoves.time_over.may(turn.case.state):
        hiding.hold(turn, staff, rest)
        return
    first, _, reason = rest.partition(" ")
    days = int(first) if first.isdecimal() and len(first) < 4 else 0
    if not 1 <= days <= LONGEST or not reason.strip():
        turn.tell_case("hold-how", {"days": LONGEST, "command": commands.with_days()})
        return
    until = turn.now + timedelta(days=days)
    turn.file(held=Held(until.timestamp(), staff, reason.strip()))
    turn.ask(SetTimer(keys.HOLD_OVER(case=turn.case.number), at=until))
    thread.show(turn)
    turn.record("case-held", case=turn.case.number, staff=staff, days=days, reason=reason.strip())
    shown = {"staff": staff, "number": turn.case.number, "reason": reason.strip()}
    day = datetime.fromtimestamp(until.timestamp(), turn.settings.timezone).date()
    turn.tell_case("case-held", {**shown, "date": day, "command": commands.RELEASE})


def release(turn: Turn, staff: str) -> None:
    """`!release`: the reason is gone."""
    if turn.case.held is None:
        turn.tell_case("case-not-held", {"number": turn.case.number})
        return
    turn.ask(CancelTimer(keys.HOLD_OVER(case=turn.case.number)))
    turn.record("case-released", case=turn.case.number, staff=staff)
    _end(turn)


def over(turn: Turn, case: int) -> None:
    """Its date has come."""
    turn.take_case(case)
    if turn.has_case and turn.case.held is not None:
        turn.record("case-released", case=case, why=Word("time"))
        _end(turn)


def _end(turn: Turn) -> None:
    turn.file(held=None)
    if turn.is_case_here:
        thread.show(turn)
    turn.tell("case-hold-over", {"number": turn.case.number}, about=str(turn.case.number))
    retention.unwanted(turn)
