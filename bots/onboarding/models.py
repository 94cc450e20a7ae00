"""What onboarding knows: plain frozen data, and its form as JSON.

Of a member no more is kept than it takes not to ask her twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bots.runtime.kit import sparing
from bots.runtime.kit.moves import Movable
from bots.runtime.model.documents import read
from federation.model.membership import Place, Premises, is_shown
from federation.model.network import Access


@dataclass(frozen=True, slots=True)
class Initiative:
    id: str
    name: str
    district: str = ""
    topics: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    """Whoever chooses it is invited to these."""
    team: str | None = None
    """Where its contacts hear of a newcomer; None: in the coordination room."""
    access: Access = Access.ALLIANCE
    """Who can come in: everybody in the alliance, whom its contacts let in, or nobody uninvited."""
    places: tuple[Place, ...] = ()
    """Its space and all that lies within it, as far as it was made here."""
    contacts: tuple[str, ...] = ()
    server: str = ""
    """Of one that runs its rooms itself: the server's name."""
    alias: str = ""
    link: str = ""
    """To the space of such a one, under its alias; empty where nobody knows where that is."""

    def as_known(self, office: Office) -> Initiative:
        team = None if self.team is None else office.meant(self.team)
        places = tuple(
            replace(x, room=office.meant(x.room), within=office.meant(x.within))
            for x in self.places
        )
        rooms = tuple(map(office.meant, self.rooms))
        return replace(self, rooms=rooms, team=team, places=places)

    @property
    def space(self) -> str | None:
        """As far as it was made here."""
        return self.places[0].room if self.places else None

    def premises(self, alliance: str) -> tuple[Place, ...]:
        return self.places or tuple(Place(x, alliance) for x in self.rooms)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the network's YAML says, in the form that the rules need. Rooms are ids."""

    account: str
    network: str
    """Its name."""
    space: str
    coordination: str
    languages: tuple[str, ...]
    """Offered to people; coordinators are spoken to in the first."""
    rules: Mapping[str, str]
    """The rules of the network by language."""
    rules_version: str
    """Everybody is asked again when it changes."""
    greeting: tuple[str, ...] = ()
    """Side by side until somebody has chosen a language; by default the first two."""
    rooms: tuple[str, ...] = ()
    """For everybody, besides the space: announcements, exchange."""
    districts: tuple[str, ...] = ()
    """Spaces that only hold those of initiatives."""
    exchange: str = ""
    """The one of them that has a bot of its own."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the rooms are called that people are invited to."""
    initiatives: tuple[Initiative, ...] = ()
    coordinators: tuple[str, ...] = ()
    """May let people in, besides those who moderate the coordination room."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts, which nobody greets."""
    creator: str = ""
    """Makes the rooms of the network."""
    approval: bool = True
    """Who comes by a private message needs a coordinator's yes, as who knocks does."""
    remind_after: timedelta = timedelta(days=3)
    premises: Premises = field(init=False, repr=False)
    """The network's rooms, and what lies within what."""
    places: frozenset[str] = field(init=False)
    """Every room of the network that onboarding is in."""
    overheard: frozenset[str] = field(init=False)
    """Those where it has no use for what people say."""

    def __post_init__(self) -> None:
        # Asked for with every event, and there may be a thousand.
        premises = Premises(tuple(self._premises()))
        teams = (x.team for x in self.initiatives if x.team)
        places = frozenset((*(x.room for x in premises.places), *teams))
        object.__setattr__(self, "premises", premises)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "overheard", places - {self.coordination})

    def _premises(self) -> Iterator[Place]:
        seats = frozenset(self.coordinators)
        contacts = frozenset(user for x in self.initiatives for user in x.contacts)
        yield Place(self.space)
        yield Place(self.coordination, self.space, Access.INVITE, seats | contacts)
        for room in self.rooms:
            yield Place(room, self.space, Access.ALLIANCE, seats)
        for district in self.districts:
            yield Place(district, self.space, Access.ALLIANCE, seats)
        for initiative in self.initiatives:
            yield from initiative.premises(self.space)

    def as_known(self, office: Office) -> Settings:
        """With each room under the id by which we have known it: what is kept of it is kept under
        that, though the settings may name the room that replaced it by now."""
        if self.places.isdisjoint(office.moved.values()):
            return self
        return replace(
            self,
            space=office.meant(self.space),
            coordination=office.meant(self.coordination),
            rooms=tuple(map(office.meant, self.rooms)),
            districts=tuple(map(office.meant, self.districts)),
            exchange=office.meant(self.exchange),
            names={office.meant(room): name for room, name in self.names.items()},
            initiatives=tuple(x.as_known(office) for x in self.initiatives),
        )

    @property
    def offered(self) -> tuple[Initiative, ...]:
        """What people are told of, and can choose."""
        return tuple(x for x in self.initiatives if is_shown(x.access))

    def initiative(self, id: str) -> Initiative | None:  # noqa: A002  (the key in the file)
        return next((x for x in self.initiatives if x.id == id), None)

    @property
    def first_words(self) -> str:
        """The languages for somebody whose language is not known."""
        return " ".join(self.greeting or self.languages[:2])


class Stage(StrEnum):
    NEW = "new"
    """Wrote to us, or could not be greeted so far."""
    GREETED = "greeted"
    """Has the rules and has not said yes."""
    WAITING = "waiting"
    """Has said yes and waits for a coordinator."""
    CHOOSING = "choosing"
    """Is in, and was asked for initiatives."""
    MEMBER = "member"
    REFUSED = "refused"
    """Said no to the rules, or was declined."""
    GONE = "gone"
    """Took the yes back."""


class Question(StrEnum):
    """What was asked last, and what an answer is about."""

    NOTHING = ""
    RULES = "rules"
    TOPICS = "topics"
    LEAVE = "leave"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who came. Times are seconds since the epoch, 0 for never."""

    user: str = field(repr=False)
    serial: int
    stage: Stage = Stage.NEW
    language: str | None = None
    chat: str | None = field(default=None, repr=False)
    """Where we talk, once there is such a room."""
    opened: bool = False
    """We have asked for the private room to be made."""
    away: bool = False
    """She has left that room."""
    left: bool = False
    """She has left the space."""
    inside: bool = False
    """She is in the space."""
    approved: bool = False
    """A coordinator has let her in, or she came in by a door that is open."""
    shown: str = ""
    """Version of the rules that she was asked about last."""
    first: int = 0
    """Number of the message that first asked about it."""
    asks: int = 0
    """How many messages have asked something."""
    question: Question = Question.NOTHING
    accepted: str = ""
    """Version of the rules that she said yes to."""
    accepted_at: float = 0.0
    yes: str = field(default="", repr=False)
    """The reaction that was her yes."""
    offered: tuple[str, ...] = ()
    """What the numbers in our last question stood for."""
    wishes: tuple[str, ...] = ()
    """Ids of initiatives."""
    asked: tuple[str, ...] = ()
    """Ids of those whose contacts were asked to let her in."""
    invited: tuple[str, ...] = ()
    """Rooms that we have invited her to."""
    told: int = 0
    """How many messages elsewhere name her."""
    welcomed: float = 0.0
    heard: sparing.Heard = field(default_factory=dict)
    reminded: bool = False

    said: str = field(default="", repr=False)
    """What she wrote before coordinators could decide about her; kept until they are asked."""

    @property
    def open(self) -> Question:
        """The question that an answer is for: the one that was asked last, else one that waits."""
        if self.question is not Question.NOTHING:
            return self.question
        if self.pending:
            return Question.RULES
        return Question.TOPICS if self.stage is Stage.CHOOSING else Question.NOTHING

    @property
    def pending(self) -> bool:
        """Whether a yes to the rules is due."""
        return bool(self.shown) and self.accepted != self.shown


class WishState(StrEnum):
    OPEN = "open"
    ADMITTED = "admitted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks to join, and coordinators decide."""

    number: int
    user: str = field(repr=False)
    asked: float
    name: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    knocked: bool = True
    """At the space; else by a private message to us."""
    state: WishState = WishState.OPEN
    gathered: bool = False
    """It is told of in one message with others, since many came at a time."""
    shown: float = 0.0
    """When what coordinators read of it was changed last for what she did."""
    named: tuple[str, ...] = field(default=(), repr=False)
    """Handles of further messages that name her: reminders, and what was told another day."""
    initiative: str = ""
    """The id of the one that she would like to join; empty: the alliance."""

    @property
    def key(self) -> str:
        """Under which it is kept."""
        return wish_key(self.user, self.initiative)


def wish_key(user: str, initiative: str = "") -> str:
    return f"{user} {initiative}".rstrip()


def asking(key: str) -> str:
    """Who asks, in a key."""
    return key.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Office(Movable):
    members: int = 0
    wishes: int = 0
    moved: Mapping[str, str] = field(default_factory=dict)
    """Room → the room that replaced it."""
    told: tuple[float, ...] = ()
    """When coordinators were last told of somebody in a message of its own."""
    crowd: int = 0
    """Number of the message that tells of many."""
    crowd_at: float = 0.0
    """Since when it stands there; 0: the next one is a new one."""
    gathering: bool = False
    """A timer is set to bring it up to date."""
    renewed: str = ""
    """Version of the rules that everybody was asked about."""
    heard: sparing.Heard = field(default_factory=dict)
    stirs: Mapping[str, float] = field(default_factory=dict)
    """Numbers of the last two wishes that were made or decided, and when."""
    silent: Mapping[str, float] = field(default_factory=dict)
    """Homeservers that take no invitation, and since when."""
    unheard: tuple[str, ...] = ()
    """Those of them of which coordinators were told."""
    shut: tuple[str, ...] = ()
    """Rooms in place of others into which we could not come, and of which was told."""


def to_json(value: Office | Member | Wish) -> dict[str, Any]:
    return asdict(value)


def office_from(data: Mapping[str, Any]) -> Office:
    return read(Office, data)


def member_from(data: Mapping[str, Any]) -> Member:
    stage, question = Stage(data["stage"]), Question(data.get("question", ""))
    return read(Member, {**data, "stage": stage, "question": question})


def wish_from(data: Mapping[str, Any]) -> Wish:
    return read(Wish, {**data, "state": WishState(data["state"])})
