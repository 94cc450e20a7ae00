"""What the network's YAML says, in the form that the exchange's rules need. Rooms are ids."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bots.exchange.documents import Office


@dataclass(frozen=True, slots=True)
class Source:
    """A room from which people can share."""

    room: str
    initiative: str
    """Its name, as it stands beside what is shared."""
    open: bool = True
    """Whether sharing is on until its moderators decide."""
    within: tuple[str, ...] = ()
    """The spaces around it; whoever is banned there shares nothing from here."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """An initiative that runs its rooms itself, on a server of its own."""

    id: str
    name: str
    server: str
    contacts: frozenset[str]
    space: str = ""
    """Its id, as the alliance links it; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    exchange: str
    languages: tuple[str, ...]
    """The first is that of the exchange room; `spoken` are those of the others."""
    sources: tuple[Source, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    spaces: frozenset[str] = frozenset()
    """Those of all initiatives."""
    coordination: str | None = None
    """Where failures are told."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts; what they write is never shared."""
    creator: str = ""
    """Makes the rooms of the network."""
    alliance: str = ""
    """The space of all; who is in it, `greeter` sees."""
    greeter: str = ""
    room_languages: tuple[str, ...] = ()
    """Side by side in the rooms of initiatives; by default the first two."""
    places: frozenset[str] = field(init=False)
    """Every room of the network that the bot is in."""
    spread: frozenset[str] = field(init=False)
    """Spaces, which the bot itself is not in."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("The network needs at least one language, its rooms' own, as first")
        # Asked for with every event, and there may be hundreds.
        common = (self.exchange, *((self.coordination,) if self.coordination else ()))
        places = frozenset((*common, *(x.room for x in self.sources)))
        around = frozenset(y for x in self.sources for y in x.within)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "spread", around | {self.alliance})

    @property
    def spoken(self) -> str:
        return " ".join(self.room_languages or self.languages[:2])

    def as_known(self, office: Office) -> Settings:
        """With each room under the id by which we have known it: what is kept of it is kept under
        that, though the settings may name the room that replaced it by now."""
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
        """Of the initiatives."""
        return (*(x.initiative for x in self.sources), *(x.name for x in self.adopted))
