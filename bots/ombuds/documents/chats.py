"""Private chats. Who a person is, only `Identity` knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection


class Reporter:
    """The person who wrote. It can't be formatted into text; `reveal` is for building an
    audience."""

    __slots__ = ("__user",)

    def __init__(self, user: str) -> None:
        self.__user = user

    def reveal(self) -> str:
        return self.__user

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reporter) and other.__user == self.__user

    def __hash__(self) -> int:
        return hash(self.__user)

    def __str__(self) -> str:
        return "<reporter>"

    def __repr__(self) -> str:
        return "<reporter>"

    def __format__(self, spec: str) -> str:
        return "<reporter>"


Who = Annotated[Reporter, PlainValidator(Reporter), PlainSerializer(Reporter.reveal)]


def chat_key(room: str, beside: str = "") -> str:
    return f"{room} {beside}".rstrip()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, and in which chat we talk to them."""

    serial: int
    """Serial number of the conversation."""
    who: Who
    room: str = field(repr=False)
    beside: str = field(default="", repr=False)
    """See `Conversation`."""

    @property
    def chat(self) -> str:
        return chat_key(self.room, self.beside)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A private chat with one person. Times are seconds since the epoch, 0 for never."""

    room: str = field(repr=False)
    serial: int
    language: str | None = None
    noticed: str = ""
    """The language in which the person was told what to know before writing."""
    exposed: bool = False
    """Whether somebody else is in the chat or invited."""
    left: bool = False
    """Whether the person or our account has left it."""
    fresh: bool = False
    """Whether the next message begins a new case."""
    case: int | None = None
    acknowledged: float = 0.0
    heard: sparing.Heard = field(default_factory=dict)
    spoken: float = 0.0
    """When staff last wrote to the person: they may have asked something."""
    receipt: str = field(default="", repr=False)
    """The message of which the person's receipt is made; empty: there is none yet."""
    receipts: int = 0
    """How many the person was told in this chat."""
    instead: str = field(default="", repr=False)
    """Of a chat that is not encrypted: the one in which we answer, by its id or by its handle."""
    pin: str = field(default="", repr=False)
    """The identity of the person (`Origin.identity`), or the key of the only device, as the first
    encrypted message showed it. Empty: not known yet."""
    first: str = field(default="", repr=False)
    """That message, while we find out whose it was."""
    erasing: float = 0.0
    """When the person was last told what it means to have everything erased."""
    warned: float = 0.0
    """When the person was told last that the office will forget who wrote."""
    beside: str = field(default="", repr=False)
    """Of what somebody writes in another one's chat, from an identity that is not hers: that
    identity. It has matters of its own, and nothing of the other's is shown there."""

    @property
    def chat(self) -> str:
        return chat_key(self.room, self.beside)


@dataclass(frozen=True, slots=True)
class Flagger:
    """A person who has flagged something, or may do so."""

    user: str = field(repr=False)
    serial: int
    room: str | None = field(default=None, repr=False)
    """The chat, once there is one."""
    making: int = 0
    """Number of the chat that is being made; 0: none."""
    clear: str = field(default="", repr=False)
    """The chat in whose place it is made, if that is not encrypted."""
    flags: tuple[int, ...] = ()
    """Flags that wait for the person's decision."""
    answered: float = 0.0
    """When the person last decided about one."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A room into which somebody invited us, until we see our own join."""

    room: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A chat that we leave because its person is forgotten."""

    room: str = field(repr=False)
    who: Who


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that was taken back. Its key holds the room, because a redaction only counts in the
    room of its message: one written in another room must not hide what the author does later."""

    room: str = field(repr=False)
    event: str = field(repr=False)

    @property
    def key(self) -> str:
        return f"{self.room} {self.event}"


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit that reached our copies, and the message it changed, in case the edit is removed."""

    edit: str = field(repr=False)
    source: str = field(repr=False)
    room: str = field(repr=False)


# Nothing `erases`: what a backup does not know yet is read and decided again after a restore.
IDENTITIES = Collection(
    "ombuds/identity",
    Identity,
    key=lambda x: str(x.serial),
    indexes={"who": lambda x: (x.who.reveal(),)},
)
CONVERSATIONS = Collection(
    "ombuds/conversation",
    Conversation,
    key=lambda x: x.chat,
    indexes={"serial": lambda x: (str(x.serial),), "room": lambda x: (x.room,)},
)
INVITATIONS = Collection("ombuds/invitation", Invitation, key=lambda x: x.room)
LEAVING = Collection("ombuds/leaving", Leaving, key=lambda x: x.room)
GONE = Collection("ombuds/gone", Gone, key=lambda x: x.key, indexes={"room": lambda x: (x.room,)})
EDITS = Collection(
    "ombuds/edit", Edited, key=lambda x: x.edit, indexes={"room": lambda x: (x.room,)}
)
FLAGGERS = Collection(
    "ombuds/flagger",
    Flagger,
    key=lambda x: x.user,
    indexes={"making": lambda x: (str(x.making),) if x.making else ()},
)
