"""Onboarding on a real Synapse, seen by those who come and by coordinators."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bots.lab.people.client import Json, Seen, room_path
from bots.lab.people.person import Person
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.settings import Initiative, Settings
from bots.runtime.office.serving import Account
from bots.runtime.speech.words import Words
from federation.client.interests import Interests
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.rooms import ENCRYPTED, KNOCK, make_room
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse


@dataclass
class Network:
    """A small network with onboarding at work."""

    bot: OnboardingBot
    account: Account
    folder: Path
    anna: Person
    """Made the rooms and coordinates."""
    leyla: Person

    @property
    def settings(self) -> Settings:
        return self.bot.settings

    async def knock(self, person: Person, reason: str) -> None:
        path = f"/knock/{self.settings.space}"
        await person.homeserver.call("POST", path, {"reason": reason})

    async def leyla_is_out(self) -> bool:
        there = await self.anna.state(self.settings.space, "m.room.member", self.leyla.user_id)
        return there is not None and there["membership"] == "leave"

    async def coordinators_see(self, text: str, **fields: Any) -> Seen:
        return await self.anna.wait_for(
            room_id=self.settings.coordination,
            sender=self.settings.account,
            body=re.compile(text),
            **fields,
        )

    async def chat_of(self, person: Person) -> str:
        """Accept the private room."""
        bot = self.settings.account

        def direct() -> str | None:
            rooms = person.invited_rooms.values()
            return next((x.room_id for x in rooms if x.is_direct and x.sender == bot), None)

        return await person.join(await person.wait_until(direct, "the private room"))

    async def sees(self, person: Person, chat: str, text: str, **fields: Any) -> Seen:
        seen = await person.wait_for(
            room_id=chat, sender=self.settings.account, body=re.compile(text), **fields
        )
        assert seen.shield is None
        assert seen.encrypted
        return seen

    async def agree(self, person: Person, chat: str) -> None:
        rules = await self.sees(person, chat, "Be kind")
        await person.react(chat, rules.event_id, "✅")

    def told(self, person: Person, chat: str, text: str) -> int:
        """How often something was said there."""
        return sum(text in (x.body or "") for x in person.seen(chat))

    async def membership(self, room: str, person: Person) -> str | None:
        members = await self.anna.homeserver.members(room)
        return members.get(person.user_id)


async def build(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> Network:
    account = await new_account("onboarding")
    anna, leyla = [await make_person(x, strict=True) for x in ("anna", "leyla")]
    bot = account.user_id
    settings = Settings(
        account=bot,
        network="Alliance",
        space=await make_room(anna, bot, KNOCK, space=True),
        coordination=await make_room(anna, bot, ENCRYPTED),
        languages=("en", "de", "ar"),
        greeting=("en",),
        rules={"en": "Be kind."},
        rules_version="1",
        rooms=(await make_room(anna, bot),),
        initiatives=(
            Initiative("north", "North", rooms=(await make_room(anna, bot, ENCRYPTED),)),
            Initiative("south", "South"),
        ),
        accounts=frozenset({anna.user_id}),
    )
    names = Interests(names=True)
    post = Account(account.homeserver, account.user_id, account.password, interests=names)
    return Network(OnboardingBot(settings, Words()), post, tmp_path / "office", anna, leyla)


OpenNetwork = Callable[..., AbstractAsyncContextManager[Network]]


@pytest.fixture
def network(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> OpenNetwork:
    @asynccontextmanager
    async def open_network(**changes: Any) -> AsyncIterator[Network]:
        built = await build(new_account, make_person, tmp_path)
        built.bot.settings = replace(built.settings, **changes)
        async with running(built.folder, [(built.bot, built.account)]):
            yield built

    return open_network


async def test_who_knocks_is_let_in_agrees_and_is_in_her_rooms(network: OpenNetwork) -> None:
    async with network() as n:
        await n.knock(n.leyla, "I live in the north")
        wish = await n.coordinators_see("I live in the north")
        assert wish.shield is None
        await n.anna.react(n.settings.coordination, wish.event_id, "✅")
        await n.coordinators_see("has let the person in", edits=wish.event_id)
        await n.leyla.wait_until(partial(n.leyla.invited_rooms.get, n.settings.space))
        await n.leyla.join(n.settings.space)
        chat = await n.chat_of(n.leyla)
        await n.sees(n.leyla, chat, "Hello and welcome")
        await n.agree(n.leyla, chat)
        await n.sees(n.leyla, chat, "Which groups")
        for room in n.settings.rooms:
            await n.leyla.wait_until(partial(n.leyla.invited_rooms.get, room))
            await n.leyla.join(room)
        await n.leyla.send(chat, "1, 2")
        await n.coordinators_see("is interested in \u2068South")
        room = n.settings.initiatives[0].rooms[0]
        await n.leyla.wait_until(lambda: n.leyla.invited_rooms.get(room))
        await n.sees(n.leyla, chat, "They know that you are coming")
        assert n.told(n.leyla, chat, "Hello and welcome") == 1


async def test_who_is_declined_reads_why(network: OpenNetwork) -> None:
    async with network() as n:
        await n.knock(n.leyla, "")
        wish = await n.coordinators_see("would like to join")
        await n.anna.send(n.settings.coordination, "!decline", reply_to=wish.event_id)
        await n.coordinators_see("has declined")
        path = room_path(n.settings.space, "state", "m.room.member", n.leyla.user_id)

        async def left() -> Json:
            while True:
                content = await n.anna.homeserver.call("GET", path)
                if content["membership"] == "leave":
                    return content

        assert "ask again later" in (await left())["reason"]


async def test_who_writes_first_is_asked_in_that_room(network: OpenNetwork) -> None:
    async with network() as n:
        target = f"/profile/{n.leyla.user_id}/displayname"
        await n.leyla.homeserver.call("PUT", target, {"displayname": "Leyla Haddad"})
        chat, _ = await n.leyla.write_privately(n.settings.account, "Hello?")
        await n.sees(n.leyla, chat, "Hello and welcome")
        await n.leyla.send(chat, "نعم")
        await n.sees(n.leyla, chat, "will decide")
        request = await n.coordinators_see("agrees to the rules")
        assert f"Leyla Haddad ({n.leyla.user_id})" in (request.body or "")
        await n.anna.react(n.settings.coordination, request.event_id, "👍")
        await n.leyla.wait_until(lambda: n.leyla.invited_rooms.get(n.settings.space))
        assert not [x for x in n.leyla.invited_rooms.values() if x.is_direct]


async def test_somebody_unimportant_can_not_let_herself_in(network: OpenNetwork) -> None:
    async with network() as n:
        await n.anna.invite(n.settings.coordination, n.leyla.user_id)
        await n.leyla.join(n.settings.coordination)
        await n.knock(n.leyla, "me")
        wish = await n.leyla.wait_for(
            room_id=n.settings.coordination, body=re.compile("would like to join")
        )
        await n.leyla.react(n.settings.coordination, wish.event_id, "✅")
        await n.leyla.send(n.settings.coordination, "!admit")
        await n.coordinators_see("Only coordinators")
        assert await n.membership(n.settings.space, n.leyla) == "knock"


async def test_who_takes_her_yes_back_is_out_of_her_rooms(network: OpenNetwork) -> None:
    async with network(approval=False) as n:
        chat, _ = await n.leyla.write_privately(n.settings.account, "Hello?")
        await n.agree(n.leyla, chat)
        await n.sees(n.leyla, chat, "Which groups")
        await n.leyla.wait_until(lambda: n.leyla.invited_rooms.get(n.settings.space))
        await n.leyla.join(n.settings.space)
        await n.leyla.send(chat, "!leave")
        ask = await n.sees(n.leyla, chat, "Do you want to leave")
        await n.leyla.react(chat, ask.event_id, "✅")
        await n.sees(n.leyla, chat, "You have left")
        await n.leyla.wait_until(lambda: n.settings.space not in n.leyla.joined_rooms or None)
        await n.leyla.wait_until(lambda: not n.leyla.invited_rooms or None)
        assert not [
            x for x in n.anna.seen(n.settings.coordination) if "taken out" in (x.body or "")
        ]


async def test_who_left_a_room_herself_is_no_failure(network: OpenNetwork) -> None:
    async with network(approval=False) as n:
        chat, _ = await n.leyla.write_privately(n.settings.account, "Hello?")
        await n.agree(n.leyla, chat)
        room = n.settings.rooms[0]
        await n.leyla.wait_until(lambda: n.leyla.invited_rooms.get(room))
        await n.leyla.leave(room)
        await n.leyla.send(chat, "!leave")
        await n.sees(n.leyla, chat, "Do you want to leave")
        await n.leyla.send(chat, "yes")
        await n.sees(n.leyla, chat, "You have left")
        await until(n.leyla_is_out, "the invitation to the space is taken back")
        await n.knock(n.leyla, "back again")
        await n.coordinators_see("back again")
        assert not [
            x for x in n.anna.seen(n.settings.coordination) if "could not" in (x.body or "")
        ]


async def test_who_is_erased_is_alone_in_her_chat(network: OpenNetwork) -> None:
    async with network(approval=False) as n:
        chat, _ = await n.leyla.write_privately(n.settings.account, "Hello?")
        await n.agree(n.leyla, chat)
        await n.sees(n.leyla, chat, "Which groups")
        await n.leyla.send(chat, "2")
        told = await n.coordinators_see("is interested in")
        await n.leyla.send(chat, "!erase")
        await n.sees(n.leyla, chat, "Shall I erase")
        await n.leyla.send(chat, "yes")
        await n.sees(n.leyla, chat, "is erased")
        await n.anna.wait_for(room_id=n.settings.coordination, redacts=told.event_id)
        await n.leyla.wait_for(
            room_id=chat, type="m.room.member", sender=n.settings.account,
            wanted=lambda x: x.raw["content"]["membership"] == "leave",
        )  # fmt: skip


async def test_a_new_name_and_a_second_visit_greet_nobody(network: OpenNetwork) -> None:
    async with network(approval=False) as n:
        await n.anna.invite(n.settings.space, n.leyla.user_id)
        await n.leyla.join(n.settings.space)
        chat = await n.chat_of(n.leyla)
        await n.sees(n.leyla, chat, "Be kind")
        body = {"displayname": "Leyla R."}
        await n.leyla.homeserver.call("PUT", f"/profile/{n.leyla.user_id}/displayname", body)
        await n.leyla.leave(n.settings.space)
        await n.anna.invite(n.settings.space, n.leyla.user_id)
        await n.leyla.join(n.settings.space)
        await n.leyla.send(chat, "!help")
        await n.sees(n.leyla, chat, "This is what I can do")
        assert n.told(n.leyla, chat, "Hello and welcome") == 1
        assert n.told(n.leyla, chat, "Welcome back") == 0
        assert not [x for x in n.leyla.invited_rooms.values() if x.is_direct]


async def test_who_joined_before_us_is_not_greeted_for_a_new_name(
    network: OpenNetwork, make_person: MakePerson
) -> None:
    """A lost store knows nobody; what the homeserver says of before still tells."""
    async with network(approval=False) as n:
        cem = await make_person("cem")
        await n.anna.invite(n.settings.space, n.leyla.user_id)
        await n.leyla.join(n.settings.space)
        chat = await n.chat_of(n.leyla)
        await n.agree(n.leyla, chat)
        await n.leyla.send(chat, "!erase")
        await n.sees(n.leyla, chat, "Shall I erase")
        await n.leyla.send(chat, "yes")
        await n.sees(n.leyla, chat, "is erased")
        body = {"displayname": "Somebody else"}
        await n.leyla.homeserver.call("PUT", f"/profile/{n.leyla.user_id}/displayname", body)
        await n.anna.invite(n.settings.space, cem.user_id)
        await cem.join(n.settings.space)
        await n.sees(cem, await n.chat_of(cem), "Hello and welcome")
        assert not [x for x in n.leyla.invited_rooms.values() if x.is_direct]


async def test_the_one_reminder(network: OpenNetwork) -> None:
    async with network(remind_after=timedelta(seconds=1)) as n:
        chat, _ = await n.leyla.write_privately(n.settings.account, "Hello?")
        await n.sees(n.leyla, chat, "the only one")
        await n.leyla.send(chat, "!help")
        await n.sees(n.leyla, chat, "This is what I can do")
        assert n.told(n.leyla, chat, "the only one") == 1
