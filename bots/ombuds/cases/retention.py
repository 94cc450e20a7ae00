"""Closed cases are erased after a while: here, in what backups bring back, and in the staff's room.

What the team's devices have shown stays on them until each of them fetches the redactions, and in
copies that somebody made. The room is told so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.cases import forgetting, held
from bots.ombuds.documents.cases import (
    CASES,
    LATER,
    Case,
    CaseMoves,
    CaseState,
    in_state,
    later_key,
)
from bots.ombuds.documents.disclosures import DISCLOSURES
from bots.ombuds.documents.erasures import ERASURES
from bots.ombuds.documents.hidden import HIDDEN
from bots.ombuds.turn import Turn
from bots.runtime.kit.records import COMMITTED, ENTRIES, Word
from bots.runtime.model.decision import NO_TIME, CancelTimer, SetTimer, Withdraw
from federation.model.actions import Handle, Redact
from federation.model.events import KNOWN_MEDIA

LATER_THAN_WHOSE = timedelta(days=8)
"""By its closed cases the office knows when to forget the person (`forgetting`)."""
MOST = 20
"""Cases that are erased in one decision."""
KINDS = (*sorted(KNOWN_MEDIA), "text", "flagged", "evidence")
TIME, ASKED = Word("time"), Word("asked")
"""Why something was erased."""
OF_STAFF = "staff"
"""The fact of a record that names who of the team did it, which stays."""


def sweep(turn: Turn) -> None:
    """Each day: what has been closed for long enough."""
    kept = max(turn.settings.kept, turn.settings.forget_after + LATER_THAN_WHOSE)
    until = turn.seconds - kept.total_seconds()
    due = list(_closed_before(turn, until))
    for case in due[:MOST]:
        erase(turn, case.number, TIME)
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
        if not held.of_case(turn) and case.held is None:
            found += 1
            yield case


def _over(case: Case) -> bool:
    return CaseMoves.time_over.may(case.state)


def unwanted(turn: Turn) -> None:
    """Staff keep something of the case at hand no longer. Its person may have wanted it gone."""
    if turn.has_case and turn.case.unwanted and not held.until(turn):
        erase(turn, turn.case.number, ASKED)


def erase(turn: Turn, number: int, why: Word) -> None:
    """No word of a case stays, and none comes back with a backup."""
    turn.take_case(number)
    case = turn.case
    forgetting.forget_sources(turn, number)
    for hidden in held.of_case(turn):
        held.strike(turn, hidden)
    for handle in _named(case):
        made = turn.view.made(handle)
        if made is None:
            turn.ask(Withdraw(handle))
        elif made.room_id == turn.room_id:
            turn.ask(Redact(turn.room, handle))
    for part in range(1, case.texts + 1):
        turn.drop(LATER, later_key(number, part), erase=True)
    for mark in turn.keys(HIDDEN, "case", str(number)):
        turn.drop(HIDDEN, mark, erase=True)
        turn.ask(CancelTimer(keys.ERASE(mark=mark)))
    for collection in (DISCLOSURES, ERASURES):
        turn.drop(collection, str(number), erase=True)
    turn.ask(*(CancelTimer(x) for x in _timers(case)))
    turn.drop(CASES, str(number), erase=True)
    turn.set_office(unheard=tuple(x for x in turn.office.unheard if x != number))
    _unname(turn, number)
    turn.record("case-erased", case=number, why=why)
    key = "case-erased" if why == TIME else "case-erased-asked"
    turn.tell(key, {"number": number}, about=str(number))


def _named(case: Case) -> Iterator[Handle]:
    """What the staff's room shows of it, or is about to."""
    number = case.number
    yield keys.ROOT(case=number)
    yield keys.HEADER(case=number)
    yield from (keys.NOTICE(case=number, number=x.number) for x in case.answers)
    texts = range(1, case.texts + 1)
    yield from (keys.TEXT(case=number, kind=x, number=y) for y in texts for x in KINDS)


def _timers(case: Case) -> Iterator[str]:
    number = case.number
    yield from (keys.GOES(case=number, number=x.number) for x in case.answers)
    of_case = (keys.HOLD_OVER, keys.ERASE_PERSON, keys.TELL_PERSON, keys.CONFIRM_ARRIVAL)
    yield from (x(case=number) for x in of_case)


def _unname(turn: Turn, number: int) -> None:
    """What the record committed to about it; the chain stays whole."""
    for key in turn.keys(ENTRIES, "case", str(number)):
        entry = turn.get(ENTRIES, key)
        for name, commitment in entry.hidden.items() if entry is not None else ():
            if name != OF_STAFF:
                turn.drop(COMMITTED, commitment, erase=True)
