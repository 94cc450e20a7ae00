"""An ombuds office with its team, and people who write to it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account
from bots.runtime.process.clock import Clock
from bots.runtime.speech.words import Words
from federation.client.interests import Interests
from tests.conftest import Account as HomeserverAccount
from tests.kit.founders import given, joins
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import running

NewAccount = Callable[..., Awaitable[HomeserverAccount]]
OpenHouse = Callable[..., AbstractAsyncContextManager["House"]]
UNDO = timedelta(seconds=1)


@dataclass
class House:
    """An office that is open: two staff in its room, somebody who may write to it."""

    account: str
    room: str
    anna: Person
    bilal: Person
    leyla: Person
    office: Office

    async def staff_see(self, text: str, **fields: Any) -> Seen:
        return await self.anna.wait_for(room_id=self.room, body=re.compile(text), **fields)

    async def leyla_sees(self, chat: str, text: str, timeout: float = 60) -> Seen:  # noqa: ASYNC109
        return await self.leyla.wait_for(
            room_id=chat, sender=self.account, body=re.compile(text), timeout=timeout
        )

    def told_to_leyla(self, chat: str) -> list[str]:
        seen = self.leyla.seen(chat)
        return [event.body for event in seen if event.sender == self.account and event.body]


@pytest.fixture
def house(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> OpenHouse:
    @asynccontextmanager
    async def open_house(
        more_staff: tuple[str, ...] = (),
        undo: timedelta = UNDO,
        *,
        homeserver: str = "",
        clock: Clock | None = None,
        register: NewAccount = new_account,
    ) -> AsyncIterator[House]:
        account = await register("ombuds")
        people = [await register(name) for name in ("anna", "bilal", "leyla")]
        anna, bilal, leyla = [await make_person(account=x, strict=True) for x in people]
        bot = OmbudsBot(
            Settings(
                account=account.user_id,
                staff=(anna.user_id, bilal.user_id, *more_staff),
                languages=("en", "de", "ar"),
                timezone=ZoneInfo("Europe/Berlin"),
                undo=undo,
                codes=given(anna.user_id, bilal.user_id, *more_staff),
            ),
            Words(),
        )
        devices = Interests(devices=True, receipts=True, undone=True)
        homeserver = homeserver or account.homeserver
        post = Account(homeserver, account.user_id, account.password, interests=devices)
        async with running(tmp_path / "office", [(bot, post)], clock=clock) as office:
            room = ""
            for person in (anna, bilal):
                room = await joins(person)
            yield House(account.user_id, room, anna, bilal, leyla, office)

    return open_house
