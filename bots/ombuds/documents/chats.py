"""Private chats. Who a person is stands in a document of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection


class Reporter:
    """Who wrote. It can't be formatted into text; `reveal` is for building an audience."""

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


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, and where she is talked to."""

    serial: int
    """Of the conversation."""
    who: Who
    room: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A private chat with one person. Times are seconds since the epoch, 0 for never."""

    room: str = field(repr=False)
    serial: int
    language: str | None = None
    noticed: str = ""
    """The language in which the person was told what to know before writing."""
    exposed: bool = False
    """Somebody else is in the chat or invited."""
    left: bool = False
    """The person is not in it any more, or we are not."""
    fresh: bool = False
    """The next message opens a new matter."""
    case: int | None = None
    acknowledged: float = 0.0
    heard: sparing.Heard = field(default_factory=dict)
    spoken: float = 0.0
    """When staff last wrote to her: they may have asked something."""


@dataclass(frozen=True, slots=True)
class Flagger:
    """Somebody with whom the office has a private chat, or will have one."""

    user: str = field(repr=False)
    serial: int
    room: str | None = field(default=None, repr=False)
    """The chat, once there is one."""
    making: int = 0
    """Number of the chat that is being made."""
    flags: tuple[int, ...] = ()
    """Which wait for her decision."""
    answered: float = 0.0
    """When she last decided."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody invited us into this room, and we have not seen ourselves join."""

    room: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that was taken back. A redaction is about an event of its own room; who writes one
    in another room must not have us overlook what its author does with it."""

    room: str = field(repr=False)
    event: str = field(repr=False)

    @property
    def key(self) -> str:
        return f"{self.room} {self.event}"


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit that reached copies, and of which message it was: should the edit be removed."""

    edit: str = field(repr=False)
    source: str = field(repr=False)


# What a backup does not know yet is read and decided again once it is restored: nothing `erases`.
IDENTITIES = Collection("ombuds/identity", Identity, key=lambda x: str(x.serial))
CONVERSATIONS = Collection("ombuds/conversation", Conversation, key=lambda x: x.room)
INVITATIONS = Collection("ombuds/invitation", Invitation, key=lambda x: x.room)
GONE = Collection("ombuds/gone", Gone, key=lambda x: x.key)
EDITS = Collection("ombuds/edit", Edited, key=lambda x: x.edit)
FLAGGERS = Collection(
    "ombuds/flagger",
    Flagger,
    key=lambda x: x.user,
    indexes={"making": lambda x: (str(x.making),) if x.making else ()},
)
