"""A declared network → the spaces and rooms that are to be there, and who is in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from federation.model.network import (
    POWER,
    Access,
    Adopted,
    Child,
    District,
    Initiative,
    InitiativeRoom,
    Key,
    Kind,
    Layout,
    Made,
    Mark,
    Network,
    Role,
    Room,
    Space,
    Words,
    is_on,
    people,
)

MOST_CHILDREN = 50
"""Children of a space that other servers are told of; beyond, districts stand in between."""
ALLIANCE = Mark(Kind.ALLIANCE)
COMMON = (Kind.COORDINATION, Kind.EXCHANGE, Kind.ANNOUNCEMENTS)


def lay_out(network: Network) -> Layout:
    return _LayOut(network).all()


class _LayOut:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.nested = len(COMMON) + len(network.initiatives) > MOST_CHILDREN
        self.afar = frozenset(x for x in people(network) if not is_on(x, network.server))

    def all(self) -> Layout:
        found = (*self._common(), *self._districts(), *self._of_initiatives())
        rooms = tuple(replace(room, afar=self.afar & room.people.keys()) for room in found)
        return Layout(
            rooms,
            tuple(self._children(rooms)),
            self.network.accounts[Role.CREATOR],
            self.network.server,
            self.network.room_version,
        )

    # -- rooms for all -------------------------------------------------------------------------

    def _common(self) -> Iterator[Room]:
        net, bots, moderators = self.network, self._bots, self._moderators
        contacts = dict.fromkeys(self._contacts(), POWER[Role.MEMBER])
        yield Space(
            ALLIANCE,
            net.alliance,
            Access.ASK,
            None,
            people=bots(Role.ONBOARDING) | contacts | moderators(),
            listed=net.listed,
        )
        yield self._room(
            Kind.COORDINATION,
            net.coordination,
            Access.INVITE,
            bots(Role.ONBOARDING, Role.EXCHANGE) | contacts | moderators(),
            encrypted=True,
        )
        yield self._room(
            Kind.EXCHANGE,
            net.exchange,
            Access.ALLIANCE,
            bots(Role.ONBOARDING, Role.EXCHANGE) | moderators(),
        )
        yield self._room(
            Kind.ANNOUNCEMENTS,
            net.announcements,
            Access.ALLIANCE,
            bots(Role.ONBOARDING, Role.ANNOUNCEMENTS) | moderators(),
            writers=POWER[Role.COORDINATOR],
        )

    def _room(
        self,
        kind: Kind,
        words: Words,
        access: Access,
        people: dict[str, int],
        *,
        encrypted: bool = False,
        writers: int = 0,
    ) -> Room:
        return Room(Mark(kind), words, access, ALLIANCE.key, encrypted, people, writers)

    def _districts(self) -> Iterator[Room]:
        if not self.nested:
            return
        found = {i.district.id: i.district for i in self.network.initiatives if i.district}
        for id_ in sorted(found):
            people = self._bots(Role.ONBOARDING) | self._moderators()
            words = found[id_].words
            yield Space(_district(found[id_]), words, Access.ALLIANCE, ALLIANCE.key, people=people)

    # -- initiatives ---------------------------------------------------------------------------

    def _of_initiatives(self) -> Iterator[Room]:
        for initiative in self.network.initiatives:
            if isinstance(initiative.space, Made):
                yield from self._of(initiative, initiative.space)

    def _of(self, initiative: Initiative, made: Made) -> Iterator[Room]:
        mark = Mark(Kind.INITIATIVE, initiative.id)
        contacts = dict.fromkeys(initiative.contacts, POWER[Role.CONTACT])
        people = self._bots(Role.ONBOARDING) | contacts
        yield Space(mark, made.words, made.access, self._parent(initiative), people=people)
        for room in made.rooms:
            yield Room(
                Mark(Kind.ROOM, initiative.id, room.id),
                room.words,
                room.access,
                mark.key,
                room.encrypted,
                self._serving(room) | contacts,
            )

    def _serving(self, room: InitiativeRoom) -> dict[str, int]:
        sharing = (Role.EXCHANGE,) if room.share else ()
        ombuds = self.network.ombuds
        flags = {ombuds: POWER[Role.OMBUDS]} if room.flags and ombuds is not None else {}
        return self._bots(Role.ONBOARDING, *sharing) | flags

    def _parent(self, initiative: Initiative) -> Key:
        if self.nested and initiative.district:
            return _district(initiative.district).key
        return ALLIANCE.key

    # -- people --------------------------------------------------------------------------------

    def _bots(self, *roles: Role) -> dict[str, int]:
        return {self.network.accounts[role]: POWER[role] for role in roles}

    def _moderators(self) -> dict[str, int]:
        return dict.fromkeys(self.network.coordinators, POWER[Role.COORDINATOR])

    def _contacts(self) -> Iterator[str]:
        for initiative in self.network.initiatives:
            yield from initiative.contacts

    # -- links ---------------------------------------------------------------------------------

    def _children(self, rooms: Iterable[Room]) -> Iterator[Child]:
        here = (self.network.server,)
        before: Counter[Key] = Counter()
        for room in rooms:
            if room.parent is not None:
                order = _order(room.mark, before[room.parent])
                yield Child(room.parent, room.mark, here, order)
                before[room.parent] += 1
        for initiative in self.network.initiatives:
            if isinstance(initiative.space, Adopted):
                mark = Mark(Kind.INITIATIVE, initiative.id)
                space, parent = initiative.space, self._parent(initiative)
                yield Child(parent, mark, space.via, _order(mark, 0), space.alias)


def _district(district: District) -> Mark:
    return Mark(Kind.DISTRICT, part=district.id)


def _order(mark: Mark, number: int) -> str:
    """Rooms for all come first, then districts and initiatives by their ids; rooms of an
    initiative as they are declared."""
    if mark.kind in COMMON:
        return f"!{COMMON.index(mark.kind)}"
    if mark.kind is Kind.ROOM:
        return f"{number:03}"
    return (mark.initiative or mark.part)[:50]
