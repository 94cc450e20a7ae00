"""Which room a case is in: a lost ombuds room is followed by a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from bots.ombuds import keys
from bots.ombuds.cases import answers, held, thread
from bots.ombuds.documents.cases import CASES, LATER, Answer, AnswerState, Case, Later, later_key
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import NO_TIME, SetTimer
from bots.runtime.speech.phrases import Exact
from federation.model.actions import Redact

SOON = timedelta(seconds=60)
MOST = 100
"""Cases sent to a new room at a time."""


def move(turn: Turn) -> None:
    """Send the next open cases of former rooms into this one."""
    cases: list[Case] = []
    for room in range(turn.office.rooms):
        left = MOST - len(cases)
        cases += turn.find(CASES, "open", str(room), most=left, oldest=True) if left else ()
    if len(cases) == MOST:
        turn.ask(SetTimer(keys.MOVE(), after=NO_TIME))
    for case in sorted(cases, key=lambda x: x.opened):
        turn.take_case(case.number)
        _put(turn)


def bring(turn: Turn) -> None:
    """Send the case at hand into the current room, if it is still in a lost one."""
    if not turn.is_case_here and turn.case.shelf is None:
        _put(turn)


def show(turn: Turn) -> None:
    """The same, also if it is on the shelf."""
    turn.file(shelf=None)
    bring(turn)


def _put(turn: Turn) -> None:
    turn.file(stands=turn.office.rooms, root_lost=False)
    case = turn.case
    turn.tell(thread.root(turn), handle=keys.ROOT(case=case.number))
    if case.root_gone:
        turn.tell_case(thread.root(turn), handle=keys.HEADER(case=case.number))
    for number in range(1, case.texts + 1):
        later = turn.get(LATER, later_key(case.number, number))
        if later is not None:
            put_later(turn, later)
    held.put(turn)
    for answer in _in_order(case):
        put_answer(turn, answer)


def put_answers_anew(turn: Turn) -> None:
    """Without the first words of the case, which the notices quoted and the person takes back."""
    for answer in _in_order(turn.case):
        turn.ask(Redact(turn.room, keys.NOTICE(case=turn.case.number, number=answer.number)))
        put_answer(turn, answer)


def _in_order(case: Case) -> list[Answer]:
    return sorted(case.answers, key=lambda x: x.number)


def put_later(turn: Turn, later: Later) -> None:
    time = datetime.fromtimestamp(later.at, turn.settings.timezone)
    values: dict[str, object] = {"time": time, "marks": (), "text": later.text}
    phrase = turn.phrase("continued" if later.continues else "followup", values)
    if later.continues and not later.text:
        phrase = turn.phrase("part-removed")
    elif later.kind == "evidence":
        phrase = thread.evidence(turn, later.author, later.link, later.text)
    elif later.kind not in ("text", "flagged"):
        phrase = thread.medium(turn, later.kind, later.text)
    handle = keys.TEXT(case=later.case, kind=later.kind, number=later.number)
    turn.tell_case(phrase, handle=handle)


def put_answer(turn: Turn, answer: Answer) -> None:
    handle = keys.NOTICE(case=turn.case.number, number=answer.number)
    if answer.state is AnswerState.PENDING:
        turn.tell_case("answer-pending", answers.pending(turn, answer.text), handle=handle)
        answers.wait(turn, answer.number)
    elif answer.state is AnswerState.HELD:
        turn.tell_case("answer-held", answers.pending(turn, answer.text), handle=handle)
    elif answer.state in answers.OUT:
        turn.tell_case(answers.gone_out(turn, answer), handle=handle)
    elif answer.state is AnswerState.UNSENT:
        turn.tell_case("answer-unsent", {"text": Exact(answer.text)}, handle=handle)


def confirm_arrival(turn: Turn, case: int) -> None:
    """Say that it has arrived, which could not be said because its case was in a lost room."""
    turn.take_case(case)
    if not turn.has_case or not turn.has_chat:
        return
    made = turn.view.made(keys.ROOT(case=case))
    if made is not None and made.room_id == turn.room_id:
        thread.confirm_arrival(turn)
    else:
        turn.ask(SetTimer(keys.CONFIRM_ARRIVAL(case=case), after=SOON))
