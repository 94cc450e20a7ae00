"""The way to the homeserver is cut while an answer waits, and it is taken back meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.ombuds.bot import OmbudsBot
from bots.ombuds.models import Settings
from bots.runtime.serving import Account
from bots.runtime.words import Words
from federation.embedded import EmbeddedSynapse
from tests.conftest import Account as HomeserverAccount
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


async def test_an_answer_that_was_taken_back_during_an_outage_is_never_sent(
    proxy: Proxy, new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    account = await new_account("ombuds")
    anna, leyla = [await make_person(name, strict=True) for name in ("anna", "leyla")]
    settings = Settings(
        account=account.user_id,
        staff=(anna.user_id,),
        languages=("en", "de"),
        timezone=ZoneInfo("Europe/Berlin"),
        undo=timedelta(seconds=UNDO),
    )
    post = Account(proxy.url, account.user_id, account.password)
    async with running(tmp_path / "office", [(OmbudsBot(settings, Words()), post)]) as office:
        invited = await anna.wait_until(
            lambda: next(iter(anna.invited_rooms), None), "the invitation"
        )
        room = await anna.join(invited)
        chat, _ = await leyla.write_privately(account.user_id, "hello")
        root = await anna.wait_for(room_id=room, body=re.compile("hello"))
        await anna.send(room, "!answer too hasty", thread=root.event_id)
        notice = await anna.wait_for(
            room_id=room, sender=account.user_id, body=re.compile("too hasty")
        )
        proxy.on(".*", failing(502), 1_000_000)
        await anna.send(room, "a note, which ends the poll that still waits")

        async def away() -> bool:
            return "away" in str((await office.status())["homeserver"])

        await until(away, "the outage")
        await anna.react(room, notice.event_id, "❌")
        await asyncio.sleep(UNDO + 1)
        proxy.forget()
        await anna.wait_for(room_id=room, body=re.compile("Taken back"))
        await leyla.send(chat, "anybody there?")
        await anna.wait_for(room_id=room, body=re.compile("anybody there"))
        told = [x.body or "" for x in leyla.seen(chat) if x.sender == account.user_id]
        assert not [x for x in told if "too hasty" in x]
