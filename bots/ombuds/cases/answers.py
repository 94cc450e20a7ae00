"""Answers: each waits while staff can still take it back, then goes out once (`AnswerMoves`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bots.ombuds import commands, keys
from bots.ombuds.cases import thread
from bots.ombuds.documents.cases import Answer, AnswerMoves, AnswerState, CaseMoves
from bots.ombuds.turn import Turn
from bots.runtime.kit import undo as undoing
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import NO_TIME, Performed, Phrase, SetTimer
from bots.runtime.speech.phrases import Exact
from bots.runtime.speech.vocabulary import UNDO
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import Invocation
from federation.model.actions import AskDevices, Redact
from federation.model.events import Edit, MediaMessage, Reaction, Shown, TextMessage

MOST_WEIGHT = 10_000
"""Heavier than one part of a person's text may be, since an answer is never cut."""
AGAIN = timedelta(minutes=1)
"""How long we wait before asking again for devices that we could not learn."""
OUT = (AnswerState.SENDING, AnswerState.SENT, AnswerState.DELIVERED)
"""States from which nothing can be taken back."""


def propose(turn: Turn, event: TextMessage, text: str, *, numbered: bool) -> None:
    """`!answer TEXT`, in the case at hand; `numbered` if the command named the case."""
    number = len(turn.case.answers) + 1
    thread.put_answer(turn, Answer(number, text, event.origin.sender, numbered))
    notice = keys.NOTICE(case=turn.case.number, number=number)
    turn.tell_case(
        "answer-pending", pending(turn, text), handle=notice, copy_of=event.origin.event_id
    )
    wait(turn, number)


def wait(turn: Turn, number: int) -> None:
    """Open the window in which the answer can be taken back, by a reaction to its notice."""
    turn.ask(*window(turn, number).open(turn.room, turn.settings.undo))


def window(turn: Turn, number: int) -> undoing.Window:
    case = turn.case.number
    timer, sign = keys.GOES(case=case, number=number), keys.UNDO(case=case, number=number)
    return undoing.Window(keys.NOTICE(case=case, number=number), timer, sign)


def pending(turn: Turn, text: str) -> dict[str, object]:
    return {**_case(turn), **undoing.told(turn.closes), "text": Exact(text), "anew": ""}


def _case(turn: Turn) -> dict[str, object]:
    """Names the case: the person who answers may be looking at another case's thread."""
    return {"number": turn.case.number, "words": thread.first_words(turn.case)}


def find(turn: Turn, number: int) -> Answer | None:
    answers = turn.case.answers if turn.has_case else ()
    return next((x for x in answers if x.number == number), None)


def _ready(turn: Turn, number: int, happens: Move[AnswerState]) -> Answer | None:
    """The answer, if this can happen to it."""
    answer = find(turn, number)
    return answer if answer is not None and happens.may(answer.state) else None


def _move(turn: Turn, answer: Answer, happens: Move[AnswerState], **changes: Any) -> Answer:
    moved = replace(answer, state=happens(answer.state), **changes)
    thread.put_answer(turn, moved)
    if moved.state is not answer.state:
        facts = {"case": turn.case.number, "number": moved.number, "state": moved.state}
        turn.record("answer", **facts, staff=moved.author)
    return moved


# -- taking back and changing ----------------------------------------------------------------------


def undo_last(turn: Turn) -> bool:
    """Cancel the newest waiting answer of the case at hand. False if none waits."""
    waiting = [x for x in turn.case.answers if AnswerMoves.taken_back.may(x.state)]
    if waiting:
        _cancel(turn, max(waiting, key=lambda x: x.number))
    return bool(waiting)


def undo(turn: Turn, number: int, staff: str) -> None:
    """A member of the team reacted with ❌, or redacted the command. A homeserver can do both in
    anybody's name: so all are told who seems to have stopped it."""
    answer = find(turn, number)
    if answer is None:
        return
    if AnswerMoves.taken_back.may(answer.state):
        _cancel(turn, answer)
        _tell_stopped(turn, staff)
    elif answer.state in OUT:
        _too_late(turn)


def _tell_stopped(turn: Turn, staff: str) -> None:
    shown = {"staff": staff, "number": turn.case.number, "command": commands.full(commands.ANSWER)}
    turn.tell_case("answer-stopped", shown)


def _cancel(turn: Turn, answer: Answer) -> None:
    _move(turn, answer, AnswerMoves.taken_back)
    turn.ask(window(turn, answer.number).shut())
    _show(turn, answer, "answer-cancelled")


def _show(turn: Turn, answer: Answer, key: str, values: dict[str, object] | None = None) -> None:
    notice = keys.NOTICE(case=turn.case.number, number=answer.number)
    shown = {**_case(turn), "text": Exact(answer.text), **(values or {})}
    turn.tell(key, shown, edits=notice)
    if key not in ("answer-pending", "answer-held"):
        turn.ask(*window(turn, answer.number).clear(turn.room))


def unedited(turn: Turn, number: int, staff: str) -> None:
    """An edit of the command was removed: treat it like the command itself, and keep no word of
    it."""
    answer = find(turn, number)
    if answer is None or not answer.text:
        return
    if not AnswerMoves.edit_removed.may(answer.state):
        _too_late(turn)
        return
    if AnswerMoves.taken_back.may(answer.state):
        _tell_stopped(turn, staff)
    _move(turn, answer, AnswerMoves.edit_removed, text="")
    turn.ask(window(turn, number).shut())
    turn.ask(Redact(turn.room, keys.NOTICE(case=turn.case.number, number=number)))
    turn.tell_case("answer-cancelled", {"text": "…"})


def _too_late(turn: Turn) -> None:
    turn.tell_case("answer-late", {"command": commands.full(commands.ANSWER)})


def edited(turn: Turn, event: Edit, number: int) -> None:
    """The command was edited: the wait begins again with the new text. If it is no longer an
    answer, nothing is sent."""
    answer = find(turn, number)
    if answer is None or answer.author != event.origin.sender:
        return
    if answer.state in OUT:
        _too_late(turn)
    elif AnswerMoves.edited.may(answer.state) and event.origin.encrypted:
        # An edit that may have been meant for another message changes nothing, and nothing leaves.
        text = _new_text(turn, answer, event) if event.origin.bound else None
        if text is None:
            _cancel(turn, answer)
            return
        answer = replace(answer, text=text, state=AnswerMoves.edited(answer.state))
        thread.put_answer(turn, answer)
        turn.note_edit(event.origin.event_id, event.target)
        _show(turn, answer, "answer-pending", pending(turn, text))
        turn.ask(window(turn, number).wind(turn.settings.undo))


def _new_text(turn: Turn, answer: Answer, event: Edit) -> str | None:
    invocation = commands.OF_STAFF.read(event)
    if not isinstance(invocation, Invocation) or texts.clean(event.body)[1]:
        return None
    if invocation.command is not commands.ANSWER:
        return None
    rest = invocation.rest
    if answer.numbered:
        number, rest = commands.split_number(rest)
        if number != turn.case.number:
            return None
    return rest if rest and texts.weight(rest) <= MOST_WEIGHT else None


# -- sending ---------------------------------------------------------------------------------------


def due(turn: Turn, case: int, number: int) -> None:
    turn.take_case(case)
    answer = _ready(turn, number, AnswerMoves.undo_over)
    if answer is None:
        return
    if not turn.has_chat:
        _unsent(turn, answer, "unsent-forgotten")
    elif turn.conversation.left:
        _unsent(turn, answer, "unsent-left")
    elif turn.conversation.exposed:
        _unsent(turn, answer, "unsent-exposed")
    elif not turn.reaches:
        _hold(turn, answer)
    else:
        _move(turn, answer, AnswerMoves.undo_over)
        turn.converse(spoken=turn.seconds)
        thread.belongs_here(turn)
        turn.say(
            "answer",
            {"number": turn.case.number, "text": Exact(answer.text)},
            handle=keys.ANSWER(case=turn.case.number, number=number),
            strict=True,
            notify=True,
        )


def _hold(turn: Turn, answer: Answer) -> None:
    """The person has no device any more that is known to be hers, or we have to ask for them."""
    if turn.reaches is None:
        timer = keys.GOES(case=turn.case.number, number=answer.number)
        turn.ask(AskDevices(turn.chat, turn.reporter.reveal()), SetTimer(timer, after=AGAIN))
        return
    _move(turn, answer, AnswerMoves.held)
    _show(turn, answer, "answer-held", {"command": UNDO})
    turn.tell_case("held-reset")


def release(turn: Turn) -> None:
    """What waits in the case at hand can go to the person again."""
    for answer in turn.case.answers:
        if AnswerMoves.released.may(answer.state):
            _move(turn, answer, AnswerMoves.released)
            timer = keys.GOES(case=turn.case.number, number=answer.number)
            turn.ask(SetTimer(timer, after=NO_TIME))


def rewound(turn: Turn, case: int, number: int) -> None:
    """The machine was started again, so the time begins anew."""
    turn.take_case(case)
    answer = find(turn, number)
    if answer is not None and answer.state is AnswerState.PENDING:
        values = {**pending(turn, answer.text), "anew": turn.phrase("undo-anew")}
        _show(turn, answer, "answer-pending", values)


def performed(turn: Turn, event: Performed, case: int, number: int) -> None:
    turn.take_case(case)
    answer = _ready(turn, number, AnswerMoves.sent)
    if answer is None:
        return
    if event.error is None:
        _move(turn, answer, AnswerMoves.sent, sent=turn.seconds)
        turn.say("ring-answer", strict=True, notify=True)
        _show(turn, answer, "answer-sent", {"time": turn.clock()})
        thread.move(turn, CaseMoves.answered)
    elif event.error == "audience":
        _unsent(turn, answer, "unsent-exposed")
    elif event.error == "clear":
        _unsent(turn, answer, "unsent-clear")
    else:
        _unsent(turn, answer, "unsent-error", {"error": event.error})


def proved(turn: Turn, event: TextMessage | MediaMessage | Reaction) -> None:
    """The person wrote or reacted, so their homeserver has everything we sent before."""
    if turn.has_case and turn.is_reporter(event.origin.sender):
        if event.origin.encrypted:
            release(turn)
        for answer in turn.case.answers:
            if answer.sent * 1000 <= event.origin.sent_at:
                _deliver(turn, answer.number)


def shown(turn: Turn, event: Shown) -> None:
    """The person's client has shown these events. Answers count if they are of the newest one's
    case."""
    made = filter(None, map(turn.view.made_by_event, event.events))
    parts = filter(None, (keys.part(x.handle) for x in made))
    answers = [x for x in parts if x.what == "answer"]
    if answers:
        turn.take_case(answers[-1].case)
        if turn.has_case and turn.is_reporter(event.origin.sender):
            for answer in answers:
                if answer.case == turn.case.number:
                    _deliver(turn, answer.number)


def _deliver(turn: Turn, number: int) -> None:
    answer = _ready(turn, number, AnswerMoves.delivered)
    if answer is not None:
        delivered = _move(turn, answer, AnswerMoves.delivered)
        notice = keys.NOTICE(case=turn.case.number, number=number)
        if turn.is_case_here:
            turn.tell(gone_out(turn, delivered), edits=notice)


def gone_out(turn: Turn, answer: Answer) -> Phrase:
    """The notice of an answer that can't be taken back any more."""
    key = "answer-delivered" if answer.state is AnswerState.DELIVERED else "answer-sent"
    time = datetime.fromtimestamp(answer.sent or turn.seconds, turn.settings.timezone)
    return turn.phrase(key, {**_case(turn), "text": Exact(answer.text), "time": time})


def _unsent(turn: Turn, answer: Answer, key: str, values: dict[str, object] | None = None) -> None:
    _move(turn, answer, AnswerMoves.failed)
    _show(turn, answer, "answer-unsent")
    turn.tell_case(key, {"command": commands.full(commands.ANSWER), **(values or {})})
