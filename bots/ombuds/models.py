"""What the ombuds office knows: plain frozen data, and its form as JSON.

Who a person is stands in a document of its own (`Reporter`, with the room of the private chat);
a case knows only the serial number of its conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta, tzinfo
from enum import StrEnum
from typing import Any

from bots.runtime.documents import read
from bots.runtime.kit import sparing


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


@dataclass(frozen=True, slots=True)
class Settings:
    """What the office's own YAML says, in the form that the rules need."""

    account: str
    staff: tuple[str, ...]
    """Who founds the office; later changes are made in its room."""
    languages: tuple[str, ...]
    """Offered to people who write; staff are spoken to in the first."""
    timezone: tzinfo
    undo: timedelta = timedelta(seconds=60)
    helplines: tuple[str, ...] = ("110", "112")
    name: str = "Ombudsstelle"
    """The account's name, by which people know the office."""
    room_name: str = ""
    federate: bool = False
    collect: timedelta = timedelta(seconds=60)
    """How long moderators who were told of flags are left in peace before they are told of more."""
    absent: tuple[str, ...] = ()
    """Who was named for `staff` and has no account."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts: powerful in rooms, and not to be told of flags."""

    @property
    def spoken(self) -> str:
        """Side by side, where nobody's language is known."""
        return " ".join(self.languages[:2])


class CaseState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class AnswerState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    """Our homeserver has it; nobody knows whether hers has."""
    DELIVERED = "delivered"
    """Her client has shown it, or she has written since."""
    UNSENT = "unsent"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Answer:
    number: int
    text: str = field(repr=False)
    author: str
    numbered: bool = False
    """The command named the case, since it stood outside the thread."""
    state: AnswerState = AnswerState.PENDING
    sent: float = 0.0


@dataclass(frozen=True, slots=True)
class Flagged:
    """A message that the person flagged in a room, as a case shows it."""

    room: str
    """Links, to the room and to the message."""
    link: str
    author: str = field(default="", repr=False)
    """Empty where it is not known or not to be shown."""
    gone: bool = False
    unread: bool = False
    """It could not be read here."""
    medium: bool = False
    """It is more than text, and nothing is written beneath."""
    place: str = ""
    """How the room is called."""


@dataclass(frozen=True, slots=True)
class Later:
    """A message of the person that stands in the thread."""

    number: int
    kind: str
    text: str = field(repr=False)
    at: float = 0.0
    continues: bool = False
    """The message before it."""


@dataclass(frozen=True, slots=True)
class Case:
    number: int
    conversation: int
    opened: float
    state: CaseState = CaseState.OPEN
    language: str | None = None
    text: str = field(default="", repr=False)
    """What its root shows: the first part of the first message."""
    media: str | None = None
    """Kind of the first message where it was not text."""
    encrypted: bool = True
    cut: bool = False
    changed: bool = False
    root_gone: bool = False
    refers: int | None = None
    taken_by: str | None = None
    waiting: float = 0.0
    """Since when it is as it is: open, or answered. 0: since it was opened."""
    hinted: bool = False
    """Staff were told that a note in its thread reaches nobody."""
    heard: sparing.Heard = field(default_factory=dict)
    texts: int = 0
    """How many messages of the person stand in the thread, the root not counted."""
    answers: tuple[Answer, ...] = ()
    sequel: tuple[Later, ...] = field(default=(), repr=False)
    flags: tuple[Flagged, ...] = ()
    """What it began with, where that was no message."""
    struck: tuple[int, ...] = ()
    """Messages of the thread that were deleted there."""
    looks: tuple[str, ...] = field(default=(), repr=False)
    """The person's messages of which it is asked what they say now."""

    @property
    def place(self) -> str:
        """How the room is called in which something was flagged."""
        return self.flags[0].place if self.flags else ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A private chat with one person. Times are seconds since the epoch, 0 for never."""

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
class Proposal:
    """A change of the team that waits for a second member."""

    number: int
    adds: bool
    person: str
    proposer: str
    proposed: float


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody of the team who went, or was made to go."""

    person: str
    at: float


@dataclass(frozen=True, slots=True)
class Office:
    roster: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    """Invited by the team's decision and not joined yet."""
    founded: bool = False
    cases: int = 0
    conversations: int = 0
    proposed: int = 0
    proposals: tuple[Proposal, ...] = ()
    rang: float = 0.0
    """When staff's phones last rang for a case."""
    unheard: tuple[int, ...] = ()
    """Cases that have something new since then."""
    heard: sparing.Heard = field(default_factory=dict)
    rooms: int = 0
    """How often the room was lost and another one made."""
    former: tuple[str, ...] = ()
    """Rooms that were lost: nothing counts that is said there."""
    moved: float = 0.0
    """When the last one was made in place of another."""
    lost: bool = False
    """There is none, until it is time to make another one."""
    departed: tuple[Departed, ...] = ()
    """Lately."""
    numbers: int = 0
    """The last serial number that was given to a flag, or to what comes with flags."""


def to_json(value: Office | Conversation | Case) -> dict[str, Any]:
    return asdict(value)


def office_from(data: Mapping[str, Any]) -> Office:
    proposals = tuple(read(Proposal, x) for x in data.get("proposals", ()))
    departed = tuple(read(Departed, x) for x in data.get("departed", ()))
    lists = {name: tuple(data.get(name, ())) for name in ("roster", "awaited", "former", "unheard")}
    return read(Office, {**data, **lists, "proposals": proposals, "departed": departed})


def conversation_from(data: Mapping[str, Any]) -> Conversation:
    return read(Conversation, data)


def case_from(data: Mapping[str, Any]) -> Case:
    answers = tuple(
        read(Answer, {**x, "state": AnswerState(x["state"])}) for x in data.get("answers", ())
    )
    flags = tuple(read(Flagged, x) for x in data.get("flags", ()))
    sequel = tuple(read(Later, x) for x in data.get("sequel", ()))
    state = CaseState(data["state"])
    parts = {"state": state, "answers": answers, "flags": flags, "sequel": sequel}
    return read(Case, {**data, **parts})
