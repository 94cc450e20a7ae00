"""A bot that comes back from a backup as a new device, among people in Element: all is readable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bots.runtime.office.serving import Account
from tests.clients.conftest import MakeStrict
from tests.clients.looks import all_are_readable
from tests.clients.strict import Shown, StrictPerson
from tests.conftest import Account as HomeserverAccount
from tests.synapse.mirror import Mirror
from tests.synapse.office_backups import back_up, bring_back, lose
from tests.synapse.offices import running

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[HomeserverAccount]]
HESITATES = 1.0
"""Seconds in which her client takes in what reaches it before she has come."""


async def test_who_was_asked_in_before_a_restore_reads_what_comes_after_it(
    new_account: NewAccount, strict: MakeStrict, tmp_path: Path
) -> None:
    """Berta is asked in before the backup, and comes after it; both are spoken to at once."""
    bot = await new_account("mirror")
    anna, berta = await asyncio.gather(strict("anna"), strict("berta"))
    account = Account(bot.homeserver, bot.user_id, bot.password)
    folder = tmp_path / "state"
    async with running(folder, [(Mirror(), account)]):
        room = await anna.write_privately(bot.user_id, "before")
        before = await said(anna, room, "before")
        await anna.invite(room, berta.user_id)
        await anna.send(room, "with her asked in")
        await said(anna, room, "with her asked in")
        archive = back_up(folder)
        await anna.send(room, "lost")
        await said(anna, room, "lost")
    lose(folder)
    bring_back(archive, folder)
    async with running(folder, [(Mirror(), account)]):
        await anna.send(room, "to Anna")
        await said(anna, room, "to Anna")
        await asyncio.sleep(HESITATES)
        await berta.invited_to(room)
        await anna.send(room, "to both")
        await asyncio.gather(*(said(x, room, "to both") for x in (anna, berta)))
        await berta.send(room, "from her")
        await asyncio.gather(*(said(x, room, "from her") for x in (anna, berta)))
        for text in ("with her asked in", "lost", "to Anna"):
            await said(berta, room, text)
    all_are_readable(anna)
    locked = [x.id for x in berta.unreadable() if x.sender == bot.user_id]
    # Anna's own words are the affair of their two clients: before version 43 a key that comes
    # before it is known who signed her device stays useless.
    assert locked == [before.id], "what was said when she was not asked in"


async def said(person: StrictPerson, room: str, text: str) -> Shown:
    return await person.sees(f"^encrypted: {text}$", room=room)
