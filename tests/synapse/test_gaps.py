"""What lies between our token and a timeline: everything that is meant for us, once, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.office.serving import Account as OfficeAccount
from federation.client import interests, sync
from tests.conftest import Account
from tests.synapse.listeners import Listener
from tests.synapse.offices import running
from tests.synapse.proxy import Forward, Proxy, failing
from tests.synapse.raw import Raw, raw
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[Account]]


REAL = interests.TIMELINE_LIMIT


@pytest.fixture(autouse=True)
def short_timelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap opens after 20 events rather than after 100, which take Synapse five times as long."""
    monkeypatch.setattr(interests, "TIMELINE_LIMIT", 20)


@pytest.fixture
async def bot(new_account: NewAccount) -> Account:
    return await new_account("gaps")


@pytest.fixture
async def anna(new_account: NewAccount) -> AsyncIterator[Raw]:
    async with raw(await new_account("anna")) as device:
        yield device


def office(bot: Account, homeserver: str | None = None) -> OfficeAccount:
    return OfficeAccount(homeserver or bot.homeserver, bot.user_id, bot.password)


async def say(anna: Raw, room: str, texts: Sequence[str]) -> None:
    for text in texts:
        await anna.say(room, text)


def numbered(name: str, number: int) -> list[str]:
    return [f"{name} {one}" for one in range(number)]


async def test_350_messages_in_three_rooms_while_stopped(
    bot: Account, anna: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interests, "TIMELINE_LIMIT", REAL)
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]):
        rooms = [await anna.make_room(bot.user_id) for _ in range(3)]
        await until(lambda: all(listener.is_in(room) for room in rooms))
    texts = {
        room: numbered(room, number) for room, number in zip(rooms, (230, 20, 100), strict=True)
    }
    await asyncio.gather(*(say(anna, room, texts[room]) for room in rooms))
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: all(len(listener.said(room)) >= len(texts[room]) for room in rooms))
        await say(anna, rooms[1], ["and on"])
        await until(lambda: listener.said(rooms[1])[-1:] == ["and on"])
    for room in rooms:
        expected = [*texts[room], "and on"] if room == rooms[1] else texts[room]
        assert listener.said(room) == expected
    async with running(tmp_path, [(listener, office(bot))]):
        await say(anna, rooms[0], ["last"])
        await until(lambda: listener.said(rooms[0])[-1:] == ["last"])
    assert listener.said(rooms[0]) == [*texts[rooms[0]], "last"]


async def test_nobody_waits_for_a_gap_in_another_room(
    bot: Account, anna: Raw, tmp_path: Path
) -> None:
    listener, let_go = Listener(), asyncio.Event()

    async def held(forward: Forward) -> web.Response:
        await let_go.wait()
        return await forward()

    async with running(tmp_path, [(listener, office(bot))]):
        loud, quiet = [await anna.make_room(bot.user_id) for _ in range(2)]
        await until(lambda: listener.is_in(loud) and listener.is_in(quiet))
    await say(anna, loud, numbered("loud", 30))
    await say(anna, quiet, ["quiet"])
    async with Proxy(bot.homeserver) as proxy:
        proxy.on("GET .*/messages", held)
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            await until(lambda: listener.said(quiet) == ["quiet"])
            assert listener.said(loud) == []
            let_go.set()
            await until(lambda: len(listener.said(loud)) == 30)
    assert listener.said(loud) == numbered("loud", 30)
    assert listener.said(quiet) == ["quiet"]


async def test_a_gap_in_which_members_changed(
    bot: Account, anna: Raw, new_account: NewAccount, tmp_path: Path
) -> None:
    listener = Listener()
    async with raw(await new_account("bert")) as bert, raw(await new_account("cem")) as cem:
        async with running(tmp_path, [(listener, office(bot))]):
            room = await anna.make_room(bot.user_id, cem.account.user_id)
            await cem.act(room, "join")
            await until(lambda: listener.is_in(room))
        await say(anna, room, numbered("before", 10))
        await anna.act(room, "invite", user_id=bert.account.user_id)
        await bert.act(room, "join")
        await cem.act(room, "leave")
        await anna.act(room, "invite", user_id="@invited:localhost")
        await say(anna, room, numbered("after", 24))
        async with running(tmp_path, [(listener, office(bot))]):
            await until(lambda: len(listener.said(room)) == 34)
        view = listener.messages(room)[-1].room
        assert view.joined == {anna.account.user_id, bert.account.user_id, bot.user_id}
        assert view.invited == {"@invited:localhost"}


@pytest.mark.parametrize(("before", "after"), [(3, 2), (26, 2), (3, 26), (26, 24)])
async def test_a_room_begins_for_us_when_we_are_asked_in(
    bot: Account, anna: Raw, tmp_path: Path, before: int, after: int
) -> None:
    """Element sends the first message before anybody has joined."""
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]):
        pass
    room = await anna.make_room()
    await say(anna, room, numbered("old", before))
    await anna.act(room, "invite", user_id=bot.user_id)
    await say(anna, room, numbered("first", after))
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: len(listener.said(room)) >= after)
        await say(anna, room, ["later"])
        await until(lambda: listener.said(room)[-1] == "later")
    assert listener.said(room) == [*numbered("first", after), "later"]


async def test_gaps_of_many_pages(
    bot: Account, anna: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "PAGE", 4)
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]):
        known = await anna.make_room(bot.user_id)
        await until(lambda: listener.is_in(known))
    new = await anna.make_room()
    await say(anna, new, numbered("old", 6))
    await anna.act(new, "invite", user_id=bot.user_id)
    await asyncio.gather(*(say(anna, room, numbered("x", 34)) for room in (known, new)))
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: all(len(listener.said(room)) >= 34 for room in (known, new)))
    assert listener.said(known) == listener.said(new) == numbered("x", 34)


async def test_writing_before_sync_has_shown_the_room_makes_nothing_old_new(
    bot: Account, anna: Raw, synapse: EmbeddedSynapse, tmp_path: Path
) -> None:
    listener = Listener(greets=True)
    async with Proxy(synapse.url) as proxy:

        async def after_the_greeting(forward: Forward) -> web.Response:
            response = await forward()
            assert isinstance(response.body, bytes)
            if room in json.loads(response.body).get("rooms", {}).get("join", {}):
                await until(lambda: proxy.passed("/send/m.room.message/"))
            return response

        async def after_the_join(forward: Forward) -> web.Response:
            await until(lambda: proxy.passed("POST .*/join"))
            return await forward()

        proxy.on("GET .*/sync", after_the_greeting, times=100)
        proxy.on("/rooms/", after_the_join, times=100)  # the greeting overtakes no join
        room = await anna.make_room()
        await say(anna, room, numbered("old", 5))
        async with running(tmp_path, [(listener, office(bot, proxy.url))]) as running_office:
            await until(running_office._posts[0].session.synced.is_set)
            await anna.act(room, "invite", user_id=bot.user_id)
            await say(anna, room, ["first"])
            await until(lambda: "first" in listener.said(room))
    assert listener.said(room) == ["first"]


async def test_a_room_that_nobody_asked_us_into_begins_when_we_join(
    bot: Account, anna: Raw, tmp_path: Path
) -> None:
    room = await anna.make_room(preset="public_chat")
    await say(anna, room, numbered("old", 26))
    listener = Listener(enter=room)
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: listener.is_in(room))
        await say(anna, room, ["new"])
        await until(lambda: "new" in listener.said(room))
    assert listener.said(room) == ["new"]


async def test_the_first_start_handles_nothing_old(bot: Account, anna: Raw, tmp_path: Path) -> None:
    rooms = [await anna.make_room(bot.user_id) for _ in range(2)]
    async with raw(bot) as admin:
        for room in rooms:
            await say(anna, room, ["very old"])
            await admin.act(room, "join")
            await say(anna, room, numbered("old", 5))
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]) as running_office:
        await until(running_office._posts[0].session.synced.is_set)
        for room in rooms:
            await say(anna, room, ["new"])
        await until(lambda: all("new" in listener.said(room) for room in rooms))
    assert [listener.said(room) for room in rooms] == [["new"], ["new"]]
    assert {event.room.joined for room in rooms for event in listener.messages(room)} == {
        frozenset({anna.account.user_id, bot.user_id})
    }


async def test_the_first_start_takes_an_open_invitation(
    bot: Account, anna: Raw, tmp_path: Path
) -> None:
    room = await anna.make_room(bot.user_id)
    await say(anna, room, ["please"])
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: listener.said(room) == ["please"])


async def test_last_words_before_we_are_put_out(bot: Account, anna: Raw, tmp_path: Path) -> None:
    listener = Listener()
    async with running(tmp_path, [(listener, office(bot))]):
        room = await anna.make_room(bot.user_id)
        await until(lambda: listener.is_in(room))
    await say(anna, room, ["last words"])
    await anna.act(room, "kick", user_id=bot.user_id)
    await say(anna, room, ["behind our back"])
    async with running(tmp_path, [(listener, office(bot))]):
        await until(lambda: listener.said(room) == ["last words"])
        await anna.act(room, "invite", user_id=bot.user_id)
        await say(anna, room, ["welcome back"])
        await until(lambda: "welcome back" in listener.said(room))
    assert listener.said(room) == ["last words", "welcome back"]


async def test_a_gap_that_can_not_be_filled_holds_up_nothing_else(
    synapse: EmbeddedSynapse, bot: Account, anna: Raw, tmp_path: Path
) -> None:
    listener = Listener()
    async with Proxy(synapse.url) as proxy:
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            rooms = [await anna.make_room(bot.user_id) for _ in range(2)]
            await until(lambda: all(listener.is_in(room) for room in rooms))
        await asyncio.gather(*(say(anna, room, numbered("x", 24)) for room in rooms))
        forbidden = failing(403, errcode="M_FORBIDDEN")
        proxy.on(f"GET .*/rooms/{rooms[0]}/messages", forbidden, times=100)
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            await until(lambda: len(listener.said(rooms[1])) == 24)
            await until(lambda: len(listener.said(rooms[0])) == 20)
    assert listener.said(rooms[0]) == numbered("x", 24)[4:]


async def test_a_fill_that_breaks_off_is_made_up_for(
    synapse: EmbeddedSynapse, bot: Account, anna: Raw, tmp_path: Path
) -> None:
    listener = Listener()
    async with Proxy(synapse.url) as proxy:
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            room = await anna.make_room(bot.user_id)
            await until(lambda: listener.is_in(room))
        await say(anna, room, numbered("x", 30))
        proxy.on("GET .*/messages", failing(500), times=2)
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            await until(lambda: len(listener.said(room)) >= 30)
    assert listener.said(room) == numbered("x", 30)


async def test_a_new_room_whose_past_is_closed_to_us_begins_when_we_join(
    synapse: EmbeddedSynapse, bot: Account, anna: Raw, tmp_path: Path
) -> None:
    listener = Listener()
    async with Proxy(synapse.url) as proxy:
        proxy.on("GET .*/messages", failing(403, errcode="M_FORBIDDEN"), times=100)
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            pass
        room = await anna.make_room()
        await say(anna, room, numbered("old", 20))
        await anna.act(room, "invite", user_id=bot.user_id)
        await say(anna, room, numbered("between", 22))
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            await until(lambda: listener.is_in(room))
            await say(anna, room, ["later"])
            await until(lambda: "later" in listener.said(room))
        assert proxy.passed("GET .*/messages")
    assert listener.said(room) == ["later"]


async def test_a_lost_store_comes_back_though_one_room_is_closed_to_it(
    synapse: EmbeddedSynapse, bot: Account, anna: Raw, tmp_path: Path
) -> None:
    listener = Listener()
    async with Proxy(synapse.url) as proxy:
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            rooms = [await anna.make_room(bot.user_id) for _ in range(2)]
            await until(lambda: all(listener.is_in(room) for room in rooms))
        (tmp_path / "office.db").unlink()
        for room in rooms:
            await say(anna, room, numbered("x", 21))
        forbidden = failing(403, errcode="M_FORBIDDEN")
        proxy.on(f"GET .*/rooms/{rooms[0]}/messages", forbidden, times=100)
        async with running(tmp_path, [(listener, office(bot, proxy.url))]):
            await until(lambda: len(listener.said(rooms[1])) == 21)
            await until(lambda: len(listener.said(rooms[0])) == 20)
    assert listener.said(rooms[1]) == numbered("x", 21)
