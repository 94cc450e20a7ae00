"""Cases. A case knows only the serial number of its conversation, not who the person is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, End, Machine, Move

SHELF = -1
"""`Case.stands` of a case that is in no room."""


class Shelf(StrEnum):
    """Why a case is kept without being shown in the staff's room."""

    RUSH = "rush"
    """Very many came at once, several of them from one person, or with the same words."""
    SINGLE = "single"
    """Very many came at once; it is shown as soon as its turn comes."""
    BLOCKED = "blocked"
    """Its person is blocked."""


class CaseState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class CaseMoves(Machine):
    """A case is open while the person waits for an answer. If they write after it was closed, a new
    case begins. It is erased some time after it was closed, or if the person asks for that."""

    begun = Begin(CaseState.OPEN)
    answered = Move(CaseState.OPEN, CaseState.ANSWERED, to=CaseState.ANSWERED)
    written_to = Move(CaseState.OPEN, CaseState.ANSWERED, to=CaseState.OPEN)
    closed = Move(CaseState.OPEN, CaseState.ANSWERED, to=CaseState.CLOSED)
    reopened = Move(CaseState.CLOSED, to=CaseState.OPEN)
    time_over = End(CaseState.CLOSED)
    asked_to_erase = End(*CaseState)


class AnswerState(StrEnum):
    PENDING = "pending"
    HELD = "held"
    """The person's account has other keys than before; it goes once the receipt was typed."""
    SENDING = "sending"
    SENT = "sent"
    """Our homeserver has it; nobody knows whether the person's has."""
    DELIVERED = "delivered"
    """The person's client has shown it, or the person has written since."""
    UNSENT = "unsent"
    CANCELLED = "cancelled"


class AnswerMoves(Machine):
    """An answer waits until the time to undo it is over, then goes out once, even if a timer or an
    outcome comes twice. If staff remove an edit of the command, we keep no word of the answer. It
    is erased with its case."""

    proposed = Begin(AnswerState.PENDING)
    edited = Move(AnswerState.PENDING, AnswerState.HELD, to=AnswerState.PENDING)
    taken_back = Move(AnswerState.PENDING, AnswerState.HELD, to=AnswerState.CANCELLED)
    edit_removed = Move(
        *(AnswerState.PENDING, AnswerState.HELD, AnswerState.UNSENT, AnswerState.CANCELLED),
        to=AnswerState.CANCELLED,
    )
    held = Move(AnswerState.PENDING, to=AnswerState.HELD)
    released = Move(AnswerState.HELD, to=AnswerState.PENDING)
    undo_over = Move(AnswerState.PENDING, to=AnswerState.SENDING)
    failed = Move(AnswerState.PENDING, AnswerState.SENDING, to=AnswerState.UNSENT)
    sent = Move(AnswerState.SENDING, to=AnswerState.SENT)
    delivered = Move(AnswerState.SENT, to=AnswerState.DELIVERED)
    erased = End(*AnswerState)


@dataclass(frozen=True, slots=True)
class Answer:
    number: int
    text: str = field(repr=False)
    author: str
    numbered: bool = False
    """Whether the command named the case, because it was outside the thread."""
    state: AnswerState = AnswerState.PENDING
    sent: float = 0.0


@dataclass(frozen=True, slots=True)
class Flagged:
    """A message that the person flagged in a room, as the case shows it."""

    link: str
    author: str = field(default="", repr=False)
    """Empty if unknown or not to be shown."""
    gone: bool = False
    unread: bool = False
    """We could not read it."""
    medium: bool = False
    """It is an attachment without a caption."""
    place: str = ""
    """Name of the room."""


@dataclass(frozen=True, slots=True)
class Later:
    """A later message of the person, which we send again if the ombuds room is lost."""

    case: int
    number: int
    kind: str
    text: str = field(repr=False)
    at: float = 0.0
    continues: bool = False
    """Whether it is a further part of the message before it."""
    author: str = field(default="", repr=False)
    """Of a flagged message that the office may read: whose it is, as staff are told."""
    link: str = ""
    """To that message."""


@dataclass(frozen=True, slots=True)
class Held:
    """Staff keep a closed case from being erased."""

    until: float
    by: str
    reason: str = field(repr=False)


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
    """Kind of the first message, if it was not text."""
    encrypted: bool = True
    cut: bool = False
    changed: bool = False
    root_gone: bool = False
    """The person has taken its first message back: a header is in its place."""
    root_lost: bool = False
    """Somebody deleted its root: the header says what it said."""
    refers: int | None = None
    """Another case of the same person, who wants the office to know."""
    taken_by: str | None = None
    stands: int = 0
    """Which of the successive ombuds rooms it is in (`Office.rooms`)."""
    shelf: Shelf | None = None
    """Why it is in none."""
    waiting: float = 0.0
    """Since when it has been in this state. 0: since it was opened."""
    hinted: bool = False
    """Whether staff were told that a note in its thread reaches nobody."""
    heard: sparing.Heard = field(default_factory=dict)
    texts: int = 0
    """How many messages of the person are in the thread, not counting the root."""
    answers: tuple[Answer, ...] = ()
    flags: tuple[Flagged, ...] = ()
    """What it began with, if not with a message."""
    struck: tuple[int, ...] = ()
    """Numbers of messages that were deleted in the thread."""
    held: Held | None = None
    unwanted: bool = False
    """Its person has asked for erasure: it is erased as soon as nobody keeps anything of it."""

    @property
    def place(self) -> str:
        """Name of the room in which something was flagged."""
        return self.flags[0].place if self.flags else ""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for a word in all cases, and how far it has come."""

    number: int
    word: str = field(repr=False)
    rest: int
    """So many of the oldest cases are still to be read."""
    best: tuple[int, ...] = ()
    """Numbers of the most urgent cases found so far."""
    count: int = 0
    """How many were found so far."""


def in_state(state: CaseState, taken_by: str | None = None) -> str:
    """Value of the index `state`: for all cases in a state, or those that one member of the team
    has taken."""
    return state if taken_by is None else f"{state} {taken_by}"


def later_key(case: int, number: int) -> str:
    return f"{case}/{number}"


def _states(case: Case) -> set[str]:
    if case.shelf is not None:  # those that are in the room must be found among them
        return {in_state(case.state)} if case.state is CaseState.CLOSED else set()
    return {in_state(case.state), in_state(case.state, case.taken_by)}


def _shelves(case: Case) -> tuple[str, ...]:
    shelved = case.shelf is not None and case.state is not CaseState.CLOSED
    return ("", str(case.shelf)) if shelved else ()


def _stands(case: Case) -> tuple[str, ...]:
    return () if case.state is CaseState.CLOSED else (str(case.stands),)


CASES = Collection(
    "ombuds/case",
    Case,
    key=lambda x: str(x.number),
    indexes={
        "state": _states,
        "open": _stands,
        "shelf": _shelves,
        "conversation": lambda x: (str(x.conversation),),
        "all": lambda _: ("",),
    },
)
"""`state`: the oldest has waited longest. `open`: by the ombuds room that the case is in. `shelf`:
those in none, all of them and by why."""
LATER = Collection("ombuds/later", Later, key=lambda x: later_key(x.case, x.number))
"""A document each, so that a new message does not rewrite a long case."""
SEARCHES = Collection("ombuds/search", Search, key=lambda x: str(x.number))
