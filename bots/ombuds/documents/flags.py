"""What the office knows of flags.

Of a flag nothing is kept but who set it, where, and on which message, and that only until the
person has decided. Nothing of what was said in the room is kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, End, Machine, Move


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

    room: str = field(repr=False)
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


class FlagMoves(Machine):
    """A flag is kept until the person has decided about it, or for a week. Before that nobody
    else's message is looked at."""

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
class Notice:
    """What moderators of a room were told, so that it can be brought up to date."""

    number: int
    room: str
    items: tuple[Item, ...]
    told: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody for whom we have made a room to tell of flags."""

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
