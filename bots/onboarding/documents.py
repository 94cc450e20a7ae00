"""What onboarding keeps. Of a member no more than it takes not to ask her twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.moves import Movable
from bots.runtime.kit.states import Begin, End, Machine, Move


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


class MemberMoves(Machine):
    """Members have agreed to the rules, and coordinators have let them in where the network wants
    that. If the rules change later, they stay members while they are asked again."""

    met = Begin(Stage.NEW)
    rules_shown = Move(
        *(Stage.NEW, Stage.GREETED, Stage.WAITING, Stage.REFUSED, Stage.GONE), to=Stage.GREETED
    )
    not_reached = Move(Stage.GREETED, to=Stage.NEW)
    agreed = Move(Stage.NEW, Stage.GREETED, Stage.REFUSED, to=Stage.WAITING)
    said_no = Move(Stage.NEW, Stage.GREETED, Stage.WAITING, Stage.REFUSED, to=Stage.REFUSED)
    let_in = Move(Stage.NEW, Stage.GREETED, Stage.WAITING, Stage.REFUSED, to=Stage.MEMBER)
    topics_offered = Move(Stage.MEMBER, Stage.CHOOSING, to=Stage.CHOOSING)
    topics_chosen = Move(Stage.CHOOSING, Stage.MEMBER, to=Stage.MEMBER)
    declined = Move(*Stage, to=Stage.REFUSED)
    removed = Move(*Stage, to=Stage.REFUSED)
    removed_before_agreeing = Move(*Stage)
    gave_up_waiting = Move(*Stage, to=Stage.NEW)
    left = Move(*Stage, to=Stage.GONE)
    erased = End(*Stage)


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


class WishMoves(Machine):
    """A wish to join is open until somebody decides, or the person no longer wants to."""

    asked = Begin(WishState.OPEN)
    asked_again = Move(
        *(WishState.ADMITTED, WishState.DECLINED, WishState.WITHDRAWN), to=WishState.OPEN
    )
    admitted = Move(WishState.OPEN, to=WishState.ADMITTED)
    declined = Move(WishState.OPEN, to=WishState.DECLINED)
    withdrawn = Move(WishState.OPEN, to=WishState.WITHDRAWN)
    erased = End(*WishState)


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

    @property
    def open(self) -> bool:
        """Nobody has decided, and she still waits."""
        return self.state is WishState.OPEN


def wish_key(user: str, initiative: str = "") -> str:
    return f"{user} {initiative}".rstrip()


@dataclass(frozen=True, slots=True)
class Chat:
    """A private room with somebody. She may have several; we talk in `Member.chat`."""

    room: str
    user: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody has asked us into a room, and we have not seen ourselves join."""

    room: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A room of the network in which we are."""

    room: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A homeserver takes no invitation."""

    server: str
    since: float
    told: bool = False
    """Coordinators know."""


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
    """When it was sent; 0: the next one is a new one."""
    gathering: bool = False
    """A timer is set to bring it up to date."""
    versions: tuple[str, ...] = ()
    """Of the rules: those that somebody who agreed was asked about last, and that of now."""
    heard: sparing.Heard = field(default_factory=dict)
    stirs: Mapping[str, float] = field(default_factory=dict)
    """Numbers of the last two wishes that were made or decided, and when."""
    shut: tuple[str, ...] = ()
    """Rooms in place of others into which we could not come, and of which was told."""


OFFICE = Collection("onboarding/office", Office, key=lambda _: "office")
MEMBERS = Collection(
    "onboarding/member",
    Member,
    key=lambda x: x.user,
    indexes={
        "serial": lambda x: (str(x.serial),),
        "agreed": lambda x: (x.shown,) if x.accepted else (),
    },
    erases=lambda _: True,
)
"""`agreed`: by the version of the rules that they were asked about last."""
CHATS = Collection(
    "onboarding/chat",
    Chat,
    key=lambda x: x.room,
    indexes={"user": lambda x: (x.user,)},
    erases=lambda _: True,
)
WISHES = Collection(
    "onboarding/wish",
    Wish,
    key=lambda x: x.key,
    indexes={
        "number": lambda x: (str(x.number),),
        "open": lambda x: ("",) if x.open else (),
        "gathered": lambda x: ("",) if x.open and x.gathered else (),
    },
    erases=lambda _: True,
)
INVITATIONS = Collection("onboarding/invitation", Invitation, key=lambda x: x.room)
ENTERED = Collection("onboarding/room", Entered, key=lambda x: x.room)
SILENCES = Collection("onboarding/silence", Silence, key=lambda x: x.server)
ALL = (OFFICE, MEMBERS, CHATS, WISHES, INVITATIONS, ENTERED, SILENCES)
