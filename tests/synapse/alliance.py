"""A small alliance on a real Synapse: declared and applied, with people, mails and pages."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse, free_port
from tests.bench.mailsink import Received, Sink, sink
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import Declared
from tests.synapse.processes import Installation, Running, address

PUBLIC_URL = "https://net.example"


OPEN = {
    "id": "initiative",
    "access": "alliance",
    "rooms": [
        {"id": "treffpunkt", "name": "{name}: Treffpunkt"},
        {"id": "offen", "name": "{name}: Offene Runde", "encrypted": False, "share": True},
    ],
}
"""As the built-in template, but open to everybody in the alliance."""


@dataclass
class Alliance:
    declared: Declared
    anna: Person
    """Coordinates."""
    nora: Person
    """Speaks for the initiative North."""
    sink: Sink

    @property
    def pages(self) -> str:
        """Where the pages are."""
        return f"http://{self.declared.data['web']['listen']}"

    # -- rooms ---------------------------------------------------------------------------------

    async def id_of(self, name: str) -> str:
        path = f"/directory/room/{self.declared.alias(name)}".replace("#", "%23")
        return str((await self.anna.homeserver.call("GET", path))["room_id"])

    async def room(self, person: Person, name: str) -> str:
        """Join a room that she is invited to, or may join."""
        return await person.join(await self.id_of(name))

    async def says(self, person: Person, role: str, text: str, room: str, **more: Any) -> Seen:
        """What one of the bots says in a room."""
        return await person.wait_for(
            room_id=room, sender=self.declared.user(role), body=re.compile(text), **more
        )

    def told(self, person: Person, role: str, text: str, room: str) -> int:
        """How often a bot has said that there."""
        bot = self.declared.user(role)
        return sum(text in (x.body or "") for x in person.seen(room) if x.sender == bot)

    async def sharing(self, name: str = "north") -> str:
        """The initiative's open room, once the exchange bot is in it and Nora, too."""
        room = await self.room(self.nora, f"{name}/offen")
        await self.says(self.nora, "exchange", "📣", room)
        return room

    async def shares(self, room: str, text: str) -> str:
        """Nora says something and marks it for all."""
        said = await self.nora.send(room, text)
        await self.nora.react(room, said, "📣")
        return said

    # -- newcomers -----------------------------------------------------------------------------

    async def welcomed(self, person: Person) -> str:
        """Let her into the alliance; the private room in which she is shown the rules."""
        space = await self.id_of("alliance")
        await self.anna.join(space)
        await self.anna.invite(space, person.user_id)
        await person.wait_until(lambda: person.invited_rooms.get(space), "the invitation")
        await person.join(space)
        chat = await private_chat(person, self.declared.user("onboarding"))
        await self.says(person, "onboarding", "Be kind", chat)
        return chat

    async def agrees(self, person: Person, chat: str) -> None:
        """She accepts the rules, and says where she is at home."""
        rules = await self.says(person, "onboarding", "Be kind", chat)
        await person.react(chat, rules.event_id, "✅")
        await self.says(person, "onboarding", "North", chat)
        await person.send(chat, "1")
        for name in ("exchange", "announcements", "north", "north/offen", "north/treffpunkt"):
            invited = partial(person.invited_rooms.get, await self.id_of(name))
            await person.wait_until(invited, name)

    # -- mails ---------------------------------------------------------------------------------

    async def subscribes(self, address: str, language: str = "de") -> None:
        """A reader fills in the form, and follows the link that she is sent."""
        form = {"address": address, "language": language, "kind": "immediate"}
        async with aiohttp.ClientSession() as http:
            async with http.post(f"{self.pages}/subscribe?lang={language}", data=form) as answer:
                assert answer.status == 200
            link = await self.mail(rf"{re.escape(PUBLIC_URL)}(/c/[\w-]{{22}})")
            async with http.post(self.pages + link) as answer:
                assert answer.status == 200

    async def announces(self, room: str, text: str) -> str:
        """Anna writes something and releases it; the offer that she answered."""
        said = await self.anna.send(room, text)
        offer = await self.says(self.anna, "announcements", "✅", room, thread=said)
        await self.anna.react(room, offer.event_id, "✅")
        return offer.event_id

    async def mail(self, text: str) -> str:
        """What stands in the first group, or the whole, of a mail that came."""
        async with asyncio.timeout(60):
            while (found := self._in_mails(text)) is None:
                self.sink.arrived.clear()
                await self.sink.arrived.wait()
        return found[found.lastindex or 0]

    def _in_mails(self, text: str) -> re.Match[str] | None:
        return next((x for y in self.sink.mails if (x := re.search(text, text_of(y)))), None)

    def mails(self, text: str) -> list[Received]:
        return [mail for mail in self.sink.mails if text in text_of(mail)]


async def private_chat(person: Person, bot: str) -> str:
    """The room into which a bot asks her, once she is in it."""

    def direct() -> str | None:
        rooms = person.invited_rooms.values()
        return next((x.room_id for x in rooms if x.is_direct and x.sender == bot), None)

    return await person.join(await person.wait_until(direct, "the private room"))


def text_of(mail: Received) -> str:
    message = message_from_bytes(mail.message, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def founded(
    folder: Path, synapse: EmbeddedSynapse, make_person: MakePerson, *, mail: bool = True
) -> AsyncIterator[Alliance]:
    """Declared, with a mail server that takes everything; not yet applied."""
    anna, nora = await make_person("anna"), await make_person("nora")
    declared = Declared(folder, synapse)
    declared.data["coordinators"] = [anna.user_id]
    declared.data["network"]["languages"] = ["en", "de", "ar"]
    declared.data["rules"] = {"en": "Be kind."}
    declared.data["templates"] = [OPEN]
    declared.initiative("north", nora.user_id)
    _add_pages(declared)
    async with sink() as mails:
        if mail:
            _add_mail(declared, mails.port)
        yield Alliance(declared, anna, nora, mails)


def _add_mail(declared: Declared, port: int) -> None:
    declared.data["email"] = {
        "from": "Rundbrief <news@net.example>",
        "smtp": {"host": "127.0.0.1", "port": port, "tls": "none"},
    }
    declared.data["announcements"] = {"undo": "1s"}


def _add_pages(declared: Declared) -> None:
    declared.data["web"] = {"listen": f"127.0.0.1:{free_port()}", "public_url": PUBLIC_URL}
    declared.data["imprint"] = {
        "name": "Verein",
        "address": "Weg 1",
        "responsible": "Anna",
        "privacy": "Wir.",
    }


# -- its office as a process -----------------------------------------------------------------------


@dataclass
class Network(Alliance):
    """An alliance whose office runs as a process."""

    here: Installation = field(init=False)

    def __post_init__(self) -> None:
        self.here = Installation(self.declared.folder, self.declared.data, "network.yaml")
        self.here.write()

    async def apply(self) -> None:
        assert (await self.declared.apply()).failures == []

    async def open(self) -> Running:
        """Apply, start the office and wait until it has synced."""
        await self.apply()
        return await self.here.ready()

    def through(self, port: socket.socket) -> None:
        """Reach the homeserver by another way."""
        self.declared.data["homeserver"]["url"] = address(port)
        self.here.write()


@pytest.fixture
async def network(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> AsyncIterator[Network]:
    async with founded(tmp_path, synapse, make_person) as found:
        made = Network(found.declared, found.anna, found.nora, found.sink)
        yield made
        await made.here.close()
