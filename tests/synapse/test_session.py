"""A whole session against a real Synapse, seen from somebody else's client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import pytest

from bots.lab.people.client import room_path
from bots.runtime.office.serving import Account
from tests.conftest import Account as HomeserverAccount
from tests.conftest import unique
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


async def test_chats_of_an_older_version_lose_the_name_that_is_an_alias_once(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    bot = await new_account("mirror")
    older = await make_person(account=bot, cross_signed=False)
    call = older.homeserver.call

    async def made(alias: str) -> str:
        answer = await call("POST", "/createRoom", {"room_alias_name": alias, "name": "Welcome"})
        return str(answer["room_id"])

    async def called(room: str) -> object:
        return (await older.state(room, "m.room.canonical_alias") or {}).get("alias")

    server = bot.user_id.partition(":")[2]
    ours, chosen = await made(f"buendnis-{token_hex(16)}"), await made(unique("north"))
    renamed = await made(f"buendnis-{token_hex(16)}")
    better = f"#{unique('better')}:{server}"
    await call("PUT", f"/directory/room/{quote(better)}", {"room_id": renamed})
    target = room_path(renamed, "state", "m.room.canonical_alias")
    await call("PUT", target, {"alias": better})
    account = Account(bot.homeserver, bot.user_id, bot.password)
    async with running(tmp_path, [(Mirror(), account)]):
        assert await called(ours) is None
        assert str(await called(chosen)).startswith("#north")
        assert await called(renamed) == better
    last = await older.homeserver.call("GET", room_path(ours, "messages") + "?dir=b&limit=1")
    async with running(tmp_path, [(Mirror(), account)]):
        again = await older.homeserver.call("GET", room_path(ours, "messages") + "?dir=b&limit=1")
        assert [x["event_id"] for x in again["chunk"]] == [x["event_id"] for x in last["chunk"]]
