"""Every copy follows its message: its author's edits, and whatever takes it back."""

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
"""How long a message stays shared after its last 📣 is gone."""
MOST_EDITS = 50
"""Edits of one message that we remember."""
MOST_BEHIND = 20
"""How many copies we check after the exchange room was replaced."""
JUST = 5.0
"""Seconds: how long sending a copy may take, plus how far two clocks may differ."""


def edited(turn: Turn, event: Edit) -> None:
    """Only its author's edits count."""
    shared = turn.take(event.target)
    if shared is None or shared.room != event.origin.room_id:
        return
    if shared.author != event.origin.sender or in_clear(event):
        return
    if turn.bar(shared.author):
        return  # their copies stay as they are, and can still be taken back
    says = {"text": clean(event.body)[0], "kind": event.medium or ""}
    edits = (*shared.edits[1 - MOST_EDITS :], event.origin.event_id)
    turn.change(edits=edits)
    if says != {"text": shared.text, "kind": shared.kind}:
        turn.change(**says, changed=turn.seconds)
        turn.show(turn.shared)


def redacted(turn: Turn, event: Redaction) -> None:
    """In an initiative's room, somebody redacted the message, an edit of it, or a 📣."""
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
    """Without the edit, we don't know what the message says, and the copy and its edits may show
    words that are gone. The document stays, so that a restored backup does the same."""
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
    else:  # taking it back and sharing it again in one breath rings no phone
        turn.ask(SetTimer(keys.REST(source=turn.message), after=SETTLE))


def rested(turn: Turn, source: str) -> None:
    """Take the message back, unless somebody has marked it again."""
    shared = turn.take(source)
    if shared is not None and not shared.marks:
        turn.take_back()
        marking.note_restless(turn)


def removed(turn: Turn, event: Redaction) -> None:
    """In the exchange room, a moderator removed a copy, or somebody redacted an answer."""
    answer = turn.get(ANSWERS, event.target)
    if answer is not None:
        answering.removed(turn, answer)
    elif turn.take_copy(event.target) is not None:
        turn.put(REMOVED, Removed(turn.message))
        turn.take_back(copy=False)


def unshared(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    """`!unshare`, by the author or a moderator of the room."""
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
    """Copies sent at that moment may be in the old room, where nobody reads them."""
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
    """A copy could not be sent."""
    shared = turn.take_by("number", str(number))
    if shared is None or event.action != "Send" or event.error is None:
        return
    if shared.into != turn.now_at(turn.settings.exchange):
        _share_anew(turn)  # the room was replaced meanwhile
    else:
        turn.say_there("failed", {"error": event.error})
        turn.take_back(copy=False)
