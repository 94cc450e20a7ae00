"""Private chats: a room for one person and a bot, which either of them has made."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from bots.runtime.model.decision import Phrase, Request, Say
from federation.model.actions import CROWD, CreateRoom, Handle, Join, Leave, SetState
from federation.model.events import (
    ClientRequest,
    MediaMessage,
    Membership,
    RoomEvent,
    TextMessage,
    Unreadable,
)
from federation.model.links import server_of

# What is asked with `notify` here may be refused without harm (an invitation was withdrawn, only
# the room's owner may encrypt it); nobody is to be troubled with it.

PATIENCE = timedelta(seconds=3)
"""How long we wait for a first message before we speak: Element sends it with the invitation."""

Message = TextMessage | MediaMessage | ClientRequest | Unreadable
"""What a chat can begin with: a lost store knows nothing of the invitation."""


def partner(event: RoomEvent) -> str | None:
    """With whom we are alone in a room into which nobody comes uninvited."""
    others = event.room.others(event.origin.account)
    return next(iter(others)) if len(others) == 1 and event.room.closed else None


def make(handle: Handle, name: str, user: str) -> CreateRoom:
    return CreateRoom(handle, name, invite=(user,), direct=True, notify=True)


def enter(event: Membership, *, most: int | None = CROWD, unseen: bool = True) -> Join:
    """Come where somebody asks us in."""
    via = (server_of(event.origin.sender),)
    return Join(event.origin.room_id, notify=True, most=most, via=via, unseen=unseen)


def encrypt(room: str) -> SetState:
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    return SetState(room, "m.room.encryption", content, notify=True)


def refuse(room: str, others: Collection[str], phrase: Phrase) -> tuple[Request, ...]:
    """Leave what is no private chat; `phrase` says why, where anybody is there to read it."""
    said = (Say(room, phrase),) if others else ()
    return *said, Leave(room, notify=True)
