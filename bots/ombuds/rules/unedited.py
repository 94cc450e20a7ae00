"""The person removes one edit of a message: what it said must not stay in the ombuds room.

Each edit of ours is an event of its own there. So the copies are deleted at once, with all that
they ever said, and the message is looked up: what it says now comes into the thread anew.
"""

from __future__ import annotations

from bots.ombuds.models import Reporter
from bots.ombuds.rules import changes, conversation
from bots.ombuds.rules.conversation import Incoming
from bots.ombuds.rules.turn import Turn
from bots.runtime import texts
from bots.runtime.decision import Performed
from federation.events import KNOWN_MEDIA, Ignored, MediaMessage, Redaction, TextMessage
from federation.shapes import mapping


def removed(turn: Turn, event: Redaction) -> None:
    source, copies = turn.state.event, changes.copies(turn, event)
    if source is None or turn.known.gone:
        return
    if copies:
        changes.strike(turn, copies)
    if copies or changes.is_awaited(turn, event, source):
        changes.look(turn, source)


def looked_up(turn: Turn, event: Performed) -> None:
    source, case = turn.state.event, turn.known.case
    if source is None or case is None or source not in case.looks:
        return
    at = case.looks.index(source)
    turn.file(looks=case.looks[:at] + case.looks[at + 1 :])
    if turn.known.gone or source in turn.case.looks:
        return  # she has taken it back, or it is looked up once more
    edit = str(mapping(mapping(event.found).get("edit")).get("event_id", ""))
    incoming = _incoming(turn, source, edited=bool(edit))
    if incoming is not None:
        if edit:
            turn.edit(edit, source)
        conversation.pass_on(turn, incoming)
    elif isinstance(turn.state.found, Ignored):
        turn.tell_case("taken-back")
    else:
        _ask_again(turn)


def _incoming(turn: Turn, source: str, *, edited: bool) -> Incoming | None:
    found = turn.state.found
    if found is None or Reporter(found.origin.sender) != turn.known.reporter:
        return None
    sealed = found.origin.encrypted
    if isinstance(found, TextMessage):
        text, cut = texts.clean(found.body)
        return Incoming(source, text, cut, sealed, changed=True)
    if isinstance(found, MediaMessage):
        caption, cut = texts.clean(found.caption)
        kind = found.kind if found.kind in KNOWN_MEDIA else "other"
        return Incoming(source, caption, cut, sealed, kind, changed=True)
    return None


def _ask_again(turn: Turn) -> None:
    """No complaint is lost in silence."""
    turn.tell_case("unreadable-case")
    if not turn.conversation.left:
        turn.say("send-again")
