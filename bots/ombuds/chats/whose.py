"""Whose words they are: the identity with which a person first wrote here stays hers.

A homeserver's admin can log in as her, or give her account other keys. Whoever writes from such a
device is somebody else until the receipt is typed. There is a conversation beside hers, with
matters of its own, and nothing of hers is shown or believed. A person who has lost her phone is in
the same place, so nobody is turned away.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.chats import weighing
from bots.ombuds.documents.chats import chat_key
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import SetTimer
from bots.runtime.model.messages import MessageNow
from federation.model.actions import AskDevices, AskNow
from federation.model.events import Doubt, Origin, RoomEvent

SOON = timedelta(seconds=5)
"""By then we have answered, and so asked for the devices."""
LATER = timedelta(minutes=10)
"""By then homeservers have told each other of a new device."""
SOONER, LAST = 1, 2
"""Looks at the first message. Whatever somebody writes meanwhile puts neither off."""
NOBODYS = "?"
"""What is no device of the account."""


def entered(turn: Turn, event: RoomEvent) -> bool:
    """Make the chat of whoever did this the one at hand. False: the devices have to be asked for;
    then it is decided again."""
    origin = event.origin
    turn.enter(origin.room_id)
    turn.take(event)
    if origin.encrypted and _has_no_pin(turn, origin):
        return _early(turn, event)
    if is_hers(turn, origin):
        return True
    if _is_unknown(origin):
        turn.ask(AskDevices(origin.room_id, origin.sender))
        return False
    turn.enter(chat_key(origin.room_id, _identity(origin) or NOBODYS))
    return True


def _has_no_pin(turn: Turn, origin: Origin) -> bool:
    return not turn.has_chat or (turn.is_reporter(origin.sender) and not turn.conversation.pin)


def _early(turn: Turn, event: RoomEvent) -> bool:
    """Before we know whose chat it is, what somebody tells is filed, and nothing is destroyed or
    shown. Devices are asked for in turn, so what waits for them is decided behind the first
    message."""
    origin, first = event.origin, turn.conversation.first if turn.has_chat else ""
    if first == origin.event_id:  # it was filed; by now we may know whose it is
        learn(turn, origin)
        return False
    if not weighing.decides(event):
        return True
    if _is_unknown(origin):
        turn.ask(AskDevices(origin.room_id, origin.sender))
        return False
    if first:
        _look(turn, SOONER)
        turn.say("not-known-yet")
    return not first


def is_hers(turn: Turn, origin: Origin) -> bool:
    """Whether nothing speaks against it. What is in clear shows no identity, and is marked."""
    if not (origin.encrypted and turn.has_chat and turn.is_reporter(origin.sender)):
        return True
    pin = turn.conversation.pin
    return not pin or pin in (origin.identity, origin.device)


def _is_unknown(origin: Origin) -> bool:
    return not origin.identity and origin.doubt is Doubt.UNKNOWN


def _identity(origin: Origin) -> str:
    """A device that its owner has not signed is somebody of its own: who writes from it can read
    our answer there."""
    return origin.identity or origin.device


def learn(turn: Turn, origin: Origin) -> None:
    """Pin the identity of the first encrypted message in the chat at hand. No message waits for
    it."""
    talk = turn.conversation
    if talk.pin or not origin.encrypted:
        return
    if talk.first not in ("", origin.event_id):
        _look(turn, SOONER)
        return
    pin = "" if _is_unknown(origin) else _identity(origin)
    turn.converse(pin=pin, first="" if pin else origin.event_id)
    if not pin:
        _look_later(turn, SOONER, SOON)
        _look_later(turn, LAST, LATER)
    if _is_unknown(origin):
        turn.ask(AskDevices(origin.room_id, origin.sender))


def _look_later(turn: Turn, number: int, after: timedelta) -> None:
    serial = turn.conversation.serial
    turn.ask(SetTimer(keys.PIN(conversation=serial, number=number), after=after))


def _look(turn: Turn, number: int) -> None:
    talk = turn.conversation
    why = keys.WHOSE(conversation=talk.serial, number=number)
    turn.ask(AskNow(turn.chat, talk.first, why))


def due(turn: Turn, conversation: int, number: int) -> None:
    turn.enter_of(conversation)
    if turn.has_chat and turn.conversation.first:
        _look(turn, number)


def known(turn: Turn, now: MessageNow, conversation: int, number: int) -> None:
    """What looks the same after a while came from no device of the account. Whoever writes from one
    of them is somebody else then, and can bring something new."""
    turn.enter_of(conversation)
    if not turn.has_chat or turn.conversation.pin:
        return
    found = now.shown.origin if now.shown is not None else None
    pin = _identity(found) if found is not None and found.encrypted else ""
    person = turn.view.identity(turn.settings.account, turn.reporter.reveal())
    if pin or (number == LAST and person.known):
        turn.converse(pin=pin or NOBODYS, first="")
    elif number == LAST:
        _look_later(turn, LAST, LATER)
