"""A declared network → the spaces and rooms that are to be there, and who is in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
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
    is_on,
    people,
)

MOST_CHILDREN = 50
"""Children of a space that other servers are told of; beyond, districts come in between."""
ALLIANCE = Mark(Kind.ALLIANCE)


def lay_out(network: Network) -> Layout:
    return _LayOut(network).all()


class _LayOut:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.nested = len(network.common) + len(network.initiatives) > MOST_CHILDREN
        self.afar = frozenset(x for x in people(network) if not is_on(x, network.server))

    def all(self) -> Layout:
        found = (*self._common(), *self._districts(), *self._of_initiatives())
        rooms = tuple(replace(room, afar=self.afar & room.people.keys()) for room in found)
        return Layout(
            rooms,
            tuple(self._children(rooms)),
            self.network.creator,
            self.network.server,
            self.network.room_version,
        )

    # -- rooms for all -------------------------------------------------------------------------

    def _common(self) -> Iterator[Room]:
        net, moderators = self.network, self._moderators()
        contacts = dict.fromkeys(self._contacts(), POWER[Role.MEMBER])
        yield Space(
            ALLIANCE,
            net.alliance,
            Access.ASK,
            None,
            people=self._bots() | contacts | moderators,
            listed=net.listed,
            picture="space-alliance",
        )
        for common in net.common:
            members = contacts if common.contacts else {}
            yield Room(
                Mark(common.key),
                common.words,
                common.access,
                ALLIANCE.key,
                common.encrypted,
                self._bots(common.bots) | members | moderators,
                common.writers,
                picture=common.picture,
            )

    def _districts(self) -> Iterator[Room]:
        if not self.nested:
            return
        found = {i.district.id: i.district for i in self.network.initiatives if i.district}
        for id_ in sorted(found):
            yield Space(
                _district(found[id_]),
                found[id_].words,
                Access.ALLIANCE,
                ALLIANCE.key,
                people=self._bots() | self._moderators(),
                picture="space-district",
            )

    # -- initiatives ---------------------------------------------------------------------------

    def _of_initiatives(self) -> Iterator[Room]:
        for initiative in self.network.initiatives:
            if isinstance(initiative.space, Made):
                yield from self._of(initiative, initiative.space)

    def _of(self, initiative: Initiative, made: Made) -> Iterator[Room]:
        mark = Mark(Kind.INITIATIVE, initiative.id)
        contacts = dict.fromkeys(initiative.contacts, POWER[Role.CONTACT])
        people = self._bots() | contacts
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
        ombuds = self.network.ombuds
        flags = {ombuds: POWER[Role.OMBUDS]} if room.flags and ombuds is not None else {}
        return self._bots(room.bots) | flags

    def _parent(self, initiative: Initiative) -> Key:
        if self.nested and initiative.district:
            return _district(initiative.district).key
        return ALLIANCE.key

    # -- people --------------------------------------------------------------------------------

    def _bots(self, named: Collection[str] = ()) -> dict[str, int]:
        bots = (bot for bot in self.network.bots if bot.everywhere or bot.name in named)
        return {bot.user: bot.power for bot in bots}

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
                order = self._order(room.mark, before[room.parent])
                yield Child(room.parent, room.mark, here, order)
                before[room.parent] += 1
        for initiative in self.network.initiatives:
            if isinstance(initiative.space, Adopted):
                mark = Mark(Kind.INITIATIVE, initiative.id)
                space, parent = initiative.space, self._parent(initiative)
                yield Child(parent, mark, space.via, self._order(mark, 0), space.alias)

    def _order(self, mark: Mark, number: int) -> str:
        """Rooms for all come first, then districts and initiatives by their ids; rooms of an
        initiative as they are declared."""
        common = [room.key for room in self.network.common]
        if mark.key in common:
            return f"!{common.index(mark.key)}"
        if mark.kind == Kind.ROOM:
            return f"{number:03}"
        return (mark.initiative or mark.part)[:50]


def _district(district: District) -> Mark:
    return Mark(Kind.DISTRICT, part=district.id)
