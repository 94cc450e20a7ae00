"""What the office knows of flags: plain frozen data, and its form as JSON.

Of a flag nothing is kept but who set it, where, and on which message, and that only until the
person has decided. Nothing of what was said in the room is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bots.runtime.documents import read


@dataclass(frozen=True, slots=True)
class Item:
    """A flagged message of which moderators are told."""

    event: str
    author: str = field(repr=False)
    by: tuple[int, ...]
    """Serial numbers of those who flagged it."""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A room, and no private chat, into which somebody invited the office's account."""

    open: bool = False
    """Whether flags are on."""
    greeted: bool = False
    upgraded_by: str = field(default="", repr=False)
    """Who replaced a room with flags by this one; until we are in it."""
    waiting: tuple[Item, ...] = ()
    """What its moderators are told next."""
    told: float = 0.0
    """When they were last told of something."""


class Stage(StrEnum):
    ASKED = "asked"
    MODERATORS = "moderators"
    """They are to be told; who wrote the messages is being looked up."""
    OFFICE = "office"
    """It is to become a case; who wrote the messages is being looked up."""
    OFFERED = "offered"
    """It is a case; the person may let the office read the messages."""
    SHOWN = "shown"
    """She does; they are being looked up."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a flagged message: nothing of what it says."""

    event: str
    author: str = field(default="", repr=False)
    """Empty where it could not be found."""
    gone: bool = False
    readable: bool = False
    medium: bool = False
    """It is more than text, and nothing is written beneath."""
    name: str = field(default="", repr=False)
    """How its author is called in that room."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What one person flagged in one room, until she has decided about it."""

    number: int
    user: str = field(repr=False)
    room: str
    events: tuple[str, ...]
    more: int = 0
    """Messages that she flagged besides; so many are not looked at."""
    stage: Stage = Stage.ASKED
    asked: float = 0.0
    """When the question that is open was asked."""
    hinted: float = 0.0
    """When she was last told that it is still open."""
    found: tuple[Found, ...] = ()
    source: str = ""
    """The event by which she decided."""
    case: int = 0
    place: str = ""
    """How the room is called."""
    shown: int = 0
    """How many of the messages the office could read."""


@dataclass(frozen=True, slots=True)
class Flagger:
    """Somebody with whom the office has a private chat, or will have one."""

    serial: int
    room: str | None = None
    """The chat, once there is one."""
    making: int = 0
    """Number of the chat that is being made."""
    flags: tuple[int, ...] = ()
    """Which wait for her decision."""
    answered: float = 0.0
    """When she last decided."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What moderators of a room were told, so that it can be brought up to date."""

    number: int
    room: str
    items: tuple[Item, ...]
    told: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody for whom we have made a room to tell of flags."""

    serial: int


@dataclass(frozen=True, slots=True)
class Desk:
    """The part of all this that an event needs. None stands for what is to be deleted."""

    places: Mapping[str, Place | None] = field(default_factory=dict, repr=False)
    flags: Mapping[str, Flag | None] = field(default_factory=dict, repr=False)
    """By number."""
    flaggers: Mapping[str, Flagger | None] = field(default_factory=dict, repr=False)
    """By user."""
    chats: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    """Number of a chat that is being made → for whom."""
    flagged: Mapping[str, int | None] = field(default_factory=dict, repr=False)
    """Event → number of the notice that moderators got of it."""
    notices: Mapping[str, Notice | None] = field(default_factory=dict, repr=False)
    """By number."""
    moderators: Mapping[str, Moderator | None] = field(default_factory=dict, repr=False)
    """By user."""
    rooms: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    """Serial number of a moderator whose room is being made → who."""


def to_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else _plain(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int) else asdict(value)


def place_from(data: Mapping[str, Any]) -> Place:
    return read(Place, {**data, "waiting": _items(data.get("waiting", ()))})


def flag_from(data: Mapping[str, Any]) -> Flag:
    found = tuple(read(Found, x) for x in data.get("found", ()))
    return read(Flag, {**data, "stage": Stage(data["stage"]), "found": found})


def flagger_from(data: Mapping[str, Any]) -> Flagger:
    return read(Flagger, data)


def notice_from(data: Mapping[str, Any]) -> Notice:
    return read(Notice, {**data, "items": _items(data.get("items", ()))})


def moderator_from(data: Mapping[str, Any]) -> Moderator:
    return read(Moderator, data)


def _items(data: Any) -> tuple[Item, ...]:
    return tuple(read(Item, x) for x in data)
