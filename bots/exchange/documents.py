"""What the exchange keeps: only what somebody has shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bots.exchange.words import words
from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.moves import Movable
from bots.runtime.kit.states import Begin, End, Machine, Move


class ShareState(StrEnum):
    RESTS = "rests"
    """Marked soon after it was taken back: it is looked up after a pause."""
    ASKED = "asked"
    """Marked: we are looking up who wrote it. No word of it is kept yet."""
    SHARED = "shared"


class ShareMoves(Machine):
    """A message is looked up before it is shared, and again whenever we no longer know what it
    says. Once it is taken back, we keep nothing of it."""

    marked = Begin(ShareState.ASKED, ShareState.RESTS)
    pause_over = Move(ShareState.RESTS, to=ShareState.ASKED)
    found = Move(ShareState.ASKED, to=ShareState.SHARED)
    shared_anew = Move(ShareState.SHARED, to=ShareState.ASKED)
    taken_back = End(*ShareState)


@dataclass(frozen=True, slots=True)
class Mark:
    """A 📣, or the command that does the same."""

    event: str
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shared:
    """A message that somebody has marked and its author may share. Ids are Matrix's."""

    source: str
    """Event id of the message."""
    room: str
    """The room in which it was written."""
    state: ShareState = ShareState.ASKED
    marks: tuple[Mark, ...] = ()
    via: tuple[str, ...] = ()
    """Servers through which clients reach that room."""
    edits: tuple[str, ...] = ()
    """Event ids of the edits whose words the copy shows, or has shown."""
    number: int = 0
    into: str = ""
    """The room of the copy."""
    back: tuple[str, ...] = ()
    """Servers through which clients reach the room of the copy."""
    author: str = field(default="", repr=False)
    initiative: str = ""
    name: str = field(default="", repr=False)
    """The author's name, if they want it shown."""
    text: str = field(default="", repr=False)
    kind: str = ""
    """A kind of `federation.model.events.KNOWN_MEDIA`; empty if it is only text."""
    thread: str | None = None
    shared: float = 0.0
    changed: float = 0.0
    answered: int = 0
    """How many answers it has in the exchange room."""
    noted: float = 0.0
    """When the room it comes from was last told about answers."""
    told: int = 0
    """How many answers it was told about."""


@dataclass(frozen=True, slots=True)
class Restless:
    """How often a message was recently shared and taken back."""

    source: str
    """Event id of the message."""
    times: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a shared message, written in the exchange room."""

    number: int
    """Number of the share that it answers."""
    event: str
    counts: bool = True
    """Whether it still exists."""


@dataclass(frozen=True, slots=True)
class Person:
    user: str = field(repr=False)
    named: bool = False
    """Whether what they share shows their name."""
    heard: sparing.Heard = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """What was decided in a room, and what we did there."""

    room: str
    open: bool | None = None
    """Whether sharing is on; None: as the settings say."""
    introduced: bool = False
    joined: bool = False
    asked: str = field(default="", repr=False)
    """Who invited us into a room outside the network, until we have looked at it."""
    initiative: str = ""
    """Id of the initiative that runs this room itself, while we serve it there."""
    heir: str = ""
    """The room that replaces this one, if an initiative runs it itself."""


@dataclass(frozen=True, slots=True)
class Office(Movable):
    shares: int = 0
    moved: Mapping[str, str] = field(default_factory=dict)
    """Room → the room that replaced it."""
    heirs: Mapping[str, str] = field(default_factory=dict)
    """New room → the room it replaces, of rooms that initiatives run themselves, until we have
    looked at the new one."""
    heard: sparing.Heard = field(default_factory=dict)
    shut: str = ""
    """The replacement room that we could not enter and last told coordinators about."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A message whose copy a moderator of the exchange room removed: it is not copied again."""

    source: str


OFFICE = Collection("exchange/office", Office, key=lambda _: "office")
SHARES = Collection(
    "exchange/shared",
    Shared,
    key=lambda x: x.source,
    indexes={
        "event": lambda x: (*(y.event for y in x.marks), *x.edits),
        "number": lambda x: (str(x.number),) if x.number else (),
        "room": lambda x: (x.room,),
        "word": lambda x: words(x.text),
        "named": lambda x: (x.author,) if x.name else (),
    },
    erases=lambda x: bool(x.number),
)
"""`event`: marks and edits, which people can redact without redacting the message."""
ANSWERS = Collection(
    "exchange/answer", Answer, key=lambda x: x.event, indexes={"number": lambda x: (str(x.number),)}
)
PEOPLE = Collection("exchange/person", Person, key=lambda x: x.user)
PLACES = Collection(
    "exchange/place",
    Place,
    key=lambda x: x.room,
    indexes={
        "asked": lambda x: (x.asked,) if x.asked else (),
        "adopted": lambda x: (x.initiative,) if x.initiative else (),
        "joined": lambda x: ("",) if x.initiative and x.joined else (),
    },
)
"""`joined`: rooms run by initiatives themselves that we are in."""
REMOVED = Collection("exchange/removed", Removed, key=lambda x: x.source)
RESTLESS = Collection("exchange/restless", Restless, key=lambda x: x.source)
ALL = (OFFICE, SHARES, ANSWERS, PEOPLE, PLACES, REMOVED, RESTLESS)
