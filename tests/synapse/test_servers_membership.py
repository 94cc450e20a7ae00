"""Who is out stays out, also whose homeserver is another one; crowds elsewhere are not entered."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bots.lab.people.person import Person
from tests.conftest import unique
from tests.synapse.networks import PASSWORD, Client
from tests.synapse.servers import League, home, servers
from tests.synapse.waiting import until

__all__ = ["home", "servers"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]

FOR_ALL = ("exchange", "announcements")


@dataclass
class Two:
    alliance: League
    leyla: Person
    """Lives elsewhere."""

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
            await home.comes_in(self.leyla, await home.id_of(name))
        return chat


@pytest.fixture
async def two(home: League) -> Two:
    return Two(home, await home.person(home.servers.sued, "leyla"))


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
    sued = two.alliance.servers.sued
    names = [await sued.register(unique("guest"), PASSWORD) for _ in range(11)]
    host, *guests = [await Client.log_in(sued.url, x) for x in names]
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
