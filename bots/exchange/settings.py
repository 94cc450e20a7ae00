"""The network's YAML in the form that the rules of the exchange need. Rooms are ids."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bots.exchange import commands
from bots.exchange.documents import Office
from bots.runtime.kit.standing.rules import Grace


@dataclass(frozen=True, slots=True)
class Source:
    """A room from which people can share."""

    room: str
    initiative: str
    """The initiative's name, shown with what is shared."""
    open: bool = True
    """Whether sharing is on until its moderators decide."""
    within: tuple[str, ...] = ()
    """The spaces it is in. Anyone banned from one of them shares nothing from here."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """An initiative that runs its rooms itself, on a server of its own."""

    id: str
    name: str
    server: str
    contacts: frozenset[str]
    space: str = ""
    """Id of its space, as the alliance links it; empty if unknown."""


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    exchange: str
    languages: tuple[str, ...]
    """The first is the language of the exchange room; other rooms use `spoken`."""
    sources: tuple[Source, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    spaces: frozenset[str] = frozenset()
    """The spaces of all initiatives."""
    coordination: str | None = None
    """The room in which we report failures."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts: what they write is never shared."""
    creator: str = ""
    """The account that makes the network's rooms."""
    alliance: str = ""
    """The alliance's space. The account `greeter` sees its members."""
    greeter: str = ""
    unsigned: timedelta = timedelta(days=14)
    """How long what they write counts from devices that they have not signed."""
    room_languages: tuple[str, ...] = ()
    """Languages side by side in initiatives' rooms; by default the first two."""
    places: frozenset[str] = field(init=False)
    """Every room of the network that the bot is in."""
    spread: frozenset[str] = field(init=False)
    """Spaces; the bot is in none of them."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("The network needs at least one language, its rooms' own, as first")
        # Every event needs them, and there may be hundreds.
        common = (self.exchange, *((self.coordination,) if self.coordination else ()))
        places = frozenset((*common, *(x.room for x in self.sources)))
        around = frozenset(y for x in self.sources for y in x.within)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "spread", around | {self.alliance})

    @property
    def grace(self) -> Grace:
        return Grace(self.account, self.spoken, self.unsigned, commands.DECIDING)

    @property
    def spoken(self) -> str:
        return " ".join(self.room_languages or self.languages[:2])

    def as_known(self, office: Office) -> Settings:
        """The settings with the ids that documents use: rooms keep the id under which we first knew
        them, even after the settings name their replacements."""
        if self.places.isdisjoint(office.moved.values()):
            return self
        return replace(
            self,
            exchange=office.meant(self.exchange),
            coordination=self.coordination and office.meant(self.coordination),
            sources=tuple(replace(x, room=office.meant(x.room)) for x in self.sources),
        )

    def source(self, room: str) -> Source | None:
        return next((x for x in self.sources if x.room == room), None)

    def initiative(self, id: str) -> Adopted | None:  # noqa: A002  (the key in the file)
        return next((x for x in self.adopted if x.id == id), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the initiatives."""
        return (*(x.initiative for x in self.sources), *(x.name for x in self.adopted))
