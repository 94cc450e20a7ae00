"""Cases. Who is behind one stands elsewhere: it knows only the serial number of its
conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, Machine, Move


class CaseState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class CaseMoves(Machine):
    """A case is open while the person waits for an answer. What is written to a closed case
    begins a new one."""

    begun = Begin(CaseState.OPEN)
    answered = Move(CaseState.OPEN, CaseState.ANSWERED, to=CaseState.ANSWERED)
    written_to = Move(CaseState.OPEN, CaseState.ANSWERED, to=CaseState.OPEN)
    closed = Move(CaseState.OPEN, CaseState.ANSWERED, to=CaseState.CLOSED)
    reopened = Move(CaseState.CLOSED, to=CaseState.OPEN)


class AnswerState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    """Our homeserver has it; nobody knows whether hers has."""
    DELIVERED = "delivered"
    """Her client has shown it, or she has written since."""
    UNSENT = "unsent"
    CANCELLED = "cancelled"


class AnswerMoves(Machine):
    """An answer waits until the time to undo it is over, and goes out once, whatever comes twice.
    If staff remove an edit of the command, no word of the answer is kept."""

    proposed = Begin(AnswerState.PENDING)
    edited = Move(AnswerState.PENDING)
    taken_back = Move(AnswerState.PENDING, to=AnswerState.CANCELLED)
    edit_removed = Move(
        *(AnswerState.PENDING, AnswerState.UNSENT, AnswerState.CANCELLED), to=AnswerState.CANCELLED
    )
    undo_over = Move(AnswerState.PENDING, to=AnswerState.SENDING)
    failed = Move(AnswerState.PENDING, AnswerState.SENDING, to=AnswerState.UNSENT)
    sent = Move(AnswerState.SENDING, to=AnswerState.SENT)
    delivered = Move(AnswerState.SENT, to=AnswerState.DELIVERED)


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
    """A message of the person that is in the thread: it is put into another room, should this one
    be lost."""

    case: int
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
    stands: int = 0
    """In which of the ombuds rooms that followed one another (`Office.rooms`)."""
    waiting: float = 0.0
    """Since when it is as it is: open, or answered. 0: since it was opened."""
    hinted: bool = False
    """Staff were told that a note in its thread reaches nobody."""
    heard: sparing.Heard = field(default_factory=dict)
    texts: int = 0
    """How many messages of the person stand in the thread, the root not counted."""
    answers: tuple[Answer, ...] = ()
    flags: tuple[Flagged, ...] = ()
    """What it began with, where that was no message."""
    struck: tuple[int, ...] = ()
    """Messages of the thread that were deleted there."""

    @property
    def place(self) -> str:
        """How the room is called in which something was flagged."""
        return self.flags[0].place if self.flags else ""


@dataclass(frozen=True, slots=True)
class Search:
    """For a word in all cases, as far as it has come."""

    number: int
    word: str = field(repr=False)
    rest: int
    """Up to this number they are still to be read."""
    best: tuple[int, ...] = ()
    """The most urgent of those that were found."""
    count: int = 0
    """How many were."""


def in_state(state: CaseState, taken_by: str | None = None) -> str:
    """Where those are listed that are in this state; all, or those of one of the team."""
    return state if taken_by is None else f"{state} {taken_by}"


def later_key(case: int, number: int) -> str:
    return f"{case}/{number}"


def _states(case: Case) -> set[str]:
    return {in_state(case.state), in_state(case.state, case.taken_by)}


def _stands(case: Case) -> tuple[str, ...]:
    return () if case.state is CaseState.CLOSED else (str(case.stands),)


CASES = Collection(
    "ombuds/case",
    Case,
    key=lambda x: str(x.number),
    indexes={
        "state": _states,
        "open": _stands,
    },
)
"""`state`: who has waited longest is the oldest. `open`: by the room in which it stands."""
LATER = Collection(
    "ombuds/later", Later, key=lambda x: later_key(x.case, x.number), erases=lambda _: True
)
"""One each, so that a long case is not written anew with every message."""
SEARCHES = Collection("ombuds/search", Search, key=lambda x: str(x.number))
