"""However many sessions somebody opens with us: some are kept, and whoever we know stays known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.encryption import bounding
from federation.encryption.bounding import OF_A_DEVICE, OF_A_PERSON
from tests.store.crypto import Phone, query
from tests.store.events import ANNA, BOT


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await Phone.new(tmp_path, BOT)
    yield phone
    await phone.close()


async def phone(folder: Path, user: str, device: str = "PHONE") -> Phone:
    (home := folder / f"{user[1:].partition(':')[0]}-{device}").mkdir()
    return await Phone.new(home, user, device)


async def rows(bot: Phone, kind: str) -> int:
    return await bot.store.run("count", lambda vault: len([*vault.rows(kind)]))


async def opens(one: Phone, bot: Phone) -> bool:
    """Whether a room key arrives by a new session."""
    await one.knows(bot)
    one.machine.forget_outbound("!room:example.org")
    return bool(await one.hand(one.key(), bot))


async def known(bot: Phone, people: list[Phone]) -> list[Phone]:
    """With whose devices it has a session."""
    devices = [one.device for one in people]
    without = await bot.store.run("look", lambda vault: bot.machine.without_session(vault, devices))
    return [one for one in people if one.device not in without]


async def test_of_a_device_some_are_kept(bot: Phone, tmp_path: Path) -> None:
    anna = await phone(tmp_path, ANNA)
    for _ in range(OF_A_DEVICE + 10):
        assert await opens(anna, bot)
    assert await rows(bot, "olm session") == OF_A_DEVICE
    assert len(bot.machine.olm.session_store[anna.device.curve25519]) == OF_A_DEVICE
    assert await anna.hand(anna.key(), bot), "the newest goes on"
    again = await bot.reopened()
    bot.machine = again
    assert await anna.hand(anna.key(), bot), "and from the store"
    await anna.close()


async def test_of_a_person_some_devices_are_kept(bot: Phone, tmp_path: Path) -> None:
    phones = [await phone(tmp_path, ANNA, f"D{n}") for n in range(OF_A_PERSON + 3)]
    for one in phones:
        assert await opens(one, bot)
    assert await rows(bot, "olm session") == await rows(bot, "olm sessions") == OF_A_PERSON
    assert await known(bot, phones) == phones[3:]
    assert await phones[-1].hand(phones[-1].key(), bot)
    for one in phones:
        await one.close()


async def test_of_strangers_some_are_kept_and_of_others_all(
    bot: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounding, "STRANGERS", 3)
    people = [await phone(tmp_path, f"@{n}:example.org") for n in range(8)]
    friend = people[0]
    assert await opens(friend, bot)

    def learn(vault: object) -> None:
        answer, changes = query(friend), bot.machine.changes
        bot.machine.take_devices(vault, answer, [friend.user], changes)  # type: ignore[arg-type]

    await bot.store.run("learn", learn)
    for one in people[1:]:
        assert await opens(one, bot)
    assert await known(bot, people) == [friend, *people[-3:]]
    assert await rows(bot, "olm session") == 4
    assert await friend.hand(friend.key(), bot)
    for one in people:
        await one.close()


async def test_one_who_was_forgotten_can_open_another(
    bot: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounding, "STRANGERS", 1)
    anna, bert = await phone(tmp_path, ANNA), await phone(tmp_path, "@bert:example.org")
    assert await opens(anna, bot)
    assert await opens(bert, bot)
    assert await opens(anna, bot)
    await anna.close()
    await bert.close()
