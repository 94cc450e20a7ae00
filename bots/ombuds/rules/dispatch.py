"""Which rule an event is for."""

from __future__ import annotations

from datetime import datetime

from bots.ombuds import handles
from bots.ombuds.rules import answers, arrival, changes, conversation, founding, roster, staff
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
from federation.events import (
    Edit,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    TextMessage,
    Unreadable,
)

PAUSE = 600.0


def rule(state: State, event: Event, now: datetime) -> Decision[State]:
    turn = Turn(state, now)
    match event:
        case Started():
            founding.started(turn)
        case Due():
            _due(turn, event)
        case Performed():
            _performed(turn, event)
        case SetAside():
            _set_aside(turn, event)
        case FormSubmitted() | MailReceived():
            pass  # the ombuds office has neither a form nor an address of its own yet
        case _:
            _room_event(turn, event)
    return turn.decision()


def _set_aside(turn: Turn, event: SetAside) -> None:
    # Said sparingly: where this very sentence is what fails, it would go round for ever.
    if turn.seconds - turn.known.office.aside >= PAUSE:
        turn.office(aside=turn.seconds)
        turn.tell("set-aside", {"reference": event.reference})


def _due(turn: Turn, event: Due) -> None:
    answer = handles.answer_due(event.key)
    if answer is not None:
        answers.due(turn, answer[1])
    elif event.key.startswith(handles.WELCOME):
        arrival.welcome_due(turn)


def _performed(turn: Turn, event: Performed) -> None:
    place = handles.place(event.handle)
    if event.handle == handles.ROOM:
        founding.made(turn, event)
    elif place is not None and place.part == "answer":
        answers.performed(turn, event, place.number)
    elif event.action == "Invite" and event.error is not None:
        roster.invitation_failed(turn)


def _room_event(turn: Turn, event: RoomEvent) -> None:
    in_office = event.origin.room_id == turn.state.room
    ours = event.origin.sender == turn.settings.account
    if isinstance(event, Membership):
        (roster if in_office else arrival).membership(turn, event)
    elif ours:
        return
    elif in_office:
        _in_office(turn, event)
    else:
        _in_private(turn, event)


def _in_office(turn: Turn, event: RoomEvent) -> None:
    match event:
        case TextMessage():
            staff.text(turn, event)
        case Edit():
            staff.edited(turn, event)
        case Redaction():
            staff.redacted(turn, event)
        case Reaction():
            staff.reacted(turn, event)
        case Unreadable():
            staff.unreadable(turn, event)


def _in_private(turn: Turn, event: RoomEvent) -> None:
    match event:
        case TextMessage():
            conversation.text(turn, event)
        case MediaMessage():
            conversation.media(turn, event)
        case Edit():
            changes.edited(turn, event)
        case Redaction():
            changes.redacted(turn, event)
        case Unreadable():
            conversation.unreadable(turn, event)
