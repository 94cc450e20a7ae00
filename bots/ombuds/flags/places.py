"""Rooms into which the office's account was invited: flags are off until a moderator wants them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.ombuds import flagwords, keys
from bots.ombuds.documents.chats import CONVERSATIONS, FLAGGERS, IDENTITIES
from bots.ombuds.documents.flags import PLACES, Place
from bots.ombuds.flags import moderation
from bots.ombuds.turn import Turn
from bots.runtime.kit.moves import follow
from bots.runtime.model.decision import CancelTimer, Performed, Phrase, Say, SetTimer
from bots.runtime.speech.switches import switch, switched
from bots.runtime.understanding.commands import spoken
from federation.model.actions import Leave
from federation.model.events import (
    Ignored,
    Membership,
    Reaction,
    RoomEvent,
    RoomReplaced,
    RoomView,
    TextMessage,
    in_clear,
)

UNUSED = timedelta(days=7)
"""How long we stay in a room with flags off. The account has no other business there."""


def is_place(turn: Turn, event: RoomEvent) -> bool:
    """Whether this is a room and not a private chat. Rooms that only a lost store knew count
    too."""
    room = event.origin.room_id
    if turn.get(PLACES, room) is not None:
        return True
    others = event.room.others(event.origin.account)
    if turn.get(CONVERSATIONS, room) is not None or len(others) < 2 or event.room.direct:
        return False
    # The ombuds room is none, even before it has its handle.
    return turn.room_id is not None or not others <= {*turn.office.roster}


def is_flag(turn: Turn, event: Reaction) -> bool:
    return event.key in flagwords.KEYS


def is_of_power(turn: Turn, event: Ignored) -> bool:
    return event.type == "m.room.power_levels"


def _place(turn: Turn, room: str) -> Place:
    return turn.get(PLACES, room) or Place(room)


def _keep(turn: Turn, place: Place) -> None:
    """Note whether flags are on, and leave after a while if they are not."""
    turn.put(PLACES, place)
    timer = keys.UNUSED(room=place.room)
    turn.ask(CancelTimer(timer) if place.open else SetTimer(timer, after=UNUSED))


def unused(turn: Turn, place: Place) -> None:
    """Flags have been off for a long time."""
    if not place.open:
        _say(turn, place.room, turn.look(place.room), "flags-unused")
        turn.ask(Leave(place.room, notify=True))


def entered(turn: Turn, event: Membership) -> None:
    """We have joined the room."""
    room, view = event.origin.room_id, event.room
    place = _place(turn, room)
    if place.upgraded_by:
        # Somebody who may upgrade one room may have no power in another.
        carried = moderation.moderates(view, place.upgraded_by)
        on = carried and moderation.may_remove(view, turn.settings.account)
        place = replace(place, open=on, upgraded_by="")
    if not place.greeted:
        _say(turn, room, view, "flags-on" if place.open else "flags-hello")
    _keep(turn, replace(place, greeted=True))


def not_entered(turn: Turn, event: Performed) -> None:
    """We could not join. The person who invited us can see that. A replacement room may let us in
    later."""
    room = event.room_id
    if event.error is not None and room is not None and turn.get(PLACES, room) is None:
        turn.ask(Leave(room, notify=True))


def greet(turn: Turn, event: RoomEvent) -> None:
    _say(turn, event.origin.room_id, event.room, "flags-hello")


def asked_in(turn: Turn, event: Membership) -> None:
    """We are invited to a room we thought we were in: nobody told us that we were removed."""
    place = turn.get(PLACES, event.origin.room_id)
    if place is not None and place.greeted:
        gone(turn, event)


def gone(turn: Turn, event: Membership) -> None:
    room = event.origin.room_id
    if turn.get(PLACES, room) is not None:
        turn.drop(PLACES, room)
        turn.ask(CancelTimer(keys.UNUSED(room=room)))


def become(turn: Turn) -> None:
    """What looked like a private chat is a room that has only one person yet."""
    if turn.has_chat:
        turn.put(FLAGGERS, replace(turn.flagger(turn.reporter.reveal()), room=None))
        turn.drop(IDENTITIES, str(turn.conversation.serial))
        turn.drop(CONVERSATIONS, turn.chat)
    turn.ask(CancelTimer(keys.WELCOME(room=turn.chat)))
    _keep(turn, Place(turn.chat, greeted=True))


def _say(turn: Turn, room: str, view: RoomView, key: str, **fields: Any) -> None:
    language = turn.settings.spoken
    values = {
        "on": switched(flagwords.FLAGS, on=True),
        "off": switched(flagwords.FLAGS, on=False),
        "level": int(moderation.needed(view)),
    }
    turn.ask(Say(room, Phrase(key, language, values), notify=True, **fields))


# -- what is said there ----------------------------------------------------------------------------


def text(turn: Turn, event: TextMessage) -> None:
    """`!flags on|off`. We keep nothing of any other message."""
    if event.notice:
        return
    invocation = flagwords.in_room(spoken(event))
    if invocation is None:
        return
    room, view = event.origin.room_id, event.room
    switches = invocation.command is flagwords.FLAGS
    on = switch(invocation.rest) if switches else None
    if in_clear(event):
        _say(turn, room, view, "flags-plain", reply_to=event.origin.event_id)
    elif on is not None and not moderation.moderates(view, event.origin.sender):
        _say(turn, room, view, "flags-moderators-only", reply_to=event.origin.event_id)
    else:
        _switch(turn, room, view, on)


def _switch(turn: Turn, room: str, view: RoomView, on: bool | None) -> None:
    place = _place(turn, room)
    is_open = place.open if on is None else on
    if is_open and not moderation.may_remove(view, turn.settings.account):
        is_open, key = False, "flags-powerless"
    else:
        key = "flags-on" if is_open else "flags-off"
    _keep(turn, replace(place, open=is_open, greeted=True))
    _say(turn, room, view, key)


def reacted(turn: Turn, event: Reaction) -> None:
    """A 🚩 in a room we do not know: a lost store may have known that flags are on there."""
    room = event.origin.room_id
    if turn.get(PLACES, room) is None:
        _keep(turn, Place(room, greeted=True))
        _say(turn, room, event.room, "flags-off")


# -- what becomes of it ----------------------------------------------------------------------------


def changed(turn: Turn, event: Ignored) -> None:
    """Power levels have changed."""
    if not moderation.may_remove(event.room, turn.settings.account):
        _lose(turn, event.origin.room_id, event.room)


def not_removed(turn: Turn, event: Performed) -> None:
    """A reaction could not be removed."""
    if event.room_id is not None and event.error == "M_FORBIDDEN":
        _lose(turn, event.room_id, turn.look(event.room_id))


def _lose(turn: Turn, room: str, view: RoomView) -> None:
    place = _place(turn, room)
    if place.open:
        _keep(turn, replace(place, open=False))
        _say(turn, room, view, "flags-lost")


def replaced(turn: Turn, event: RoomReplaced) -> None:
    """The room was upgraded: follow it, and keep flags on if they were."""
    room, new = event.origin.room_id, event.replacement
    place = _place(turn, room)
    if place.open and turn.get(PLACES, new) is None:
        turn.put(PLACES, Place(new, upgraded_by=event.origin.sender))
        turn.ask(follow(event))
    _keep(turn, replace(place, open=False))
