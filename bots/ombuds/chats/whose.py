"""Whose words they are: the identity with which a person first wrote here stays hers.

A homeserver's admin can log in as her, or give her account other keys. Whoever writes from such a
device is somebody else until the receipt is typed. There is a conversation beside hers, with
matters of its own, and nothing of hers is shown or believed. A person who has lost her phone is in
the same place, so nobody is turned away.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.documents.chats import chat_key
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import SetTimer
from bots.runtime.model.messages import MessageNow
from federation.model.actions import AskDevices, AskNow
from federation.model.events import Doubt, Origin, RoomEvent

SOON = timedelta(seconds=5)
"""By then we have answered, and so asked for the devices."""
NOBODYS = "?"
"""What is no device of the account."""


def entered(turn: Turn, event: RoomEvent) -> bool:
    """Make the chat of whoever did this the one at hand. False: the devices have to be asked for;
    then it is decided again."""
    origin = event.origin
    turn.enter(origin.room_id)
    turn.take(event)
    if is_hers(turn, origin):
        return True
    if _is_unknown(origin):
        turn.ask(AskDevices(origin.room_id, origin.sender))
        return False
    turn.enter(chat_key(origin.room_id, _identity(origin) or NOBODYS))
    return True


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
    if talk.pin or talk.first or not origin.encrypted:
        return
    if not _is_unknown(origin):
        turn.converse(pin=_identity(origin))
        return
    turn.converse(first=origin.event_id)
    turn.ask(SetTimer(keys.PIN(conversation=talk.serial), after=SOON))


def due(turn: Turn, conversation: int) -> None:
    turn.enter_of(conversation)
    if turn.has_chat and turn.conversation.first:
        why = keys.WHOSE(conversation=conversation)
        turn.ask(AskNow(turn.chat, turn.conversation.first, why))


def known(turn: Turn, now: MessageNow, conversation: int) -> None:
    turn.enter_of(conversation)
    if turn.has_chat and not turn.conversation.pin:
        found = now.shown.origin if now.shown is not None else None
        pin = _identity(found) if found is not None and found.encrypted else ""
        turn.converse(pin=pin, first="")
