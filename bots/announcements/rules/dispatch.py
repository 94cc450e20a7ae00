"""Which rule an event is for."""

from __future__ import annotations

from datetime import datetime

from bots.announcements import handles
from bots.announcements.rules import (
    asking,
    digest,
    drafts,
    readers,
    release,
    rounds,
    suspending,
    unedited,
    watch,
)
from bots.announcements.rules.turn import Turn
from bots.announcements.state import State
from bots.runtime.kit import deadletters
from bots.runtime.kit.moves import follow
from bots.runtime.kit.undo import SIGN
from bots.runtime.model.decision import (
    Decision,
    Due,
    Event,
    FormSubmitted,
    MailReceived,
    Performed,
    SetAside,
    Started,
)
from bots.runtime.model.messages import MessageNow
from federation.model.events import (
    Edit,
    MediaMessage,
    Membership,
    MembershipKind,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    TextMessage,
    in_clear,
)

_ALONE = {
    handles.DIGEST: digest.due,
    handles.WATCH: watch.due,
    handles.CONFIRMING: asking.due,
}
"""What timers of one name each are for."""


def rule(state: State, event: Event, now: datetime) -> Decision[State]:
    turn = Turn(state, now)
    match event:
        case Started():
            _started(turn)
        case Due(key):
            _due(turn, key)
        case Performed():
            _performed(turn, event)
        case SetAside():
            deadletters.tell(turn, event)
        case MessageNow():
            unedited.now_known(turn, event)
        case FormSubmitted() | MailReceived():
            _from_outside(turn, event)
        case _:
            _room_event(turn, event)
    return turn.decision()


def _started(turn: Turn) -> None:
    if turn.state.room is not None:  # it may have been made anew, and have asked us in before
        turn.ask(turn.desk.enter(turn.state.room))
    digest.started(turn)


def _due(turn: Turn, key: str) -> None:
    mailing, of_round = handles.mailing(key), handles.round_due(key)
    if key in _ALONE:
        _ALONE[key](turn)
    elif mailing is not None:
        (asking if mailing.matter == handles.CONFIRM else rounds).again(turn, mailing)
    elif of_round is not None:
        rounds.due(turn, *of_round)
    elif key.startswith("undo/"):
        release.due(turn)
    elif (call := handles.number_after("call", key)) is not None:
        digest.call_due(turn, call)
    elif key.startswith("expiry/"):
        readers.expired(turn)


def _performed(turn: Turn, event: Performed) -> None:
    mailing = handles.mailing(event.handle)
    if mailing is not None:
        of = asking if mailing.matter == handles.CONFIRM else rounds
        of.performed(turn, event, mailing)


def _from_outside(turn: Turn, event: FormSubmitted | MailReceived) -> None:
    form = event.form if isinstance(event, FormSubmitted) else "unsubscribe"
    if form == "subscribe" and isinstance(event, FormSubmitted):
        asking.subscribe(turn, event.fields)
    elif form == "confirm":
        readers.confirm(turn)
    elif form == "unsubscribe":
        readers.unsubscribe(turn)


def _room_event(turn: Turn, event: RoomEvent) -> None:
    if event.origin.sender == turn.settings.account:
        return
    if isinstance(event, Redaction):
        (release if event.target == turn.state.source else unedited).removed(turn, event)
    elif event.origin.room_id == turn.state.room:
        _in_room(turn, event)


def _in_room(turn: Turn, event: RoomEvent) -> None:
    if isinstance(event, Membership):
        _membership(turn, event)
    elif isinstance(event, RoomReplaced):
        _move(turn, event)
    elif turn.is_editor(event) and not turn.state.gone:
        _by_editor(turn, event)


def _membership(turn: Turn, event: Membership) -> None:
    asked_in = event.membership is MembershipKind.INVITE and event.user == turn.settings.account
    if asked_in and turn.state.room is not None:
        turn.ask(turn.desk.enter(turn.state.room))


def _move(turn: Turn, event: RoomReplaced) -> None:
    """The room was upgraded: go with it."""
    turn.note(moved=turn.desk.after(event))
    turn.ask(follow(event))


def _by_editor(turn: Turn, event: RoomEvent) -> None:
    match event:
        case TextMessage(notice=False) | MediaMessage() | Edit() if in_clear(event):
            turn.tell("in-clear", thread=_thread(event))
        case TextMessage(notice=False):
            drafts.text(turn, event)
        case MediaMessage() if event.thread is None or turn.state.item is not None:
            drafts.media(turn, event)
        case Edit():
            drafts.edited(turn, event)
        case Reaction():
            _reacted(turn, event)


def _thread(event: TextMessage | MediaMessage | Edit) -> str | None:
    return None if isinstance(event, Edit) else event.thread


def _reacted(turn: Turn, event: Reaction) -> None:
    item = turn.state.item
    if turn.state.suspended is not None and event.key == SIGN:
        suspending.undo(turn, turn.state.suspended)
    if turn.state.call == turn.desk.calls and event.key == SIGN:
        digest.undo(turn)
    if item is None or turn.state.version not in (None, item.original.language):
        return
    if event.key == drafts.RELEASE:
        release.release(turn, item, event.origin.sender)
    elif event.key == SIGN:
        release.undo(turn, item)
