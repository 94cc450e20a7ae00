"""The office and its team."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection


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


@dataclass(frozen=True, slots=True)
class Devices:
    """On which devices somebody of the team has read so far."""

    user: str
    known: tuple[str, ...]


OFFICE = Collection("ombuds/office", Office, key=lambda _: "office")
DEVICES = Collection("ombuds/devices", Devices, key=lambda x: x.user)
