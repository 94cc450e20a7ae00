"""Whose message is read as whose, and which devices get our keys, whatever others send."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from federation.encryption import keystore
from federation.encryption.machine import Machine
from federation.encryption.trust import CrossSigning
from tests.store.crypto import Phone, query
from tests.store.events import ANNA, BERT, BOT, ROOM

NewPhone = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[NewPhone]:
    made: list[Phone] = []

    async def make(user: str, device_id: str = "PHONE") -> Phone:
        made.append(await Phone.new(tmp_path, user, device_id))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
async def bot(phone: NewPhone) -> Phone:
    return await phone(BOT)


@pytest.fixture
async def anna(phone: NewPhone, bot: Phone) -> Phone:
    made = await phone(ANNA)
    await made.knows(bot)
    return made


@pytest.fixture
async def bert(phone: NewPhone, bot: Phone) -> Phone:
    made = await phone(BERT)
    await made.knows(bot)
    return made


async def test_a_message_is_read_once_its_key_has_come(bot: Phone, anna: Phone) -> None:
    key = anna.key()
    wire = anna.message("hello")
    assert await bot.reads(wire) is None
    assert await anna.hand(key, bot) == {key["session_id"]}
    assert await bot.reads(wire) == "hello"
    assert await bot.reads(wire) == "hello", "a sync may come twice"


async def test_what_was_read_is_read_after_a_restart(bot: Phone, anna: Phone) -> None:
    await anna.hand(anna.key(), bot)
    first, second = anna.message("one"), anna.message("two")
    assert await bot.reads(first) == "one"
    bot.machine = await bot.reopened()
    assert await bot.reads(second) == "two"
    assert await bot.reads({**first, "event_id": "$replayed"}) is None


async def test_nobody_speaks_with_anothers_session(bot: Phone, anna: Phone) -> None:
    await anna.hand(anna.key(), bot)
    wire = anna.message("hello")
    assert await bot.reads({**wire, "sender": BERT}) is None
    assert await bot.reads(wire) == "hello"


async def test_a_replay_under_another_event_id_is_not_read(bot: Phone, anna: Phone) -> None:
    await anna.hand(anna.key(), bot)
    wire = anna.message("pay her")
    assert await bot.reads(wire) == "pay her"
    assert await bot.reads({**wire, "event_id": "$another"}) is None


async def test_a_message_moved_to_another_room_is_not_read(bot: Phone, anna: Phone) -> None:
    await anna.hand(anna.key(), bot)
    wire = anna.message("hello")
    assert await bot.reads(wire, "!other:example.org") is None
    await anna.hand(anna.key(room_id="!other:example.org"), bot)
    assert await bot.reads(anna.message("hello again"), "!other:example.org") is None


async def test_a_made_up_key_under_her_session_id_hides_nothing(
    bot: Phone, anna: Phone, bert: Phone
) -> None:
    key = anna.key()
    wire = anna.message("hello")
    lie = bert.key("!lie:example.org", room_id=ROOM, session_id=key["session_id"])
    await bert.hand(lie, bot)
    assert await bot.reads(wire) is None
    await anna.hand(key, bot)
    assert await bot.reads(wire) == "hello"


async def test_her_key_sent_on_by_another_hides_nothing(
    bot: Phone, anna: Phone, bert: Phone
) -> None:
    """Who is in the room has the key: he may repeat her words, under his own name only."""
    key = anna.key()
    wire = anna.message("hello")
    await bert.hand(key, bot)
    assert await bot.reads(wire) is None, "the key did not come from her"
    assert await bot.reads({**wire, "sender": BERT, "event_id": "$his"}) == "hello"
    await anna.hand(key, bot)
    assert await bot.reads(wire) == "hello", "his repetition used her place of the ratchet"


async def test_a_later_key_of_the_session_does_not_hide_its_beginning(
    bot: Phone, anna: Phone
) -> None:
    await anna.hand(anna.key(), bot)
    first = anna.message("one")
    anna.message("two")
    await anna.hand(anna.key(), bot)
    assert await bot.reads(first) == "one"
    bot.machine = await bot.reopened()
    assert await bot.reads(first) == "one"


async def test_an_earlier_key_that_comes_later_opens_more(bot: Phone, anna: Phone) -> None:
    early = anna.key()
    first = anna.message("one")
    late = anna.key()
    await anna.hand(late, bot)
    assert await bot.reads(first) is None
    await anna.hand(early, bot)
    assert await bot.reads(first) == "one"


def deep(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


NONSENSE: list[str] = [
    "",
    "null",
    "[]",
    '"text"',
    "{",
    "[" * 60_000,
    '{"a":' * 20_000,
    json.dumps({"room_id": ROOM, "type": "m.room.message"}),
    json.dumps({"room_id": ROOM, "type": 5, "content": {}}),
    json.dumps({"room_id": ROOM, "type": "m.room.message", "content": "text"}),
    json.dumps({"room_id": ROOM, "type": "m.room.message", "content": deep(200)}),
    json.dumps({"room_id": ROOM, "type": "m.room.message", "content": {"body": deep(150)}}),
    "9" * 5_000,
    "\ufeff{}",
]


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:30])
async def test_nonsense_inside_is_not_read_and_ends_nothing(
    bot: Phone, anna: Phone, text: str
) -> None:
    await anna.hand(anna.key(), bot)
    assert await bot.reads(anna.raw(text)) is None
    assert await bot.reads(anna.message("hello")) == "hello"


async def test_half_a_character_inside_is_read(bot: Phone, anna: Phone) -> None:
    await anna.hand(anna.key(), bot)
    content = '{"msgtype": "m.text", "body": "half \\ud800"}'
    wire = anna.raw(f'{{"room_id": "{ROOM}", "type": "m.room.message", "content": {content}}}')
    assert await bot.reads(wire) == "half \ufffd"


CONTENTS: list[Any] = [
    None,
    "text",
    {},
    {"algorithm": "m.megolm.v1.aes-sha2"},
    {"algorithm": "m.megolm.v1.aes-sha2", "session_id": ["x"], "ciphertext": "x"},
    {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "x", "ciphertext": {"a": 1}},
    {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "\ud800", "ciphertext": "x"},
    {"algorithm": "m.olm.v1.curve25519-aes-sha2", "session_id": "x", "ciphertext": "x"},
]


@pytest.mark.parametrize("content", CONTENTS, ids=repr)
async def test_a_malformed_encrypted_event_is_not_read(
    bot: Phone, anna: Phone, content: Any
) -> None:
    await anna.hand(anna.key(), bot)
    wire = anna.message("hello")
    assert await bot.reads({**wire, "content": content}) is None
    if isinstance(content, dict) and content.get("session_id") == "x":
        content = {**content, "session_id": wire["content"]["session_id"]}
        assert await bot.reads({**wire, "content": content}) is None


TO_DEVICE: list[Any] = [
    None,
    5,
    [],
    {},
    {"type": "m.room.encrypted"},
    {"type": "m.room.encrypted", "sender": ANNA, "content": {}},
    {"type": "m.room.encrypted", "sender": ANNA, "content": {"algorithm": 5}},
    {"type": "m.room_key_request", "sender": ANNA, "content": {"action": "request"}},
    {"type": "m.key.verification.start", "sender": ANNA, "content": {"from_device": "X"}},
    {"type": "m.room_key", "sender": ANNA, "content": {"room_id": ROOM, "session_id": "x"}},
]


@pytest.mark.parametrize("nonsense", TO_DEVICE, ids=repr)
async def test_a_malformed_to_device_event_takes_no_other_with_it(
    bot: Phone, anna: Phone, nonsense: Any
) -> None:
    key = anna.key()
    wrapped = await anna.wrapped(key, bot)
    broken = {**wrapped, "content": {**wrapped["content"], "sender_key": "x"}}
    assert await bot.receives(nonsense, broken, wrapped) == {key["session_id"]}
    assert await bot.reads(anna.message("hello")) == "hello"


@pytest.mark.parametrize(
    "sync",
    [
        {"device_lists": 5},
        {"device_lists": {"changed": None, "left": "x"}},
        {"device_lists": {"changed": [5, None, ["x"], "\ud800"]}},
        {"device_one_time_keys_count": []},
        {"device_one_time_keys_count": {"signed_curve25519": "many"}},
        {"device_unused_fallback_key_types": 7},
        {"to_device": []},
        {"to_device": {"events": {}}},
    ],
    ids=repr,
)
async def test_key_parts_of_a_sync_in_another_shape(bot: Phone, sync: dict[str, Any]) -> None:
    taken = await bot.store.run("take", lambda vault: bot.machine.take(vault, sync))
    assert taken == set()
    assert isinstance(bot.machine.olm.uploaded_key_count, int)


# -- devices ---------------------------------------------------------------------------------------


async def learn(bot: Phone, answer: dict[str, Any], *users: str) -> None:
    await bot.store.run(
        "learn", lambda v: bot.machine.take_devices(v, answer, users, bot.machine.changes)
    )


async def trusted(bot: Phone, *users: str, machine: Machine | None = None) -> list[str]:
    """The devices that would get a key."""
    looked = machine or bot.machine
    found, _ = await bot.store.run("recipients", lambda vault: looked.recipients(vault, users))
    return sorted(f"{device.user[1:4]} {device.device_id}" for device in found)


async def withheld(bot: Phone, *users: str) -> list[str]:
    _, found = await bot.store.run("recipients", lambda v: bot.machine.recipients(v, users))
    return sorted(device.device_id for device in found)


async def test_a_malformed_device_takes_no_other_with_it(phone: NewPhone, bot: Phone) -> None:
    anna, tablet, bert = await phone(ANNA), await phone(ANNA, "TABLET"), await phone(BERT)
    answer = query(anna, tablet, bert)
    devices = answer["device_keys"][ANNA]
    devices["NOTHING"] = None
    devices["TEXT"] = "text"
    devices["EMPTY"] = {}
    devices["MOVED"] = bert.device_keys
    devices["NOKEYS"] = {**anna.device_keys, "device_id": "NOKEYS", "keys": {}}
    devices["ODD"] = {**anna.device_keys, "device_id": "ODD", "keys": {"ed25519:ODD": 5}}
    devices["DEEP"] = {**anna.device_keys, "device_id": "DEEP", "keys": deep(500)}
    devices["PHONE"]["unsigned"] = {"device_display_name": deep(500)}
    devices["TABLET"]["keys"]["curve25519:TABLET"] = anna.device.curve25519
    await learn(bot, answer, ANNA, BERT)
    assert await trusted(bot, ANNA, BERT) == ["ann PHONE", "ber PHONE"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"device_keys": 5},
        {"device_keys": {ANNA: []}},
        {"device_keys": {ANNA: {"X": [1]}}, "master_keys": [], "self_signing_keys": "x"},
        {"device_keys": {}, "master_keys": {ANNA: {"keys": {"ed25519:x": {}}}}},
    ],
    ids=repr,
)
async def test_an_odd_answer_gives_nobody_a_key(bot: Phone, answer: dict[str, Any]) -> None:
    await learn(bot, answer, ANNA)
    assert await trusted(bot, ANNA) == []


async def test_a_device_that_was_logged_out_gets_keys_again_when_it_comes_back(
    bot: Phone, anna: Phone
) -> None:
    await learn(bot, query(anna), ANNA)
    await learn(bot, {"device_keys": {ANNA: {}}}, ANNA)
    assert await trusted(bot, ANNA) == []
    await learn(bot, query(anna), ANNA)
    assert await trusted(bot, ANNA) == ["ann PHONE"]
    assert await trusted(bot, ANNA, machine=await bot.reopened()) == ["ann PHONE"]


async def test_a_device_id_that_came_back_with_other_keys_is_another_device(
    phone: NewPhone, bot: Phone, anna: Phone, tmp_path: Path
) -> None:
    await learn(bot, query(anna), ANNA)
    again = await Phone.new(tmp_path / "again", ANNA)
    await learn(bot, query(again), ANNA)
    [device], _ = await bot.store.run("recipients", lambda v: bot.machine.recipients(v, [ANNA]))
    assert device == again.device
    await again.close()


async def test_only_signed_devices_of_those_who_sign(phone: NewPhone, bot: Phone) -> None:
    anna, tablet, bert = await phone(ANNA), await phone(ANNA, "TABLET"), await phone(BERT)
    identity = CrossSigning(ANNA, lambda usage: usage.encode().ljust(32))
    answer = query(anna, tablet, bert, identities={ANNA: identity})
    devices = answer["device_keys"][ANNA]
    devices["PHONE"] = identity.sign_device(devices["PHONE"])
    await learn(bot, answer, ANNA, BERT)
    assert await trusted(bot, ANNA, BERT) == ["ann PHONE", "ber PHONE"]
    assert await withheld(bot, ANNA, BERT) == ["TABLET"]


async def test_a_signing_key_that_the_owner_did_not_sign_signs_nothing(
    phone: NewPhone, bot: Phone
) -> None:
    anna = await phone(ANNA)
    identity = CrossSigning(ANNA, lambda usage: usage.encode().ljust(32))
    stranger = CrossSigning(ANNA, lambda usage: usage.encode().rjust(32))
    answer = query(anna, identities={ANNA: identity})
    answer["self_signing_keys"][ANNA] = stranger.upload_body()["self_signing_key"]
    devices = answer["device_keys"][ANNA]
    devices["PHONE"] = stranger.sign_device(devices["PHONE"])
    await learn(bot, answer, ANNA)
    assert await trusted(bot, ANNA) == []
    assert await withheld(bot, ANNA) == ["PHONE"]


async def test_our_own_device_gets_no_key_from_us(bot: Phone) -> None:
    await learn(bot, query(bot), BOT)
    assert await trusted(bot, BOT) == []


async def test_a_transaction_that_failed_is_made_up_for(bot: Phone, anna: Phone) -> None:
    """What is in memory only would be gone after the next start, and known to be there."""
    answer = query(anna)

    def fail(vault: Any) -> None:
        bot.machine.take_devices(vault, answer, [ANNA], bot.machine.changes)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  (it is the one that was raised)
        await bot.store.run("fail", fail)
    await learn(bot, answer, ANNA)
    assert await trusted(bot, ANNA, machine=await bot.reopened()) == ["ann PHONE"]


async def test_a_change_while_devices_are_asked_for_is_asked_for_again(
    bot: Phone, anna: Phone
) -> None:
    asked_at = bot.machine.changes
    await bot.receives(device_lists={"changed": [ANNA]})
    await bot.store.run(
        "learn", lambda v: bot.machine.take_devices(v, query(anna), [ANNA], asked_at)
    )
    unknown = await bot.store.run("unknown", lambda v: bot.machine.unknown(v, [ANNA]))
    assert unknown == [ANNA]


@pytest.mark.parametrize(
    "key",
    [
        None,
        "text",
        {},
        {"key": 5},
        {"key": "x", "signatures": []},
    ],
    ids=repr,
)
async def test_a_malformed_one_time_key_takes_no_other_with_it(
    phone: NewPhone, bot: Phone, key: Any
) -> None:
    anna, bert = await phone(ANNA), await phone(BERT)
    await learn(bot, query(anna, bert), ANNA, BERT)
    claimed = {
        "one_time_keys": {
            ANNA: {"PHONE": {"signed_curve25519:AA": key}},
            BERT: {"PHONE": bert.claim()},
        }
    }
    wanted = [anna.device, bert.device]
    opened = await bot.store.run("claim", lambda v: bot.machine.take_claimed(v, claimed, wanted))
    assert opened == [bert.device]
    left = await bot.store.run("left", lambda v: bot.machine.without_session(v, wanted))
    assert left == [anna.device]


async def test_a_one_time_key_of_another_device_opens_nothing(phone: NewPhone, bot: Phone) -> None:
    anna, bert = await phone(ANNA), await phone(BERT)
    await learn(bot, query(anna, bert), ANNA, BERT)
    claimed = {"one_time_keys": {ANNA: {"PHONE": bert.claim()}}}
    opened = await bot.store.run(
        "claim", lambda v: bot.machine.take_claimed(v, claimed, [anna.device])
    )
    assert opened == []


async def test_more_people_than_are_kept_in_memory(
    phone: NewPhone, bot: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystore, "_CACHE", 2)
    people = [await phone(f"@p{number}:example.org") for number in range(6)]
    await bot.knows(*people)
    users = [person.user for person in people]
    assert len(await trusted(bot, *users)) == 6
    for _ in range(2):
        for person in people:
            await person.receives(await bot.wrapped(bot.key(), person))
            assert await person.reads(bot.message("hello")) == "hello"
    for person in people:
        await person.knows(bot)
        await person.hand(person.key(), bot)
    for person in reversed(people):
        assert await bot.reads(person.message("back")) == "back"


async def test_a_text_takes_no_more_room_than_its_letters(bot: Phone) -> None:
    bot.key()
    arabic = bot.message("مرحبا " * 1_000)
    latin = bot.message("marhaba" * 1_000)
    assert len(arabic["content"]["ciphertext"]) < 2 * len(latin["content"]["ciphertext"])
    assert len(json.dumps(bot.message("\ud800"))) > 0
