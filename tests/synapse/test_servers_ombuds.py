"""The ombuds office and people of other homeservers: what reached them, and whose room it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bots.lab.people.client import Seen, room_path
from bots.lab.people.person import Person
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.office.serving import Account
from bots.runtime.speech.words import Words
from federation.client.interests import Interests
from tests.kit.founders import given, joins
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import running
from tests.synapse.servers import Servers, servers
from tests.synapse.waiting import until

__all__ = ["servers"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]


@dataclass
class Chamber:
    account: str
    room: str
    anna: Person
    """Of the staff."""

    async def sees(self, text: str, **fields: Any) -> Seen:
        return await self.anna.wait_for(
            room_id=self.room, body=re.compile(text), timeout=60, **fields
        )


@asynccontextmanager
async def chamber(
    servers: Servers, make_person: MakePerson, folder: Path
) -> AsyncIterator[Chamber]:
    account = await servers.account(servers.bund, "ombuds")
    anna = await make_person(account=await servers.account(servers.bund, "anna"))
    settings = Settings(
        account=account.user_id,
        staff=(anna.user_id,),
        languages=("en", "de"),
        timezone=ZoneInfo("Europe/Berlin"),
        undo=timedelta(seconds=1),
        codes=given(anna.user_id),
    )
    post = Account(
        account.homeserver,
        account.user_id,
        account.password,
        interests=Interests(devices=True, receipts=True),
    )
    async with running(folder / "office", [(OmbudsBot(settings, Words()), post)]):
        room = await joins(anna)
        yield Chamber(account.user_id, room, anna)


async def test_delivered_is_said_when_her_server_has_it(
    servers: Servers, make_person: MakePerson, tmp_path: Path
) -> None:
    async with chamber(servers, make_person, tmp_path) as c:
        leyla = await make_person(account=await servers.account(servers.west, "leyla"))
        chat, _ = await leyla.write_privately(c.account, "The heating is broken.")
        root = await c.sees("The heating is broken")
        await leyla.wait_for(room_id=chat, sender=c.account, body=re.compile("Your number is"))
        await servers.west.stop()
        try:
            await c.anna.send(c.room, "!answer It is repaired.", thread=root.event_id)
            sent = await c.sees("Sent ")
            assert not [x for x in c.anna.seen(c.room) if "Delivered" in (x.body or "")]
        finally:
            await servers.west.restart()
        answer = await leyla.wait_for(
            room_id=chat, sender=c.account, body=re.compile("It is repaired"), timeout=90
        )
        receipt = room_path(chat, "receipt", "m.read", answer.event_id)
        await leyla.homeserver.call("POST", receipt, {})
        delivered = await c.sees("Delivered")
        assert delivered.edits == sent.edits


@pytest.mark.parametrize("power", [0, 50])
async def test_a_public_room_of_one_person_is_left_as_it_is(
    servers: Servers, make_person: MakePerson, tmp_path: Path, power: int
) -> None:
    async with chamber(servers, make_person, tmp_path) as c:
        sara = await make_person(account=await servers.account(servers.sued, "sara"))
        levels = {"users": {c.account: power}} if power else {}
        body = {
            "preset": "public_chat",
            "invite": [c.account],
            "power_level_content_override": levels,
        }
        room = str((await sara.homeserver.call("POST", "/createRoom", body))["room_id"])
        word = "turn on flags" if power else "private messages only"
        await sara.wait_for(room_id=room, sender=c.account, body=re.compile(word))
        if not power:
            await until(lambda: _membership(sara, room, c.account, "leave"), "its leaving")
        await sara.send(room, "Hello?")
        state = await sara.homeserver.call("GET", room_path(room, "event", await _last(sara, room)))
        assert state["type"] == "m.room.message"
        assert await sara.state(room, "m.room.encryption") is None


async def _membership(person: Person, room: str, user: str, wanted: str) -> bool:
    found = await person.state(room, "m.room.member", user)
    return found is not None and found["membership"] == wanted


async def _last(person: Person, room: str) -> str:
    return (await person.wait_for(room_id=room, sender=person.user_id, body="Hello?")).event_id
