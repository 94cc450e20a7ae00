"""Three homeservers that talk to each other: the network's own, and two of initiatives."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse, free_port
from bots.lab.synapse.neighbours import Neighbours
from bots.offices.network import NetworkOffice, network_office
from bots.offices.reading import load_network
from tests.conftest import LEAN, Account, unique
from tests.synapse.alliance import Alliance, founded, private_chat
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import Client
from tests.synapse.offices import started

NAMES = ("bund.test", "sued.test", "west.test")


@dataclass(frozen=True)
class Servers:
    bund: EmbeddedSynapse
    """That of the network."""
    sued: EmbeddedSynapse
    west: EmbeddedSynapse

    async def account(self, server: EmbeddedSynapse, name: str, *, admin: bool = False) -> Account:
        password = secrets.token_urlsafe(12)
        user = await server.register(unique(name), password, admin=admin)
        return Account(user, password, server.url)

    async def client(self, server: EmbeddedSynapse, name: str, *, admin: bool = False) -> Client:
        """Somebody of a server, without a phone."""
        account = await self.account(server, name, admin=admin)
        return await Client.log_in(server.url, account.user_id, account.password)


@pytest.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """One trio a session, started for those who ask for it."""
    folder = tmp_path_factory.mktemp("servers")
    near = Neighbours.make(folder / "neighbours", NAMES, [free_port() for _ in NAMES])

    async def start(name: str) -> EmbeddedSynapse:
        return await EmbeddedSynapse.start(folder / name, server_name=name, neighbours=near, **LEAN)

    async with AsyncExitStack() as stack:
        running = await asyncio.gather(*map(start, NAMES))
        for one in running:
            stack.push_async_callback(one.stop)
        yield Servers(*running)


@dataclass
class League(Alliance):
    """An alliance on the first of them, with its office at work."""

    servers: Servers
    running: NetworkOffice
    make_person: MakePerson

    async def person(self, server: EmbeddedSynapse, name: str) -> Person:
        """Somebody with a phone."""
        return await self.make_person(account=await self.servers.account(server, name))

    async def applied(self) -> None:
        """What an admin does: `buendnis apply`, of which the running office is told."""
        assert (await self.declared.apply()).failures == []
        assert await self.running.reload() == []

    async def upgrade(self, name: str) -> tuple[str, str]:
        """As the admin does it: the old room and the new one. Nobody is asked into that."""
        creator = await self.declared.client("creator")
        try:
            old = await self.id_of(name)
            body = {"new_version": "12"}
            answer = await creator.call("POST", "rooms", old, "upgrade", body=body)
            return old, str(answer["replacement_room"])
        finally:
            await creator.close()

    async def comes_in(self, person: Person, room: str) -> None:
        """By the invitation that she has, or is about to get."""
        await person.wait_until(lambda: person.invited_rooms.get(room), "the invitation")
        await person.join(room, NAMES[0])


@asynccontextmanager
async def league(folder: Path, servers: Servers, make_person: MakePerson) -> AsyncIterator[League]:
    async def make(name: str = "anna") -> Person:
        return await make_person(account=await servers.account(servers.bund, name))

    async with founded(folder, servers.bund, make, mail=False) as found:
        assert (await found.declared.apply()).failures == []
        running = await network_office(load_network(found.declared.write()))
        async with started(running.office):
            told = (found.declared, found.anna, found.nora, found.sink)
            yield League(*told, servers, running, make_person)


@pytest.fixture
async def home(servers: Servers, make_person: MakePerson, tmp_path: Path) -> AsyncIterator[League]:
    async with league(tmp_path, servers, make_person) as opened:
        yield opened


async def arrives(home: League, person: Person) -> str:
    """She is asked in and comes; the private room in which she is shown the rules."""
    space = await home.room(home.anna, "alliance")
    await home.anna.invite(space, person.user_id)
    await home.comes_in(person, space)
    chat = await private_chat(person, home.declared.user("onboarding"))
    await home.says(person, "onboarding", "Be kind", chat)
    return chat
