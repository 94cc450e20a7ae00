"""What an office records for good: a chain of entries, each with the fingerprint of the one before.

Nothing that names somebody is in an entry. It holds a commitment: a fingerprint of the value and
of a random salt. Value and salt lie beside the chain; once they are forgotten nobody can tell what
was committed to, and the chain is as whole as before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from bots.runtime.kit.documents import Collection

Plain = int | bool | str | None
BEGINNING = "0" * 64
"""What the first entry follows."""
GAP = "gap"
"""What an entry is called that says which entries before it were lost."""
GROUP, GROUPS = 4, 5
"""A head is told as so many groups of so many digits: 80 bits."""


class Word(str):
    """A text of ours that names nobody, such as `Word("code")`: a record tells it openly."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What a rule wants noted. Numbers, truth and our own words stand there openly; every other
    text may name somebody, and is committed to."""

    what: str
    facts: Mapping[str, object] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, value in self.facts.items():
            if not isinstance(value, int | float | str | None):
                raise TypeError(f"{name} of the record {self.what} is neither text nor number")

    @property
    def open(self) -> dict[str, Plain]:
        return {name: _plain(x) for name, x in self.facts.items() if not _is_secret(x)}

    @property
    def secrets(self) -> dict[str, str]:
        return {name: str(x) for name, x in self.facts.items() if _is_secret(x)}


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Word | Enum)


def _plain(value: object) -> Plain:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, float):
        return int(value)
    return value if isinstance(value, bool | int | None) else str(value)


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: int
    """Seconds since the epoch."""
    what: str
    facts: Mapping[str, Plain]
    hidden: Mapping[str, str]
    """Name → commitment."""
    before: str
    """Digest of the entry before it."""
    digest: str = ""

    def sealed(self) -> Entry:
        """With the digest of all the rest."""
        told = [self.number, self.at, self.what, self.facts, self.hidden, self.before]
        text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return replace(self, digest=hashlib.sha256(text.encode("ascii")).hexdigest())


@dataclass(frozen=True, slots=True)
class Committed:
    """What an entry commits to."""

    commitment: str
    entry: int
    name: str
    salt: str = field(repr=False)
    """64 hex digits of chance."""
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry."""

    number: int = 0
    digest: str = BEGINNING
    gap: int = 0
    """Number of the newest entry that says what was lost; 0: nothing ever was."""

    @property
    def told(self) -> str:
        """As people read and repeat it."""
        return f"{self.number} {short(self.digest)}"


def short(digest: str) -> str:
    return "-".join(digest[i * GROUP : (i + 1) * GROUP] for i in range(GROUPS))


def commitment(salt: str, name: str, value: str) -> str:
    text = json.dumps([name, value], ensure_ascii=True).encode("ascii")
    return hmac.digest(salt.encode("ascii", "replace"), text, hashlib.sha256).hex()


def _case(entry: Entry) -> Iterator[str]:
    if isinstance(case := entry.facts.get("case"), int):
        yield str(case)


ENTRIES = Collection("record/entry", Entry, key=lambda x: str(x.number), indexes={"case": _case})
COMMITTED = Collection(
    "record/committed",
    Committed,
    key=lambda x: x.commitment,  # its own for ever: what is forgotten by it was never another's
    indexes={"value": lambda x: (x.value,), "entry": lambda x: (str(x.entry),)},
    erases=lambda _: True,
)
HEADS = Collection("record/head", Head, key=lambda _: "head")
RECORDED = (ENTRIES, COMMITTED, HEADS)
