"""Every copy follows its message: edits of its author, and whatever takes it back."""

from __future__ import annotations

from datetime import timedelta

from bots.exchange import keys
from bots.exchange.documents import (
    ANSWERS,
    REMOVED,
    SHARES,
    Removed,
    Shared,
    ShareMoves,
    ShareState,
)
from bots.exchange.rules import answering, helping, marking
from bots.exchange.rules.turn import Turn
from bots.runtime.model.decision import NO_TIME, Performed, SetTimer
from bots.runtime.understanding.commands import Invocation
from bots.runtime.understanding.texts import clean
from federation.model.events import Edit, Redaction, RoomReplaced, TextMessage, in_clear
from federation.model.links import MODERATOR

SETTLE = timedelta(seconds=2)
"""How long a message is still shared after the last 📣 on it is gone."""
MOST_EDITS = 50
"""Of one message that are known."""
MOST_BEHIND = 20
"""Copies that may have been on their way while the exchange room was replaced."""
JUST = 5.0
"""Seconds that a copy may take, and by which two clocks may differ."""


def edited(turn: Turn, event: Edit) -> None:
    """Only its author's edits count."""
    shared = turn.take(event.target)
    if shared is None or shared.room != event.origin.room_id:
        return
    if shared.author != event.origin.sender or in_clear(event):
        return
    if turn.bar(shared.author):
        return  # what she shared before stays as it was; to take it back she may
    says = {"text": clean(event.body)[0], "kind": event.medium or ""}
    edits = (*shared.edits[1 - MOST_EDITS :], event.origin.event_id)
    turn.change(edits=edits)
    if says != {"text": shared.text, "kind": shared.kind}:
        turn.change(**says, changed=turn.seconds)
        turn.show(turn.shared)


def redacted(turn: Turn, event: Redaction) -> None:
    """In the room of an initiative: the message is gone, or an edit of it, or a 📣."""
    shared = turn.take_by("event", event.target) or turn.take(event.target)
    if shared is None or shared.room != event.origin.room_id:
        return
    if event.target == shared.source:
        turn.take_back()
    elif event.target in shared.edits:
        _share_anew(turn)
    else:
        _unmarked(turn, event)


def _share_anew(turn: Turn) -> None:
    """Nobody tells what the message says without the edit; the copy and its own edits may show the
    words that are gone. A backup that knows the message must find it, to do the same."""
    old = turn.shared
    turn.take_back()
    state = ShareMoves.shared_anew(old.state)
    turn.put(SHARES, Shared(old.source, old.room, state, old.marks, old.via))
    marking.look(turn)


def _unmarked(turn: Turn, event: Redaction) -> None:
    marks = tuple(x for x in turn.shared.marks if x.event != event.target)
    turn.change(marks=marks)
    if marks:
        return
    if turn.shared.state is not ShareState.SHARED:
        turn.take_back()
    else:  # whoever takes it back and shares it again in one breath makes nothing ring
        turn.ask(SetTimer(keys.REST(source=turn.message), after=SETTLE))


def rested(turn: Turn, source: str) -> None:
    """Nobody marked it again."""
    shared = turn.take(source)
    if shared is not None and not shared.marks:
        turn.take_back()
        marking.note_restless(turn)


def removed(turn: Turn, event: Redaction) -> None:
    """In the exchange room: those who moderate it have removed a copy, or an answer is gone."""
    answer = turn.get(ANSWERS, event.target)
    if answer is not None:
        answering.removed(turn, answer)
    elif turn.take_copy(event.target) is not None:
        turn.put(REMOVED, Removed(turn.message))
        turn.take_back(copy=False)


def unshared(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    """`!unshare`, by its author or by those who moderate the room."""
    sender, shared = event.origin.sender, turn.take(helping.target(turn, event, invocation))
    if shared is None or shared.room != event.origin.room_id:
        return
    if shared.author == sender or event.room.power(sender) >= MODERATOR:
        turn.take_back()
        marking.note_restless(turn)
    elif shared.state is not ShareState.SHARED:
        marks = tuple(x for x in shared.marks if x.by != sender)
        turn.change(marks=marks)
        if not marks:
            turn.take_back()


# -- the exchange room is replaced -----------------------------------------------------------------


def moved(turn: Turn, event: RoomReplaced) -> None:
    """What was said just then may stand where nobody reads any more."""
    last = turn.office.shares
    for number in range(last, max(0, last - MOST_BEHIND), -1):
        key = keys.ANEW(number=number, moved=event.origin.sent_at)
        turn.ask(SetTimer(key, after=NO_TIME))


def left_behind(turn: Turn, number: int, moved: int) -> None:
    shared, when = turn.take_by("number", str(number)), moved / 1000 - JUST
    if shared is None or not ShareMoves.shared_anew.may(shared.state):
        return
    if shared.shared >= when and shared.into != turn.now_at(turn.settings.exchange):
        _share_anew(turn)


def sent(turn: Turn, event: Performed, number: int) -> None:
    """A copy that could not be made at all."""
    shared = turn.take_by("number", str(number))
    if shared is None or event.action != "Send" or event.error is None:
        return
    if shared.into != turn.now_at(turn.settings.exchange):
        _share_anew(turn)  # the room was replaced under it
    else:
        turn.say_there("failed", {"error": event.error})
        turn.take_back(copy=False)
