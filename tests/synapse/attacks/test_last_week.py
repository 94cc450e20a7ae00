"""A homeserver that somebody has put back to where it was last week."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.conftest import LEAN, Account, unique
from tests.synapse.attacks.scene import begun, house, mark, told
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]


async def test_what_is_written_to_it_then_is_read(house: OpenHouse, tmp_path: Path) -> None:
    """A backup of the homeserver from before the last days is restored: what was said in them is
    gone from it, and it counts its events from there. Cases stay with the office; what people write
    from then on is read, and answered."""
    folder, backup = tmp_path / "homeserver", tmp_path / "backup"
    async with await EmbeddedSynapse.start(folder, extra=LEAN) as own:

        async def register(name: str) -> Account:
            password = secrets.token_urlsafe(12)
            return Account(await own.register(unique(name), password), password, own.url)

        async with house(register=register) as h:
            chat, _ = await begun(h)
            await own.stop()
            shutil.copytree(folder, backup)
            await own.restart()
            for number in range(5):
                await h.leyla.send(chat, f"Of the last days, {number}.")
                await h.staff_see(f"Of the last days, {number}")
            await h.office.mark({})
            await own.stop()
            shutil.rmtree(folder)
            shutil.copytree(backup, folder)
            for person in (h.anna, h.bilal, h.leyla):
                person._since = ""  # what a phone does that is told to clear its cache
            await own.restart()
            since = mark(h.anna)
            await h.leyla.send(chat, "Of today.")
            seen = await told(h, since, "Of today")
            await h.anna.send(h.room, "!answer We are here.", thread=seen.thread or seen.event_id)
            await h.leyla_sees(chat, "We are here")
