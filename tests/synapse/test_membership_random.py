"""The same as `tests/unit/test_membership_random.py` at a real homeserver, which has join rules,
bans and an order of events of its own; seen by the account that made the rooms."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bots.lab.people.client import MatrixError
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import network_office
from bots.offices.reading import load_network
from bots.onboarding.documents import MEMBERS, WISHES, Member
from bots.onboarding.settings import Initiative
from bots.runtime.office.office import Office
from bots.runtime.store.transaction import Transaction
from federation.model.membership import Place
from federation.model.network import Access
from tests.kit.census import DEEDS, WHILE_AWAY, WORDS, Census
from tests.kit.stored import documents
from tests.synapse.alliance import Alliance, founded
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(600)]

FOR_ALL = ("exchange", "announcements")
ACCESS = {
    "north": Access.ALLIANCE,
    "east": Access.ALLIANCE,
    "west": Access.ASK,
    "closed": Access.INVITE,
}
ROOMS = [
    {"id": "meeting", "name": "{name}: Treffen"},
    {"id": "board", "name": "{name}: Vorstand", "access": "invite"},
]
SEEDS, STEPS = (1, 2, 3), 9
NEVER_HERE = ("", "leave")
HERE = ("join", "invite", "knock")


@dataclass
class Town(Alliance):
    people: dict[str, Person] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)
    done: list[str] = field(default_factory=list)
    """What people did so far, to be read where it went wrong."""
    since: str = ""
    awaited: list[str] = field(default_factory=list)
    """Events that the office has to take in before it can be at rest."""

    async def open(self) -> None:
        self.creator = await self.declared.client("creator")
        names = {name: await self.id_of(name) for name in ("alliance", *FOR_ALL, "coordination")}
        self.space, self.coordination = names["alliance"], names["coordination"]
        found = tuple([await self._initiative(name, access) for name, access in ACCESS.items()])
        for_all = tuple(names[x] for x in FOR_ALL)
        self.census = Census(self.declared.user("onboarding"), self.space, for_all, found)
        self.counter = itertools.count(1)
        for room in (self.space, self.coordination, *for_all):
            await self.anna.join(room)
        for room in (self.coordination, *self.census.inside):
            await self.nora.join(room)
        await self.follow()
        self.ends = AsyncExitStack()
        await self.begin()

    async def _initiative(self, name: str, access: Access) -> Initiative:
        space = await self.id_of(name)
        meeting, board = [await self.id_of(f"{name}/{x['id']}") for x in ROOMS]
        places = (
            Place(space, self.space, access),
            Place(meeting, space, Access.SPACE),
            Place(board, space, Access.INVITE),
        )
        id_ = f"{name}{self.declared.end}"
        return Initiative(id_, name.title(), rooms=(space, meeting), access=access, places=places)

    async def begin(self) -> None:
        running = await network_office(load_network(self.declared.write()))
        self.office: Office = await self.ends.enter_async_context(started(running.office))

    async def close(self) -> None:
        await self.ends.aclose()
        await self.creator.close()

    # -- at rest -------------------------------------------------------------------------------

    async def rest(self) -> None:
        """Until the office has taken in what happened, and nothing follows from that any more."""
        while await self.follow() or self.awaited:
            await until(self._settled, self._so_far, 240)
            self.awaited.clear()

    def _so_far(self) -> str:
        return f"an office that has done everything, after {self.done},"

    async def _settled(self) -> bool:
        return await self.office.store.run("test", self._is_settled)

    def _is_settled(self, tx: Transaction) -> bool:
        counts = tx.counts()
        waiting = ("inbox_ready", "inbox_locked", "outbox_ready")  # what rests waits for people
        return all(map(partial(_is_done, tx, self.census.bot), self.awaited)) and not any(
            counts.get(x) for x in waiting
        )

    async def follow(self) -> bool:
        """Who has come and gone since; whether anybody has."""
        # Never the same question twice: the homeserver would repeat its answer.
        timeline = {"types": ["m.room.member"], "limit": 1_000 + next(self.counter)}
        room = {"timeline": timeline, "state": {"types": []}, "ephemeral": {"types": []}}
        query = {"filter": json.dumps({"room": room}), "timeout": "0"}
        query |= {"since": self.since} if self.since else {}
        answer = await self.creator.call("GET", "sync", **query)
        self.since = answer["next_batch"]
        rooms = answer.get("rooms", {}).get("join", {})
        found = [(x, room) for room, one in rooms.items() for x in one["timeline"]["events"]]
        users = {x.user_id for x in self.people.values()}
        news = [(x, room) for x, room in found if x["state_key"] in users]
        by_people = (x["event_id"] for x, _ in news if x["sender"] != self.census.bot)
        self.awaited += by_people
        await self._count(sorted(news, key=lambda x: x[0]["origin_server_ts"]))
        return bool(news)

    async def _count(self, news: list[tuple[Any, str]]) -> None:
        """First what people did, then what the bot made of it."""
        ours = [x for x in news if x[0]["sender"] == self.census.bot]
        for event, room in (x for x in news if x not in ours):
            to = event["content"]["membership"]
            self.census.moved(event["state_key"], room, to, event["sender"])
        if self.since and self.people:
            for person in self.people.values():
                self.census.known(person.user_id, await self.member(person.user_id))
        for event, room in ours:
            user, to = event["state_key"], event["content"]["membership"]
            if to == "invite" and room in self.census.rooms:
                self.census.asks_in(user, room)
            self.census.moved(user, room, to, self.census.bot)

    async def member(self, user: str) -> Member | None:
        return await self.office.store.run("test", lambda tx: tx.document(MEMBERS, user))

    # -- deeds ---------------------------------------------------------------------------------

    async def lives(self, seed: int) -> None:
        self.dice = random.Random(seed)
        for _ in range(STEPS):
            await self._does(self.dice.choice(DEEDS))
            await self.rest()
            self._audit()

    def _audit(self) -> None:
        try:
            self.census.audit(x.user_id for x in self.people.values())
        except AssertionError as error:
            error.add_note("\n".join(self.done))
            raise

    async def _does(self, deed: str) -> None:
        name = self.dice.choice([*self.people])
        room, a = self.dice.choice(self.census.rooms), self.dice.randrange(22)
        self.done.append(f"{deed} {name} {room} {a}")
        await getattr(self, deed)(self.people[name], room, a)

    def _is(self, person: Person, room: str, *memberships: str) -> bool:
        return self.census.state[person.user_id, room] in memberships

    async def _moves(self, how: str, person: Person, room: str) -> None:
        """By those who have the power there."""
        by = self.nora if room in self.census.inside else self.anna
        body = {"user_id": person.user_id}
        await by.homeserver.call("POST", f"/rooms/{room}/{how}", body)

    async def knock(self, person: Person, room: str, a: int) -> None:
        asks = next(x.space for x in self.census.initiatives if x.access is Access.ASK)
        where = asks if asks and room in self.census.inside else self.space
        if self._is(person, where, *NEVER_HERE):
            await person.homeserver.call("POST", f"/knock/{where}", {})

    async def accept(self, person: Person, room: str, a: int) -> None:
        for known in self.census.rooms:
            if self._is(person, known, "invite") and (a % 2 or known == room):
                await person.join(known)

    async def enter(self, person: Person, room: str, a: int) -> None:
        """By the room's own rule, if the homeserver finds that it lets her."""
        with suppress(MatrixError):
            await person.join(room)

    async def ask_in(self, person: Person, room: str, a: int) -> None:
        if self._is(person, room, *NEVER_HERE, "knock"):
            await self._moves("invite", person, room)

    async def go(self, person: Person, room: str, a: int) -> None:
        if self._is(person, room, *HERE):
            await person.leave(room)

    async def put_out(self, person: Person, room: str, a: int) -> None:
        if self._is(person, room, *HERE):
            await self._moves("kick", person, room)

    async def ban(self, person: Person, room: str, a: int) -> None:
        await self._moves("ban", person, room)

    async def lift(self, person: Person, room: str, a: int) -> None:
        if self._is(person, room, "ban"):
            await self._moves("unban", person, room)

    async def write_to(self, person: Person, room: str, a: int) -> None:
        await self._says(person, WORDS[a % len(WORDS)])

    async def _says(self, person: Person, *words: str) -> None:
        """To the bot, in their private chat."""
        for word in words:
            known = await self.member(person.user_id)
            chat = known.chat if known is not None else None
            if chat is None:
                _, said = await person.write_privately(self.census.bot, word)
            else:
                await person.join(chat)
                said = await person.send(chat, word)
            self.awaited.append(said)
            await self.rest()

    async def come(self, person: Person, room: str, a: int) -> None:
        """All the way in, into two initiatives that can be chosen."""
        await self.ask_in(person, self.space, a)
        await self.rest()
        await self.accept(person, self.space, 1)
        await self.rest()
        await self._says(person, "!rules", "yes", "!topics", "North, West")
        await self.decide(person, room, 1)
        await self.rest()
        await self.accept(person, room, 1)

    async def decide(self, person: Person, room: str, a: int) -> None:
        """Whatever is asked about her is answered, by a yes or a no."""
        found = await self.office.store.run("test", lambda tx: documents(tx, WISHES))
        for wish in found:
            if wish.user == person.user_id and wish.open:
                if yes := a % 4 != 0:
                    self.census.admitted(wish.user, wish.initiative)
                by = self.nora if wish.initiative else self.anna
                command = "!admit" if yes else "!decline"
                self.awaited.append(await by.send(self.coordination, f"{command} {wish.user}"))

    async def again(self, person: Person, room: str, a: int) -> None:
        """The office is away for a while, and people go on."""
        await self.ends.aclose()
        await self._does(self.dice.choice(WHILE_AWAY))
        await self.begin()


def _is_done(tx: Transaction, account: str, event: str) -> bool:
    key = tx._sealer.mark("inbox", f"room/{account}/{event}")
    return bool(tx._sql("SELECT 1 FROM inbox WHERE key = ? AND state = 'done'", (key,)).fetchone())


@pytest.fixture
async def town(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> AsyncIterator[Town]:
    async with founded(tmp_path, synapse, make_person, mail=False) as found:
        declared = found.declared
        declared.data["initiatives"].clear()
        declared.data["templates"] = []
        for name, access in ACCESS.items():
            template = {"id": name, "access": str(access), "rooms": [dict(x) for x in ROOMS]}
            declared.data["templates"].append(template)
            declared.initiative(name, found.nora.user_id, template=name)
        assert (await declared.apply()).failures == []
        made = Town(declared, found.anna, found.nora, found.sink)
        await made.open()
        made.people = {f"p{x}": await make_person(f"p{x}") for x in range(6)}
        yield made
        await made.close()


async def test_at_rest_everybody_is_exactly_where_membership_lets_her_be(town: Town) -> None:
    for person in [*town.people.values()][:3]:
        await town.come(person, town.space, 1)
        await town.rest()
        assert len([x for x in town.census.rooms if town.census.is_in(person.user_id, x)]) == 7
    for seed in SEEDS:
        await town.lives(seed)
