"""A whole session against a real Synapse, seen from somebody else's client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bots.runtime.office.serving import Account
from tests.conftest import Account as HomeserverAccount
from tests.synapse.conftest import MakePerson
from tests.synapse.mirror import Mirror
from tests.synapse.offices import running

NewAccount = Callable[..., Awaitable[HomeserverAccount]]

pytestmark = pytest.mark.synapse


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_an_encrypted_private_message_is_answered_to_a_strict_client(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path, version: str
) -> None:
    bot = await new_account("mirror")
    anna = await make_person("anna", strict=True)
    account = Account(bot.homeserver, bot.user_id, bot.password)
    async with running(tmp_path, [(Mirror(), account)]):
        room, _ = await anna.write_privately(bot.user_id, "hello", room_version=version)
        answer = await anna.wait_for(room_id=room, sender=bot.user_id, body="encrypted: hello")
        assert answer.shield is None
        assert answer.encrypted


async def test_a_restarted_office_answers_what_came_meanwhile(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    bot = await new_account("mirror")
    anna = await make_person("anna", strict=True)
    account = Account(bot.homeserver, bot.user_id, bot.password)
    async with running(tmp_path, [(Mirror(), account)]):
        room, _ = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
    await anna.send(room, "two")
    async with running(tmp_path, [(Mirror(), account)]):
        await anna.send(room, "three")
        for text in ("encrypted: two", "encrypted: three"):
            await anna.wait_for(room_id=room, body=text)
    answers = [seen.body for seen in anna.seen(room) if seen.sender == bot.user_id and seen.body]
    assert answers == ["encrypted: one", "encrypted: two", "encrypted: three"]
