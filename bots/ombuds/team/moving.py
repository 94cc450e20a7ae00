"""When the ombuds room is lost: deleted, replaced, or our account was put out of it.

Nobody but the homeserver's admin can do that. A room to which the old one points may be a trap
that shows complaints to strangers, so the office never goes there: it makes a new room of its own,
asks the team in, and puts the open cases there. Once an hour at most, so that whoever puts it out
on purpose does not make it found rooms for ever.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bots.ombuds import keys
from bots.ombuds.cases import answers, thread
from bots.ombuds.cases.documents import CASES, Answer, AnswerState, Case
from bots.ombuds.team import founding, roster
from bots.ombuds.turn import Turn
from bots.runtime.decision import Performed, SetAside, SetTimer, Started
from bots.runtime.kit import deadletters
from bots.runtime.phrases import Exact
from bots.runtime.vocabulary import HELP
from federation.actions import Leave, SetState
from federation.events import Membership, RoomReplaced

APART = timedelta(hours=1)
SOON = timedelta(seconds=60)
MOST = 100
"""Cases that are put into a new room at once."""
REFUSED = ("M_FORBIDDEN", "M_NOT_FOUND")


# -- how it is noticed -----------------------------------------------------------------------------


def membership(turn: Turn, event: Membership) -> None:
    if event.user != turn.settings.account:
        roster.membership(turn, event)
    elif event.membership.out:
        _lose(turn)


def replaced(turn: Turn, event: RoomReplaced) -> None:
    if turn.room_id is not None:
        turn.ask(Leave(turn.room_id, notify=True))
    _lose(turn)


def set_aside(turn: Turn, event: SetAside) -> None:
    if not _is_settled(turn, event):
        deadletters.tell(turn, event)


def _is_settled(turn: Turn, event: SetAside) -> bool:
    """Whether staff need not be told, since it is a lost room's fault."""
    receipt = keys.RECEIPT.read(event.handle)
    if receipt is not None and event.error == "handle":
        turn.ask(SetTimer(keys.RECEIVE(**receipt), turn.now + SOON))
        return True
    if keys.is_office(event.room) and (event.room != turn.room or turn.office.lost):
        return True
    if event.room in (turn.room, turn.room_id) and event.error in REFUSED:
        probe(turn)
    return False


def started(turn: Turn, _: Started) -> None:
    probe(turn)


def probe(turn: Turn) -> None:
    """See whether the room is ours still: what it says already changes nothing."""
    if turn.room_id is not None and not turn.office.lost:
        kind, content = founding.OFFICE
        turn.ask(SetState(turn.room_id, kind, content, notify=True))


def probed(turn: Turn, event: Performed) -> None:
    if event.room_id == turn.room_id and event.error in REFUSED:
        _lose(turn)


def _lose(turn: Turn) -> None:
    office, room = turn.office, turn.room_id
    if office.lost or room is None:
        return
    turn.set_office(lost=True, former=(*office.former, room))
    _anew_in_time(turn)


# -- another room ----------------------------------------------------------------------------------


def _anew_in_time(turn: Turn) -> None:
    when = turn.office.moved + APART.total_seconds()
    if turn.seconds >= when:
        _anew(turn)
    else:
        turn.ask(SetTimer(keys.ANEW(), datetime.fromtimestamp(when, UTC)))


def due(turn: Turn) -> None:
    if turn.office.lost:
        _anew(turn)


def _anew(turn: Turn) -> None:
    office = turn.office
    known = (*office.roster, *(x.person for x in roster.lately(turn)))
    staff = tuple(x for x in dict.fromkeys(known or turn.settings.staff) if x not in office.awaited)
    staff = tuple(x for x in staff if x != turn.settings.account)
    turn.set_office(
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
    move(turn)


def move(turn: Turn) -> None:
    """Put open cases of former rooms into this one, so many at once."""
    cases: list[Case] = []
    for room in range(turn.office.rooms):
        left = MOST - len(cases)
        cases += turn.view.find(CASES, "open", str(room), most=left, oldest=True) if left else ()
    if len(cases) == MOST:
        turn.ask(SetTimer(keys.MOVE(), turn.now))
    for case in sorted(cases, key=lambda x: x.number):
        turn.take_case(case.number)
        _put(turn)


def made(turn: Turn, event: Performed, number: int) -> None:
    if event.error is not None and number == turn.office.rooms:
        turn.set_office(lost=True)
        _anew_in_time(turn)


# -- cases -----------------------------------------------------------------------------------------


def bring(turn: Turn) -> None:
    """Put the case at hand into the room that is used now, if it stands in one that was lost."""
    if turn.case.stands != turn.office.rooms:
        _put(turn)


def _put(turn: Turn) -> None:
    turn.file(stands=turn.office.rooms)
    case = turn.case
    turn.tell(thread.key(turn), thread.values(turn), handle=keys.ROOT(case=case.number))
    if case.root_gone:
        turn.tell_case(thread.key(turn), thread.values(turn), handle=keys.HEADER(case=case.number))
    for later in case.sequel:
        marks: tuple[object, ...] = ()
        time = datetime.fromtimestamp(later.at, turn.settings.timezone)
        values = {"time": time, "marks": marks, "text": later.text}
        phrase = turn.phrase("continued" if later.continues else "followup", values)
        if later.kind not in ("text", "flagged"):
            phrase = thread.medium(turn, later.kind, later.text)
        handle = keys.TEXT(case=case.number, kind=later.kind, number=later.number)
        turn.tell_case(phrase.key, phrase.values, handle=handle)
    for answer in sorted(case.answers, key=lambda x: x.number):
        _put_answer(turn, answer)


def _put_answer(turn: Turn, answer: Answer) -> None:
    handle = keys.NOTICE(case=turn.case.number, number=answer.number)
    if answer.state is AnswerState.PENDING:
        turn.tell_case("answer-pending", answers.pending(turn, answer.text), handle=handle)
        answers.wait(turn, answer.number)
    elif answer.state in answers.OUT:
        turn.tell_case("answer-before", {"text": Exact(answer.text)}, handle=handle)
    elif answer.state is AnswerState.UNSENT:
        turn.tell_case("answer-unsent", {"text": Exact(answer.text)}, handle=handle)


def receive(turn: Turn, case: int) -> None:
    """A receipt that waited in vain for its case to stand in a room that was lost."""
    turn.take_case(case)
    if not turn.has_case or not turn.has_chat:
        return
    made = turn.view.made(keys.ROOT(case=case))
    if made is not None and made.room_id == turn.room_id:
        thread.receive(turn)
    else:
        turn.ask(SetTimer(keys.RECEIVE(case=case), turn.now + SOON))
