"""An office's account: who it is on the homeserver, through starts, losses and revocations."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.model.errors import KeyRefused
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account as OfficeAccount
from bots.runtime.office.serving import assemble
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.keys import FileKey, load_key
from bots.runtime.store.restored import RENEWED
from bots.runtime.store.rotation import Rotation
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from federation.client.homeserver import path
from federation.encryption.machine import Machine
from federation.encryption.trust import FALLBACK_KEY_AGE, NotTrusted
from federation.model.errors import DeviceLost, LoginRefused, TokenRevoked
from tests.conftest import Account, unique
from tests.synapse.conftest import MakePerson
from tests.synapse.mirror import Mirror
from tests.synapse.offices import running
from tests.synapse.raw import Raw, is_signed, public_key, raw
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[Account]]


@pytest.fixture
async def bot(new_account: NewAccount) -> Account:
    return await new_account("trusted")


@pytest.fixture
async def outside(new_account: NewAccount) -> AsyncIterator[Raw]:
    """Somebody else's view of the homeserver."""
    async with raw(await new_account("outside")) as device:
        yield device


def by_password(account: Account) -> OfficeAccount:
    return OfficeAccount(account.homeserver, account.user_id, account.password)


def by_token(account: Account, token: str) -> OfficeAccount:
    return OfficeAccount(account.homeserver, account.user_id, token=token)


@asynccontextmanager
async def opened(folder: Path, account: OfficeAccount, **options: Any) -> AsyncIterator[Office]:
    """An office that logs in and does not sync."""
    office = assemble(folder, [(Mirror(), account)], **options)
    try:
        await office._posts[0].session.open()
        yield office
    finally:
        await office.close()


def device_of(office: Office) -> str:
    return office._posts[0].session.machine.device_id


async def refused(folder: Path, account: OfficeAccount, expected: type[Exception]) -> str:
    """The sentence with which an office ends."""
    with pytest.raises(expected) as told:
        async with opened(folder, account):
            pass
    sentence = str(told.value)
    assert type(told.value) is expected
    assert "\n" not in sentence
    return sentence


# -- cross-signing ---------------------------------------------------------------------------------


async def test_the_account_and_its_device_are_signed(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    async with opened(tmp_path, by_password(bot)) as office:
        device_id = device_of(office)
    keys = await outside.keys(bot.user_id)
    master = public_key(keys, bot.user_id, "master")
    self_signing = public_key(keys, bot.user_id, "self_signing")
    assert is_signed(keys["self_signing_keys"][bot.user_id], bot.user_id, master, master)
    device = keys["device_keys"][bot.user_id][device_id]
    assert is_signed(device, bot.user_id, self_signing, self_signing)
    assert is_signed(device, bot.user_id, device_id, device["keys"][f"ed25519:{device_id}"])


async def test_a_second_start_uploads_nothing_anew(bot: Account, tmp_path: Path) -> None:
    async with opened(tmp_path, by_password(bot)):
        pass
    calls: list[str] = []
    async with opened(tmp_path, by_password(bot), probe=lambda stage, name: calls.append(name)):
        pass
    made = {name for name in calls if not name.startswith("commit:")}
    assert made == {"versions", "whoami", "keys/query"}


async def test_a_lost_store_comes_back_as_the_same_account(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    async with opened(tmp_path / "one", by_password(bot)) as office:
        lost = device_of(office)
    before = await outside.keys(bot.user_id)
    (tmp_path / "two").mkdir()
    for name in ("seal.key", "seal.keyring"):
        shutil.copy(tmp_path / "one" / name, tmp_path / "two")
    async with opened(tmp_path / "two", by_password(bot)) as office:
        device_id = device_of(office)
    after = await outside.keys(bot.user_id)
    assert public_key(after, bot.user_id, "master") == public_key(before, bot.user_id, "master")
    assert set(after["device_keys"][bot.user_id]) == {device_id}, "nobody encrypts for the lost one"
    assert device_id != lost
    self_signing = public_key(after, bot.user_id, "self_signing")
    device = after["device_keys"][bot.user_id][device_id]
    assert is_signed(device, bot.user_id, self_signing, self_signing)


async def test_other_clients_of_the_account_are_left_alone(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    async with raw(bot) as admins_own:
        async with opened(tmp_path, by_password(bot)):
            pass
        await admins_own.call("GET", "/account/whoami")


async def test_a_foreign_identity_is_replaced_by_password(
    bot: Account, make_person: MakePerson, outside: Raw, tmp_path: Path
) -> None:
    await make_person(account=bot)
    foreign = public_key(await outside.keys(bot.user_id), bot.user_id, "master")
    async with opened(tmp_path, by_password(bot)) as office:
        device_id = device_of(office)
    keys = await outside.keys(bot.user_id)
    master = public_key(keys, bot.user_id, "master")
    self_signing = public_key(keys, bot.user_id, "self_signing")
    assert master != foreign
    assert is_signed(keys["self_signing_keys"][bot.user_id], bot.user_id, master, master)
    device = keys["device_keys"][bot.user_id][device_id]
    assert is_signed(device, bot.user_id, self_signing, self_signing)


async def test_a_foreign_identity_is_not_replaced_without_the_password(
    bot: Account, make_person: MakePerson, outside: Raw, tmp_path: Path
) -> None:
    await make_person(account=bot)
    foreign = public_key(await outside.keys(bot.user_id), bot.user_id, "master")
    async with raw(bot) as login:
        sentence = await refused(tmp_path, by_token(bot, login.token), NotTrusted)
    assert "password" in sentence
    assert public_key(await outside.keys(bot.user_id), bot.user_id, "master") == foreign


async def test_a_token_whose_device_has_other_keys(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    async with raw(bot) as login:
        async with opened(tmp_path / "one", by_token(bot, login.token)):
            pass
        before = await outside.keys(bot.user_id)
        sentence = await refused(tmp_path / "two", by_token(bot, login.token), DeviceLost)
    assert "backup" in sentence
    assert await outside.keys(bot.user_id) == before


# -- logging in ------------------------------------------------------------------------------------


async def test_a_given_token(bot: Account, make_person: MakePerson, tmp_path: Path) -> None:
    anna = await make_person("anna", strict=True)
    async with raw(bot) as login, running(tmp_path, [(Mirror(), by_token(bot, login.token))]):
        room, _ = await anna.write_privately(bot.user_id, "hello")
        await anna.wait_for(room_id=room, body="encrypted: hello", shield=None)


async def test_a_token_of_somebody_else(bot: Account, outside: Raw, tmp_path: Path) -> None:
    sentence = await refused(tmp_path, by_token(bot, outside.token), LoginRefused)
    assert "another account" in sentence


async def test_a_token_that_never_was_one(bot: Account, tmp_path: Path) -> None:
    sentence = await refused(tmp_path, by_token(bot, "syt_nonsense"), TokenRevoked)
    assert "syt_nonsense" not in sentence


async def test_a_wrong_password(bot: Account, tmp_path: Path) -> None:
    account = OfficeAccount(bot.homeserver, bot.user_id, "wrong")
    sentence = await refused(tmp_path, account, LoginRefused)
    assert "password file" in sentence
    assert "wrong" not in sentence


async def test_neither_password_nor_token(bot: Account, tmp_path: Path) -> None:
    account = OfficeAccount(bot.homeserver, bot.user_id)
    assert "secret file" in await refused(tmp_path, account, LoginRefused)


@pytest.mark.parametrize("full", [False, True])
async def test_registration_by_shared_secret_happens_once(
    synapse: EmbeddedSynapse, outside: Raw, tmp_path: Path, full: bool
) -> None:
    name = unique("registered")
    user = f"@{name}:{synapse.server_name}"
    account = OfficeAccount(
        synapse.url,
        user if full else name,
        registration_secret=synapse.registration_secret,
        display_name="Ombudsstelle",
    )
    calls: list[str] = []
    async with opened(tmp_path, account, probe=lambda stage, call: calls.append(call)) as office:
        assert office._posts[0].session.account == user
        device_id = device_of(office)
    assert "register" in calls
    profile = await outside.call("GET", f"/profile/{user}")
    assert profile["displayname"] == "Ombudsstelle"
    calls.clear()
    async with opened(tmp_path, account, probe=lambda stage, call: calls.append(call)) as office:
        assert device_of(office) == device_id
    assert not {"register", "login"} & set(calls)
    (tmp_path / "office.db").unlink()
    calls.clear()
    async with opened(tmp_path, account, probe=lambda stage, call: calls.append(call)):
        pass
    assert "login" in calls
    assert "register" not in calls, "the password is derived from the office's keys"


async def test_compromised_keys_make_somebody_new_of_the_account(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    """Other cross-signing keys on another device; the old device is gone, and who it was is told
    once."""
    async with opened(tmp_path, by_password(bot)) as office:
        lost = device_of(office)
    before = await outside.keys(bot.user_id)
    store = Store.open(tmp_path, FileKey(load_key(tmp_path / "seal.key")))
    new = FileKey(bytes(range(32)))
    await Rotation(store).begin(new, compromised=True)
    await Rotation(store).reseal()
    await store.close()
    async with opened(tmp_path, by_password(bot), key=new) as office:
        device_id = device_of(office)
        assert await office.store.run("told", lambda tx: tx.read(*RENEWED)) is not None
        await office.store.run("start", office._start)
        assert await office.store.run("told", lambda tx: tx.read(*RENEWED)) is None
    after = await outside.keys(bot.user_id)
    for usage in ("master", "self_signing"):
        assert public_key(after, bot.user_id, usage) != public_key(before, bot.user_id, usage)
    assert set(after["device_keys"][bot.user_id]) == {device_id}
    assert device_id != lost
    with pytest.raises(KeyRefused):
        assemble(tmp_path, [(Mirror(), by_password(bot))])


async def test_a_wrong_registration_secret(synapse: EmbeddedSynapse, tmp_path: Path) -> None:
    account = OfficeAccount(synapse.url, unique("unregistered"), registration_secret="wrong")
    sentence = await refused(tmp_path, account, LoginRefused)
    assert "registration_shared_secret" in sentence


async def test_a_name_that_somebody_else_has(
    bot: Account, synapse: EmbeddedSynapse, tmp_path: Path
) -> None:
    account = OfficeAccount(
        synapse.url, bot.localpart, registration_secret=synapse.registration_secret
    )
    sentence = await refused(tmp_path, account, LoginRefused)
    assert "another password" in sentence


# -- being logged out ------------------------------------------------------------------------------


async def log_out(bot: Account, device_id: str) -> None:
    """Another client of the account ends the office's session."""
    async with raw(bot) as other:
        await other.confirmed("POST", "/delete_devices", {"devices": [device_id]})


async def test_logged_out_while_running_it_comes_back_by_password_as_the_same_device(
    bot: Account, make_person: MakePerson, outside: Raw, tmp_path: Path
) -> None:
    anna = await make_person("anna", strict=True)
    async with running(tmp_path, [(Mirror(), by_password(bot))]) as office:
        room, _ = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
        device_id = device_of(office)
        before = await outside.keys(bot.user_id)
        await log_out(bot, device_id)
        assert device_id not in (await outside.keys(bot.user_id))["device_keys"][bot.user_id]
        await anna.send(room, "lost")  # which wakes the office's sync, and has no reader

        async def is_back() -> bool:
            return await outside.keys(bot.user_id) == before

        await until(is_back)
        await anna.send(room, "two")
        answer = await anna.wait_for(room_id=room, body="encrypted: two", timeout=60)
        assert answer.shield is None
        assert device_of(office) == device_id


async def test_logged_out_while_stopped_it_comes_back_by_password(
    bot: Account, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna", strict=True)
    async with running(tmp_path, [(Mirror(), by_password(bot))]) as office:
        room, _ = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
        device_id = device_of(office)
    await log_out(bot, device_id)
    async with running(tmp_path, [(Mirror(), by_password(bot))]) as office:
        await anna.send(room, "two")
        await anna.wait_for(room_id=room, body="encrypted: two", shield=None)
        assert device_of(office) == device_id


async def test_logged_out_with_a_token_only_it_ends_in_one_sentence(
    bot: Account, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna")
    async with raw(bot) as login:
        office = assemble(tmp_path, [(Mirror(), by_token(bot, login.token))])
        task = asyncio.create_task(office.run())
        try:
            async with asyncio.timeout(60):
                await office.ready.wait()  # before that she finds no device to write to
            room, _ = await anna.write_privately(bot.user_id, "one")
            await anna.wait_for(room_id=room, body="encrypted: one")
            await log_out(bot, login.device_id)
            await anna.send(room, "two")
            with pytest.raises(TokenRevoked, match="new token in its secret file"):
                await asyncio.wait_for(task, 60)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await office.close()


# -- one-time keys and the fallback key ------------------------------------------------------------


async def use_up(outside: Raw, user: str, device_id: str) -> str:
    """Claim every one-time key; the id of the fallback key that is left."""
    for _ in range(200):
        found = await outside.claim(user, device_id)
        assert found is not None, "there is no fallback key"
        if found[1].get("fallback"):
            return found[0]
    raise AssertionError("it has more one-time keys than anybody needs")


async def test_a_message_with_the_fallback_key_is_answered_after_two_more_starts(
    bot: Account, make_person: MakePerson, outside: Raw, tmp_path: Path
) -> None:
    anna = await make_person("anna", strict=True)
    async with opened(tmp_path, by_password(bot)) as office:
        device_id = device_of(office)
    fallback = await use_up(outside, bot.user_id, device_id)
    room, _ = await anna.write_privately(bot.user_id, "hello")
    for _ in range(2):
        async with opened(tmp_path, by_password(bot)):
            pass
    assert await use_up(outside, bot.user_id, device_id) == fallback
    async with running(tmp_path, [(Mirror(), by_password(bot))]):
        await anna.wait_for(room_id=room, body="encrypted: hello", shield=None)
        await until(lambda: has_one_time_keys(outside, bot.user_id, device_id))


async def test_a_used_fallback_key_is_replaced_after_an_hour_and_works_until_then(
    bot: Account, make_person: MakePerson, outside: Raw, tmp_path: Path
) -> None:
    anna, bert = await make_person("anna"), await make_person("bert")
    clock = ManualClock(1_800_000_000.0)
    async with opened(tmp_path, by_password(bot), clock=clock) as office:
        device_id = device_of(office)
    fallback = await use_up(outside, bot.user_id, device_id)
    async with running(tmp_path, [(Mirror(), by_password(bot))], clock=clock):
        room, _ = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
        assert await use_up(outside, bot.user_id, device_id) == fallback
        clock.advance(FALLBACK_KEY_AGE + 1)
        await anna.send(room, "two")
        await anna.wait_for(room_id=room, body="encrypted: two")

        async def is_replaced() -> bool:
            return await use_up(outside, bot.user_id, device_id) != fallback

        await until(is_replaced)
        room, _ = await bert.write_privately(bot.user_id, "with the new one")
        await bert.wait_for(room_id=room, body="encrypted: with the new one")


async def test_one_time_keys_that_exist_already_are_made_anew(
    bot: Account, outside: Raw, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As after an older store was restored, which makes ids that the homeserver has seen."""
    folder = tmp_path / "office"
    async with opened(folder, by_password(bot)) as office:
        device_id = device_of(office)
        sealer, server = office.store.sealer, office._posts[0].session.server
        await use_up(outside, bot.user_id, device_id)
        taken = await next_key_ids(folder, tmp_path / "copy", sealer, bot.user_id, device_id)
        body = {"one_time_keys": {f"signed_curve25519:{name}": "taken" for name in taken}}
        await server.call("keys/upload", "POST", path("keys", "upload"), body)
    async with running(folder, [(Mirror(), by_password(bot))]):
        await until(lambda: has_one_time_keys(outside, bot.user_id, device_id))
    assert "one-time keys were refused" in caplog.text


async def next_key_ids(
    folder: Path, copy: Path, sealer: Sealer, user: str, device_id: str
) -> list[str]:
    """The ids of the next 45 one-time keys that the store in the folder will make."""
    shutil.copytree(folder, copy)
    store = Store.open(copy, sealer)

    def make(vault: Any) -> list[str]:
        account = Machine.open(vault, user, device_id).olm.account
        account.generate_one_time_keys(45)
        return list(account.one_time_keys["curve25519"])

    made = await store.run("make", make)
    await store.close()
    return made


async def has_one_time_keys(outside: Raw, user: str, device_id: str) -> bool:
    """Whether there is one that its device signed."""
    found = await outside.claim(user, device_id)
    key: Any = found[1] if found is not None else {}
    return "signatures" in key and not key.get("fallback")
