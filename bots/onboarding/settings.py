"""What the network's YAML says, in the form that onboarding's rules need. Rooms are ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bots.onboarding import commands
from bots.onboarding.documents import Office
from bots.runtime.kit.standing.rules import Grace
from federation.model.membership import Place, Premises, is_shown
from federation.model.network import Access


@dataclass(frozen=True, slots=True)
class Initiative:
    id: str
    name: str
    district: str = ""
    topics: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    """Whoever chooses it is invited to these."""
    team: str | None = None
    """Where its contacts hear of a newcomer; None: in the coordination room."""
    access: Access = Access.ALLIANCE
    """Who can come in: everybody in the alliance, whom its contacts let in, or nobody uninvited."""
    places: tuple[Place, ...] = ()
    """Its space and all that lies within it, as far as it was made here."""
    contacts: tuple[str, ...] = ()
    server: str = ""
    """Of one that runs its rooms itself: the server's name."""
    alias: str = ""
    link: str = ""
    """To the space of such a one, under its alias; empty where nobody knows where that is."""

    def as_known(self, office: Office) -> Initiative:
        team = None if self.team is None else office.meant(self.team)
        places = tuple(
            replace(x, room=office.meant(x.room), within=office.meant(x.within))
            for x in self.places
        )
        rooms = tuple(map(office.meant, self.rooms))
        return replace(self, rooms=rooms, team=team, places=places)

    @property
    def space(self) -> str | None:
        """As far as it was made here."""
        return self.places[0].room if self.places else None

    def premises(self, alliance: str) -> tuple[Place, ...]:
        return self.places or tuple(Place(x, alliance) for x in self.rooms)


@dataclass(frozen=True, slots=True)
class Settings:
    account: str
    network: str
    """Its name."""
    space: str
    coordination: str
    languages: tuple[str, ...]
    """Offered to people; coordinators are spoken to in the first."""
    rules: Mapping[str, str]
    """The rules of the network by language."""
    rules_version: str
    """Everybody is asked again when it changes."""
    greeting: tuple[str, ...] = ()
    """Side by side until somebody has chosen a language; by default the first two."""
    rooms: tuple[str, ...] = ()
    """For everybody, besides the space: announcements, exchange."""
    districts: tuple[str, ...] = ()
    """Spaces that only hold those of initiatives."""
    exchange: str = ""
    """The one of them that has a bot of its own."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the rooms are called that people are invited to."""
    initiatives: tuple[Initiative, ...] = ()
    coordinators: tuple[str, ...] = ()
    """May let people in, besides those who moderate the coordination room."""
    accounts: frozenset[str] = frozenset()
    """Bots and service accounts, which nobody greets."""
    creator: str = ""
    """Makes the rooms of the network."""
    approval: bool = True
    """Who comes by a private message needs a coordinator's yes, as who knocks does."""
    in_words: bool = False
    """A ✅ of those who decide does not count: they have to write."""
    unsigned: timedelta = timedelta(days=14)
    """How long what they write counts from devices that they have not signed."""
    remind_after: timedelta = timedelta(days=3)
    premises: Premises = field(init=False, repr=False)
    """The network's rooms, and what lies within what."""
    places: frozenset[str] = field(init=False)
    """Every room of the network that onboarding is in."""
    overheard: frozenset[str] = field(init=False)
    """Those where it has no use for what people say."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("The network needs at least one language, its rooms' own, as first")
        # Asked for with every event, and there may be a thousand.
        premises = Premises(tuple(self._premises()))
        teams = (x.team for x in self.initiatives if x.team)
        places = frozenset((*(x.room for x in premises.places), *teams))
        object.__setattr__(self, "premises", premises)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "overheard", places - {self.coordination})

    def _premises(self) -> Iterator[Place]:
        seats = frozenset(self.coordinators)
        contacts = frozenset(user for x in self.initiatives for user in x.contacts)
        yield Place(self.space)
        yield Place(self.coordination, self.space, Access.INVITE, seats | contacts)
        for room in self.rooms:
            yield Place(room, self.space, Access.ALLIANCE, seats)
        for district in self.districts:
            yield Place(district, self.space, Access.ALLIANCE, seats)
        for initiative in self.initiatives:
            yield from initiative.premises(self.space)

    def as_known(self, office: Office) -> Settings:
        """With each room under the id by which we have known it: what is kept of it is kept under
        that, though the settings may name the room that replaced it by now."""
        if self.places.isdisjoint(office.moved.values()):
            return self
        return replace(
            self,
            space=office.meant(self.space),
            coordination=office.meant(self.coordination),
            rooms=tuple(map(office.meant, self.rooms)),
            districts=tuple(map(office.meant, self.districts)),
            exchange=office.meant(self.exchange),
            names={office.meant(room): name for room, name in self.names.items()},
            initiatives=tuple(x.as_known(office) for x in self.initiatives),
        )

    @property
    def grace(self) -> Grace:
        return Grace(self.account, self.languages[0], self.unsigned, commands.DECIDING)

    @property
    def offered(self) -> tuple[Initiative, ...]:
        """What people are told of, and can choose."""
        return tuple(x for x in self.initiatives if is_shown(x.access))

    def initiative(self, id: str) -> Initiative | None:  # noqa: A002  (the key in the file)
        return next((x for x in self.initiatives if x.id == id), None)

    @property
    def first_words(self) -> str:
        """The languages for somebody whose language is not known."""
        return " ".join(self.greeting or self.languages[:2])
