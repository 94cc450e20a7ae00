"""Who gets the keys of our messages and when, and what becomes of messages whose key is late."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.lab.people.crosssigning import NO_KEY
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Event, Performed, Request
from bots.runtime.office.serving import Account as OfficeAccount
from bots.runtime.process.clock import ManualClock
from federation.model.actions import Send, Text
from federation.model.events import TextMessage
from tests.conftest import Account
from tests.synapse.conftest import MakePerson
from tests.synapse.mirror import Mirror
from tests.synapse.offices import running
from tests.synapse.proxy import Forward, Held, Proxy, failing, limited
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[Account]]


@pytest.fixture
async def proxy(synapse: EmbeddedSynapse) -> AsyncIterator[Proxy]:
    async with Proxy(synapse.url) as between:
        yield between


@pytest.fixture
async def bot(new_account: NewAccount) -> Account:
    return await new_account("keys")


def office(bot: Account, proxy: Proxy) -> OfficeAccount:
    return OfficeAccount(proxy.url, bot.user_id, bot.password)


class Talker(Mirror):
    """Says what a message asks for: `{"say": 3, "audience": […], "strict": true}`."""

    def __init__(self) -> None:
        super().__init__()
        self.performed: list[Performed] = []

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        if isinstance(event, Performed):
            self.performed.append(event)
        if isinstance(event, TextMessage) and event.body.startswith("{"):
            return Decision((), tuple(self._say(event)))
        return super().rule(view, event, now)

    def _say(self, event: TextMessage) -> list[Request]:
        order = json.loads(event.body)
        names = order.get("audience")
        audience = None if names is None else frozenset(names)
        return [
            Send(
                event.origin.room_id,
                Text(f"said {number}"),
                handle=f"{event.origin.event_id}/{number}",
                audience=audience,
                strict=order.get("strict", False),
                notify=True,
            )
            for number in range(order["say"])
        ]


async def group(anna: Person, *users: str) -> str:
    """An encrypted room of Anna's, with these users invited."""
    encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    body = {"preset": "private_chat", "invite": list(users), "initial_state": [encryption]}
    answer = await anna.homeserver.call("POST", "/createRoom", body)
    return str(answer["room_id"])


async def joined(anna: Person, room: str, user: str) -> None:
    await anna.wait_for(room_id=room, type="m.room.member", state_key=user, sender=user)


def given_keys(proxy: Proxy) -> set[str]:
    """Users to whom the office sent anything encrypted outside of rooms."""
    sent = proxy.passed("PUT .*/sendToDevice/m.room.encrypted/")
    return {user for one in sent if one.status == 200 for user in one.body["messages"]}


# -- sharing that fails ----------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["sendToDevice/m.room.encrypted", "keys/claim", "keys/query"])
@pytest.mark.parametrize("failure", [failing(500), limited(300)], ids=["500", "429"])
async def test_a_message_waits_for_its_key_to_be_shared(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path, call: str, failure: Any
) -> None:
    anna, bert = await make_person("anna", strict=True), await make_person("bert", strict=True)
    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        room = await group(anna, bot.user_id, bert.user_id)
        await bert.join(room)
        await joined(anna, room, bot.user_id)
        proxy.on(f" .*/{call}", failure, times=2)
        await anna.send(room, "hello")
        for person in (anna, bert):
            await person.wait_for(room_id=room, body="encrypted: hello", shield=None)
        # They may have the message before the proxy has the answer to it.
        await until(lambda: proxy.passed(f"{room}/send/m.room.encrypted"))
    lines = [f"{one.status} {one.path}" for one in proxy.log]
    failed = [at for at, line in enumerate(lines) if re.match(rf"(429|500) .*/{call}", line)]
    shared = [at for at, line in enumerate(lines) if re.match("200 .*/sendToDevice/m.room.e", line)]
    [sent] = [at for at, line in enumerate(lines) if f"{room}/send/m.room.encrypted" in line]
    assert len(failed) == 2
    assert failed[-1] < shared[-1] < sent


async def test_a_homeserver_that_does_not_answer_for_its_users_is_waited_for(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna", strict=True)
    server = anna.user_id.partition(":")[2]

    async def silent(forward: Forward) -> web.Response:
        return web.json_response({"device_keys": {}, "failures": {server: {"status": 503}}})

    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        proxy.on("POST .*/keys/query", silent, times=10_000)
        before = len(proxy.passed("POST .*/keys/query"))
        room, _ = await anna.write_privately(bot.user_id, "hello")
        await until(lambda: len(proxy.passed("POST .*/keys/query")) >= before + 2)
        await asyncio.sleep(3)
        assert len(proxy.passed("POST .*/keys/query")) - before < 12, "now and then"
        assert proxy.passed("/send/m.room.encrypted") == []
        proxy.forget()
        await anna.wait_for(room_id=room, body="encrypted: hello", shield=None)
    assert len(proxy.passed("/send/m.room.encrypted")) == 1


async def test_an_answer_of_another_shape_sends_no_message_to_nobody(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna", strict=True)

    async def odd(forward: Forward) -> web.Response:
        return web.json_response({"device_keys": []})

    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        proxy.on("POST .*/keys/query", odd, times=2)
        room, _ = await anna.write_privately(bot.user_id, "hello")
        await anna.wait_for(room_id=room, body="encrypted: hello", shield=None)


# -- who gets keys ---------------------------------------------------------------------------------


async def test_an_unsigned_device_of_somebody_who_signs_is_told_that_it_gets_none(
    bot: Account, proxy: Proxy, make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("anna")
    phone = await make_person(account=account)
    forgotten = await make_person(account=account, cross_signed=False)
    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        room, _ = await phone.write_privately(bot.user_id, "hello")
        await phone.wait_for(room_id=room, body="encrypted: hello", shield=None)
        await forgotten.wait_for(room_id=room, sender=bot.user_id, shield=NO_KEY)
    [told] = proxy.passed("/sendToDevice/m.room_key.withheld/")
    content = told.body["messages"][account.user_id][forgotten.device_id]
    assert content["code"] == "m.unverified"
    assert (content["room_id"], content["algorithm"]) == (room, "m.megolm.v1.aes-sha2")
    assert phone.device_id not in told.body["messages"][account.user_id]


async def test_a_device_that_comes_later_reads_what_comes_later(
    bot: Account, proxy: Proxy, make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("bert")
    phone = await make_person(account=account, cross_signed=False)
    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        room, _ = await phone.write_privately(bot.user_id, "one")
        first = await phone.wait_for(room_id=room, body="encrypted: one")
        tablet = await make_person(account=account, cross_signed=False)
        await phone.send(room, "two")
        await phone.wait_for(room_id=room, body="encrypted: two")
        second = await tablet.wait_for(room_id=room, body="encrypted: two")
        assert (await tablet.wait_for(event_id=first.event_id)).shield == NO_KEY
    assert session(proxy, second.event_id) == session(proxy, first.event_id), "no new session"


def _have_changed(proxy: Proxy, user: str, before: int) -> bool:
    """Whether a sync since then has told that somebody's devices are others."""
    answers = [x.answer for x in proxy.passed("GET .*/sync")[before:]]
    return any(user in x.get("device_lists", {}).get("changed", ()) for x in answers)


async def test_a_device_that_comes_while_we_ask_for_devices_is_not_overlooked(
    bot: Account, proxy: Proxy, make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("bert")
    phone = await make_person(account=account, cross_signed=False)
    tablets: list[Person] = []

    async def old_answer(forward: Forward) -> web.Response:
        response = await forward()
        tablets.append(await make_person(account=account, cross_signed=False))
        sent = await phone.send(room, "meanwhile")
        # The sync that brings this has told of the tablet, too.
        await until(lambda: sent in str([x.answer for x in proxy.passed("GET .*/sync")]))
        return response

    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        room, _ = await phone.write_privately(bot.user_id, "one")
        await phone.wait_for(room_id=room, body="encrypted: one")
        before = len(proxy.passed("GET .*/sync"))
        await make_person(account=account, cross_signed=False)  # so that devices are asked for
        await until(lambda: _have_changed(proxy, account.user_id, before))
        proxy.on("POST .*/keys/query", old_answer)
        await phone.send(room, "two")
        await phone.wait_for(room_id=room, body="encrypted: two")
        [tablet] = tablets
        await tablet.wait_for(room_id=room, body="encrypted: two")


async def test_who_has_left_gets_no_later_keys(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna, bert = await make_person("anna"), await make_person("bert")
    async with running(tmp_path, [(Mirror(), office(bot, proxy))]):
        room = await group(anna, bot.user_id, bert.user_id)
        await bert.join(room)
        await joined(anna, room, bot.user_id)
        await anna.send(room, "one")
        first = await anna.wait_for(room_id=room, body="encrypted: one")
        await bert.wait_for(room_id=room, body="encrypted: one")
        assert bert.user_id in given_keys(proxy)
        await bert.leave(room)
        await anna.wait_for(lambda seen: seen.raw["content"].get("membership") == "leave")
        proxy.log.clear()
        await anna.send(room, "two")
        second = await anna.wait_for(room_id=room, body="encrypted: two")
        assert bert.user_id not in given_keys(proxy)
        assert anna.user_id in given_keys(proxy), "a new session, which Bert's key does not open"
    assert first.event_id != second.event_id


def session(proxy: Proxy, event_id: str) -> str:
    """The session with which the office encrypted an event of its own."""
    for one in proxy.passed("PUT .*/send/m.room.encrypted/"):
        if one.answer.get("event_id") == event_id:
            return str(one.body["session_id"])
    raise AssertionError(f"{event_id} was not sent through here")


async def test_a_session_is_used_for_a_hundred_messages(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna", strict=True)
    async with running(tmp_path, [(Talker(), office(bot, proxy))]):
        room, _ = await anna.write_privately(bot.user_id, '{"say": 103}')
        await anna.wait_for(room_id=room, body="said 102", shield=None, timeout=60)
    used = [str(one.body["session_id"]) for one in proxy.passed("/send/m.room.encrypted/")]
    assert len(used) == 103
    assert len(set(used[:100])) == 1
    assert len(set(used[100:])) == 1
    assert used[99] != used[100]
    bodies = [seen.body for seen in anna.seen(room) if seen.sender == bot.user_id and seen.body]
    assert bodies == [f"said {number}" for number in range(103)]


async def test_who_is_not_meant_never_gets_the_key(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna, bert = await make_person("anna"), await make_person("bert")
    async with running(tmp_path, [(Talker(), office(bot, proxy))]):
        room = await group(anna, bot.user_id, bert.user_id)
        await bert.join(room)
        await joined(anna, room, bot.user_id)
        await anna.send(room, json.dumps({"say": 1, "audience": [anna.user_id]}))
        await anna.wait_for(room_id=room, body="said 0", shield=None)
        await bert.wait_for(room_id=room, sender=bot.user_id, shield=NO_KEY)
        assert given_keys(proxy) == {anna.user_id}
        await anna.send(room, "for all")
        await bert.wait_for(room_id=room, body="encrypted: for all")
        await anna.send(room, json.dumps({"say": 1, "audience": [anna.user_id]}))
        await anna.wait_until(
            lambda: [s for s in anna.seen(room) if s.body == "said 0"][1:] or None, "the second"
        )
        await bert.wait_until(
            lambda: [s for s in bert.seen(room) if s.shield == NO_KEY][1:] or None, "the second"
        )


async def test_a_strict_message_is_refused_while_somebody_else_is_there(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna, bert = await make_person("anna"), await make_person("bert")
    talker = Talker()
    async with running(tmp_path, [(talker, office(bot, proxy))]):
        room = await group(anna, bot.user_id, bert.user_id)
        await joined(anna, room, bot.user_id)
        order = {"say": 1, "audience": [anna.user_id], "strict": True}
        await anna.send(room, json.dumps(order))
        await until(lambda: talker.performed)
    [performed] = talker.performed
    assert performed.error == "audience", "Bert is only invited, and could join and read"
    assert proxy.passed("/send/m.room") == []
    assert given_keys(proxy) == set()


# -- keys that come late ---------------------------------------------------------------------------


async def test_a_message_is_handled_when_its_key_comes(
    bot: Account, proxy: Proxy, make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("anna")
    anna = await make_person(account=replace(account, homeserver=proxy.url))
    direct = OfficeAccount(account.homeserver, bot.user_id, bot.password)
    held = Held()
    clock = ManualClock(1_800_000_000.0)
    async with running(tmp_path, [(Mirror(), direct)], clock=clock) as running_office:
        proxy.on("PUT .*/sendToDevice/m.room.encrypted", held)
        room, _ = await anna.write_privately(bot.user_id, "hello")
        await locked(running_office, 1)
        clock.advance(59)
        await held.release()
        await anna.wait_for(room_id=room, body="encrypted: hello")
        clock.advance(10)
        await anna.send(room, "again")
        await anna.wait_for(room_id=room, body="encrypted: again")
    assert not [seen for seen in anna.seen(room) if "unreadable" in (seen.body or "")]


async def test_after_a_minute_it_is_told_and_handled_all_the_same_later(
    bot: Account, proxy: Proxy, make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("anna")
    anna = await make_person(account=replace(account, homeserver=proxy.url))
    direct = OfficeAccount(account.homeserver, bot.user_id, bot.password)
    held = Held()
    clock = ManualClock(1_800_000_000.0)
    async with running(tmp_path, [(Mirror(), direct)], clock=clock) as running_office:
        proxy.on("PUT .*/sendToDevice/m.room.encrypted", held)
        room, _ = await anna.write_privately(bot.user_id, "hello")
        await locked(running_office, 1)
        clock.advance(61)
        await anna.wait_for(room_id=room, body="unreadable: undecryptable")
    async with running(tmp_path, [(Mirror(), direct)], clock=clock) as running_office:
        clock.advance(61)
        await held.release()
        await anna.wait_for(room_id=room, body="encrypted: hello")
        await locked(running_office, 0)
    told = [seen for seen in anna.seen(room) if "unreadable" in (seen.body or "")]
    assert len(told) == 1


async def locked(running_office: Any, number: int) -> None:
    async def is_so() -> bool:
        status = await running_office.status()
        return bool(status["counts"].get("inbox_locked", 0) == number)

    await until(is_so, f"{number} locked")
