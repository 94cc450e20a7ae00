"""What the office remembers of a rush, and who is blocked."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.ombuds import keys
from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Began:
    """A case that began lately."""

    at: float
    person: int
    """`Flagger.serial`"""
    like: str = field(default="", repr=False)
    """Fingerprint of its words, equal for those that differ only in figures and signs."""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Rush:
    """A time in which very many cases come. What is not shown of it is told of together."""

    lately: tuple[Began, ...] = ()
    number: int = 0
    """Of the last rush."""
    since: float = 0.0
    """When its first case came that was not shown."""
    last: float = 0.0
    """When its last case came that was not shown."""
    cases: int = 0
    """How many of it were not shown."""
    people: tuple[int, ...] = ()
    """From whom (`Flagger.serial`)."""
    due: bool = False
    """Whether staff are to be told more about it."""
    told: bool = False
    """Whether staff were told."""
    stands: int = 0
    """In which of the successive rooms they were."""


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody whose messages are kept and not read for a while."""

    user: str = field(repr=False)
    case: int
    """By which staff named the person."""
    until: float
    reminded: float = 0.0
    """When the person was last told. 0: never since then."""
    texts: int = 0
    """How many messages were kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is in no room: under which names it will be there."""

    source: str = field(repr=False)
    handles: tuple[str, ...]


RUSH = Collection("ombuds/rush", Rush, key=lambda _: "rush")
BLOCKS = Collection(
    "ombuds/block",
    Block,
    key=lambda x: x.user,
    indexes={"case": lambda x: (str(x.case),), "all": lambda _: ("",)},
)
KEPT = Collection(
    "ombuds/kept",
    Kept,
    key=lambda x: x.source,
    indexes={"case": lambda x: {str(y.case) for z in x.handles if (y := keys.part(z)) is not None}},
)
