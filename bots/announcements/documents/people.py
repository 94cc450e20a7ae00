"""Readers, and requests that nobody has confirmed yet.

A reader is known by the fingerprint of the address; the address itself is in a document of its
own (`bots.runtime.mail.documents.ADDRESSES`), which goes when the reader leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.announcements.waiting import Budget, Waiting
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, Machine, Move


class Standing(StrEnum):
    ACTIVE = "active"
    GONE = "gone"
    SUSPENDED = "suspended"
    """Mail servers say that there is no such address: no mails, until an editor undoes it or the
    reader confirms anew."""


class ReaderMoves(Machine):
    """A reader gets mails after confirming that they want them, and none after unsubscribing."""

    confirmed = Begin(Standing.ACTIVE)
    confirmed_anew = Move(*Standing, to=Standing.ACTIVE)
    unsubscribed = Move(Standing.ACTIVE, Standing.SUSPENDED, to=Standing.GONE)
    unknown_twice = Move(Standing.ACTIVE, to=Standing.SUSPENDED)
    undone = Move(Standing.SUSPENDED, to=Standing.ACTIVE)


class Kind(StrEnum):
    IMMEDIATE = "immediate"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who has confirmed."""

    id: str
    standing: Standing
    language: str
    kind: Kind
    mailbox: str = ""
    token: str = field(default="", repr=False)
    """Of the link by which they leave."""
    left: float = 0.0
    confirmed: float = 0.0
    failed: float = 0.0
    """When a mail server last said that there is no such address."""
    suspended: str = ""
    """After which round."""

    @property
    def active(self) -> bool:
        return self.standing is Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for in the form, with the text that they agreed to."""

    language: str
    kind: Kind
    asked: float
    consent: str = ""
    consent_language: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish, until whoever reads at the address confirms it, or it is too old. Its address is
    apart, as a reader's does."""

    id: str
    reader: str
    mailbox: str
    domain: str
    token: str = field(repr=False)
    """Of the link that confirms it."""
    wish: Wish


@dataclass(frozen=True, slots=True)
class Mailbox:
    """When mails that ask to confirm were asked for there, and in which requests."""

    id: str
    asked: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What a reader agreed to, and when."""

    reader: str
    wish: Wish
    version: str
    """A fingerprint of the text."""
    confirmed: float


READERS = Collection(
    "announcements/reader",
    Subscriber,
    key=lambda x: x.id,
    indexes={
        "kind": lambda x: (x.kind,) if x.active else (),
        "edition": lambda x: (f"{x.kind}/{x.language}",) if x.active else (),
        "suspended": lambda x: (x.suspended,) if x.standing is Standing.SUSPENDED else (),
        "token": lambda x: (x.token,) if x.token else (),
    },
)
"""`kind`, `edition`: of those who get mails."""
REQUESTS = Collection(
    "announcements/request", Asked, key=lambda x: x.id, indexes={"token": lambda x: (x.token,)}
)
MAILBOXES = Collection("announcements/mailbox", Mailbox, key=lambda x: x.id)
PROOFS = Collection("announcements/proof", Proof, key=lambda x: f"{x.reader}/{x.confirmed!r}")
WAITING = Collection(
    "announcements/waiting", Waiting, key=lambda x: x.request, indexes={"all": lambda _: ("",)}
)
"""Mails that ask to confirm and wait for their turn."""
BUDGETS = Collection("announcements/budget", Budget, key=lambda _: "budget")
"""How many such mails have left lately: one document."""
ALL = (READERS, REQUESTS, MAILBOXES, PROOFS, WAITING, BUDGETS)
