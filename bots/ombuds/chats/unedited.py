"""The person removes one edit of a message: its words must not stay in the ombuds room.

Each of our edits is a separate event there. So we hide the copies with everything they ever said,
look the message up, and send what it says now into the thread.
"""

from __future__ import annotations

from bots.ombuds import commands, keys
from bots.ombuds.cases import filing, hiding, standing
from bots.ombuds.cases.filing import Incoming
from bots.ombuds.chats import changes, receipts, whose
from bots.ombuds.documents.hidden import mark
from bots.ombuds.turn import Turn
from bots.runtime.model.messages import Gone, MessageNow, written
from federation.model.actions import AskNow
from federation.model.events import Redaction


def redacted(turn: Turn, event: Redaction) -> None:
    (changes.redacted if event.target == turn.message else _removed)(turn, event)


def _removed(turn: Turn, event: Redaction) -> None:
    copies = changes.copies(turn, event)
    if copies and not turn.gone:
        hiding.hide(turn, copies, mark(event.origin.room_id, event.origin.event_id))
        turn.ask(AskNow(turn.chat, turn.message, keys.SAID(case=turn.case.number)))


def now_known(turn: Turn, now: MessageNow, case: int) -> None:
    turn.enter(now.room)
    turn.take_message(now.room, now.event_id)
    turn.take_case(case)
    if not turn.has_case or not turn.has_chat:
        return
    incoming = _incoming(turn, now)
    if turn.gone or isinstance(now.answer, Gone):
        return
    if incoming is not None:
        if now.edit is not None:
            turn.note_edit(now.edit.event_id, now.event_id)
        filing.pass_on(turn, incoming)
    else:
        _tell(turn)


def _incoming(turn: Turn, now: MessageNow) -> Incoming | None:
    """Unencrypted messages too: no complaint is lost, and staff see that it was not encrypted."""
    if now.shown is None or not turn.is_reporter(now.author):
        return None
    origins = (now.shown.origin, *((now.edit,) if now.edit is not None else ()))
    if not all(whose.is_hers(turn, x) for x in origins):
        return None
    words, kind = written(now.shown)
    text, cut = receipts.clean(words)
    return Incoming(now.event_id, text, cut, now.shown.origin.encrypted, kind, changed=True)


def _tell(turn: Turn) -> None:
    """No complaint is lost in silence. The person is not asked: others may be looking on."""
    standing.bring(turn)
    shown = {"hold": commands.full(commands.HOLD), "answer": commands.full(commands.ANSWER)}
    turn.tell_case("unreadable-now", shown)
