"""What is refused, what is waited for, and what nobody can break an office with."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.office.serving import Account as OfficeAccount
from bots.runtime.office.serving import assemble
from bots.runtime.store.keys import FileKey
from bots.runtime.store.store import AlreadyRunning, Store, StoreError
from federation.model.errors import FederationError, NotAHomeserver, TooOld
from federation.model.events import Ignored, Redaction, Unreadable
from tests.conftest import Account
from tests.synapse.conftest import MakePerson
from tests.synapse.listeners import Listener
from tests.synapse.mirror import Mirror
from tests.synapse.offices import running
from tests.synapse.proxy import Forward, Hook, Proxy, failing, limited
from tests.synapse.raw import Raw, raw
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[Account]]


@pytest.fixture
async def proxy(synapse: EmbeddedSynapse) -> AsyncIterator[Proxy]:
    async with Proxy(synapse.url) as between:
        yield between


@pytest.fixture
async def bot(new_account: NewAccount) -> Account:
    return await new_account("refusing")


@pytest.fixture
async def outside(new_account: NewAccount) -> AsyncIterator[Raw]:
    async with raw(await new_account("outside")) as device:
        yield device


def office(bot: Account, url: str | None = None) -> OfficeAccount:
    return OfficeAccount(url or bot.homeserver, bot.user_id, bot.password)


# -- plaintext -------------------------------------------------------------------------------------


async def test_encryption_that_somebody_takes_back_is_not_taken_back(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna")
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]):
        room, _ = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
        path = f"/rooms/{room}/state/m.room.encryption/"
        await anna.homeserver.call("PUT", path, {"algorithm": "none"})
        await say_plainly(anna, room, "two")
        assert (await anna.wait_for(room_id=room, body="plain: two")).encrypted
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]):
        await say_plainly(anna, room, "three")
        assert (await anna.wait_for(room_id=room, body="plain: three")).encrypted
    assert proxy.passed("/send/m.room.message/") == []


async def test_a_store_that_does_not_know_looks_before_it_sends_plainly(
    bot: Account, proxy: Proxy, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna")
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]) as running_office:
        room, _ = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
        sealer = running_office.store.sealer
    store = Store.open(tmp_path, sealer)
    await store.run("forget", lambda tx: tx.erase("room", f"{bot.user_id} {room}"))
    await store.close()
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]):
        await say_plainly(anna, room, "two")
        assert (await anna.wait_for(room_id=room, body="plain: two")).encrypted
    assert proxy.passed("/send/m.room.message/") == []


async def test_a_room_without_encryption_is_answered_plainly(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    async with running(tmp_path, [(Mirror(), office(bot))]):
        room = await outside.make_room(bot.user_id)
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")


async def say_plainly(person: Person, room: str, text: str) -> None:
    content = {"msgtype": "m.text", "body": text}
    await person.send_event(room, "m.room.message", content, plain=True)


async def heard(outside: Raw, room: str, bot: Account, text: str) -> None:
    async def is_said() -> bool:
        return text in await outside.said(room, bot.user_id)

    await until(is_said, text)


# -- homeservers that are none ---------------------------------------------------------------------


def answering(status: int, body: bytes, **headers: str) -> Callable[..., Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers=headers)

    return answer


OLD = json.dumps({"versions": ["r0.6.1", "v1.1"]}).encode()


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (answering(200, b"<html>It works!</html>"), NotAHomeserver, "homeserver.url"),
        (answering(404, b"<html>nginx</html>"), NotAHomeserver, "homeserver.url"),
        (answering(200, b"{}"), NotAHomeserver, "homeserver.url"),
        (answering(301, b"", Location="https://example.org/"), NotAHomeserver, "homeserver.url"),
        (answering(200, OLD), TooOld, "Ask its admin to update it"),
    ],
)
async def test_something_else_at_the_address_is_told_in_one_sentence(
    tmp_path: Path, answer: Any, expected: type, words: str
) -> None:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    try:
        url = str(server.make_url("")).rstrip("/")
        await told(tmp_path, OfficeAccount(url, "bot", "pw"), expected, words)
    finally:
        await server.close()


@pytest.mark.parametrize("down", [failing(503), failing(502)])
async def test_a_homeserver_that_is_not_up_yet_is_waited_for(
    bot: Account, proxy: Proxy, tmp_path: Path, down: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.on("GET .*/versions", down, times=3)
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]):
        asked = len(proxy.passed("GET .*/versions"))
        assert asked in (4, 5), "four attempts, and a look between the last two"
    said = [record.getMessage() for record in caplog.records if "HTTP 50" in record.getMessage()]
    assert len(said) == 1, "one sentence, not one an attempt"


async def test_nobody_at_the_address_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    account = OfficeAccount("http://127.0.0.1:9", "bot", "pw")
    starting = assemble(tmp_path, [(Mirror(), account)])
    task = asyncio.create_task(starting.run())

    def said() -> list[str]:
        return [x.getMessage() for x in caplog.records if x.name.startswith("feder")]

    await until(said)
    await asyncio.sleep(2)  # for whatever is told twice
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await starting.close()
    assert len(said()) == 1
    assert "Check homeserver.url" in said()[0]


async def told(
    folder: Path, account: OfficeAccount, expected: type[FederationError], words: str
) -> None:
    starting = assemble(folder, [(Mirror(), account)])
    try:
        with pytest.raises(expected) as raised:
            await starting.run()
    finally:
        await starting.close()
    assert type(raised.value) is expected
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


# -- stores ----------------------------------------------------------------------------------------


async def test_a_second_process_ends_at_once_and_the_first_goes_on(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    code = (
        "import sys, pathlib\n"
        "from bots.runtime.office.serving import assemble\n"
        "from bots.runtime.store.store import AlreadyRunning\n"
        "try:\n    assemble(pathlib.Path(sys.argv[1]), [])\n"
        "except AlreadyRunning as error:\n    print(error)\n    sys.exit(3)\n"
    )
    async with running(tmp_path, [(Mirror(), office(bot))]):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(tmp_path), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 3
        assert "already running" in output.decode()
        with pytest.raises(AlreadyRunning):
            assemble(tmp_path, [(Mirror(), office(bot))])
        room = await outside.make_room(bot.user_id)
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")


async def test_another_sealing_key(bot: Account, tmp_path: Path) -> None:
    async with running(tmp_path, [(Mirror(), office(bot))]):
        pass
    with pytest.raises(StoreError, match="sealing key does not fit"):
        assemble(tmp_path, [(Mirror(), office(bot))], key=FileKey(bytes(32)))
    async with running(tmp_path, [(Mirror(), office(bot))]):
        pass


# -- limits and outages ----------------------------------------------------------------------------


async def test_a_limit_is_obeyed(bot: Account, proxy: Proxy, outside: Raw, tmp_path: Path) -> None:
    times: list[float] = []

    async def slow_down(forward: Forward) -> web.Response:
        times.append(time.monotonic())
        if len(times) == 1:
            return await limited(1500)(forward)
        return await forward()

    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]):
        proxy.on("PUT .*/send/m.room.message/", slow_down, times=2)
        room = await outside.make_room(bot.user_id)
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")
    assert 1.5 <= times[1] - times[0] < 6
    assert await outside.said(room, bot.user_id) == ["plain: hello"]


async def test_a_limit_at_the_start_is_waited_for(
    bot: Account, proxy: Proxy, tmp_path: Path
) -> None:
    proxy.on("POST .*/login", limited(300), times=2)
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]):
        pass
    assert len(proxy.passed("POST .*/login")) == 3


def odd(answer: Any) -> Hook:
    async def hook(forward: Forward) -> web.Response:
        return web.json_response(answer)

    return hook


SYNCS: list[Hook] = [
    odd({}),
    odd({"next_batch": None}),
    odd({"next_batch": "s1", "rooms": []}),
    odd({"next_batch": "s1", "rooms": {"join": {"!x:y": {"timeline": {"limited": True}}}}}),
    odd("text"),
    failing(403, errcode="M_FORBIDDEN"),
    failing(400, errcode="M_UNKNOWN"),
    failing(404),
    failing(502),
    limited(100),
]


@pytest.mark.parametrize("hook", SYNCS, ids=range(len(SYNCS)))
async def test_odd_answers_to_a_sync_are_waited_out(
    bot: Account, proxy: Proxy, outside: Raw, tmp_path: Path, hook: Hook
) -> None:
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]) as running_office:
        await until(running_office._posts[0].session.synced.is_set)
        proxy.log.clear()
        proxy.on("GET .*/sync", hook, times=3)
        room = await outside.make_room(bot.user_id)
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")
    assert len(proxy.passed("GET .*/sync")) < 15


async def test_a_homeserver_that_does_not_wait_for_news_is_not_asked_without_end(
    bot: Account, proxy: Proxy, outside: Raw, tmp_path: Path
) -> None:
    async with running(tmp_path, [(Mirror(), office(bot, proxy.url))]) as running_office:
        await until(running_office._posts[0].session.synced.is_set)
        token: list[str] = []

        async def at_once(forward: Forward) -> web.Response:
            return web.json_response({"next_batch": token[0]})

        found = await running_office.store.run("t", lambda tx: tx.read("sync token", bot.user_id))
        token.append(found.decode() if found else "")
        proxy.on("GET .*/sync", at_once, times=10_000)
        room = await outside.make_room(bot.user_id)  # ends the poll that is under way
        await until(lambda: proxy.passed("GET .*/sync")[-1].answer == {"next_batch": token[0]})
        before = len(proxy.passed("GET .*/sync"))
        await asyncio.sleep(3)
        assert len(proxy.passed("GET .*/sync")) - before <= 5
        proxy.forget()
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")


# -- events of every form --------------------------------------------------------------------------


def deep(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


ODD: list[tuple[str, Any]] = [
    ("m.room.message", {"msgtype": "m.text", "body": "x" * 60_000}),
    ("m.room.message", {"msgtype": "m.text", "body": "a\0b\u202ec\u2066"}),
    ("m.room.message", {"msgtype": "m.text", "body": "x", "deep": deep(90)}),
    ("m.room.message", {"msgtype": "m.text", "body": "x", "m.relates_to": [1]}),
    ("m.room.message", {"msgtype": ["m.text"], "body": "x"}),
    ("m.room.message", {"body": "x"}),
    ("m.room.message", {"m.relates_to": {"rel_type": {}, "event_id": 5}, "body": "x"}),
    ("m.room.message", {"m.new_content": "x", "m.relates_to": {"rel_type": "m.replace"}}),
    ("m.reaction", {"m.relates_to": [1]}),
    ("m.reaction", {"x": 1}),
    ("m.room.redaction", {"x": 1}),
    ("m.room.encrypted", {"algorithm": 5, "session_id": ["x"], "ciphertext": {}}),
    ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "x"}),
    ("m.sticker", {"x": deep(50)}),
    ("org.matrix.msc3381.poll.start", {"x": None}),
    ("org.example." + "x" * 200, {"x": [{}]}),
]
STATE: list[tuple[str, Any, str]] = [
    ("m.room.tombstone", {"replacement_room": 5}, ""),
    ("m.room.name", {"name": ["x"]}, ""),
    ("m.room.encryption", {"algorithm": 5}, "other"),
    ("m.room.power_levels", {"users_default": 0, "users": {}, "x": deep(50)}, "other"),
]


async def test_events_of_every_form_disturb_nothing(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]) as running_office:
        room = await outside.make_room(bot.user_id)
        await until(lambda: listener.is_in(room))
        sent = 0
        for kind, content in ODD:
            status, _ = await ask(outside, room, f"send/{kind}/{sent}", content)
            sent += status == 200
        for kind, content, key in STATE:
            await ask(outside, room, f"state/{kind}/{key}", content)
        member = {"membership": "join", "displayname": deep(20), "is_direct": "x"}
        await ask(outside, room, f"state/m.room.member/{outside.account.user_id}", member)
        await outside.say(room, "hello")
        await until(lambda: listener.said(room)[-1:] == ["hello"])
        counts = (await running_office.status())["counts"]
    assert sent >= 11, "Synapse let them through"
    assert counts.get("inbox_aside", 0) == 0
    assert "a\0b\u202ec\u2066" in listener.said(room)
    malformed = [event for event in listener.seen if isinstance(event, Unreadable)]
    assert {event.reason for event in malformed} == {"malformed"}
    assert len(malformed) == 4, "two reactions, one encrypted event, one tombstone"


async def ask(outside: Raw, room: str, rest: str, content: Any) -> tuple[int, Any]:
    return await outside.ask("PUT", f"/rooms/{room}/{rest}", content)


async def test_a_megabyte_is_refused_by_the_homeserver_and_set_aside_by_us(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    mirror = Mirror()
    async with running(tmp_path, [(mirror, office(bot))]):
        room = await outside.make_room(bot.user_id)
        status, answer = await ask(
            outside, room, "send/m.room.message/1", {"msgtype": "m.text", "body": "x" * 2**20}
        )
        assert (status, answer["errcode"]) == (413, "M_TOO_LARGE")
        await outside.say(room, "y" * 40_000)  # the answer holds it twice
        await until(lambda: mirror.set_aside == ["action"])
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")


async def test_redactions_of_others_and_of_nothing(
    bot: Account, outside: Raw, new_account: NewAccount, tmp_path: Path
) -> None:
    listener = Listener()
    async with (
        raw(await new_account("bert")) as bert,
        running(tmp_path, [(listener, office(bot))]),
    ):
        room = await outside.make_room(bot.user_id, bert.account.user_id)
        await bert.act(room, "join")
        await until(lambda: listener.is_in(room))
        taken = await outside.say(room, "mine")
        status, _ = await ask(bert, room, f"redact/{taken}/1", {})
        assert status == 403
        status, _ = await ask(bert, room, "send/m.room.redaction/2", {"redacts": "$nothing"})
        assert status == 404
        await ask(bert, room, "send/m.room.redaction/3", {"redacts": 5})
        await outside.call("PUT", f"/rooms/{room}/redact/{taken}/2", {})
        await until(lambda: any(isinstance(event, Redaction) for event in listener.seen))
        await outside.say(room, "on")
        await until(lambda: "on" in listener.said(room))
    by = {
        event.target: event.origin.sender for event in listener.seen if isinstance(event, Redaction)
    }
    assert by[taken] == outside.account.user_id


async def test_what_was_redacted_while_we_were_away_is_nothing(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]):
        room = await outside.make_room(bot.user_id)
        await until(lambda: listener.is_in(room))
    taken = await outside.say(room, "secret")
    await outside.call("PUT", f"/rooms/{room}/redact/{taken}/1", {})
    await outside.say(room, "on")
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: listener.said(room) == ["on"])
    empty = [event for event in listener.seen if isinstance(event, Ignored)]
    assert "m.room.message" in {event.type for event in empty}
    assert "secret" not in repr(listener.seen)


ENCRYPTED: list[Any] = [
    {"msgtype": "m.text", "body": "x", "deep": deep(400)},
    {"msgtype": "m.text", "body": "half \ud800"},
    {"msgtype": 5, "body": ["x"]},
    {"msgtype": "m.text", "body": {"x": "\udfff"}, "\ud800": 1},
]


async def test_what_no_homeserver_can_check_disturbs_nothing(
    bot: Account, make_person: MakePerson, tmp_path: Path
) -> None:
    anna = await make_person("anna")
    async with running(tmp_path, [(Mirror(), office(bot))]) as running_office:
        room, first = await anna.write_privately(bot.user_id, "one")
        await anna.wait_for(room_id=room, body="encrypted: one")
        edit = {"rel_type": "m.replace", "event_id": first}
        for content in (*ENCRYPTED, {"m.relates_to": edit, "m.new_content": {"msgtype": []}}):
            await anna.send_event(room, "m.room.message", content)
        await anna.send(room, "two")
        await anna.wait_for(room_id=room, body="encrypted: two")
        await anna.wait_for(room_id=room, body="encrypted: half \ufffd")
        counts = (await running_office.status())["counts"]
    assert counts.get("inbox_aside", 0) == 0


async def test_a_device_that_is_none_gets_nothing_and_holds_up_nobody(
    bot: Account, make_person: MakePerson, new_account: NewAccount, tmp_path: Path
) -> None:
    account = await new_account("anna")
    anna = await make_person(account=account, cross_signed=False)
    async with raw(account) as odd_one, running(tmp_path, [(Mirror(), office(bot))]):
        keys = {
            "user_id": account.user_id,
            "device_id": odd_one.device_id,
            "algorithms": [],
            "keys": {"x": "y"},
            "signatures": {},
        }
        body = {"device_keys": keys, "one_time_keys": {"signed_curve25519:AA": "text"}}
        await odd_one.call("POST", "/keys/upload", body)
        room, _ = await anna.write_privately(bot.user_id, "hello")
        await anna.wait_for(room_id=room, body="encrypted: hello")


async def test_accounts_can_be_named_without_a_server(
    bot: Account, outside: Raw, tmp_path: Path
) -> None:
    account = replace(office(bot), user=bot.localpart)
    async with running(tmp_path, [(Mirror(), account)]):
        room = await outside.make_room(bot.user_id)
        await outside.say(room, "hello")
        await heard(outside, room, bot, "plain: hello")
