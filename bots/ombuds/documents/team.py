"""The office and its team."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed change of the team that waits for a second member."""

    number: int
    adds: bool
    person: str
    proposer: str
    proposed: float
    trust: bool = False
    """Whether it is about a trustee outside of the office."""
    asked: bool = False
    """Whether trustees were asked for the second word."""
    alone: bool = False
    """Whether nobody was there who could agree: it is made when the time is over."""


@dataclass(frozen=True, slots=True)
class Departed:
    """A former member of the team, who left or was removed."""

    person: str
    at: float
    identity: str = field(default="", repr=False)
    """That was pinned; "": none."""


@dataclass(frozen=True, slots=True)
class Office:
    roster: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    """People the team decided to invite who have not joined yet."""
    founded: bool = False
    conversations: int = 0
    proposed: int = 0
    proposals: tuple[Proposal, ...] = ()
    rang: float = 0.0
    """When staff's phones last rang because of a case."""
    unheard: tuple[int, ...] = ()
    """Cases with something new since then."""
    heard: sparing.Heard = field(default_factory=dict)
    rooms: int = 0
    """How many times the room was lost and a new one made."""
    former: tuple[str, ...] = ()
    """Rooms that were lost: nothing said there counts."""
    moved: float = 0.0
    """When the last replacement was made."""
    lost: bool = False
    """The room is lost, and it is not yet time to make a new one."""
    departed: tuple[Departed, ...] = ()
    """People who left recently."""
    codes: int = 0
    """How many codes were given to somebody's keys."""
    used: tuple[str, ...] = ()
    """Fingerprints of the codes from the host that were used."""
    numbers: int = 0
    """The last serial number given to a flag, or to something that comes with flags."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices that a member of the team has read on."""

    user: str
    known: tuple[str, ...]


OFFICE = Collection("ombuds/office", Office, key=lambda _: "office")
DEVICES = Collection("ombuds/devices", Devices, key=lambda x: x.user)
