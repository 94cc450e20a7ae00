"""Which rule an event is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bots.exchange import handles
from bots.exchange.rules import (
    adopted,
    answering,
    commands,
    finding,
    following,
    helping,
    marking,
    rooms,
)
from bots.exchange.rules.turn import Turn
from bots.exchange.state import State
from bots.runtime import unheeded
from bots.runtime.commands import Invocation, Unknown
from bots.runtime.decision import Decision, Due, Event, Performed, SetAside, Started
from bots.runtime.kit import deadletters
from bots.runtime.kit.messages import MessageNow
from bots.runtime.phrases import PerLanguage
from federation.events import (
    Edit,
    EncryptionEnabled,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    TextMessage,
    in_clear,
)


def rule(state: State, event: Event, now: datetime) -> Decision[State]:
    turn = Turn(state, now)
    if not isinstance(event, RoomEvent):
        _of_office(turn, event)
    elif isinstance(event, Membership):
        _membership(turn, event)
    elif isinstance(event, RoomReplaced):
        (adopted if turn.known.place.initiative else rooms).replaced(turn, event)
    elif event.origin.sender != state.settings.account:
        _said(turn, event)
    return turn.decision()


def _membership(turn: Turn, event: Membership) -> None:
    if event.user == turn.settings.account:
        ours = turn.state.room in turn.settings.places
        (rooms if ours else adopted).ours(turn, event)
    elif turn.known.place.initiative:
        adopted.somebody(turn, event)


def _of_office(turn: Turn, event: Event) -> None:
    match event:
        case Started():
            rooms.started(turn, turn.state.joined)
            adopted.started(turn)
        case Due():
            _due(turn, event.key)
        case Performed(action="Join"):
            rooms.not_let_in(turn, event)
            adopted.not_let_in(turn, event)
        case MessageNow():
            marking.found(turn, event)
        case Performed():
            following.sent(turn, event)
        case SetAside():
            deadletters.tell(turn, event)


def _due(turn: Turn, key: str) -> None:
    if key.startswith(handles.NOTE):
        answering.due(turn)
    elif key.startswith(handles.ANEW):
        following.left_behind(turn, key)
    elif key.startswith(handles.REST):
        following.rested(turn)
    elif key.startswith(handles.LOOK):
        marking.look_due(turn)
    elif key.startswith(handles.CALM):
        marking.calmed(turn)


def _said(turn: Turn, event: RoomEvent) -> None:
    if turn.state.room == turn.settings.exchange:
        _in_exchange(turn, event)
        return
    if turn.state.room not in turn.settings.places:
        adopted.recognise(turn, event)
    if turn.source is not None and adopted.serves(turn, event):
        _in_source(turn, event)


def _in_exchange(turn: Turn, event: RoomEvent) -> None:
    match event:
        case TextMessage(notice=False) if _everywhere(event) is not None:
            _commanded(turn, event, _everywhere(event))
        case TextMessage() | MediaMessage():
            answering.answered(turn, event)
        case Redaction():
            following.removed(turn, event)


def _in_source(turn: Turn, event: RoomEvent) -> None:
    match event:
        case Reaction() if event.key in commands.SHARE_KEYS:
            marking.marked(turn, event, event.target)
        case Redaction():
            following.redacted(turn, event)
        case Edit():
            following.edited(turn, event)
        case TextMessage() if not event.notice:
            _commanded(turn, event, commands.ALL.read(event))
        case EncryptionEnabled():
            rooms.encrypted(turn, event)


def _everywhere(event: TextMessage) -> Invocation | Unknown | None:
    """What is meant for the exchange room, too."""
    found = commands.ALL.read(event)
    if isinstance(found, Unknown):
        return found if found.guess in commands.EVERYWHERE else None
    return found if found is not None and found.command in commands.EVERYWHERE else None


def _commanded(turn: Turn, event: TextMessage, found: Invocation | Unknown | None) -> None:
    if found is None:
        return
    turn.asker = event.origin.sender
    if isinstance(found, Unknown):
        helping.unknown(turn, event, found)
    elif in_clear(event):
        turn.say(event.origin.room_id, "in-clear", **helping.there(event))
    elif found.command.name in DOES:
        DOES[found.command.name](turn, event, found)
    else:
        _about(turn, event, found)


DOES: dict[str, Callable[[Turn, TextMessage, Invocation], None]] = {
    "exchange": rooms.switched,
    "name": rooms.named,
    "find": finding.asked,
    "help": helping.asked,
}


def _about(turn: Turn, event: TextMessage, found: Invocation) -> None:
    """What concerns one message, which it answers."""
    target, command = commands.meant(event), found.command
    if target is not None and unheeded.is_said(found.rest):
        turn.say(
            event.origin.room_id, "rest-unused", unheeded.values(found), **helping.there(event)
        )
    if target is None:
        turn.say(event.origin.room_id, "which", {"command": PerLanguage(command.shown)})
    elif command is commands.UNSHARE:
        following.unshared(turn, event)
    elif not turn.open:
        turn.say(event.origin.room_id, "hello-off", reply_to=event.origin.event_id)
    else:
        marking.marked(turn, event, target)
