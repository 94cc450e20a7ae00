"""An ombuds office whose room may be lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account
from bots.runtime.speech.words import Words
from federation.client.interests import Interests
from tests.conftest import Account as HomeserverAccount
from tests.conftest import unique
from tests.kit.founders import confirms, given
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import PASSWORD, Client
from tests.synapse.offices import running

NewAccount = Callable[..., Awaitable[HomeserverAccount]]


@dataclass
class House:
    account: HomeserverAccount
    folder: Path
    synapse: EmbeddedSynapse
    anna: Person
    bilal: Person
    leyla: Person
    rooms: list[str] = field(default_factory=list)
    undo: timedelta = timedelta(seconds=1)

    def open(self) -> AbstractAsyncContextManager[Office]:
        settings = Settings(
            account=self.account.user_id,
            staff=(self.anna.user_id, self.bilal.user_id),
            languages=("en", "de", "ar"),
            timezone=ZoneInfo("Europe/Berlin"),
            undo=self.undo,
            codes=given(self.anna.user_id, self.bilal.user_id),
        )
        interests = Interests(devices=True, undone=True)
        account = self.account
        post = Account(account.homeserver, account.user_id, account.password, interests=interests)
        return running(self.folder, [(OmbudsBot(settings, Words()), post)])

    async def enter(self) -> str:
        """Both accept the invitation to the office's room."""
        room = ""
        for person in (self.anna, self.bilal):
            asked = partial(self._asked, person)
            room = await person.join(await person.wait_until(asked, "the invitation"))
            if not self.rooms:
                await confirms(person, room)
        self.rooms.append(room)
        return room

    def _asked(self, person: Person) -> str | None:
        return next((x for x in person.invited_rooms if x not in self.rooms), None)

    async def reads(self, room: str, text: str) -> Seen:
        return await self.anna.wait_for(room_id=room, body=re.compile(text))

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[Client]:
        """Somebody who rules the homeserver."""
        admin = unique("chief")
        await self.synapse.register(admin, PASSWORD, admin=True)
        client = await Client.log_in(self.synapse.url, admin)
        try:
            yield client
        finally:
            await client.close()

    async def delete(self, room: str) -> None:
        target = f"/_synapse/admin/v1/rooms/{quote(room, safe='')}"
        async with self.admin() as client:
            body = {"block": True, "purge": True}
            await client.server.call("delete", "DELETE", target, body)

    async def redact_as(self, user: str, room: str, *events: str) -> None:
        """Delete in somebody's name, as an admin can."""
        target = f"/_synapse/admin/v1/users/{quote(user, safe='')}/login"
        async with self.admin() as client:
            login = await client.server.call("login", "POST", target, {})
            client.server.token = login["access_token"]
            for number, event in enumerate(events):
                name = f"{event}{number}"
                await client.call("PUT", "rooms", room, "redact", event, name, body={})

    async def upgrade(self, room: str) -> None:
        """In the name of the office's account: nobody else may, and an admin can be it."""
        client = await Client.log_in(
            self.synapse.url, self.account.localpart, self.account.password
        )
        try:
            await client.call("POST", "rooms", room, "upgrade", body={"new_version": "11"})
        finally:
            await client.close()


@pytest.fixture
async def house(
    new_account: NewAccount, make_person: MakePerson, synapse: EmbeddedSynapse, tmp_path: Path
) -> House:
    account = await new_account("ombuds")
    anna, bilal, leyla = [
        await make_person(name, strict=True) for name in ("anna", "bilal", "leyla")
    ]
    return House(account, tmp_path / "office", synapse, anna, bilal, leyla)


async def begins(house: House) -> tuple[str, str]:
    """The office's room, and the chat in which a case was begun."""
    room = await house.enter()
    chat, _ = await house.leyla.write_privately(house.account.user_id, "The heating is broken.")
    await house.reads(room, "The heating is broken")
    await house.leyla.wait_for(room_id=chat, body=re.compile("Your number is"))
    await house.leyla.send(chat, "And the stairs.")
    await house.reads(room, "And the stairs")
    return room, chat
