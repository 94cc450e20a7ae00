"""Which rule an event is for."""

from __future__ import annotations

from datetime import datetime

from bots.ombuds import handles
from bots.ombuds.rules import (
    answers,
    arrival,
    changes,
    conversation,
    decisions,
    devices,
    flagging,
    flagwords,
    founding,
    looking,
    moving,
    places,
    ringing,
    roster,
    staff,
    telling,
    unedited,
)
from bots.ombuds.rules.turn import Turn
from bots.ombuds.state import State
from bots.runtime.decision import (
    Decision,
    Due,
    Event,
    FormSubmitted,
    MailReceived,
    Performed,
    SetAside,
    Started,
)
from bots.runtime.kit import deadletters
from bots.runtime.kit.messages import MessageNow
from federation.events import (
    ClientRequest,
    DevicesChanged,
    Edit,
    Ignored,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    TextMessage,
    Unreadable,
)


def rule(state: State, event: Event, now: datetime) -> Decision[State]:
    turn = Turn(state, now)
    match event:
        case Started():
            founding.started(turn)
            moving.probe(turn)
            devices.look(turn, *turn.state.unmet)
        case Due():
            _due(turn, event)
        case Performed():
            _performed(turn, event)
        case SetAside():
            _set_aside(turn, event)
        case DevicesChanged():
            devices.look(turn, event.origin.sender)
        case MessageNow():
            _now_known(turn, event)
        case FormSubmitted() | MailReceived():
            pass  # the ombuds office has neither a form nor an address of its own yet
        case _:
            _room_event(turn, event)
    return turn.decision()


def _set_aside(turn: Turn, event: SetAside) -> None:
    if not moving.failed(turn, event):
        deadletters.tell(turn, event)


def _due(turn: Turn, event: Due) -> None:
    answer = handles.answer_due(event.key)
    if event.key in _OF_OFFICE:
        _OF_OFFICE[event.key](turn)
    elif handles.receipt_due(event.key) is not None:
        moving.receipt_due(turn)
    elif answer is not None:
        answers.due(turn, answer[1])
    else:
        _due_elsewhere(turn, event)


def _due_elsewhere(turn: Turn, event: Due) -> None:
    if event.key.startswith(handles.WELCOME):
        arrival.welcome_due(turn)
    elif event.key.startswith(handles.DEVICES):
        devices.compare(turn, event.key.removeprefix(handles.DEVICES))
    elif event.key.startswith(handles.COLLECT):
        telling.tell(turn)
    elif event.key.startswith(handles.UNUSED):
        places.unused(turn)
    else:
        what, number = handles.numbered(event.key) or ("", "")
        if what in _TIMERS:
            _TIMERS[what](turn, number)


_OF_OFFICE = {handles.ANEW: moving.due, handles.RING: ringing.due}
_TIMERS = {"flag": flagging.due, "recount": flagging.recount, "notice": telling.forgotten}
_MADE = {"chat": flagging.chat_made, "moderator": telling.room_made}


def _performed(turn: Turn, event: Performed) -> None:
    place = handles.place(event.handle)
    what, number = handles.numbered(event.handle) or ("", "")
    asked = handles.flag_question(event.handle)
    if handles.is_room(event.handle):
        moving.made(turn, event)
    elif event.action == "SetState":
        moving.probed(turn, event)
    elif what in _MADE:
        _MADE[what](turn, event, number)
    elif asked is not None:
        flagging.shown(turn, event, *asked)
    elif place is not None and place.part == "answer":
        answers.performed(turn, event, place.number)
    elif event.error is not None:
        _failed(turn, event)


def _now_known(turn: Turn, now: MessageNow) -> None:
    flag = handles.FLAGGED.read(now.why)
    if flag is None:
        unedited.now_known(turn, now)
    else:
        looking.found(turn, now, str(flag["number"]))


def _failed(turn: Turn, event: Performed) -> None:
    office = turn.known.office
    if event.action == "Redact":
        places.not_removed(turn, event)
    elif event.action == "Join":
        places.not_entered(turn, event)
    elif event.action == "Invite" and event.user in (*office.awaited, *office.roster):
        roster.invitation_failed(turn)


def _room_event(turn: Turn, event: RoomEvent) -> None:
    if event.origin.room_id in turn.known.office.former:
        return
    in_office = event.origin.room_id == turn.state.room
    ours = event.origin.sender == turn.settings.account
    if isinstance(event, Membership):
        (moving if in_office else arrival).membership(turn, event)
    elif in_office and isinstance(event, RoomReplaced):
        moving.replaced(turn)
    elif ours:
        return
    elif in_office:
        _in_office(turn, event)
    elif places.is_place(turn, event):
        _in_place(turn, event)
    else:
        _in_private(turn, event)


def _in_office(turn: Turn, event: RoomEvent) -> None:
    if turn.known.gone:
        return  # it was removed before it could be read
    match event:
        case TextMessage():
            staff.text(turn, event)
        case MediaMessage():
            staff.media(turn, event)
        case Edit():
            staff.edited(turn, event)
        case Redaction():
            staff.redacted(turn, event)
        case Reaction():
            staff.reacted(turn, event)
        case Unreadable():
            staff.unreadable(turn, event)


def _in_place(turn: Turn, event: RoomEvent) -> None:
    match event:
        case Reaction() if event.key in flagwords.KEYS:
            places.reacted(turn, event)
            flagging.reacted(turn, event)
        case TextMessage():
            places.text(turn, event)
        case Ignored(type="m.room.power_levels"):
            places.changed(turn, event)
        case RoomReplaced():
            places.replaced(turn, event)


def _in_private(turn: Turn, event: RoomEvent) -> None:
    answers.proved(turn, event)
    match event:
        case TextMessage():
            conversation.text(turn, event)
        case MediaMessage():
            conversation.media(turn, event)
        case ClientRequest():
            conversation.requested(turn, event)
        case Edit():
            changes.edited(turn, event)
        case Redaction():
            removes_edit = event.target != turn.state.event
            (unedited.removed if removes_edit else changes.redacted)(turn, event)
        case Reaction():
            decisions.reacted(turn, event)
        case Unreadable():
            conversation.unreadable(turn, event)
