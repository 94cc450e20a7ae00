"""What the exchange keeps. Of what nobody has shared nothing is kept."""

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
    """Somebody has marked it soon after it was taken back; it is looked up a while later."""
    ASKED = "asked"
    """Somebody has marked it; who wrote it is being looked up. Nothing of it is kept."""
    SHARED = "shared"


class ShareMoves(Machine):
    """A message is looked up before it is shared, and again whenever nobody knows what it says.
    When it is taken back, nothing of it is kept."""

    marked = Begin(ShareState.ASKED, ShareState.RESTS)
    pause_over = Move(ShareState.RESTS, to=ShareState.ASKED)
    found = Move(ShareState.ASKED, to=ShareState.SHARED)
    shared_anew = Move(ShareState.SHARED, to=ShareState.ASKED)
    taken_back = End(*ShareState)


@dataclass(frozen=True, slots=True)
class Mark:
    """A 📣, or a command that stands for it."""

    event: str
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shared:
    """A message that its author shares, as the archive keeps it. Ids are Matrix's."""

    source: str
    """Event id of the message."""
    room: str
    """Where it stands."""
    state: ShareState = ShareState.ASKED
    marks: tuple[Mark, ...] = ()
    via: tuple[str, ...] = ()
    """Servers through which that room is reached."""
    edits: tuple[str, ...] = ()
    """Event ids of the edits whose words the copy shows, or has shown."""
    number: int = 0
    into: str = ""
    """The room of the copy."""
    back: tuple[str, ...] = ()
    """Servers through which that one is reached."""
    author: str = field(default="", repr=False)
    initiative: str = ""
    name: str = field(default="", repr=False)
    """Her name, if she wants it to be shown."""
    text: str = field(default="", repr=False)
    kind: str = ""
    """What it is besides text: a kind of `federation.model.events.KNOWN_MEDIA`."""
    thread: str | None = None
    shared: float = 0.0
    changed: float = 0.0
    answered: int = 0
    """How many answers there are in the exchange room."""
    noted: float = 0.0
    """When the conversation was last told of answers."""
    told: int = 0
    """Of how many."""


@dataclass(frozen=True, slots=True)
class Restless:
    """How often a message was shared and taken back lately."""

    source: str
    """Event id of the message."""
    times: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """To a shared message, in the exchange room."""

    number: int
    """Of what it answers."""
    event: str
    counts: bool = True
    """It was not deleted."""


@dataclass(frozen=True, slots=True)
class Person:
    user: str = field(repr=False)
    named: bool = False
    """She wants her name to stand beside what she shares."""
    heard: sparing.Heard = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """What was decided in a room, and done there."""

    room: str
    open: bool | None = None
    """None: as the settings say."""
    introduced: bool = False
    joined: bool = False
    asked: str = field(default="", repr=False)
    """Who asked us into a room that is none of the network's, until we have looked at it."""
    initiative: str = ""
    """The id of the one that runs the room itself, while we serve it there."""
    heir: str = ""
    """The room that replaces one of these."""


@dataclass(frozen=True, slots=True)
class Office(Movable):
    shares: int = 0
    moved: Mapping[str, str] = field(default_factory=dict)
    """Room → the room that replaced it."""
    heirs: Mapping[str, str] = field(default_factory=dict)
    """Rooms that replace rooms which others run, until we have looked at them → the replaced."""
    heard: sparing.Heard = field(default_factory=dict)
    shut: str = ""
    """The room in place of another into which we could not come, and of which was told last."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A message whose copy those who moderate the exchange room removed: it is not copied again."""

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
"""`event`: those that a redaction may take back besides the message itself."""
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
"""`joined`: rooms in which we are that initiatives run themselves."""
REMOVED = Collection("exchange/removed", Removed, key=lambda x: x.source)
RESTLESS = Collection("exchange/restless", Restless, key=lambda x: x.source)
ALL = (OFFICE, SHARES, ANSWERS, PEOPLE, PLACES, REMOVED, RESTLESS)
