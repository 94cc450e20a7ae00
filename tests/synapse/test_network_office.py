"""The network office from its network.yaml, on a real Synapse: applied, run, and seen by people."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bots.demo import Seen
from bots.demo.person import Person
from bots.offices.network import NetworkOffice, network_office
from config.loading import load_network
from federation.embedded import EmbeddedSynapse, free_port
from tests.bench.mailsink import Received, Sink, sink
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import Declared
from tests.synapse.offices import started

pytestmark = pytest.mark.synapse

OpenHouse = Callable[..., AbstractAsyncContextManager["House"]]


@dataclass
class House:
    declared: Declared
    running: NetworkOffice
    anna: Person
    """Coordinates."""
    nora: Person
    """Speaks for the initiative North."""
    sink: Sink
    address: str | None
    """Of the pages."""

    async def id_of(self, name: str) -> str:
        path = f"/directory/room/{self.declared.alias(name)}".replace("#", "%23")
        return str((await self.anna.homeserver.call("GET", path))["room_id"])

    async def room(self, person: Person, name: str) -> str:
        """Join a room that she is invited to, or may join."""
        return await person.join(await self.id_of(name))

    async def mail(self, text: str) -> str:
        """What stands in the first group, or the whole, of a mail that came."""
        async with asyncio.timeout(20):
            while (found := self._in_mails(text)) is None:
                self.sink.arrived.clear()
                await self.sink.arrived.wait()
        return found[found.lastindex or 0]

    def _in_mails(self, text: str) -> re.Match[str] | None:
        return next((x for y in self.sink.mails if (x := re.search(text, text_of(y)))), None)

    async def says(self, person: Person, role: str, text: str, room: str, **more: Any) -> Seen:
        """What one of the bots says in a room."""
        return await person.wait_for(
            room_id=room, sender=self.declared.user(role), body=re.compile(text), **more
        )


def text_of(mail: Received) -> str:
    message = message_from_bytes(mail.message, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def house(synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path) -> OpenHouse:
    @asynccontextmanager
    async def open_house(*, mail: bool = True) -> AsyncIterator[House]:
        anna, nora = await make_person("anna"), await make_person("nora")
        declared = Declared(tmp_path, synapse)
        declared.data["coordinators"] = [anna.user_id]
        declared.data["network"]["languages"] = ["en", "de", "ar"]
        declared.data["rules"] = {"en": "Be kind."}
        declared.initiative("north", nora.user_id)
        async with sink() as mails:
            if mail:
                add_mail(declared, mails.port)
            assert (await declared.apply()).failures == []
            running = await network_office(load_network(declared.write()))
            async with started(running.office), running.beside() as address:
                yield House(declared, running, anna, nora, mails, address)

    return open_house


def add_mail(declared: Declared, port: int) -> None:
    declared.data["email"] = {
        "from": "Rundbrief <news@net.example>",
        "smtp": {"host": "127.0.0.1", "port": port, "tls": "none"},
    }
    declared.data["announcements"] = {"undo": "1s"}
    declared.data["web"] = {
        "listen": f"127.0.0.1:{free_port()}",
        "public_url": "https://net.example",
    }
    declared.data["imprint"] = {
        "name": "Verein",
        "address": "Weg 1",
        "responsible": "Anna",
        "privacy": "Wir.",
    }


async def private_chat(person: Person, bot: str) -> str:
    def direct() -> str | None:
        rooms = person.invited_rooms.values()
        return next((x.room_id for x in rooms if x.is_direct and x.sender == bot), None)

    return await person.join(await person.wait_until(direct, "the private room"))


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
        rules = await home.says(leyla, "onboarding", "Be kind", chat)
        await leyla.react(chat, rules.event_id, "✅")
        await home.says(leyla, "onboarding", "North", chat)
        await leyla.send(chat, "1")
        for name in ("exchange", "announcements", "north", "north/offen", "north/treffpunkt"):
            invited = partial(leyla.invited_rooms.get, await home.id_of(name))
            await leyla.wait_until(invited, name)


async def test_a_share_reaches_the_exchange_room(house: OpenHouse) -> None:
    async with house() as home:
        exchange = await home.room(home.anna, "exchange")
        room = await home.room(home.nora, "north/offen")
        await home.says(home.nora, "exchange", "📣", room)
        said = await home.nora.send(room, "We have ten bicycles")
        await home.nora.react(room, said, "📣")
        await home.says(home.anna, "exchange", "ten bicycles", exchange)


async def test_an_announcement_leaves_by_mail(house: OpenHouse) -> None:
    async with house() as home, aiohttp.ClientSession() as http:
        assert home.address is not None
        form = {"address": "reader@mail.example", "language": "de", "kind": "immediate"}
        async with http.post(f"{home.address}/subscribe?lang=de", data=form) as answer:
            assert answer.status == 200
        link = await home.mail(r"https://net\.example(/c/[\w-]{22})")
        async with http.post(home.address + link) as answer:
            assert answer.status == 200
        room = await home.room(home.anna, "announcements")
        said = await home.anna.send(room, "# Meeting\n\nOn Monday.")
        offer = await home.says(home.anna, "announcements", "✅", room)
        await home.anna.react(room, offer.event_id, "✅")
        await home.mail("On Monday")
        assert said


async def test_without_a_mail_server_the_rest_works(house: OpenHouse) -> None:
    async with house(mail=False) as home:
        assert home.address is None
        assert home.running.announcements is None
        assert len(home.running.office.posts) == 2


async def test_a_new_initiative_is_taken_up_while_the_office_runs(house: OpenHouse) -> None:
    async with house() as home:
        home.declared.initiative("south", home.nora.user_id)
        assert (await home.declared.apply()).failures == []
        assert await home.running.reload() == []
        exchange = await home.room(home.anna, "exchange")
        room = await home.room(home.nora, "south/offen")
        await home.says(home.nora, "exchange", "📣", room)
        said = await home.nora.send(room, "Tea at five")
        await home.nora.react(room, said, "📣")
        copy = await home.says(home.anna, "exchange", "Tea at five", exchange)
        assert "South" in (copy.body or "")
