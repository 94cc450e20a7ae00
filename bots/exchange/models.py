"""What the exchange knows: plain frozen data, and its form as JSON.

Of what nobody has shared nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from bots.runtime.documents import read
from bots.runtime.kit import sparing
from bots.runtime.moves import Movable


@dataclass(frozen=True, slots=True)
class Source:
    """A room from which people can share."""

    room: str
    initiative: str
    """Its name, as it stands beside what is shared."""
    open: bool = True
    """Whether sharing is on until its moderators decide."""
    within: tuple[str, ...] = ()
    """The spaces around it; whoever is banned there shares nothing from here."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """An initiative that runs its rooms itself, on a server of its own."""

    id: str
    name: str
    server: str
    contacts: frozenset[str]
    space: str = ""
    """Its id, as the alliance links it; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the network's YAML says, in the form that the rules need. Rooms are ids."""

    account: str
    exchange: str
    languages: tuple[str, ...]
    """The first is that of the exchange room; `spoken` are those of the others."""
    sources: tuple[Source, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    spaces: frozenset[str] = frozenset()
    """Those of all initiatives."""
    coordination: str | None = None
    """Where failures are told."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts; what they write is never shared."""
    creator: str = ""
    """Makes the rooms of the network."""
    alliance: str = ""
    """The space of all; who is in it, `greeter` sees."""
    greeter: str = ""
    room_languages: tuple[str, ...] = ()
    """Side by side in the rooms of initiatives; by default the first two."""
    places: frozenset[str] = field(init=False)
    """Every room of the network that the bot is in."""
    spread: frozenset[str] = field(init=False)
    """Spaces, which the bot itself is not in."""

    def __post_init__(self) -> None:
        # Asked for with every event, and there may be hundreds.
        common = (self.exchange, *((self.coordination,) if self.coordination else ()))
        places = frozenset((*common, *(x.room for x in self.sources)))
        around = frozenset(y for x in self.sources for y in x.within)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "spread", around | {self.alliance})

    @property
    def spoken(self) -> str:
        return " ".join(self.room_languages or self.languages[:2])

    def as_known(self, office: Office) -> Settings:
        """With each room under the id by which we have known it: what is kept of it is kept under
        that, though the settings may name the room that replaced it by now."""
        if self.places.isdisjoint(office.moved.values()):
            return self
        return replace(
            self,
            exchange=office.meant(self.exchange),
            coordination=self.coordination and office.meant(self.coordination),
            sources=tuple(replace(x, room=office.meant(x.room)) for x in self.sources),
        )

    def source(self, room: str) -> Source | None:
        return next((x for x in self.sources if x.room == room), None)

    def initiative(self, id: str) -> Adopted | None:  # noqa: A002  (the key in the file)
        return next((x for x in self.adopted if x.id == id), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the initiatives."""
        return (*(x.initiative for x in self.sources), *(x.name for x in self.adopted))


class ShareState(StrEnum):
    ASKED = "asked"
    """Somebody has marked it; who wrote it is being looked up. Nothing of it is kept."""
    SHARED = "shared"


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
    """What it is besides text: a kind of `federation.events.KNOWN_MEDIA`."""
    thread: str | None = None
    shared: float = 0.0
    changed: float = 0.0
    answered: int = 0
    """How many answers there are in the exchange room."""
    newest: str = ""
    """Event id of the last of them; each names the one before it."""
    looked: int = 0
    """How often it was looked up before it was shared."""
    stale: bool = False
    """It was edited so often meanwhile that it is looked up once more after it was shared."""
    noted: float = 0.0
    """When the conversation was last told of answers."""
    told: int = 0
    """Of how many."""


@dataclass(frozen=True, slots=True)
class Restless:
    """How often a message was shared and taken back lately, and when last."""

    times: int = 0
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """To a shared message, in the exchange room: a document each, however many there are."""

    number: int
    event: str
    before: str = ""
    """The answer before it."""
    counts: bool = True
    """It was not deleted."""


@dataclass(frozen=True, slots=True)
class Found:
    """A copy that a search has found, without anything of its text."""

    initiative: str
    shared: float
    room: str
    event: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    named: bool = False
    """She wants her name to stand beside what she shares."""
    heard: sparing.Heard = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """What was decided in a room, and done there."""

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
    gone: tuple[str, ...] = ()
    """The last event ids that were taken back here and that we did not know. What is being looked
    up may have been read just before."""


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


def to_json(value: Office | Shared | Answer | Person | Place | Restless) -> dict[str, Any]:
    return asdict(value)


def office_from(data: Mapping[str, Any]) -> Office:
    return read(Office, data)


def shared_from(data: Mapping[str, Any]) -> Shared:
    marks = tuple(read(Mark, x) for x in data.get("marks", ()))
    answered = {"answered": len(data.get("answers", ()))}  # as older versions kept them
    return read(Shared, {**answered, **data, "state": ShareState(data["state"]), "marks": marks})


def answer_from(data: Mapping[str, Any] | int, event: str) -> Answer:
    return Answer(data, event) if isinstance(data, int) else read(Answer, data)


def restless_from(data: Mapping[str, Any]) -> Restless:
    return read(Restless, data)


def person_from(data: Mapping[str, Any]) -> Person:
    return read(Person, data)


def place_from(data: Mapping[str, Any]) -> Place:
    return read(Place, data)
