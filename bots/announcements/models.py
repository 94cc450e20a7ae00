"""What the announcements bot knows: plain frozen data, and its form as JSON.

A reader is known by the fingerprint of the address; the address itself is in a document of its
own (`bots.runtime.mail.documents.ADDRESS`), which goes when the reader leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from bots.runtime.kit import sparing
from bots.runtime.kit.moves import Movable
from bots.runtime.model.documents import read
from bots.runtime.speech.tongues import Tongues


class Texts(Tongues, Protocol):
    """The catalogues, as far as letters and rules need them."""

    @property
    def originals(self) -> tuple[str, ...]:
        """The languages that stand beside a translation that nobody has checked."""


@dataclass(frozen=True, slots=True)
class DigestTime:
    hour: int = 17
    minute: int = 0
    weekday: int | None = 4
    """0 is Monday; None: every day."""


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    room: str
    """Its id, or the handle under which we made it."""
    network: str
    """What the alliance is called."""
    languages: tuple[str, ...]
    """Offered to readers; editors are spoken to in the first."""
    timezone: tzinfo
    public_url: str
    """Where the pages are: `…/u/`, `…/c/`."""
    secret: bytes = field(repr=False)
    """Of the office; tokens and fingerprints are derived from it."""
    editors: tuple[str, ...] = ()
    """Besides everybody who has the power of a moderator in the room."""
    undo: timedelta = timedelta(seconds=120)
    digest: DigestTime = field(default_factory=DigestTime)
    confirm_within: timedelta = timedelta(days=7)
    confirmations: int = 36_000
    """How many mails that ask to confirm may leave in an hour."""

    def page(self, path: str) -> str:
        return f"{self.public_url.rstrip('/')}/{path}"


class State(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    """Released; it can be taken back for a while."""
    RELEASED = "released"
    DROPPED = "dropped"
    """The message was removed from the room."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text in one language, and the message that it came from."""

    language: str
    event: str
    author: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    """What the chat shows in place of it, cleaned; empty where that is the text as it was typed."""
    edit: str = ""
    """Id of the edit that gave it these words; empty where they are the message's first."""


@dataclass(frozen=True, slots=True)
class Announcement:
    number: int
    original: Version
    state: State = State.DRAFT
    translations: tuple[Version, ...] = ()
    follows: str | None = None
    """Event id of the announcement that it corrects or continues."""
    released_by: str | None = None
    released: float = 0.0
    room: str = ""
    """Where the message stands: the editors' room may have been replaced since."""
    looks: tuple[str, ...] = ()
    """Messages of which it is asked what they say now."""

    def version(self, language: str) -> Version | None:
        return next(
            (x for x in (self.original, *self.translations) if x.language == language), None
        )

    def written_in(self, event: str) -> Version | None:
        """The text in this message."""
        return next((x for x in (self.original, *self.translations) if x.event == event), None)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(x.language for x in (self.original, *self.translations))


@dataclass(frozen=True, slots=True)
class Published:
    """An announcement as the web shows it."""

    number: int
    released: float
    texts: tuple[tuple[str, str], ...] = field(repr=False)
    """Languages and their texts; the original first."""
    html: tuple[str, ...] = field(default=(), repr=False)
    """Of each text, as in `Version`."""


@dataclass(frozen=True, slots=True)
class Round:
    """One letter on its way to many: an announcement (`a/12`) or a digest (`d/3`)."""

    key: str
    event: str
    """What it tells of, the same after a lost store, when numbers begin again."""
    total: int
    editions: tuple[str, ...]
    """Languages of its letters."""
    items: tuple[int, ...]
    """Announcements that it holds."""
    stopped: bool = False
    finished: bool = False
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
    def settled(self) -> int:
        return self.sent + self.failed + self.gone + self.unknown

    def letter(self, language: str) -> str:
        return f"{self.key}/{language}"


class Standing(StrEnum):
    ACTIVE = "active"
    GONE = "gone"
    SUSPENDED = "nobody"
    """Mail servers say that there is no such address: no mails, until an editor undoes it or the
    reader confirms anew."""


class Kind(StrEnum):
    IMMEDIATE = "immediate"
    DIGEST = "digest"


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
    """A wish, until whoever reads at the address confirms it."""

    id: str
    reader: str
    mailbox: str
    domain: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who has confirmed."""

    id: str
    standing: Standing
    language: str
    kind: Kind
    mailbox: str = ""
    left: float = 0.0
    confirmed: float = 0.0
    failed: float = 0.0
    """When a mail server last said that there is no such address."""


@dataclass(frozen=True, slots=True)
class Desk(Movable):
    """The bot's own notes."""

    announcements: int = 0
    digests: int = 0
    digested: float = 0.0
    """What was released until then stood in a digest."""
    trouble: float = 0.0
    """Since when the mail server is away, as editors were told."""
    heard: sparing.Heard = field(default_factory=dict)
    calls: int = 0
    """How often editors asked for a digest out of turn."""
    call: State = State.DRAFT
    """How the latest of these stands; a draft is one that was taken back, or none."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Room → the room that replaced it."""


def to_json(value: Announcement | Round | Subscriber | Asked | Desk) -> dict[str, Any]:
    return asdict(value)


def announcement_from(data: Mapping[str, Any]) -> Announcement:
    texts: dict[str, Any] = {
        "original": read(Version, data["original"]),
        "translations": tuple(read(Version, x) for x in data["translations"]),
    }
    return read(Announcement, {**data, **texts, "state": State(data["state"])})


def published_from(data: Mapping[str, Any]) -> Published:
    return read(Published, {**data, "texts": tuple((x, y) for x, y in data["texts"])})


def round_from(data: Mapping[str, Any]) -> Round:
    lists = {name: tuple(data[name]) for name in ("editions", "items")}
    return read(Round, {**data, **lists})


def subscriber_from(data: Mapping[str, Any]) -> Subscriber:
    known = data["standing"] in set(Standing)  # older stores also hold who never confirmed
    standing = Standing(data["standing"]) if known else Standing.GONE
    return read(Subscriber, {**data, "standing": standing, "kind": Kind(data["kind"])})


def asked_from(data: Mapping[str, Any]) -> Asked:
    wish = {**data["wish"], "kind": Kind(data["wish"]["kind"])}
    return read(Asked, {**data, "wish": read(Wish, wish)})


def desk_from(data: Mapping[str, Any]) -> Desk:
    return read(Desk, {**data, "call": State(data.get("call", State.DRAFT))})


def next_digest(when: DigestTime, timezone: tzinfo, now: datetime) -> datetime:
    """The next time after `now` that the clock on the wall shows it, summer or winter."""
    local = now.astimezone(timezone)
    for days in range(9):
        day = (local + timedelta(days=days)).date()
        at = datetime(day.year, day.month, day.day, when.hour, when.minute, tzinfo=timezone)
        fits = when.weekday is None or day.weekday() == when.weekday
        if fits and at.timestamp() > now.timestamp():
            return at
    raise ValueError(f"a week has no day {when.weekday}")
