"""Closed cases are erased after a while: here, in what backups bring back, and in the staff's room.

What the team's devices have shown stays on them until each of them fetches the redactions, and in
copies that somebody made. The room is told so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.cases import held
from bots.ombuds.documents.cases import (
    CASES,
    LATER,
    Case,
    CaseMoves,
    CaseState,
    in_state,
    later_key,
)
from bots.ombuds.documents.hidden import HIDDEN
from bots.ombuds.turn import Turn
from bots.runtime.kit.records import COMMITTED, ENTRIES, Word
from bots.runtime.model.decision import NO_TIME, CancelTimer, SetTimer
from federation.model.actions import Handle, Redact
from federation.model.events import KNOWN_MEDIA

LATER_THAN_WHOSE = timedelta(days=8)
"""By its closed cases the office knows when to forget the person (`forgetting`)."""
MOST = 20
"""Cases that are erased in one decision."""
KINDS = (*sorted(KNOWN_MEDIA), "text", "flagged", "evidence")
OF_STAFF = "staff"
"""The fact of a record that names who of the team did it, which stays."""


def sweep(turn: Turn) -> None:
    """Each day: what has been closed for long enough."""
    kept = max(turn.settings.kept, turn.settings.forget_after + LATER_THAN_WHOSE)
    until = turn.seconds - kept.total_seconds()
    due = list(_closed_before(turn, until))
    for case in due[:MOST]:
        erase(turn, case.number, Word("time"))
    if len(due) > MOST:
        turn.ask(SetTimer(keys.SWEEP(), after=NO_TIME))


def _closed_before(turn: Turn, until: float) -> Iterator[Case]:
    """The oldest first; one more than is erased at once."""
    found = 0
    for key in turn.view.keys(CASES, "state", in_state(CaseState.CLOSED)):
        case = turn.get(CASES, key)
        if found > MOST or case is None or case.waiting > until or not _over(case):
            return
        turn.take_case(case.number)
        if not held.of_case(turn):  # staff keep something of it, for some days at most
            found += 1
            yield case


def _over(case: Case) -> bool:
    return CaseMoves.time_over.may(case.state)


def erase(turn: Turn, number: int, why: Word) -> None:
    """No word of a case stays, and none comes back with a backup."""
    turn.take_case(number)
    case = turn.case
    turn.ask(*(Redact(turn.room, x) for x in _shown(turn, case)))
    for part in range(1, case.texts + 1):
        turn.drop(LATER, later_key(number, part), erase=True)
    for mark in turn.keys(HIDDEN, "case", str(number)):
        turn.drop(HIDDEN, mark, erase=True)
        turn.ask(CancelTimer(keys.ERASE(mark=mark)))
    turn.drop(CASES, str(number), erase=True)
    _unname(turn, number)
    turn.record("case-erased", case=number, why=why)
    turn.tell("case-erased", {"number": number}, about=str(number))


def _shown(turn: Turn, case: Case) -> Iterator[Handle]:
    """What the staff's room shows of it, in the room of today."""
    number = case.number
    named = [keys.ROOT(case=number), keys.HEADER(case=number)]
    named += [keys.NOTICE(case=number, number=x.number) for x in case.answers]
    texts = range(1, case.texts + 1)
    named += [keys.TEXT(case=number, kind=x, number=y) for y in texts for x in KINDS]
    for handle in named:
        made = turn.view.made(handle)
        if made is not None and made.room_id == turn.room_id:
            yield handle


def _unname(turn: Turn, number: int) -> None:
    """What the record committed to about it; the chain stays whole."""
    for key in turn.keys(ENTRIES, "case", str(number)):
        entry = turn.get(ENTRIES, key)
        for name, commitment in entry.hidden.items() if entry is not None else ():
            if name != OF_STAFF:
                turn.drop(COMMITTED, commitment, erase=True)
