"""Rounds: letters on their way to many, and what became of their mails."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from bots.announcements import keys
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, Machine, Move
from federation.model.actions import Handle


class Matter(StrEnum):
    ANNOUNCEMENT = "a"
    DIGEST = "d"


class RoundState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    """What still waits is not sent any more."""
    FINISHED = "finished"


class RoundMoves(Machine):
    """A round ends once we know what became of each of its mails. Stopping it only keeps back
    those that have not left yet."""

    begun = Begin(RoundState.RUNNING)
    begun_without_readers = Begin(RoundState.FINISHED)
    stopped = Move(RoundState.RUNNING, to=RoundState.STOPPED)
    mail_settled = Move(RoundState.RUNNING, RoundState.STOPPED)
    last_mail_settled = Move(RoundState.RUNNING, RoundState.STOPPED, to=RoundState.FINISHED)


@dataclass(frozen=True, slots=True)
class Round:
    """One letter on its way to many: an announcement (`a/12`) or a digest (`d/3`)."""

    matter: Matter
    number: int
    event: str
    """What it tells of, the same after a lost store, when numbers begin again."""
    total: int
    editions: tuple[str, ...]
    """Languages of its letters."""
    items: tuple[int, ...]
    """Announcements that it holds."""
    state: RoundState = RoundState.RUNNING
    sent: int = 0
    failed: int = 0
    gone: int = 0
    """Not sent any more: the reader had left, or the letter was taken back."""
    unknown: int = 0
    waiting: int = 0
    """To be tried again later."""
    deferred: int = 0
    """How often a server refused for good what was no reader's fault."""
    held: bool = False
    """More than a tenth was refused for good: that is no reader's fault, and all is tried again."""
    telling: bool = False
    """A timer is set to tell how far it is."""

    @property
    def key(self) -> str:
        return f"{self.matter}/{self.number}"

    @property
    def stopped(self) -> bool:
        return self.state is RoundState.STOPPED

    @property
    def finished(self) -> bool:
        return self.state is RoundState.FINISHED

    @property
    def settled(self) -> int:
        return self.sent + self.failed + self.gone + self.unknown

    @property
    def progress(self) -> Handle:
        return keys.PROGRESS(matter=self.matter, number=self.number)

    @property
    def suspended(self) -> Handle:
        return keys.SUSPENDED(matter=self.matter, number=self.number)

    def letter(self, language: str) -> str:
        return f"{self.key}/{language}"


@dataclass(frozen=True, slots=True)
class Mailing:
    """One attempt at one mail of a round; its name is also that of the timer before it."""

    matter: str
    number: int
    language: str
    reader: str
    attempt: int = 1

    @property
    def round(self) -> str:
        return f"{self.matter}/{self.number}"

    @property
    def letter(self) -> str:
        return f"{self.round}/{self.language}"

    @property
    def name(self) -> str:
        return keys.MAIL(**asdict(self))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Readers of a round who are not in the outbox yet."""

    round: str
    number: int
    readers: tuple[tuple[str, str], ...] = field(repr=False)
    """And their languages."""

    @property
    def key(self) -> str:
        return f"{self.round}/{self.number}"


@dataclass(frozen=True, slots=True)
class Strike:
    """A mail that was refused for good, until its round is over."""

    mailing: Mailing
    reply: str
    nobody: bool
    """Because nobody reads at its address, as the server says."""

    @property
    def key(self) -> str:
        return f"{self.mailing.round}/{self.mailing.reader}"


ROUNDS = Collection(
    "announcements/round",
    Round,
    key=lambda x: x.key,
    indexes={
        "under way": lambda x: () if x.finished else map(str, x.items),
        "running": lambda x: () if x.finished else ("",),
    },
)
"""`under way`: those that hold an announcement and have not finished."""
CHUNKS = Collection("announcements/chunk", Chunk, key=lambda x: x.key)
STRIKES = Collection(
    "announcements/strike",
    Strike,
    key=lambda x: x.key,
    indexes={"round": lambda x: (x.mailing.round,)},
)
ALL = (ROUNDS, CHUNKS, STRIKES)
