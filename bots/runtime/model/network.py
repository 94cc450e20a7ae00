"""A network as its bots are told of it: plain values from its settings, and where its rooms are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Any, TypeVar

from federation.model.network import Access, Key, Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    """A room in the space of an initiative."""

    id: str
    """Of the room on Matrix."""
    name: str
    """As people find it in their list of rooms."""
    access: Access
    bots: frozenset[str] = frozenset()
    """The names of those that serve it, besides those that are everywhere."""


@dataclass(frozen=True, slots=True)
class Initiative:
    id: str
    name: str
    district: str = ""
    topics: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    access: Access = Access.ASK
    space: str = ""
    """The id of its space; empty where that is not known."""
    alias: str = ""
    """Of a space that it runs itself: whole."""
    via: tuple[str, ...] = ()
    rooms: tuple[Room, ...] = ()
    """In a space that was made here, as far as they are there."""


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What of it may change while the office runs is told anew."""

    bot: str
    """The name of the bot that is told."""
    name: str
    languages: tuple[str, ...]
    timezone: tzinfo
    accounts: Mapping[str, str]
    """Name → whole Matrix id: of the creator, the bots and, where there is one, the ombuds
    office."""
    places: Mapping[Key, str]
    """Key → room id: of the rooms for all and spaces that are there."""
    names: Mapping[Key, str]
    """What rooms for all, and the alliance's space, are called."""
    greeter: str
    """The account by which people come in."""
    open: tuple[Key, ...] = ()
    """The rooms for all into which everybody of the alliance may come."""
    initiatives: tuple[Initiative, ...] = ()
    coordinators: tuple[str, ...] = ()
    in_words: bool = False
    """Whether those who decide have to write: a ✅ does not count."""
    unsigned: timedelta = timedelta(days=14)
    """How long what they write counts from devices that they have not signed."""
    rules: Mapping[str, str] = field(default_factory=dict)
    public_url: str = ""
    """Where the pages are; empty: nowhere."""
    mails_per_hour: int = 0
    """How many may leave; 0: there is no mail server."""
    section: Any = None
    """What an admin has set of this bot."""
    secret: Callable[[str], bytes] = field(default=lambda _: b"", repr=False)
    """What a bot may derive its own secrets from, for a purpose."""

    @property
    def account(self) -> str:
        """The bot's own."""
        return self.accounts[self.bot]

    @property
    def ours(self) -> frozenset[str]:
        """Bots and service accounts."""
        return frozenset(self.accounts.values())

    @property
    def districts(self) -> tuple[str, ...]:
        return tuple(x for key, x in self.places.items() if key.startswith(f"{Kind.DISTRICT}/"))

    def set(self, section: type[T]) -> T:
        """What an admin has set of this bot, as the model of its section."""
        if not isinstance(self.section, section):
            raise TypeError(f"{self.bot} declares another section than {section.__name__}")
        return self.section
