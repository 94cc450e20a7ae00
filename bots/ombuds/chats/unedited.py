"""The person removes one edit of a message: its words must not stay in the ombuds room.

Each of our edits is a separate event there. So we redact the copies with everything they ever said,
look the message up, and send what it says now into the thread.
"""

from __future__ import annotations

from bots.ombuds import keys
from bots.ombuds.cases import filing, standing
from bots.ombuds.cases.filing import Incoming
from bots.ombuds.chats import changes, receipts
from bots.ombuds.turn import Turn
from bots.runtime.model.messages import Gone, MessageNow, written
from federation.model.actions import AskNow
from federation.model.events import Redaction


def redacted(turn: Turn, event: Redaction) -> None:
    (changes.redacted if event.target == turn.message else _removed)(turn, event)


def _removed(turn: Turn, event: Redaction) -> None:
    copies = changes.copies(turn, event)
    if copies and not turn.gone:
        changes.strike(turn, copies)
        turn.ask(AskNow(turn.chat, turn.message, keys.SAID(case=turn.case.number)))


def now_known(turn: Turn, now: MessageNow, case: int) -> None:
    turn.enter(now.room)
    turn.take_message(now.room, now.event_id)
    turn.take_case(case, here=True)
    if not turn.has_case:
        return
    incoming = _incoming(turn, now)
    if turn.gone or isinstance(now.answer, Gone):
        changes.tell_taken_back(turn)
    elif incoming is not None:
        if now.edit is not None:
            turn.note_edit(now.edit.event_id, now.event_id)
        filing.pass_on(turn, incoming)
    else:
        _ask_again(turn)


def _incoming(turn: Turn, now: MessageNow) -> Incoming | None:
    """Unencrypted messages too: no complaint is lost, and staff see that it was not encrypted."""
    if now.shown is None or not turn.is_reporter(now.author):
        return None
    words, kind = written(now.shown)
    text, cut = receipts.clean(words)
    return Incoming(now.event_id, text, cut, now.shown.origin.encrypted, kind, changed=True)


def _ask_again(turn: Turn) -> None:
    """No complaint is lost in silence."""
    standing.bring(turn)
    turn.tell_case("unreadable-case")
    if not turn.conversation.left:
        turn.say("send-again")
