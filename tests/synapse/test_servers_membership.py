"""Who is out stays out, also whose homeserver is another one; crowds elsewhere are not entered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.demo.person import Person
from bots.offices.network import network_office
from config.loading import load_network
from federation.embedded import EmbeddedSynapse, free_port
from federation.neighbours import Neighbours
from tests.conftest import unique
from tests.synapse.alliance import Alliance, founded
from tests.synapse.networks import PASSWORD, Client
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]

NAMES = ("north.test", "south.test")
FOR_ALL = ("exchange", "announcements")


@dataclass
class Two:
    alliance: Alliance
    """In the north."""
    south: EmbeddedSynapse
    leyla: Person
    """Lives in the south."""

    async def left(self, *names: str) -> None:
        """She is in none of these, as her own homeserver has it, and is asked into none."""
        rooms = {await self.alliance.id_of(x) for x in names}

        def out() -> bool | None:
            here = {*self.leyla.joined_rooms, *self.leyla.invited_rooms}
            return not rooms & here or None

        await self.leyla.wait_until(out, "none of these rooms", timeout=60)

    async def comes(self) -> str:
        home = self.alliance
        chat = await home.welcomed(self.leyla)
        rules = await home.says(self.leyla, "onboarding", "Be kind", chat)
        await self.leyla.react(chat, rules.event_id, "✅")
        await home.says(self.leyla, "onboarding", "You are in now", chat)
        for name in FOR_ALL:
            room = await home.id_of(name)
            await self.leyla.wait_until(lambda room=room: self.leyla.invited_rooms.get(room), name)  # type: ignore[misc]
            await self.leyla.join(room)
        return chat


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    near = Neighbours.make(tmp_path / "near", NAMES, [free_port() for _ in NAMES])
    starting = (EmbeddedSynapse.start(tmp_path / x, server_name=x, neighbours=near) for x in NAMES)
    north, south = await asyncio.gather(*starting)
    async with AsyncExitStack() as ends:
        await ends.enter_async_context(north)
        await ends.enter_async_context(south)

        async def person(name: str, *, at: EmbeddedSynapse = north) -> Person:
            user = await at.register(unique(name), PASSWORD)
            found = await Person.create(at.url, user, PASSWORD, tmp_path / user)
            ends.push_async_callback(found.close)
            await found.start()
            return found

        folder = tmp_path / "network"
        folder.mkdir()
        alliance = await ends.enter_async_context(founded(folder, north, person, mail=False))
        assert (await alliance.declared.apply()).failures == []
        office = await network_office(load_network(alliance.declared.write()))
        await ends.enter_async_context(started(office.office))
        yield Two(alliance, south, await person("leyla", at=south))


async def test_a_ban_reaches_who_lives_elsewhere(two: Two) -> None:
    chat = await two.comes()
    space = await two.alliance.id_of("alliance")
    await two.alliance.anna.homeserver.call(
        "POST", f"/rooms/{space}/ban", {"user_id": two.leyla.user_id}
    )
    await two.alliance.says(two.leyla, "onboarding", "You were banned", chat)
    await two.left("alliance", *FOR_ALL)


async def test_who_leaves_elsewhere_is_let_in_by_coordinators_alone(two: Two) -> None:
    chat = await two.comes()
    coordination = await two.alliance.room(two.alliance.anna, "coordination")
    await two.leyla.leave(await two.alliance.id_of("alliance"))
    await two.alliance.says(two.leyla, "onboarding", "You have left", chat)
    await two.left(*FOR_ALL)
    for words in ("!topics", "yes", "North"):
        await two.leyla.send(chat, words)
    await two.alliance.says(two.alliance.anna, "onboarding", "agrees to the rules", coordination)
    await two.alliance.says(two.leyla, "onboarding", "will decide", chat)
    await two.left("alliance", *FOR_ALL, "north", "north/offen")


async def test_a_crowd_elsewhere_is_not_entered(two: Two) -> None:
    names = [await two.south.register(unique("guest"), PASSWORD) for _ in range(11)]
    host, *guests = [await Client.log_in(two.south.url, x) for x in names]
    bot = two.alliance.declared.user("onboarding")
    try:
        room = await host.create(unique("crowd"), preset="public_chat")
        for guest in guests:
            await guest.call("POST", "join", room, body={})
        await host.call("POST", "rooms", room, "invite", body={"user_id": bot})

        async def declined() -> bool:
            state = await host.state(room)
            content = state["m.room.member", bot]["content"]
            assert content["membership"] != "join"
            return bool(content["membership"] == "leave")

        await until(declined, "an invitation that is declined")
        chat, _ = await two.leyla.write_privately(bot, "Hello?")
        await two.alliance.says(two.leyla, "onboarding", "Hello and welcome", chat)
    finally:
        for client in (host, *guests):
            await client.close()
