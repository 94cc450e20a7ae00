"""What one decision works on, and what it wants to be kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bots.announcements.handles import Mailing
from bots.announcements.models import Announcement, Asked, Desk, Round, Settings, Subscriber, Texts
from bots.announcements.rules.waiting import Budget, Waiting


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link that we sent is for."""

    purpose: str
    """`confirm` or `unsubscribe`."""
    of: str
    """A request, or a reader."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A mail of the round at hand that was refused for good."""

    mailing: Mailing
    reader: Subscriber | None
    reply: str
    nobody: bool
    """Because nobody reads at its address, as the server says."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of the mail server: since when, and what it said, such as `450 4.7.1`."""

    since: float
    reply: str


@dataclass(frozen=True, slots=True)
class Write:
    """A document that is kept under a key, or dropped where its value is None."""

    kind: str
    key: str
    value: Any = field(repr=False)
    gone: bool = False
    """Somebody wants it gone, so that no restored backup may bring it back."""


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    texts: Texts
    desk: Desk
    room: str | None = None
    """Where editors write by now."""
    item: Announcement | None = None
    """The announcement at hand."""
    version: str | None = None
    """The language of its version that the event at hand is about."""
    source: str | None = None
    """The message that the event at hand is about, where that edits it or takes an edit back."""
    gone: bool = False
    """The event at hand was removed before it could be read."""
    call: int | None = None
    """The digest out of turn that the event at hand is about."""
    previous: str | None = None
    """Event id of the announcement that the message at hand replies to, outside its thread."""
    circular: Round | None = None
    """The round at hand."""
    digests: tuple[Round, ...] = ()
    """Digests that are on their way and hold the announcement at hand."""
    chunk: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Readers and their languages."""
    items: tuple[Announcement, ...] = ()
    readers: tuple[Subscriber, ...] = field(default=(), repr=False)
    reader: Subscriber | None = None
    address: bool = False
    """Whether the reader's address is known."""
    strikes: tuple[Strike, ...] = field(default=(), repr=False)
    suspended: str | None = None
    """The round whose suspended `readers` the event at hand is about."""
    trouble: Trouble | None = None
    ticket: Ticket | None = None
    asked: Asked | None = None
    """The request at hand."""
    asked_address: str | None = field(default=None, repr=False)
    """Its address."""
    mailbox: tuple[tuple[float, str], ...] = ()
    """When mails to that mailbox were asked for, and in which requests."""
    budget: Budget = field(default_factory=Budget)
    waiting: tuple[Waiting, ...] = ()
    """Mails that ask to confirm and wait for their turn."""
    writes: tuple[Write, ...] = field(default=(), repr=False)
