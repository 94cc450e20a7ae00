"""The way to the homeserver is cut: what the office knows of that, and what it leaves undone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account
from bots.runtime.speech.words import Words
from tests.conftest import Account as HomeserverAccount
from tests.kit.founders import given, joins
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import running
from tests.synapse.proxy import Proxy, failing
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(120)]

NewAccount = Callable[..., Awaitable[HomeserverAccount]]
UNDO = 5.0


@pytest.fixture
async def proxy(synapse: EmbeddedSynapse) -> AsyncIterator[Proxy]:
    async with Proxy(synapse.url) as proxy:
        yield proxy


def office_of(account: HomeserverAccount, proxy: Proxy, anna: Person) -> tuple[OmbudsBot, Account]:
    settings = Settings(
        account=account.user_id,
        staff=(anna.user_id,),
        languages=("en", "de"),
        timezone=ZoneInfo("Europe/Berlin"),
        undo=timedelta(seconds=UNDO),
        codes=given(anna.user_id),
    )
    bot = OmbudsBot(settings, Words())
    return bot, Account(proxy.url, account.user_id, account.password)


async def is_said_to_be(office: Office, state: str, patience: float) -> None:
    async def so() -> bool:
        return state in str((await office.status())["homeserver"])

    await until(so, f"a homeserver that is {state}", patience)


async def test_an_answer_that_was_taken_back_during_an_outage_is_never_sent(
    proxy: Proxy, new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    account = await new_account("ombuds")
    anna, leyla = [await make_person(name, strict=True) for name in ("anna", "leyla")]
    async with running(tmp_path / "office", [office_of(account, proxy, anna)]) as office:
        room = await joins(anna)
        chat, _ = await leyla.write_privately(account.user_id, "hello")
        root = await anna.wait_for(room_id=room, body=re.compile("hello"))
        await anna.send(room, "!answer too hasty", thread=root.event_id)
        notice = await anna.wait_for(
            room_id=room, sender=account.user_id, body=re.compile("too hasty")
        )
        proxy.on(".*", failing(502), 1_000_000)
        await anna.send(room, "a note, which ends the poll that still waits")
        await is_said_to_be(office, "away", 30)
        await anna.react(room, notice.event_id, "❌")
        await asyncio.sleep(UNDO + 1)
        proxy.forget()
        await anna.wait_for(room_id=room, body=re.compile("Taken back"))
        await leyla.send(chat, "anybody there?")
        await anna.wait_for(room_id=room, body=re.compile("anybody there"))
        told = [x.body or "" for x in leyla.seen(chat) if x.sender == account.user_id]
        assert not [x for x in told if "too hasty" in x]


async def test_a_homeserver_that_is_back_is_known_to_be_though_all_is_quiet(
    proxy: Proxy, new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    account, anna = await new_account("ombuds"), await make_person("anna", strict=True)
    async with running(tmp_path / "office", [office_of(account, proxy, anna)]) as office:
        room = await joins(anna)
        proxy.on("GET /_matrix/client/v3/sync", failing(500), 3)
        await anna.send(room, "a note, which ends the poll that still waits")
        await is_said_to_be(office, "away", 30)
        await is_said_to_be(office, "reachable", 15)
        syncs = proxy.passed("GET .*/sync")
        behind = [after for before, after in pairwise(syncs) if before.status == 500]
        assert len(behind) == 3
        assert all("timeout=0&" in x.path for x in behind), "no news need to be waited for"
