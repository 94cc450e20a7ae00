"""Which rule an event is for."""

from __future__ import annotations

from datetime import datetime

from bots.onboarding import handles
from bots.onboarding.rules import (
    arrival,
    consent,
    decisions,
    gathering,
    greeting,
    outside,
    talking,
    underway,
    wishes,
)
from bots.onboarding.rules.turn import Turn
from bots.onboarding.state import State
from bots.runtime.kit import deadletters
from bots.runtime.model.decision import (
    Decision,
    Due,
    Event,
    Performed,
    SetAside,
    Started,
)
from federation.model.events import (
    ClientRequest,
    Edit,
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
    if not isinstance(event, RoomEvent):
        _of_office(turn, event)
    elif event.origin.room_id not in state.known.office.moved:  # else people leave what was
        _of_room(turn, event)
    elif isinstance(event, Membership) and state.room == state.settings.space:
        arrival.at_the_old_space(turn, event)
    return turn.decision()


def _of_office(turn: Turn, event: Event) -> None:
    match event:
        case Started():
            arrival.started(turn)
        case Due():
            _due(turn, event.key)
        case Performed():
            arrival.performed(turn, event)
        case SetAside():
            deadletters.tell(turn, event)


def _of_room(turn: Turn, event: RoomEvent) -> None:
    match event:
        case Membership():
            _membership(turn, event)
        case RoomReplaced():
            arrival.replaced(turn, event)
        case _ if event.origin.sender != turn.settings.account:
            _said(turn, event)


def _due(turn: Turn, key: str) -> None:
    if key == handles.RENEW:
        consent.renew(turn)
    elif key.startswith(handles.HELLO):
        greeting.due(turn)
    elif key.startswith(handles.REMIND):
        consent.remind(turn)
    elif key.startswith((handles.AGAIN, handles.PRESS)):
        underway.due(turn, key)
    elif key == handles.GATHER:
        gathering.due(turn)
    elif key.startswith(handles.SHOW):
        wishes.show_due(turn)
    elif key.startswith(handles.WISH):
        wishes.remind(turn)


def _membership(turn: Turn, event: Membership) -> None:
    if event.user == turn.settings.account:
        arrival.ours(turn, event)
    elif turn.state.room == turn.settings.space:
        arrival.at_the_space(turn, event)
    elif turn.state.room in turn.settings.places:
        outside.in_network(turn, event)
    else:
        arrival.in_private(turn, event)


def _said(turn: Turn, event: RoomEvent) -> None:
    if turn.state.room == turn.settings.coordination:
        if isinstance(event, Reaction):
            decisions.reacted(turn, event)
        elif isinstance(event, TextMessage):
            decisions.commanded(turn, event)
    elif turn.state.room not in turn.settings.places:
        _in_private(turn, event)


def _in_private(turn: Turn, event: RoomEvent) -> None:
    match event:
        case TextMessage():
            talking.text(turn, event)
        case Edit():
            talking.edited(turn, event)
        case MediaMessage():
            talking.media(turn, event)
        case ClientRequest():
            talking.requested(turn, event)
        case Reaction():
            talking.reacted(turn, event)
        case Redaction():
            talking.redacted(turn, event)
        case Unreadable():
            talking.unreadable(turn, event)
