"""Rooms: where the bot is, how it introduces itself, and what moderators decide."""

from __future__ import annotations

from dataclasses import replace

from bots.exchange import keys
from bots.exchange.documents import PLACES, SHARES
from bots.exchange.rules import following
from bots.exchange.rules.turn import Turn
from bots.runtime.kit.documents import MOST
from bots.runtime.kit.moves import follow
from bots.runtime.model.decision import NO_TIME, Performed, SetTimer, Started
from bots.runtime.speech.switches import switch
from bots.runtime.understanding.commands import Invocation
from federation.model.events import (
    EncryptionEnabled,
    Membership,
    MembershipKind,
    RoomReplaced,
    RoomView,
    TextMessage,
)
from federation.model.links import MODERATOR


def started(turn: Turn, _: Started) -> None:
    places = ((x, turn.get(PLACES, x)) for x in sorted(turn.settings.places))
    missing = (room for room, place in places if place is None or not place.joined)
    turn.ask(*turn.office.enter_all(missing))


def is_about_us(turn: Turn, event: Membership) -> bool:
    return event.user == turn.settings.account and turn.room in turn.settings.places


def ours(turn: Turn, event: Membership) -> None:
    """We were invited into a room of the network, have joined it, or are out of it."""
    room = event.origin.room_id
    if event.membership is MembershipKind.INVITE:
        turn.ask(turn.office.enter(turn.room))
    elif event.membership is MembershipKind.JOIN:
        turn.settle(joined=True)
        if turn.source is not None:
            greet(turn, room, event.room)
    elif event.membership.out:
        turn.settle(joined=False)


def greet(turn: Turn, room: str, view: RoomView) -> None:
    """Explain sharing, once."""
    if not turn.place.introduced:
        turn.settle(introduced=True)
        _introduce(turn, room, view)


def _introduce(turn: Turn, room: str, view: RoomView) -> None:
    if not turn.open:
        turn.say(room, "hello-off")
    else:
        turn.say(room, "hello-encrypted" if view.encrypted else "hello")


def encrypted(turn: Turn, event: EncryptionEnabled) -> None:
    """Our introduction did not mention encryption."""
    if turn.place.introduced and turn.open:
        turn.say(event.origin.room_id, "encrypted")


def replaced(turn: Turn, event: RoomReplaced) -> None:
    """A room of the settings was upgraded: follow it."""
    room = turn.room
    if room in turn.settings.places:
        turn.set_office(moved=turn.office.after(event))
        turn.settle(joined=False)
        turn.ask(follow(event))
    if room == turn.settings.exchange:
        following.moved(turn, event)


def not_let_in(turn: Turn, event: Performed) -> None:
    """Copies wait until somebody lets us into the new room, so tell coordinators."""
    there = turn.now_at(turn.settings.exchange)
    moved = there in turn.office.moved.values()
    new = turn.office.shut != there
    if event.error is not None and event.room_id == there and moved and new:
        turn.set_office(shut=there)
        turn.tell("exchange-moved", {})


# -- commands --------------------------------------------------------------------------------------


def moderates(_: Turn, event: TextMessage, __: Invocation) -> bool:
    return event.room.power(event.origin.sender) >= MODERATOR


def opens(turn: Turn, event: TextMessage, found: Invocation) -> bool:
    """Whether a moderator turns sharing on; to turn it off takes no more than to ask for it."""
    return moderates(turn, event, found) and switch(found.rest) is True


def switched(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    """`!exchange on|off`, by a moderator of the room."""
    room, on = event.origin.room_id, switch(invocation.rest)
    if on is None:
        _introduce(turn, room, event.room)
    elif event.room.power(event.origin.sender) < MODERATOR:
        turn.say(room, "moderators-only", reply_to=event.origin.event_id)
    else:
        turn.settle(open=on, introduced=True)
        if on:
            _introduce(turn, room, event.room)
        else:
            turn.say(room, "off")


def named(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    """`!name on|off`: whether what the sender shares shows their name."""
    there = event.origin.event_id
    on = switch(invocation.rest)
    sender = event.origin.sender
    if on is None:
        # A name is only shown for a word that asks for it, so a bare `!name` changes nothing.
        named = turn.person(sender).named
        turn.say(event.origin.room_id, "name-is-on" if named else "name-is-off", reply_to=there)
        return
    turn.set_person(sender, named=on)
    if not on:
        unnamed(turn, sender)
    turn.say(event.origin.room_id, "name-on" if on else "name-off", reply_to=there)


def unnamed(turn: Turn, user: str) -> None:
    """Take a person's name off their copies."""
    named = turn.find(SHARES, "named", user)
    for shared in named:
        turn.show(turn.put(SHARES, replace(shared, name="", changed=turn.seconds)))
    if len(named) == MOST:
        turn.ask(SetTimer(keys.UNNAME(user=user), after=NO_TIME))
