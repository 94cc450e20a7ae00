"""All that a network knows of a bot. Settings, credentials, spaces, the office, `doctor`, schema
and example derive from it; which bots there are says `bots.offices.registry`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from bots.runtime.kit.bot import KitBot, Spec
from bots.runtime.model.network import NetworkView
from federation.client.interests import Interests
from federation.model.network import Access

if TYPE_CHECKING:  # slow to load, and whoever only reads settings needs none of them
    from bots.runtime.speech.words import Words
    from bots.runtime.store.store import Store
    from bridges.web.models import Submit
    from bridges.web.sites import Site

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """The account of a bot, where the settings say nothing of it."""

    user: str = ""
    """By default the bot's name."""
    display_name: str = ""
    """Not that of a room: both are in one list."""
    told: str = "The account of this bot."
    """In the schema."""
    findable: bool = False
    """People find it by its name."""
    picture: str = ""
    """One of `federation.client.pictures`."""


@dataclass(frozen=True, slots=True)
class RoomForAll:
    """A room for all initiatives, where the settings say nothing of it."""

    key: str
    alias: str = ""
    """By default its key."""
    name: str = ""
    told: str = "A room for all initiatives."
    """In the schema."""
    topic: str = ""
    """For the catalogues: what it says about itself where nobody has written anything better."""
    access: Access = Access.ALLIANCE
    writers: int = 0
    """The power level that writing takes."""
    picture: str = "room-initiative"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of a bot reach of its office."""

    submit: Submit
    """A form that they send goes to the bot."""
    store: Store
    texts: Words


Pages: TypeAlias = "Callable[[Desk], Site]"


def _always(_: NetworkView) -> bool:
    return True


def _ordinary(_: Callable[[], Any]) -> Interests:
    return Interests()


@dataclass(frozen=True)
class BotSpec(Generic[S]):
    """A bot as a line of the registry gives it. `S` is what the bot is set to."""

    kit: Spec[S, Any]
    """What it keeps, which rule an event is for, and what it says."""
    settings: Callable[[NetworkView], S]
    account: AccountSpec = field(default_factory=AccountSpec)
    rooms: tuple[RoomForAll, ...] = ()
    """That are made for it."""
    guest_in: frozenset[str] = frozenset()
    """Keys of other rooms for all that it is in."""
    everywhere: bool = False
    """Whether it is in every space and room."""
    welcomes: bool = False
    """Whether people come in by a chat with it."""
    shares: bool = False
    """Whether it is in rooms of initiatives that say `share: true`."""
    power: int = 50
    """Its power level where it is."""
    section: type[BaseModel] | None = None
    """What an admin sets of it, in the section of its name."""
    interests: Callable[[Callable[[], S]], Interests] = _ordinary
    """Of its settings as they are at the moment."""
    serves: Callable[[NetworkView], bool] = _always
    """Whether it runs in a network."""
    pages: Pages | None = None
    """Of the web site, while it runs."""

    @property
    def name(self) -> str:
        return self.kit.name

    def made(self, network: NetworkView, words: Words) -> KitBot[S, Any]:
        """The bot, with what it is told of a network."""
        return KitBot(self.kit, self.settings(network), words)
