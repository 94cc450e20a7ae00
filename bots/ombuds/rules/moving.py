"""When the ombuds room is lost: deleted, replaced, or our account was put out of it.

Nobody but the homeserver's admin can do that. A room to which the old one points may be a trap
that shows complaints to strangers, so the office never goes there: it makes a new room of its own,
asks the team in, and puts the open cases there. Once an hour at most, so that whoever puts it out
on purpose does not make it found rooms for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bots.ombuds import handles
from bots.ombuds.models import Answer, AnswerState, Case, CaseState
from bots.ombuds.rules import answers, founding, roster
from bots.ombuds.rules.turn import Turn
from bots.runtime.decision import Performed, SetAside, SetTimer
from bots.runtime.phrases import Exact
from bots.runtime.vocabulary import HELP
from federation.actions import Leave, SetState
from federation.events import Membership

APART = timedelta(hours=1)
SOON = timedelta(seconds=60)
REFUSED = ("M_FORBIDDEN", "M_NOT_FOUND")


# -- how it is noticed -----------------------------------------------------------------------------


def membership(turn: Turn, event: Membership) -> None:
    if event.user != turn.settings.account:
        roster.membership(turn, event)
    elif event.membership.out:
        _lose(turn)


def replaced(turn: Turn) -> None:
    if turn.state.room is not None:
        turn.ask(Leave(turn.state.room, notify=True))
    _lose(turn)


def failed(turn: Turn, event: SetAside) -> bool:
    """Whether staff need not be told, since it is a lost room's fault."""
    place = handles.place(event.handle)
    if place is not None and place.part == "receipt" and event.error == "handle":
        turn.ask(SetTimer(handles.receipt_timer(place.case), turn.now + SOON))
        return True
    if handles.is_room(event.room) and (event.room != turn.room or turn.known.office.lost):
        return True
    if event.room in (turn.room, turn.state.room) and event.error in REFUSED:
        probe(turn)
    return False


def probe(turn: Turn) -> None:
    """See whether the room is ours still: what it says already changes nothing."""
    if turn.state.room is not None and not turn.known.office.lost:
        kind, content = founding.OFFICE
        turn.ask(SetState(turn.state.room, kind, content, notify=True))


def probed(turn: Turn, event: Performed) -> None:
    if event.room_id == turn.state.room and event.error in REFUSED:
        _lose(turn)


def _lose(turn: Turn) -> None:
    office, room = turn.known.office, turn.state.room
    if office.lost or room is None:
        return
    turn.office(lost=True, former=(*office.former, room))
    _anew_in_time(turn)


# -- another room ----------------------------------------------------------------------------------


def _anew_in_time(turn: Turn) -> None:
    when = turn.known.office.moved + APART.total_seconds()
    if turn.seconds >= when:
        _anew(turn)
    else:
        turn.ask(SetTimer(handles.ANEW, datetime.fromtimestamp(when, UTC)))


def due(turn: Turn) -> None:
    if turn.known.office.lost:
        _anew(turn)


def _anew(turn: Turn) -> None:
    office = turn.known.office
    known = (*office.roster, *(x.person for x in roster.lately(turn)))
    staff = tuple(x for x in dict.fromkeys(known or turn.settings.staff) if x not in office.awaited)
    staff = tuple(x for x in staff if x != turn.settings.account)
    turn.office(
        rooms=office.rooms + 1,
        moved=turn.seconds,
        lost=False,
        founded=True,
        roster=staff,
        departed=(),
        proposals=(),
    )
    turn.ask(founding.room(turn, (*staff, *office.awaited)))
    turn.tell("room-anew", {"command": HELP.shown(turn.staff_language)})
    at_hand = turn.known.case
    for case in _open(turn):
        turn.known = replace(turn.known, case=case)
        put(turn)
    turn.known = replace(turn.known, case=at_hand)


def _open(turn: Turn) -> Iterator[Case]:
    cases = sorted((x.case for x in turn.state.listed), key=lambda x: x.number)
    return (x for x in cases if x.state is not CaseState.CLOSED)


def made(turn: Turn, event: Performed) -> None:
    if event.handle == handles.ROOM:
        founding.made(turn, event)
    elif event.error is not None and event.handle == turn.room:
        turn.office(lost=True)
        _anew_in_time(turn)


# -- cases -----------------------------------------------------------------------------------------


def put(turn: Turn) -> None:
    """Put the case at hand into the room that is used now."""
    case = turn.case
    turn.tell(turn.case_key, turn.case_values(), handle=handles.root(case.number))
    if case.root_gone:
        turn.tell_case(turn.case_key, turn.case_values(), handle=handles.header(case.number))
    for later in case.sequel:
        marks: tuple[object, ...] = ()
        time = datetime.fromtimestamp(later.at, turn.settings.timezone)
        values = {"time": time, "marks": marks, "text": later.text}
        phrase = turn.phrase("continued" if later.continues else "followup", values)
        if later.kind not in ("text", "flagged"):
            phrase = turn.medium(later.kind, later.text)
        handle = handles.text(case.number, later.number, later.kind)
        turn.tell_case(phrase.key, phrase.values, handle=handle)
    for answer in sorted(case.answers, key=lambda x: x.number):
        _put_answer(turn, answer)


def _put_answer(turn: Turn, answer: Answer) -> None:
    handle = handles.notice(turn.case.number, answer.number)
    if answer.state is AnswerState.PENDING:
        turn.tell_case("answer-pending", answers.pending(turn, answer.text), handle=handle)
        answers.wait(turn, answer.number)
    elif answer.state in answers.OUT:
        turn.tell_case("answer-before", {"text": Exact(answer.text)}, handle=handle)
    elif answer.state is AnswerState.UNSENT:
        turn.tell_case("answer-unsent", {"text": Exact(answer.text)}, handle=handle)


def receipt_due(turn: Turn) -> None:
    """A receipt that waited in vain for its case to stand in a room that was lost."""
    if turn.known.case is None or turn.known.conversation is None:
        return
    number = turn.case.number
    if turn.state.posted:
        turn.receive()
    else:
        turn.ask(SetTimer(handles.receipt_timer(number), turn.now + SOON))
