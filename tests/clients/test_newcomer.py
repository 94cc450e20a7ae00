"""The newcomer's path, and the coordinator's who lets her in: as both of them see it in Element."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import network_office
from bots.offices.reading import load_network
from tests.clients.conftest import MakeStrict
from tests.clients.looks import all_are_readable, all_have_names
from tests.clients.strict import StrictPerson
from tests.conftest import Account
from tests.synapse.networks import Declared
from tests.synapse.offices import started

pytestmark = pytest.mark.synapse

HESITATES = 2.0
"""Seconds before she accepts an invitation: whatever was sent into the room by then came first."""


@dataclass
class Network:
    """A network whose office runs, and who coordinates it."""

    declared: Declared
    anna: StrictPerson
    coordination: str

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        office = await network_office(load_network(self.declared.write()))
        async with started(office.office), office.beside():
            yield

    @property
    def bot(self) -> str:
        return self.declared.user("onboarding")

    async def lets_in(self, person: StrictPerson) -> None:
        """Anna reads who asks, and says yes by a tap."""
        wish = await self.anna.sees(person.name, room=self.coordination, sender=self.bot)
        await self.anna.react(self.coordination, wish.id, "✅")

    async def is_in(self, person: StrictPerson, chat: str) -> None:
        """She reads the rules in her language, agrees, and chooses; until she is in her rooms."""
        await person.send(chat, "English")
        rules = await person.sees("Be kind", room=chat, wanted=lambda x: "freundlich" not in x.body)
        await person.react(chat, rules.id, "✅")

    async def chooses(self, person: StrictPerson, chat: str) -> None:
        await person.sees("North", room=chat)
        await person.send(chat, "1")
        asked = await self.anna.sees("North", room=self.coordination, sender=self.bot)
        await self.anna.react(self.coordination, asked.id, "✅")
        await person.wait_until(lambda: _asked(person, "Austausch", "North") or None, "her rooms")
        for room in [x.room for x in person.rooms.values() if x.mine == "invite"]:
            await person.join(room)


def _asked(person: StrictPerson, *names: str) -> bool:
    shown = [x.name for x in person.rooms.values()]
    return all(any(name.lower() in x.lower() for x in shown) for name in names)


@pytest.fixture
async def network(
    synapse: EmbeddedSynapse,
    new_account: Callable[..., Awaitable[Account]],
    strict: MakeStrict,
    tmp_path: Path,
) -> Network:
    anna = await strict("anna")
    declared = Declared(tmp_path, synapse)
    declared.data["coordinators"] = [anna.user_id]
    declared.data["network"]["languages"] = ["de", "en", "ar"]
    declared.data["rules"] = {"en": "Be kind.", "de": "Seid freundlich."}
    declared.initiative("north", (await new_account("nora")).user_id)
    assert (await declared.apply()).failures == []
    room = await anna.join(declared.alias("coordination"))
    return Network(declared, anna, room)


async def space_of(network: Network) -> str:
    return await network.anna.join(network.declared.alias("alliance"))


async def test_who_knocks_is_greeted_and_finds_her_rooms(
    network: Network, strict: MakeStrict
) -> None:
    async with network.at_work():
        leyla = await strict("leyla")
        await leyla.knock(network.declared.alias("alliance"), "I live in the north")
        await network.anna.sees("I live in the north", room=network.coordination)
        await network.lets_in(leyla)
        await leyla.invited_to(await space_of(network))
        chat = (await leyla.asked_by(network.bot)).room
        await asyncio.sleep(HESITATES)
        await leyla.join(chat)
        await network.is_in(leyla, chat)
        await network.chooses(leyla, chat)
        all_are_readable(leyla, network.anna)
        all_have_names(leyla, network.anna)


async def test_who_writes_first_is_greeted_in_her_chat(
    network: Network, strict: MakeStrict
) -> None:
    async with network.at_work():
        leyla = await strict("leyla")
        chat = await leyla.write_privately(network.bot, "Hello, may I join?")
        await network.is_in(leyla, chat)
        await network.lets_in(leyla)
        await network.chooses(leyla, chat)
        all_are_readable(leyla, network.anna)
        all_have_names(leyla, network.anna)


async def test_who_comes_after_a_restart_is_greeted(network: Network, strict: MakeStrict) -> None:
    leyla = await strict("leyla")
    space = await space_of(network)
    async with network.at_work():
        await network.anna.invite(space, leyla.user_id)
        await leyla.invited_to(space)
        chat = (await leyla.asked_by(network.bot)).room
        await asyncio.sleep(HESITATES)
    async with network.at_work():
        await asyncio.sleep(HESITATES)
        await leyla.join(chat)
        await network.is_in(leyla, chat)
        await network.chooses(leyla, chat)
        assert len([x for x in leyla.seen(chat) if "Be kind" in x.body]) == 2
        all_are_readable(leyla, network.anna)
