"""Rooms that are upgraded or deleted under the network office, and links that nobody was sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from bots.offices.network import NetworkOffice, network_office
from config.loading import load_network
from federation.embedded import EmbeddedSynapse
from tests.conftest import unique
from tests.synapse.alliance import PUBLIC_URL, Alliance, founded, text_of
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import PASSWORD, Client
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


@dataclass
class House(Alliance):
    running: NetworkOffice
    synapse: EmbeddedSynapse

    async def aside(self) -> list[str]:
        return list((await self.running.office.status())["aside"])

    async def is_in(self, room: str, role: str) -> bool:
        found = await self.anna.state(room, "m.room.member", self.declared.user(role))
        return found is not None and found["membership"] == "join"

    async def upgrade(self, name: str, *bots: str) -> str:
        """As those who made the room can do it in Element, which then invites its members."""
        creator = await self.declared.client("creator")
        try:
            old = await self.id_of(name)
            body = {"new_version": "12"}
            answer = await creator.call("POST", "rooms", old, "upgrade", body=body)
            new = str(answer["replacement_room"])
            for user in (self.anna.user_id, *map(self.declared.user, bots)):
                state = await creator.state(new)
                if ("m.room.member", user) not in state:
                    body = {"user_id": user}
                    await creator.call("POST", "rooms", new, "invite", body=body)
            return new
        finally:
            await creator.close()

    async def delete(self, name: str) -> None:
        """As a server's admin can, for everybody at once."""
        admin = unique("chief")
        await self.synapse.register(admin, PASSWORD, admin=True)
        client = await Client.log_in(self.synapse.url, admin)
        room = quote(await self.id_of(name), safe="")
        try:
            body = {"block": True, "purge": True}
            await client.server.call("delete", "DELETE", f"/_synapse/admin/v1/rooms/{room}", body)
        finally:
            await client.close()


@pytest.fixture
async def house(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> AsyncIterator[House]:
    async with founded(tmp_path, synapse, make_person) as found:
        found.declared.initiative("south", found.nora.user_id)
        assert (await found.declared.apply()).failures == []
        running = await network_office(load_network(found.declared.write()))
        async with started(running.office), running.beside():
            told = (found.declared, found.anna, found.nora, found.sink)
            yield House(*told, running, synapse)


async def test_the_exchange_room_is_upgraded(house: House) -> None:
    room = await house.sharing()
    old = await house.room(house.anna, "exchange")
    first = await house.shares(room, "Before the move")
    copy = await house.says(house.anna, "exchange", "Before the move", old)
    new = await house.upgrade("exchange", "exchange")
    await house.anna.join(new)
    await until(lambda: house.is_in(new, "exchange"), "the bot in the new room")
    await house.shares(room, "After the move")
    await house.says(house.anna, "exchange", "After the move", new)
    await house.nora.redact(room, first)
    await house.anna.wait_for(room_id=old, redacts=copy.event_id)


async def test_the_announcements_room_is_upgraded(house: House) -> None:
    await house.subscribes("reader@mail.example")
    new = await house.upgrade("announcements", "announcements")
    await house.anna.join(new)
    await until(lambda: house.is_in(new, "announcements"), "the bot in the new room")
    await house.announces(new, "# Meeting\n\nOn Tuesday.")
    await house.mail("On Tuesday")


async def test_an_initiatives_room_is_deleted(house: House) -> None:
    exchange = await house.room(house.anna, "exchange")
    north, south = await house.sharing("north"), await house.sharing("south")
    await house.shares(north, "From the north")
    await house.says(house.anna, "exchange", "From the north", exchange)
    await house.delete("north/offen")
    await house.shares(south, "From the south")
    await house.says(house.anna, "exchange", "From the south", exchange)
    assert house.told(house.anna, "exchange", "From the north", exchange) == 1


async def test_the_exchange_room_is_deleted(house: House) -> None:
    room = await house.sharing()
    await house.delete("exchange")
    said = await house.shares(room, "Into the void")
    await house.says(house.nora, "exchange", "could not be shared", room, thread=said)
    await house.nora.send(room, "!find void")
    await house.says(house.nora, "exchange", "No shared message was found", room)


async def test_the_announcements_room_is_deleted_while_mails_wait(house: House) -> None:
    await house.subscribes("reader@mail.example")
    room = await house.room(house.anna, "announcements")
    offer = await house.announces(room, "# Meeting\n\nOn Friday.")
    await house.says(house.anna, "announcements", "goes out by mail at", room, edits=offer)
    await house.delete("announcements")
    await house.mail("On Friday")
    await house.shares(await house.sharing(), "still shared")
    exchange = await house.room(house.anna, "exchange")
    await house.says(house.anna, "exchange", "still shared", exchange)


async def test_a_forged_link_ends_nobodys_mails(house: House) -> None:
    await house.subscribes("reader@mail.example")
    room = await house.room(house.anna, "announcements")
    await house.announces(room, "# First\n\nOn Monday.")
    await house.mail("On Monday")
    token = await house.mail(rf"{re.escape(PUBLIC_URL)}/u/([\w-]{{22}})")
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    answers = [await unsubscribes(house, x) for x in (forged, "x" * 22)]
    await house.announces(room, "# Second\n\nOn Tuesday.")
    await house.mail("On Tuesday")
    assert await unsubscribes(house, token) in answers, "who guesses learns nothing"
    await house.announces(room, "# Third\n\nOn Wednesday.")
    await until(lambda: house.told(house.anna, "announcements", "has asked", room), "no reader")
    assert not any("On Wednesday" in text_of(mail) for mail in house.sink.mails)


async def unsubscribes(house: House, token: str) -> tuple[int, str]:
    """By one click, as mail programs do."""
    form = {"List-Unsubscribe": "One-Click"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{house.pages}/u/{token}", data=form) as answer,
    ):
        page = await answer.text()
        return answer.status, page.replace(token, "")
