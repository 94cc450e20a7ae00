"""What the office knows about flags.

Of a flag, we only keep who set it, where and on which message, and only until the person has
decided. We keep nothing of what was said in the room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, End, Machine, Move


@dataclass(frozen=True, slots=True)
class Item:
    """A flagged message that moderators are told about."""

    event: str
    author: str = field(repr=False)
    by: tuple[int, ...]
    """Serial numbers of the people who flagged it."""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A room, not a private chat, into which somebody invited the office's account."""

    room: str = field(repr=False)
    open: bool = False
    """Whether flags are on."""
    greeted: bool = False
    upgraded_by: str = field(default="", repr=False)
    """Who upgraded a room with flags to this one; empty once we are in it."""
    waiting: tuple[Item, ...] = ()
    """What its moderators will be told next."""
    told: float = 0.0
    """When they were last told about flags."""


class Stage(StrEnum):
    ASKED = "asked"
    MODERATORS = "moderators"
    """For moderators; we are looking up who wrote the messages."""
    OFFICE = "office"
    """For a case; we are looking up who wrote the messages."""
    OFFERED = "offered"
    """It is a case; we have asked whether the office may read the messages."""
    SHOWN = "shown"
    """It may; we are looking the messages up."""


class FlagMoves(Machine):
    """A flag is kept until the person has decided about it, for a week at most. Until then we look
    at nobody else's message."""

    flagged = Begin(Stage.ASKED)
    more_flagged = Move(Stage.ASKED)
    for_moderators = Move(Stage.ASKED, to=Stage.MODERATORS)
    nobody_to_tell = Move(Stage.MODERATORS, to=Stage.ASKED)
    for_the_office = Move(Stage.ASKED, to=Stage.OFFICE)
    offered = Move(Stage.OFFICE, Stage.OFFERED, to=Stage.OFFERED)
    agreed = Move(Stage.OFFERED, to=Stage.SHOWN)
    forgotten = End(*Stage)


@dataclass(frozen=True, slots=True)
class Found:
    """What we found out about a flagged message: nothing of what it says."""

    event: str
    author: str = field(default="", repr=False)
    """Empty if the message could not be found."""
    gone: bool = False
    readable: bool = False
    medium: bool = False
    """It is an attachment without a caption."""
    name: str = field(default="", repr=False)
    """Its author's name in that room."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What one person flagged in one room, until they have decided about it."""

    number: int
    user: str = field(repr=False)
    room: str
    events: tuple[str, ...]
    more: int = 0
    """How many more messages the person flagged, which we do not look at."""
    stage: Stage = Stage.ASKED
    asked: float = 0.0
    """When the open question was asked."""
    hinted: float = 0.0
    """When the person was last told that it is still open."""
    found: tuple[Found, ...] = ()
    source: str = ""
    """The event by which the person decided."""
    case: int = 0
    place: str = ""
    """Name of the room."""
    shown: int = 0
    """How many of the messages the office was shown."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What moderators of a room were told, so that we can bring it up to date."""

    number: int
    room: str
    items: tuple[Item, ...]
    told: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Moderator:
    """A moderator for whom we have made a room about flags."""

    user: str = field(repr=False)
    serial: int


PLACES = Collection("ombuds/place", Place, key=lambda x: x.room)
FLAGS = Collection("ombuds/flag", Flag, key=lambda x: str(x.number))
NOTICES = Collection(
    "ombuds/notice",
    Notice,
    key=lambda x: str(x.number),
    indexes={"event": lambda x: (y.event for y in x.items)},
)
MODERATORS = Collection(
    "ombuds/moderator",
    Moderator,
    key=lambda x: x.user,
    indexes={"serial": lambda x: (str(x.serial),)},
)
