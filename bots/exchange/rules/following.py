"""Every copy follows its message: edits of its author, and whatever takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.exchange import handles
from bots.exchange.models import Shared, ShareState
from bots.exchange.rules import answering, marking
from bots.exchange.rules.turn import Turn
from bots.runtime.decision import Performed, SetTimer
from bots.runtime.texts import clean
from federation.events import Edit, Redaction, RoomReplaced, TextMessage, in_clear
from federation.links import MODERATOR

SETTLE = timedelta(seconds=2)
"""How long a message is still shared after the last 📣 on it is gone."""
MOST_EDITS = 50
"""Of one message that are known."""
MOST_GONE = 10
"""Of one room that are known."""
MOST_BEHIND = 20
"""Copies that may have been on their way while the exchange room was replaced."""
JUST = 5.0
"""Seconds that a copy may take, and by which two clocks may differ."""


def edited(turn: Turn, event: Edit) -> None:
    """Only its author's edits count."""
    if turn.known.shared is None or turn.shared.room != event.origin.room_id:
        return
    if turn.shared.state is ShareState.ASKED:
        marking.look_again(turn)  # what was looked up may be older than this
        return
    if turn.shared.author != event.origin.sender or in_clear(event):
        return
    if turn.bar(turn.shared.author):
        return  # what she shared before stays as it was; to take it back she may
    says = {"text": clean(event.body)[0], "kind": event.medium or ""}
    edits = (*turn.shared.edits[1 - MOST_EDITS :], event.origin.event_id)
    turn.change(edits=edits, stale=False)
    if says != {"text": turn.shared.text, "kind": turn.shared.kind}:
        turn.change(**says, changed=turn.seconds)
        turn.put(turn.shared)


def redacted(turn: Turn, event: Redaction) -> None:
    """In the room of an initiative: the message is gone, or an edit of it, or a 📣."""
    if turn.known.shared is None:
        turn.settle(gone=(*turn.known.place.gone[1 - MOST_GONE :], event.target))
        return
    if turn.shared.room != event.origin.room_id:
        return
    if event.target == turn.shared.source:
        turn.take_back()
    elif event.target in turn.shared.edits:
        _share_anew(turn)
    else:
        _unmarked(turn, event)


def _share_anew(turn: Turn) -> None:
    """Nobody tells what the message says without the edit; the copy and its own edits may show the
    words that are gone."""
    old = turn.shared
    turn.take_back()
    anew = Shared(old.source, old.room, marks=old.marks, via=old.via)
    turn.known = replace(turn.known, shared=anew)
    marking.look(turn)


def _unmarked(turn: Turn, event: Redaction) -> None:
    marks = tuple(x for x in turn.shared.marks if x.event != event.target)
    turn.change(marks=marks)
    if marks:
        return
    if turn.shared.state is ShareState.ASKED:
        turn.take_back()
    else:  # whoever takes it back and shares it again in one breath makes nothing ring
        turn.ask(SetTimer(handles.REST + turn.shared.source, turn.now + SETTLE))


def rested(turn: Turn) -> None:
    """Nobody marked it again."""
    if turn.known.shared is not None and not turn.shared.marks:
        turn.take_back()
        marking.note_restless(turn)


def removed(turn: Turn, event: Redaction) -> None:
    """In the exchange room: those who moderate it have removed a copy, or an answer is gone."""
    if turn.known.shared is None:
        return
    if turn.known.answer is not None:
        answering.removed(turn, turn.known.answer)
    else:
        turn.known = replace(turn.known, removed=True)
        turn.take_back(redact=False)


def unshared(turn: Turn, event: TextMessage) -> None:
    """`!unshare`, by its author or by those who moderate the room."""
    sender = event.origin.sender
    if turn.known.shared is None or turn.shared.room != event.origin.room_id:
        return
    if turn.shared.author == sender or event.room.power(sender) >= MODERATOR:
        turn.take_back()
        marking.note_restless(turn)
    elif turn.shared.state is ShareState.ASKED:
        marks = tuple(x for x in turn.shared.marks if x.by != sender)
        turn.change(marks=marks)
        if not marks:
            turn.take_back()


# -- the exchange room is replaced -----------------------------------------------------------------


def moved(turn: Turn, event: RoomReplaced) -> None:
    """What was said just then may stand where nobody reads any more."""
    last = turn.known.office.shares
    for number in range(last, max(0, last - MOST_BEHIND), -1):
        turn.ask(SetTimer(handles.anew_timer(number, event.origin.sent_at), turn.now))


def left_behind(turn: Turn, key: str) -> None:
    when = int(key.rpartition("/")[2]) / 1000 - JUST
    if turn.known.shared is None or turn.shared.state is not ShareState.SHARED:
        return
    if turn.shared.shared >= when and turn.shared.into != turn.place(turn.settings.exchange):
        _share_anew(turn)


def sent(turn: Turn, event: Performed) -> None:
    """A copy that could not be made at all."""
    made = turn.known.shared is not None and event.handle == handles.copy(turn.shared.number)
    if not made or event.action != "Send" or event.error is None:
        return
    if turn.shared.into != turn.place(turn.settings.exchange):
        _share_anew(turn)  # the room was replaced under it
    else:
        turn.say_there("failed", {"error": event.error})
        turn.take_back(redact=False)
