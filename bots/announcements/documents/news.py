"""Announcements, from a draft to the web, and the bot's own notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.moves import Movable
from bots.runtime.kit.states import Begin, Machine, Move


class State(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    """Released; it can be taken back for a while."""
    RELEASED = "released"
    DROPPED = "dropped"
    """The message was removed from the room."""


class AnnouncementMoves(Machine):
    """A message goes out by mail after an editor has released it and nobody has undone that for a
    while. From then on its text stays as it is, unless the message is removed."""

    written = Begin(State.DRAFT)
    text_changed = Move(State.DRAFT, State.PENDING)
    released = Move(State.DRAFT, to=State.PENDING)
    taken_back = Move(State.PENDING, to=State.DRAFT)
    undo_over = Move(State.PENDING, to=State.RELEASED)
    removed = Move(State.DRAFT, State.PENDING, State.RELEASED, to=State.DROPPED)


class Call(StrEnum):
    """For a digest out of turn."""

    NONE = "none"
    PENDING = "pending"
    """It can be taken back for a while."""
    SENT = "sent"


class CallMoves(Machine):
    """Editors can ask for an extra digest. It can be undone for as long as a release can."""

    unasked = Begin(Call.NONE)
    asked = Move(Call.NONE, Call.SENT, to=Call.PENDING)
    taken_back = Move(Call.PENDING, to=Call.NONE)
    nothing_new = Move(Call.PENDING, to=Call.NONE)
    sent = Move(Call.PENDING, to=Call.SENT)


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
    digested: bool = False
    """It stood in a digest, or would have, had anybody wanted one."""
    room: str = ""
    """The room of the message: the editors' room may have been replaced since."""
    looks: tuple[str, ...] = ()
    """Messages of which it is asked what they say now."""

    @property
    def versions(self) -> tuple[Version, ...]:
        return (self.original, *self.translations)

    def version(self, language: str) -> Version | None:
        return next((x for x in self.versions if x.language == language), None)

    def written_in(self, event: str) -> Version | None:
        """The text in this message."""
        return next((x for x in self.versions if x.event == event), None)

    def edited_by(self, edit: str) -> Version | None:
        """The text that has its words of this edit."""
        return next((x for x in self.versions if x.edit == edit), None)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(x.language for x in self.versions)

    def without(self, language: str) -> Announcement:
        """Without the translation into it."""
        return replace(
            self, translations=tuple(x for x in self.translations if x.language != language)
        )

    def with_translation(self, version: Version) -> Announcement:
        """With this one; of each language there is one."""
        others = self.without(version.language).translations
        return replace(self, translations=(*others, version))


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
class Gone:
    """A message or an edit that was removed before it could be read."""

    event: str


@dataclass(frozen=True, slots=True)
class Desk(Movable):
    """The bot's own notes."""

    announcements: int = 0
    digests: int = 0
    trouble: float = 0.0
    """Since when the mail server is away, as editors were told."""
    heard: sparing.Heard = field(default_factory=dict)
    calls: int = 0
    """How often editors asked for a digest out of turn."""
    call: Call = Call.NONE
    """The state of the latest of these."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Room → the room that replaced it."""


DESK = Collection("announcements/desk", Desk, key=lambda _: "desk")
ITEMS = Collection(
    "announcements/item",
    Announcement,
    key=lambda x: str(x.number),
    indexes={
        "event": lambda x: (y.event for y in x.versions),
        "edit": lambda x: (y.edit for y in x.versions if y.edit),
        "new": lambda x: ("",) if x.state is State.RELEASED and not x.digested else (),
    },
)
"""`new`: what the next digest holds."""
PAGES = Collection(
    "announcements/page",
    Published,
    key=lambda x: str(x.number),
    indexes={"all": lambda _: ("",)},
    erases=lambda _: True,
)
GONE = Collection("announcements/gone", Gone, key=lambda x: x.event)
ALL = (DESK, ITEMS, PAGES, GONE)
