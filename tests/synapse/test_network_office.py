"""The network office from its network.yaml, on a real Synapse: applied, run, and seen by people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import NetworkOffice, network_office
from bots.offices.reading import load_network
from tests.synapse.alliance import Alliance, founded, private_chat
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import started

pytestmark = pytest.mark.synapse

OpenHouse = Callable[..., AbstractAsyncContextManager["House"]]


@dataclass
class House(Alliance):
    running: NetworkOffice
    address: str | None
    """Of the pages."""


@pytest.fixture
def house(synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path) -> OpenHouse:
    @asynccontextmanager
    async def open_house(*, mail: bool = True) -> AsyncIterator[House]:
        async with founded(tmp_path, synapse, make_person, mail=mail) as found:
            assert (await found.declared.apply()).failures == []
            running = await network_office(load_network(found.declared.write()))
            async with started(running.office), running.beside() as address:
                told = (found.declared, found.anna, found.nora, found.sink)
                yield House(*told, running, address)

    return open_house


async def test_from_a_knock_to_her_rooms(house: OpenHouse, make_person: MakePerson) -> None:
    async with house() as home:
        leyla = await make_person("leyla")
        knock = f"/knock/{await home.id_of('alliance')}"
        await leyla.homeserver.call("POST", knock, {"reason": "I would like to help"})
        coordination = await home.room(home.anna, "coordination")
        wish = await home.says(home.anna, "onboarding", "would like", coordination)
        await home.anna.react(coordination, wish.event_id, "✅")
        space = await home.id_of("alliance")
        await leyla.wait_until(lambda: leyla.invited_rooms.get(space), "the invitation")
        await leyla.join(space)
        chat = await private_chat(leyla, home.declared.user("onboarding"))
        await home.agrees(leyla, chat)


async def test_a_share_reaches_the_exchange_room(house: OpenHouse) -> None:
    async with house() as home:
        exchange = await home.room(home.anna, "exchange")
        await home.shares(await home.sharing(), "We have ten bicycles")
        await home.says(home.anna, "exchange", "ten bicycles", exchange)


async def test_an_announcement_leaves_by_mail(house: OpenHouse) -> None:
    async with house() as home:
        await home.subscribes("reader@mail.example")
        room = await home.room(home.anna, "announcements")
        await home.announces(room, "# Meeting\n\nOn Monday.")
        await home.mail("On Monday")


async def test_without_a_mail_server_the_rest_works(house: OpenHouse) -> None:
    async with house(mail=False) as home:
        assert home.address is not None
        async with aiohttp.ClientSession(home.address) as http:
            for page, status in (("/imprint", 200), ("/privacy", 200), ("/subscribe", 404)):
                async with http.get(page) as answer:
                    assert answer.status == status, page
        assert "announcements" not in home.running.bots
        assert {"onboarding", "exchange"} <= home.running.bots.keys()


async def test_a_new_initiative_is_taken_up_while_the_office_runs(house: OpenHouse) -> None:
    async with house() as home:
        home.declared.initiative("south", home.nora.user_id)
        assert (await home.declared.apply()).failures == []
        assert await home.running.reload() == []
        exchange = await home.room(home.anna, "exchange")
        await home.shares(await home.sharing("south"), "Tea at five")
        copy = await home.says(home.anna, "exchange", "Tea at five", exchange)
        assert "South" in (copy.body or "")
