"""Who is out stays out: on a real Synapse, seen by those who are put out and by those who stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.lab.people.client import Json
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import NetworkOffice, network_office
from bots.offices.reading import load_network
from tests.synapse.alliance import Alliance, founded
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]

FOR_ALL = ("exchange", "announcements")
NORTH = ("north", "north/offen", "north/treffpunkt", "north/vorstand")
TEMPLATE = {
    "id": "open",
    "access": "alliance",
    "rooms": [
        {"id": "treffpunkt", "name": "{name}: Treffpunkt"},
        {"id": "offen", "name": "{name}: Offen", "encrypted": False, "share": True},
        {"id": "vorstand", "name": "{name}: Vorstand", "access": "invite"},
    ],
}


@dataclass
class House(Alliance):
    leyla: Person
    chat: str = ""

    async def membership(self, room: str, person: Person) -> str | None:
        members: dict[str, str] = await self.anna_sees(room)
        return members.get(person.user_id)

    async def anna_sees(self, room: str) -> dict[str, str]:
        """Who is in a room, as its creator sees it."""
        creator = await self.declared.client("creator")
        try:
            state = await creator.state(room)
        finally:
            await creator.close()
        return {
            key: str(event["content"]["membership"])
            for (kind, key), event in state.items()
            if kind == "m.room.member"
        }

    async def rooms_of(self, person: Person, names: Iterable[str]) -> dict[str, str]:
        """In which of these she is, or is asked into."""
        found = {x: await self.membership(await self.id_of(x), person) for x in names}
        return {x: y for x, y in found.items() if y in ("join", "invite")}

    async def only_in(self, person: Person, *names: str) -> None:
        every = ("alliance", "coordination", *FOR_ALL, *NORTH)

        async def settled() -> bool:
            return set(await self.rooms_of(person, every)) == set(names)

        await until(settled, f"{person.user_id} in {names} alone")

    async def put_out(self, how: str, room: str, person: Person) -> None:
        body: Json = {"user_id": person.user_id}
        await self.anna.homeserver.call("POST", f"/rooms/{room}/{how}", body)

    async def comes(self, person: Person) -> str:
        """From the door to the rooms of North, the board's by hand; her private chat."""
        chat = await self.welcomed(person)
        await self.agrees(person, chat)
        for name in (*FOR_ALL, *NORTH[:3]):
            await person.join(await self.id_of(name))
        board = await self.id_of("north/vorstand")
        await self.nora.join(board)
        await self.nora.invite(board, person.user_id)
        await person.wait_until(lambda: person.invited_rooms.get(board), "the board's room")
        await person.join(board)
        return chat


@pytest.fixture
async def home(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> AsyncIterator[House]:
    async with founded(tmp_path, synapse, make_person, mail=False) as found:
        data = found.declared.data
        data["templates"] = [TEMPLATE]
        data["initiatives"][0]["template"] = "open"
        found.declared.initiative("south", "@omar:south.example", space="#start:south.example")
        failures = (await found.declared.apply()).failures
        assert all("south" in x for x in failures), "that server is away"
        house = House(
            found.declared, found.anna, found.nora, found.sink, await make_person("leyla")
        )
        yield house


async def opened(house: House) -> NetworkOffice:
    return await network_office(load_network(house.declared.write()))


async def test_a_ban_is_a_ban_everywhere(home: House) -> None:
    running = await opened(home)
    async with started(running.office):
        space, exchange = await home.id_of("alliance"), await home.id_of("exchange")
        coordination = await home.room(home.anna, "coordination")
        await home.room(home.anna, "exchange")
        chat = await home.comes(home.leyla)
        north = await home.id_of("north/offen")
        said = await home.leyla.send(north, "Who has a ladder?")
        await home.put_out("ban", space, home.leyla)
        await home.only_in(home.leyla)
        told = await home.says(home.anna, "onboarding", "is banned from", coordination)
        assert "@omar:south.example" in (told.body or "")
        await home.says(home.leyla, "onboarding", "You were banned", chat)

        await home.room(home.nora, "north/offen")
        await home.nora.react(north, said, "📣")
        await home.says(home.nora, "exchange", "banned", north)
        assert home.told(home.anna, "exchange", "ladder", exchange) == 0

        await home.leyla.send(chat, "!rules")
        await home.leyla.send(chat, "yes")
        wish = await home.says(home.anna, "onboarding", "Lift the ban|lift the ban", coordination)
        await home.anna.react(coordination, wish.event_id, "✅")
        await home.says(home.anna, "onboarding", "To let the person in, first", coordination)
        await home.only_in(home.leyla)
        await home.put_out("unban", space, home.leyla)
        await home.anna.send(coordination, "!admit", reply_to=wish.event_id)
        await home.leyla.wait_until(lambda: home.leyla.invited_rooms.get(space), "a new start")


async def test_what_happened_while_the_office_was_down_is_carried_out(home: House) -> None:
    async with started((await opened(home)).office):
        chat = await home.comes(home.leyla)
    await home.put_out("ban", await home.id_of("alliance"), home.leyla)
    async with started((await opened(home)).office):
        await home.only_in(home.leyla)
        await home.says(home.leyla, "onboarding", "You were banned", chat)


async def test_who_leaves_by_her_own_hand_is_let_in_by_coordinators_alone(home: House) -> None:
    async with started((await opened(home)).office):
        coordination = await home.room(home.anna, "coordination")
        chat = await home.comes(home.leyla)
        await home.leyla.leave(await home.id_of("alliance"))
        await home.only_in(home.leyla)
        await home.says(home.leyla, "onboarding", "You have left", chat)
        for words in ("!topics", "yes", "North"):
            await home.leyla.send(chat, words)
        await home.says(home.leyla, "onboarding", "will decide", chat)
        await home.says(home.anna, "onboarding", "agrees to the rules", coordination)
        await home.only_in(home.leyla)


async def test_leave_takes_her_out_of_what_others_asked_her_into(home: House) -> None:
    async with started((await opened(home)).office):
        chat = await home.comes(home.leyla)
        await home.leyla.send(chat, "!leave")
        await home.says(home.leyla, "onboarding", "Do you want to leave", chat)
        await home.leyla.send(chat, "yes")
        await home.says(home.leyla, "onboarding", "You have left", chat)
        await home.only_in(home.leyla)


async def test_a_ban_from_one_initiative_is_none_from_the_others(home: House) -> None:
    async with started((await opened(home)).office):
        chat = await home.comes(home.leyla)
        space = await home.id_of("north")
        await home.nora.join(space)
        body = {"user_id": home.leyla.user_id}
        await home.nora.homeserver.call("POST", f"/rooms/{space}/ban", body)
        await home.only_in(home.leyla, "alliance", *FOR_ALL)
        await home.says(home.leyla, "onboarding", "no longer in the group", chat)
        board = await home.id_of("north/vorstand")
        await home.nora.invite(board, home.leyla.user_id)
        await home.only_in(home.leyla, "alliance", *FOR_ALL)


async def test_nobody_finds_what_she_may_not_read(home: House, make_person: MakePerson) -> None:
    async with started((await opened(home)).office):
        exchange = await home.room(home.anna, "exchange")
        room = await home.sharing()
        await home.shares(room, "We have ten bicycles")
        await home.says(home.anna, "exchange", "ten bicycles", exchange)
        await home.nora.invite(room, home.leyla.user_id)
        await home.leyla.wait_until(lambda: home.leyla.invited_rooms.get(room), "an invitation")
        await home.leyla.join(room)
        await home.leyla.send(room, "!find bicycles")
        await home.says(home.leyla, "exchange", "Only people who are in the exchange room", room)
        await home.nora.send(room, "!find bicycles")
        await asyncio.gather(
            home.says(home.nora, "exchange", "Only people who are in the exchange room", room),
            home.room(home.nora, "alliance"),
        )
        await home.room(home.nora, "exchange")
        await home.nora.send(room, "!find bicycles")
        await home.says(home.nora, "exchange", "1 shared message", room)


async def test_an_initiative_asks_its_contacts_or_is_not_shown(home: House) -> None:
    for name, access in (("asking", "ask"), ("closed", "invite")):
        rooms = [{"id": "raum", "name": "{name}: Raum", "encrypted": False}]
        home.declared.data["templates"].append({"id": name, "access": access, "rooms": rooms})
    home.declared.initiative("east", home.nora.user_id, template="asking")
    home.declared.initiative("secret", home.nora.user_id, template="closed")
    await home.declared.apply()
    async with started((await opened(home)).office):
        coordination = await home.room(home.nora, "coordination")
        chat = await home.welcomed(home.leyla)
        rules = await home.says(home.leyla, "onboarding", "Be kind", chat)
        await home.leyla.react(chat, rules.event_id, "✅")
        offered = await home.says(home.leyla, "onboarding", "Which groups", chat)
        assert "East" in (offered.body or "")
        assert "Secret" not in (offered.body or "")
        await home.leyla.send(chat, "Secret")
        await home.says(home.leyla, "onboarding", "I did not find", chat)
        knock = f"/knock/{await home.id_of('east')}"
        await home.leyla.homeserver.call("POST", knock, {"reason": "I teach"})
        await home.says(home.leyla, "onboarding", "decide whether to let you in", chat)
        asked = await home.says(home.nora, "onboarding", "would like to join", coordination)
        assert "I teach" in (asked.body or "")
        assert await home.rooms_of(home.leyla, ("east", "east/raum", "secret", "secret/raum")) == {}
        await home.nora.react(coordination, asked.event_id, "✅")
        await home.says(home.leyla, "onboarding", "has let you in", chat)
        for name in ("east", "east/raum"):
            await home.leyla.join(await home.id_of(name))
        assert await home.rooms_of(home.leyla, ("secret", "secret/raum")) == {}
