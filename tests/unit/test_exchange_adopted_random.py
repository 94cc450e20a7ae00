"""Whatever happens in rooms of adopted initiatives: the bot stays only where a contact vouches, and
keeps nothing from a room in which it is not, or by who is out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.exchange.documents import PLACES, SHARES, Place
from bots.exchange.settings import Settings
from bots.runtime.model.decision import Request
from federation.model.actions import Join, Leave
from federation.model.events import RoomView
from tests.kit.exchange import BOT, EXCHANGE, NORTH
from tests.kit.exchange_afar import ALLIANCE, GIVEN, MINA, NEW, ROOM, SARA, SUED, WEST, WILLI, Afar

PEOPLE, ROOMS = (SARA, MINA, WILLI), (ROOM, NEW)


class Turmoil(Afar):
    def __init__(self) -> None:
        super().__init__()
        self.builds(ROOM, people=(SARA, MINA, WILLI), moderators=(SARA, WILLI))
        self.builds(NEW, people=(SARA, MINA, WILLI), moderators=(SARA, WILLI))
        self.out: set[str] = set()

    def carries_out(self, asked: list[Request]) -> None:
        """What the bot asks for is done at once, and what follows from that."""
        for request in asked:
            room = str(getattr(request, "room", ""))
            if isinstance(request, Join) and room in ROOMS and BOT not in self.view(room).joined:
                self.carries_out(self.move(room, BOT, "join"))
            elif isinstance(request, Leave) and {BOT} & self.there(room):
                self.carries_out(self.goes(room))

    def there(self, room: str) -> frozenset[str]:
        return self.view(room).joined | self.view(room).invited

    def does(self, what: str, who: str, room: str) -> None:
        acts: dict[str, Callable[[str, str], list[Request]]] = {
            "invites": self._invites,
            "kicks": lambda who, room: self.goes(room, by=who) if self._is_here(room) else [],
            "leaves": lambda who, room: self.move(room, who, "leave"),
            "comes": lambda who, room: self.move(room, who, "join"),
            "upgrades": self._upgrades,
            "shares": self._shares,
            "banned": self._banned,
            "no contact": self._no_contact,
            "contact": lambda who, room: self._declares(GIVEN),
            "demoted": self._demoted,
        }
        self.carries_out(acts[what](who, room))

    def _is_here(self, room: str) -> bool:
        return BOT in self.view(room).joined

    def _invites(self, who: str, room: str) -> list[Request]:
        known = BOT in self.there(room) or who not in self.view(room).joined
        return [] if known else self.move(room, BOT, "invite", by=who)

    def _upgrades(self, who: str, room: str) -> list[Request]:
        """Perhaps into a room of others, or of the network."""
        targets = {SARA: NEW if room == ROOM else ROOM, MINA: EXCHANGE, WILLI: NORTH}
        return self.tombstone(room, targets[who], by=who) if self._is_here(room) else []

    def _shares(self, who: str, room: str) -> list[Request]:
        if who not in self.view(room).joined or not self._is_here(room):
            return []
        source, asked = self.write("Hallo", who, room)
        self.carries_out(asked)  # nobody may vouch for the room any more
        raw = {
            "event_id": source, "sender": who, "type": "m.room.message",
            "content": {"msgtype": "m.text", "body": "Hallo"},
        }  # fmt: skip
        self.seen[source] = {"event": raw, "edit": {}, "encrypted": True}
        asked = self.marks(source, who, room) if self._is_here(room) else []
        assert who not in self.out or self.shared(source) is None
        return asked

    def _banned(self, who: str, room: str) -> list[Request]:
        self.out.add(who)
        self.views[ALLIANCE] = RoomView(space=True, banned=frozenset(self.out))
        return []

    def _no_contact(self, who: str, room: str) -> list[Request]:
        left = (replace(x, contacts=x.contacts - {who}) for x in (SUED, WEST))
        return self._declares(replace(GIVEN, adopted=tuple(left)))

    def _declares(self, given: Settings) -> list[Request]:
        self.bot.settings = given
        return self.start()

    def _demoted(self, who: str, room: str) -> list[Request]:
        levels = {"users": {x: 0 if x == who else 50 for x in (SARA, WILLI)}}
        self.views[room] = replace(self.view(room), power_levels=levels)
        return []

    def is_at_rest(self) -> None:
        self.carries_out(self.start())
        adopted = self.bot.settings.adopted
        contacts = {x.id: x.contacts - self.out for x in adopted}
        for room in ROOMS:
            place = self.memory.get(PLACES, room) or Place(room)
            assert bool(place.initiative) == self._is_here(room)
            if self._is_here(room):
                there = contacts[place.initiative] & self.view(room).joined
                assert any(self.view(room).power(x) >= 50 for x in there)
        shares = self.memory.all(SHARES)
        assert all(self._is_here(x.room) for x in shares)
        assert set(self.texts) == {x.source for x in shares}


ACTS = ("invites", "kicks", "leaves", "comes", "upgrades", "shares", "banned", "no contact")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((*ACTS, "contact", "demoted", "shares", "invites")),
            st.sampled_from(PEOPLE),
            st.sampled_from(ROOMS),
        ),
        max_size=25,
    )
)
def test_whatever_happens_there(acts: list[tuple[str, str, str]]) -> None:
    turmoil = Turmoil()
    turmoil.does("invites", SARA, ROOM)
    for what, who, room in acts:
        turmoil.does(what, who, room)
    turmoil.is_at_rest()
