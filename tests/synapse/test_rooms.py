"""Rooms made, joined and kept: each once, however often it is tried, and as they really are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.model.decision import Event, Performed, Request, SetAside
from bots.runtime.office.serving import Account as OfficeAccount
from federation.client.interests import Interests
from federation.model.actions import (
    CreateRoom,
    Handle,
    Invite,
    Join,
    Kick,
    Leave,
    React,
    Redact,
    Send,
    SetState,
    Text,
)
from federation.model.events import Membership, MembershipKind, TextMessage
from tests.conftest import Account, unique
from tests.store.bots import Obedient
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import running
from tests.synapse.proxy import Forward, Proxy, breaking_off, failing
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
    return await new_account("rooms")


@pytest.fixture
async def anna(new_account: NewAccount) -> AsyncIterator[Raw]:
    async with raw(await new_account("anna")) as device:
        yield device


def office(bot: Account, proxy: Proxy) -> OfficeAccount:
    return OfficeAccount(proxy.url, bot.user_id, bot.password)


class Doer(Obedient):
    """Does what the test gave it under the word that it hears."""

    def __init__(self) -> None:
        super().__init__(self._do)
        self.words: dict[str, list[Request]] = {}

    def _do(self, event: Event, now: datetime) -> Sequence[Request]:
        if isinstance(event, Membership) and event.user == event.origin.account:
            invited = event.membership is MembershipKind.INVITE
            return [Join(event.origin.room_id)] if invited else []
        return self.words.get(event.body, []) if isinstance(event, TextMessage) else []

    @property
    def performed(self) -> list[Performed]:
        return [event for event in self.seen if isinstance(event, Performed)]


class Place:
    """An office that does what it hears in one room."""

    def __init__(self, doer: Doer, anna: Raw, room: str) -> None:
        self._doer, self._anna, self.room = doer, anna, room

    async def does(self, *actions: Request) -> list[Performed]:
        """Have it do these, each of which must tell its outcome; the outcomes in order."""
        word = f"word {len(self._doer.words)}"
        before = len(self._doer.performed)
        self._doer.words[word] = list(actions)
        await self._anna.say(self.room, word)
        await until(lambda: len(self._doer.performed) == before + len(actions), word)
        return self._doer.performed[before:]

    @property
    def aside(self) -> list[SetAside]:
        return [event for event in self._doer.seen if isinstance(event, SetAside)]


@pytest.fixture
async def place(bot: Account, proxy: Proxy, anna: Raw, tmp_path: Path) -> AsyncIterator[Place]:
    doer = Doer()
    async with running(tmp_path, [(doer, office(bot, proxy))]):
        room = await anna.make_room(bot.user_id)
        await until(lambda: any(isinstance(event, Membership) for event in doer.seen))
        yield Place(doer, anna, room)


def create(**more: Any) -> CreateRoom:
    return CreateRoom("a room", name="Fall 1", notify=True, **more)


async def joined_rooms(bot: Account) -> list[str]:
    async with raw(bot) as own:
        found: list[str] = (await own.call("GET", "/joined_rooms"))["joined_rooms"]
        return found


# -- making rooms ----------------------------------------------------------------------------------


async def test_a_room_is_made_as_it_was_asked_for(place: Place, anna: Raw, bot: Account) -> None:
    user = anna.account.user_id
    [made] = await place.does(
        create(topic="x", invite=(user,), federate=False, power_levels={"users_default": 5})
    )
    assert made.error is None
    await anna.act(str(made.room_id), "join")
    state = {
        (event["type"], event["state_key"]): event["content"]
        for event in await anna.call("GET", f"/rooms/{made.room_id}/state")
    }
    assert state["m.room.name", ""]["name"] == "Fall 1"
    assert state["m.room.canonical_alias", ""] == {}
    assert state["m.room.encryption", ""]["algorithm"] == "m.megolm.v1.aes-sha2"
    assert state["m.room.create", ""]["m.federate"] is False
    assert state["m.room.power_levels", ""]["users_default"] == 5
    assert state["m.room.member", user]["membership"] == "join"


async def test_a_room_whose_making_broke_off_is_found_again(
    place: Place, proxy: Proxy, anna: Raw, bot: Account
) -> None:
    proxy.on("POST .*/createRoom", breaking_off())
    [made] = await place.does(create(invite=(anna.account.user_id,)))
    assert made.error is None
    assert len(proxy.passed("POST .*/createRoom")) == 2
    assert sorted(await joined_rooms(bot)) == sorted([place.room, str(made.room_id)])


async def test_who_was_not_invited_when_it_broke_off_is_invited(
    place: Place, proxy: Proxy, anna: Raw
) -> None:
    """As when the homeserver goes down between making the room and inviting."""
    proxy.on("POST .*/createRoom", breaking_off(lambda body: body | {"invite": []}))
    [made] = await place.does(create(invite=(anna.account.user_id,)))
    assert made.error is None
    await anna.act(str(made.room_id), "join")


async def test_what_is_said_in_a_new_room_waits_for_it(
    place: Place, proxy: Proxy, make_person: MakePerson
) -> None:
    bert = await make_person("bert")
    proxy.on("POST .*/createRoom", failing(502), times=2)
    welcome = Send(Handle("a room"), Text("welcome"), notify=True)
    work = asyncio.create_task(place.does(create(invite=(bert.user_id,)), welcome))
    invitations = bert.invited_rooms
    await bert.join(await bert.wait_until(lambda: next(iter(invitations), None), "invitation"))
    made, said = await work
    assert (made.error, said.error) == (None, None)
    seen = await bert.wait_for(room_id=str(made.room_id), body="welcome")
    assert seen.encrypted


@pytest.mark.parametrize("how", ["found again", "asked in later"])
async def test_whom_sync_has_not_told_of_yet_can_read_what_is_said_next(
    place: Place, proxy: Proxy, make_person: MakePerson, how: str
) -> None:
    """We asked somebody in; our own sync is slow to tell us."""
    bert = await make_person("bert")
    told = asyncio.Event()
    told.set()

    async def slow(forward: Forward) -> web.Response:
        response = await forward()
        await told.wait()
        return response

    async def broken_off(forward: Forward) -> web.Response:
        told.clear()
        return await breaking_off(lambda body: body | {"invite": []})(forward)

    async def unannounced(forward: Forward) -> web.Response:
        told.clear()
        return await forward()

    proxy.on("GET .*/sync", slow, times=1_000)
    asks: list[Request] = [create(invite=(bert.user_id,))]
    if how == "found again":
        proxy.on("POST .*/createRoom", broken_off)
    else:
        asks = [create(), Invite(Handle("a room"), bert.user_id, notify=True)]
        proxy.on("POST .*/invite", unannounced)
    work = asyncio.create_task(
        place.does(*asks, Send(Handle("a room"), Text("welcome"), notify=True))
    )
    room = await bert.wait_until(lambda: next(iter(bert.invited_rooms), None), "invitation")
    await asyncio.sleep(0.5)  # for it to be said too soon
    assert not proxy.passed("PUT .*/send/m.room.encrypted")
    await bert.join(room)
    told.set()
    outcomes = await work
    assert [x.error for x in outcomes] == [None] * len(outcomes)
    assert (await bert.wait_for(room_id=room, body="welcome")).encrypted


async def test_who_may_read_is_looked_at_before_the_next_message_not_at_each_invitation(
    place: Place, proxy: Proxy, anna: Raw, make_person: MakePerson
) -> None:
    bert, cem = [(await make_person(x)).user_id for x in ("bert", "cem")]
    room = Handle("a room")
    [made] = await place.does(create(invite=(anna.account.user_id,)))
    await anna.act(str(made.room_id), "join")

    def looks() -> int:
        return len(proxy.passed(f"GET .*/rooms/{made.room_id}/state$"))

    before = looks()
    await place.does(*(Invite(room, user, notify=True) for user in (bert, cem)))
    assert looks() == before
    [said] = await place.does(Send(room, Text("one"), notify=True))
    assert (said.error, looks()) == (None, before + 1)
    [said] = await place.does(Send(room, Text("two"), notify=True))
    assert (said.error, looks()) == (None, before + 1)


async def test_whom_we_asked_in_can_read_what_is_said_after_a_restart(
    bot: Account, proxy: Proxy, anna: Raw, make_person: MakePerson, tmp_path: Path
) -> None:
    """That somebody is to be looked for is known to the process alone; sync tells the next one."""
    bert, doer = await make_person("bert"), Doer()
    told = asyncio.Event()

    async def slow(forward: Forward) -> web.Response:
        response = await forward()
        await told.wait()
        return response

    async def unannounced(forward: Forward) -> web.Response:
        proxy.on("GET .*/sync", slow, times=1_000)
        proxy.on("GET .*/state$", failing(502), times=1_000)
        return await forward()

    async with running(tmp_path, [(doer, office(bot, proxy))]):
        place = Place(doer, anna, await anna.make_room(bot.user_id))
        await until(lambda: any(isinstance(event, Membership) for event in doer.seen))
        await place.does(create())
        room = Handle("a room")
        proxy.on("POST .*/invite", unannounced)
        asks = Invite(room, bert.user_id, notify=True), Send(room, Text("welcome"), notify=True)
        work = asyncio.create_task(place.does(*asks))
        await until(lambda: proxy.passed("GET .*/state$")[-1].status == 502, "a look")
        work.cancel()
    assert not proxy.passed("PUT .*/send/m.room.encrypted")
    proxy.forget()
    told.set()
    async with running(tmp_path, [(doer, office(bot, proxy))]):
        asked = await bert.wait_until(lambda: next(iter(bert.invited_rooms), None), "invitation")
        await bert.join(asked)
        assert (await bert.wait_for(room_id=asked, body="welcome")).encrypted


async def test_a_room_that_can_not_be_made_takes_what_belongs_in_it_along(place: Place) -> None:
    made, said = await place.does(
        create(room_version="no such version"),
        Send(Handle("a room"), Text("welcome"), notify=True),
    )
    assert made.error == "M_UNSUPPORTED_ROOM_VERSION"
    assert said.error == "handle"


# -- members ---------------------------------------------------------------------------------------


async def test_inviting_and_putting_out_twice_is_the_same_as_once(
    place: Place, anna: Raw, bot: Account, new_account: NewAccount
) -> None:
    bert = (await new_account("bert")).user_id
    await grant(anna, place.room, bot.user_id)
    invite = Invite(place.room, bert, notify=True, there=True)
    kick = Kick(place.room, bert, notify=True)
    for action in (invite, invite, kick, kick):
        [outcome] = await place.does(action)
        assert outcome.error is None
    moves = [
        event["content"]["membership"]
        for event in await anna.history(place.room)
        if event["type"] == "m.room.member" and event["state_key"] == bert
    ]
    assert moves == ["invite", "leave"]


async def test_nobody_is_invited_who_has_no_account(place: Place, anna: Raw, bot: Account) -> None:
    nobody = f"@{unique('nobody')}:{bot.user_id.partition(':')[2]}"
    await grant(anna, place.room, bot.user_id)
    [refused] = await place.does(Invite(place.room, nobody, notify=True, there=True))
    assert refused.error == "M_NOT_FOUND"
    assert nobody not in {x.get("state_key") for x in await anna.history(place.room)}


async def grant(anna: Raw, room: str, user: str) -> None:
    levels = await anna.call("GET", f"/rooms/{room}/state/m.room.power_levels")
    users = {**levels["users"], user: 60}
    await anna.send(room, "m.room.power_levels", {**levels, "users": users}, key="")


async def test_what_we_have_no_right_to_is_refused_and_not_taken_for_done(
    place: Place, proxy: Proxy, anna: Raw
) -> None:
    [refused] = await place.does(Kick(place.room, anna.account.user_id, notify=True))
    assert refused.error == "M_FORBIDDEN"
    proxy.on("GET .*/state/m.room.member/", failing(500), times=2)
    [refused] = await place.does(Kick(place.room, anna.account.user_id, notify=True))
    assert refused.error == "M_FORBIDDEN", "what she is could not be looked up at first"


async def test_leaving_twice_is_the_same_as_once(
    place: Place, proxy: Proxy, bot: Account, anna: Raw
) -> None:
    [made] = await place.does(create())
    proxy.on("POST .*/leave", breaking_off())
    for _ in range(2):
        [left] = await place.does(Leave(str(made.room_id), notify=True))
        assert left.error is None
    assert await joined_rooms(bot) == [place.room]


async def test_a_room_that_we_are_not_in(place: Place, anna: Raw) -> None:
    elsewhere = await anna.make_room()
    outcomes = await place.does(
        Send(elsewhere, Text("x"), notify=True),
        Join(elsewhere, notify=True),
        Kick(elsewhere, anna.account.user_id, notify=True),
        SetState(elsewhere, "m.room.name", {"name": "x"}, notify=True),
    )
    assert {outcome.error for outcome in outcomes} == {"M_FORBIDDEN"}


async def test_an_invitation_that_her_homeserver_does_not_take_is_told(
    place: Place, proxy: Proxy, new_account: NewAccount
) -> None:
    bert = (await new_account("bert")).user_id
    proxy.on("POST .*/invite", failing(502))
    [silent] = await place.does(Invite(place.room, bert, notify=True, whose=bert, once=True))
    assert (silent.error, silent.user) == ("silent", bert)
    [done] = await place.does(Invite(place.room, bert, notify=True, whose=bert, once=True))
    assert done.error is None


async def test_a_join_is_tried_again_for_as_long_as_the_invitation_stands(
    place: Place, proxy: Proxy, bot: Account, anna: Raw
) -> None:
    proxy.on("POST .*/join/", failing(403, errcode="M_FORBIDDEN"), times=3)
    room = await anna.make_room(bot.user_id)

    async def there() -> bool:
        return room in await joined_rooms(bot)

    await until(there, "a join")
    forbidden = failing(403, errcode="M_FORBIDDEN")
    proxy.on("POST .*/join/", forbidden, times=1000)
    other = await anna.make_room(bot.user_id)
    await until(lambda: proxy.passed(re.escape(f"/join/{other}")), "an attempt")
    await anna.call("POST", f"/rooms/{other}/kick", {"user_id": bot.user_id})
    await until(lambda: [x for x in place.aside if x.room == other], "an end")


# -- in rooms --------------------------------------------------------------------------------------


async def test_what_broke_off_is_done_once(
    place: Place, proxy: Proxy, bot: Account, anna: Raw
) -> None:
    target = await anna.say(place.room, "look")
    await grant(anna, place.room, bot.user_id)
    proxy.on("PUT .*/(send|redact|state)/", breaking_off(), times=4)
    outcomes = await place.does(
        Send(place.room, Text("said"), handle="said", notify=True),
        React(place.room, target, "✅", notify=True),
        SetState(place.room, "m.room.topic", {"topic": "x"}, notify=True),
        Redact(place.room, Handle("said"), notify=True),
    )
    assert [outcome.error for outcome in outcomes] == [None] * 4
    done = [
        event["type"]
        for event in await anna.history(place.room)
        if event["sender"] == bot.user_id and event["type"] != "m.room.member"
    ]
    assert done == ["m.room.message", "m.reaction", "m.room.topic", "m.room.redaction"]


async def test_a_reaction_that_stands_already_is_done(place: Place, anna: Raw) -> None:
    target = await anna.say(place.room, "look")
    for _ in range(2):
        [reacted] = await place.does(React(place.room, target, "✅", notify=True))
        assert reacted.error is None


async def test_who_comes_while_we_look_is_not_overlooked(
    proxy: Proxy, bot: Account, make_person: MakePerson, tmp_path: Path
) -> None:
    """The homeserver's answer is older than what sync tells meanwhile."""
    dora, emil = await make_person("dora"), await make_person("emil")
    doer = Doer()

    async def old_answer(forward: Forward) -> web.Response:
        response = await forward()
        await dora.invite(room, emil.user_id)
        await emil.join(room)
        await until(lambda: emil.user_id in {user for user, _ in moves(doer)})
        return response

    account = replace(office(bot, proxy), interests=Interests(members=False))
    async with running(tmp_path, [(doer, account)]):
        encryption = {"algorithm": "m.megolm.v1.aes-sha2"}
        state = [{"type": "m.room.encryption", "content": encryption}]
        body = {"preset": "private_chat", "initial_state": state, "invite": [bot.user_id]}
        room = str((await dora.homeserver.call("POST", "/createRoom", body))["room_id"])
        await until(lambda: (bot.user_id, MembershipKind.JOIN) in moves(doer))
        proxy.on("GET .*/state$", old_answer)
        doer.words["greet"] = [Send(room, Text("welcome, all"))]
        await dora.send(room, "greet")
        for person in (dora, emil):
            await person.wait_for(room_id=room, body="welcome, all")


def moves(doer: Doer) -> set[tuple[str, MembershipKind]]:
    return {(e.user, e.membership) for e in doer.seen if isinstance(e, Membership)}
