"""Flags in a real room, seen by those in it, by who flags, by moderators and by staff."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bots.lab.people.client import Json, Seen, room_path
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.office.serving import Account
from bots.runtime.process.failpoints import VARIABLE
from bots.runtime.speech.words import Words
from bots.runtime.store.transaction import Transaction
from federation.syncing import recovery
from tests.conftest import Account as HomeserverAccount
from tests.kit.forks import Fork, forked
from tests.kit.founders import given, hand_out, joins
from tests.synapse.canaries import Canaries, log, note_ids, read_all
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.waiting import until

__all__ = ["log"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]

ENCRYPTED = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
PATIENCE = 180.0
"""Seconds. On a busy machine an office that was killed takes long to start again."""
WORDS = "the canaryword of the room"


@dataclass
class Meadow:
    """A room with two moderators, an author and somebody who flags; and staff in their room."""

    account: HomeserverAccount
    staff: Person
    moda: Person
    modi: Person
    leyla: Person
    room: str = ""
    office: str = ""

    @property
    def people(self) -> tuple[Person, ...]:
        return (self.staff, self.moda, self.modi, self.leyla)

    async def open_office(self) -> None:
        self.office = await joins(self.staff)

    async def invite(self, *state: Json, **options: Any) -> None:
        """Make the room; the office's account comes, and the moderator turns flags on."""
        bot = self.account.user_id
        users = {self.modi.user_id: 50, bot: 50}
        if "room_version" in options:  # before 12 a creator has no power of its own
            users[self.moda.user_id] = 100
        body = {
            "preset": "private_chat",
            "invite": [self.modi.user_id, self.leyla.user_id],
            "initial_state": list(state),
            "power_level_content_override": {"users": users},
            **options,
        }
        answer = await self.moda.homeserver.call("POST", "/createRoom", body)
        self.room = str(answer["room_id"])
        for person in (self.modi, self.leyla):
            await person.join(self.room)
        await self.moda.invite(self.room, bot)
        await self.reads(self.leyla, self.room, "Those who moderate this room can turn on flags")
        await self.moda.send(self.room, "!flags on")
        await self.reads(self.leyla, self.room, "Flags are on")

    async def reads(self, person: Person, room: str, text: str, **fields: Any) -> Seen:
        bot = self.account.user_id
        return await person.wait_for(
            room_id=room, sender=bot, body=re.compile(text), timeout=PATIENCE, **fields
        )

    async def flag(self, event: str) -> tuple[str, str]:
        """React, see it go, and find the question: the chat, and the question."""
        reaction = await self.leyla.react(self.room, event, "🚩\ufe0f")
        await self.moda.wait_for(room_id=self.room, redacts=reaction, timeout=PATIENCE)
        chat = await self.chat_of(self.leyla)
        question = await self.reads(self.leyla, chat, "What is it about")
        assert question.encrypted
        assert question.shield is None
        return chat, question.event_id

    async def chat_of(self, person: Person) -> str:
        """The room to which the office's account has asked somebody."""
        bot = self.account.user_id

        def found() -> str | None:
            asked = person.invited_rooms.values()
            return next((x.room_id for x in asked if x.sender == bot), None)

        return await person.join(await person.wait_until(found, "an invitation", timeout=PATIENCE))

    async def events(self, room: str, person: Person | None = None) -> list[Json]:
        target = room_path(room, "messages") + "?dir=b&limit=1000"
        return list((await (person or self.moda).homeserver.call("GET", target))["chunk"])


@pytest.fixture
async def meadow(new_account: NewAccount, make_person: MakePerson) -> Meadow:
    account = await new_account("ombuds")
    names = ("staff", "moda", "modi", "leyla")
    staff, moda, modi, leyla = [await make_person(x, strict=True) for x in names]
    return Meadow(account, staff, moda, modi, leyla)


def office_of(meadow: Meadow) -> tuple[OmbudsBot, Account]:
    settings = Settings(
        account=meadow.account.user_id,
        staff=(meadow.staff.user_id,),
        languages=("en", "de"),
        timezone=ZoneInfo("Europe/Berlin"),
        collect=timedelta(seconds=1),
        codes=given(meadow.staff.user_id),
    )
    account = meadow.account
    return OmbudsBot(settings, Words()), Account(
        account.homeserver, account.user_id, account.password
    )


@asynccontextmanager
async def at_work(meadow: Meadow, folder: Path) -> AsyncIterator[Any]:
    async with running(folder, [office_of(meadow)]) as office:
        await meadow.open_office()
        yield office


# -- stories ---------------------------------------------------------------------------------------


async def test_a_flag_becomes_a_case_with_the_text_that_she_shows(
    meadow: Meadow, tmp_path: Path
) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED, name="Haus am See")
        event = await meadow.modi.send(meadow.room, WORDS)
        chat, question = await meadow.flag(event)
        await meadow.leyla.react(chat, question, "🏠")
        root = await meadow.reads(
            meadow.staff, meadow.office, "flagged this in the room .?Haus am See"
        )
        assert "Haus am See" in (root.body or "").splitlines()[0]
        assert meadow.modi.user_id in (root.body or "")
        assert "matrix.to" in (root.body or "")
        await meadow.reads(meadow.leyla, chat, "Its number is")
        await meadow.reads(meadow.leyla, chat, "May it read the text")
        await meadow.leyla.send(chat, "show")
        shown = await meadow.reads(meadow.staff, meadow.office, WORDS, thread=root.event_id)
        assert shown.shield is None
        assert meadow.leyla.user_id not in json.dumps([x.raw for x in meadow.staff.timeline])


async def test_what_is_flagged_beside_an_open_case_is_one_of_its_own(
    meadow: Meadow, tmp_path: Path
) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED)
        chat, cold = await meadow.leyla.write_privately(meadow.account.user_id, "It is cold.")
        first = await meadow.reads(meadow.staff, meadow.office, "It is cold")
        arrived = await meadow.reads(meadow.leyla, chat, "Your number is")
        event = await meadow.modi.send(meadow.room, WORDS)
        await meadow.leyla.react(meadow.room, event, "🚩")
        question = await meadow.reads(meadow.leyla, chat, "What is it about")
        await meadow.leyla.react(chat, question.event_id, "🏠")
        second = await meadow.reads(meadow.staff, meadow.office, "flagged this in a room")
        assert second.thread is None
        await meadow.reads(meadow.leyla, chat, "Its number is")
        await meadow.reads(meadow.leyla, chat, "May it read the text")
        await meadow.leyla.send(chat, "show")
        await meadow.reads(meadow.staff, meadow.office, WORDS, thread=second.event_id)
        await meadow.leyla.send(chat, "He shouted.")
        await meadow.reads(meadow.staff, meadow.office, "He shouted", thread=second.event_id)
        await meadow.leyla.send(chat, "Ten degrees.", reply_to=arrived.event_id)
        await meadow.reads(meadow.staff, meadow.office, "Ten degrees", thread=first.event_id)
        number = re.findall(r"number is \W*(\d+)", arrived.body or "")[0]
        await meadow.reads(meadow.leyla, chat, rf"added to your matter, number \W*{number}")
        await meadow.leyla.redact(chat, cold)
        await meadow.staff.wait_for(room_id=meadow.office, redacts=first.event_id)


async def test_moderators_are_told_each_by_herself_and_never_who(
    meadow: Meadow, tmp_path: Path
) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED)
        event = await meadow.leyla.send(meadow.room, WORDS)  # nobody knows that it is her own
        chat, _ = await meadow.flag(event)
        await meadow.leyla.send(chat, "message")
        await meadow.reads(meadow.leyla, chat, "are told, without your name")
        for moderator in (meadow.moda, meadow.modi):
            room = await meadow.chat_of(moderator)
            told = await meadow.reads(moderator, room, "flagged something")
            assert event.removeprefix("$") in (told.body or "")
            assert told.shield is None
            for secret in (meadow.leyla.user_id, chat, WORDS):
                assert secret not in json.dumps([x.raw for x in moderator.seen(room)])
        assert meadow.leyla.invited_rooms == {}
        assert _count(meadow.staff, meadow.office, "flag") == 0


async def test_an_author_who_moderates_hears_nothing(meadow: Meadow, tmp_path: Path) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite()
        event = await meadow.modi.send(meadow.room, WORDS)
        chat, _ = await meadow.flag(event)
        await meadow.leyla.send(chat, "1")
        room = await meadow.chat_of(meadow.moda)
        await meadow.reads(meadow.moda, room, "flagged something")
        assert meadow.modi.invited_rooms == {}


async def test_a_link_sent_in_private_leaves_no_trace(meadow: Meadow, tmp_path: Path) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED, room_version="10")
        event = await meadow.modi.send(meadow.room, WORDS)
        before = [x["event_id"] for x in await meadow.events(meadow.room)]
        link = f"https://matrix.to/#/{meadow.room}/{event}?via=localhost"
        chat, _ = await meadow.leyla.write_privately(meadow.account.user_id, link)
        await meadow.reads(meadow.leyla, chat, "What is it about")
        await meadow.leyla.send(chat, "2")
        await meadow.reads(meadow.staff, meadow.office, "flagged this in a room")
        assert [x["event_id"] for x in await meadow.events(meadow.room)] == before


async def test_where_flags_are_off_a_reaction_stays(meadow: Meadow, tmp_path: Path) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED)
        await meadow.leyla.send(meadow.room, "!flags off")
        await meadow.reads(meadow.leyla, meadow.room, "Only those who moderate")
        await meadow.modi.send(meadow.room, "!flaggen aus")
        await meadow.reads(meadow.leyla, meadow.room, "Flags are off")
        event = await meadow.modi.send(meadow.room, WORDS)
        reaction = await meadow.leyla.react(meadow.room, event, "🚩")
        await meadow.modi.send(meadow.room, "!flags on")
        await meadow.reads(meadow.leyla, meadow.room, "Flags are on")
        second = await meadow.leyla.react(meadow.room, event, "🚩\ufe0f")
        await meadow.moda.wait_for(room_id=meadow.room, redacts=second)
        gone = [x.redacts for x in meadow.moda.seen(meadow.room) if x.redacts]
        assert reaction not in gone


async def test_a_bot_without_power_says_so_and_so_does_one_that_loses_it(
    meadow: Meadow, tmp_path: Path
) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite()
        levels = await meadow.moda.state(meadow.room, "m.room.power_levels") or {}
        users = {meadow.modi.user_id: 50}
        await _set_levels(meadow, {**levels, "users": users})
        await meadow.reads(meadow.leyla, meadow.room, "can no longer remove reactions here")
        await meadow.moda.send(meadow.room, "!flags on")
        await meadow.reads(meadow.leyla, meadow.room, "I cannot turn flags on yet")
        await _set_levels(meadow, {**levels, "users": {meadow.account.user_id: 50}})
        await meadow.moda.send(meadow.room, "!flags on")
        await until(lambda: _count(meadow.leyla, meadow.room, "Flags are on") == 2)


async def _set_levels(meadow: Meadow, levels: Json) -> None:
    path = room_path(meadow.room, "state", "m.room.power_levels")
    await meadow.moda.homeserver.call("PUT", f"{path}/", levels)


def _count(person: Person, room: str, text: str) -> int:
    return sum(text in (x.body or "") for x in person.seen(room))


async def test_flags_move_along_with_an_upgraded_room(meadow: Meadow, tmp_path: Path) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED, room_version="11")
        answer = await meadow.moda.homeserver.call(
            "POST", room_path(meadow.room, "upgrade"), {"new_version": "12"}
        )
        new = str(answer["replacement_room"])
        for user in (meadow.account.user_id, meadow.leyla.user_id):
            await meadow.moda.invite(new, user)
        await meadow.leyla.join(new)
        await meadow.reads(meadow.moda, new, "Flags are on")
        event = await meadow.moda.send(new, WORDS)
        reaction = await meadow.leyla.react(new, event, "🚩")
        await meadow.moda.wait_for(room_id=new, redacts=reaction)


async def kick_and_invite(meadow: Meadow) -> None:
    bot = meadow.account.user_id
    await meadow.moda.homeserver.call("POST", room_path(meadow.room, "kick"), {"user_id": bot})
    await meadow.moda.invite(meadow.room, bot)


async def is_back_with_flags_off(meadow: Meadow) -> None:
    await until(lambda: _count(meadow.leyla, meadow.room, "can turn on flags here") == 2)
    event = await meadow.moda.send(meadow.room, WORDS)
    await meadow.leyla.react(meadow.room, event, "🚩")
    await meadow.moda.send(meadow.room, "!flags")
    await meadow.reads(meadow.leyla, meadow.room, "Flags are off")
    assert not [x for x in meadow.moda.seen(meadow.room) if x.redacts]


async def test_a_kicked_bot_comes_back_with_flags_off(meadow: Meadow, tmp_path: Path) -> None:
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED)
        await kick_and_invite(meadow)
        await is_back_with_flags_off(meadow)


async def test_a_bot_that_was_kicked_and_asked_in_while_it_was_down(
    meadow: Meadow, tmp_path: Path
) -> None:
    """One sync tells of both."""
    async with at_work(meadow, tmp_path / "office"):
        await meadow.invite(ENCRYPTED)
    await kick_and_invite(meadow)
    async with running(tmp_path / "office", [office_of(meadow)]):
        await is_back_with_flags_off(meadow)


async def test_a_lost_store_asks_nothing_again_and_says_that_flags_are_off(
    meadow: Meadow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "office"
    monkeypatch.setattr(recovery, "MARGIN_MS", 0)  # as if it had all happened days ago
    async with at_work(meadow, folder) as office:
        await meadow.invite(ENCRYPTED)
        event = await meadow.modi.send(meadow.room, WORDS)
        chat, question = await meadow.flag(event)
        await meadow.leyla.send(chat, "2")
        await meadow.reads(meadow.leyla, chat, "May it read the text")
        await until(lambda: office.store.run("idle", Transaction.idle))
        await office.mark({})
    for path in folder.glob("office.db*"):
        path.unlink()
    async with running(folder, [office_of(meadow)]):
        await meadow.leyla.react(chat, question, "1\ufe0f\u20e3")
        reaction = await meadow.leyla.react(meadow.room, event, "🚩")
        # Each phone must have heard of the office's new device before it can write for it.
        for person in (meadow.leyla, meadow.moda):
            await meadow.reads(person, meadow.room, "Flags are off")
        await meadow.moda.send(meadow.room, "!flags on")
        await until(lambda: _count(meadow.leyla, meadow.room, "Flags are on") == 2)
        again = await meadow.leyla.react(meadow.room, event, "🚩\ufe0f")
        await meadow.moda.wait_for(room_id=meadow.room, redacts=again)
        other = await meadow.chat_of(meadow.leyla)
        await meadow.reads(meadow.leyla, other, "What is it about")
        gone = [x.redacts for x in meadow.moda.seen(meadow.room) if x.redacts]
        assert reaction not in gone
        assert len(gone) == 2
    assert _count(meadow.leyla, chat, "What is it about") == 1
    assert _count(meadow.staff, meadow.office, "flagged this in a room") == 1
    assert meadow.moda.invited_rooms == meadow.modi.invited_rooms == {}


# -- nothing is left of it -------------------------------------------------------------------------


async def test_no_canary_is_left_anywhere(  # noqa: PLR0915
    meadow: Meadow, tmp_path: Path, log: Any
) -> None:
    canaries = Canaries()
    folder = tmp_path / "office"
    async with at_work(meadow, folder) as office:
        for person in meadow.people:
            canaries.add("somebody", person.user_id)
        await meadow.invite(ENCRYPTED)
        talk = [canaries.new("talk") for _ in range(5)]
        for text in talk:
            await meadow.leyla.send(meadow.room, text)
        event = await meadow.modi.send(meadow.room, canaries.new("words"))
        chat, _ = await meadow.flag(event)
        await meadow.leyla.send(chat, "2")
        await meadow.reads(meadow.leyla, chat, "May it read the text")
        await meadow.leyla.send(chat, "show")
        await meadow.reads(meadow.leyla, chat, "can read the message now")
        other = await meadow.leyla.send(meadow.room, canaries.new("words"))
        await meadow.leyla.react(meadow.room, other, "🚩")
        await until(lambda: _count(meadow.leyla, chat, "What is it about") == 2)
        await meadow.leyla.send(chat, "1")
        await meadow.reads(meadow.modi, await meadow.chat_of(meadow.modi), "flagged something")
        note_ids(canaries, office, list(meadow.people), [])
        status = json.dumps(await office.status(), ensure_ascii=False)
        counts = (await office.status())["counts"]
        while_running = read_all(folder)
        with sqlite3.connect(f"file:{folder / 'office.db'}?mode=ro", uri=True) as database:
            kept = database.execute("SELECT count(*) FROM inbox WHERE sealed IS NOT NULL")
            assert kept.fetchone() == (0,), "what came in is gone once it is handled"
    found = {f"{name}, running": content for name, content in while_running.items()}
    found |= {f"{name}, stopped": content for name, content in read_all(folder).items()}
    found |= {"status": status.encode(), "log": log.getvalue().encode()}
    assert len(canaries) > 60
    assert "office.db, running" in found
    assert counts.get("outbox_aside", 0) == counts.get("inbox_aside", 0) == 0
    assert {name: canaries.found_in(content) for name, content in found.items()} == {
        name: [] for name in found
    }
    seen_by_staff = json.dumps([x.raw for x in meadow.staff.seen(meadow.office)])
    for secret in (meadow.leyla.user_id, meadow.leyla.device_id, chat, *talk):
        assert secret not in seen_by_staff


# -- kills -----------------------------------------------------------------------------------------


@dataclass
class Keeper:
    """Starts the office again whenever it was killed; each life ends at the next of `points`."""

    settings: Path
    points: list[str]
    statuses: list[int] = field(default_factory=list)
    _ending: bool = False
    _process: Fork | None = None

    async def keep(self, password: str) -> None:
        while not self._ending:
            point = {VARIABLE: self.points.pop(0)} if self.points else {}
            environment = {**os.environ, "BUENDNIS_OMBUDS_PASSWORD": password, **point}
            self._process = await forked("bots", "run", str(self.settings), env=environment)
            self.statuses.append(await self._process.wait())

    async def end(self) -> None:
        self._ending = True
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)


@asynccontextmanager
async def kept(
    meadow: Meadow, homeserver: str, folder: Path, points: Sequence[str]
) -> AsyncIterator[Keeper]:
    settings = {
        "office": {"name": "Office", "state": str(folder / "office"), "languages": ["en", "de"]},
        "homeserver": {"url": homeserver},
        "account": {"user": meadow.account.user_id},
        "staff": [meadow.staff.user_id],
        "answers": {"undo": "1s"},
    }
    path = folder / "ombuds.yaml"
    path.write_text(json.dumps(settings))
    hand_out(folder / "office", meadow.staff.user_id)
    keeper = Keeper(path, list(points))
    task = asyncio.create_task(keeper.keep(meadow.account.password))
    try:
        yield keeper
    finally:
        await keeper.end()
        await asyncio.wait({task}, timeout=20)
        task.cancel()


# Each life of the office ends at one of these, in the order in which the story comes by.
LIVES = (
    (
        "after:join",
        "before:redact",
        "after:createRoom",
        "before:commit:performed:3",
        "before:event",
        "after:commit:look",
    ),
    (
        "after:commit:sync:4",
        "after:redact",
        "before:createRoom",
        "after:react",
        "after:event",
        "after:send:2",
    ),
    (
        "before:commit:decide:4",
        "after:commit:performed:3",
        "before:send:2",
        "before:react:2",
        "before:commit:look",
        "before:sendToDevice",
    ),
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("points", LIVES, ids=[x[0] for x in LIVES])
async def test_everything_happens_once_whenever_the_office_is_killed(
    meadow: Meadow, tmp_path: Path, synapse: EmbeddedSynapse, points: tuple[str, ...]
) -> None:
    async with kept(meadow, synapse.url, tmp_path, points) as keeper:
        await meadow.open_office()
        await meadow.invite(ENCRYPTED)
        event = await meadow.modi.send(meadow.room, WORDS)
        chat, question = await meadow.flag(event)
        await meadow.leyla.react(chat, question, "2\ufe0f\u20e3")
        await meadow.reads(meadow.leyla, chat, "May it read the text")
        await meadow.leyla.send(chat, "show")
        await meadow.reads(meadow.staff, meadow.office, WORDS)
        await meadow.reads(meadow.leyla, chat, "can read the message now")
        second = await meadow.leyla.react(meadow.room, event, "🚩")
        await meadow.moda.wait_for(room_id=meadow.room, redacts=second, timeout=PATIENCE)
        await until(lambda: _count(meadow.leyla, chat, "What is it about") == 2, patience=PATIENCE)
        await meadow.leyla.send(chat, "1")
        room = await meadow.chat_of(meadow.moda)
        await meadow.reads(meadow.moda, room, "flagged something")
        await until(
            lambda: keeper.statuses == [-signal.SIGKILL] * len(points), "every kill", PATIENCE
        )
        await asyncio.sleep(2)  # what is done twice is done soon after a start
        await audit(meadow, chat, room)
    assert keeper.statuses[len(points) :] == [0]


async def audit(meadow: Meadow, chat: str, room: str) -> None:
    """Whatever happened to the office, all this happened once."""
    bot = meadow.account.user_id
    ours = [x for x in await meadow.events(meadow.room) if x["sender"] == bot]
    assert Counter(x["type"] for x in ours)["m.room.redaction"] == 2
    assert _count(meadow.leyla, meadow.room, "Flags are on") == 1
    assert _count(meadow.leyla, chat, "What is it about") == 2
    assert _count(meadow.leyla, chat, "Its number is") == 1
    assert _count(meadow.leyla, chat, "May it read the text") == 1
    assert _count(meadow.staff, meadow.office, "flagged this in a room") == 1
    assert _count(meadow.staff, meadow.office, WORDS) == 1
    assert _count(meadow.moda, room, "flagged something") == 1
    assert meadow.leyla.invited_rooms == {}
    assert meadow.moda.invited_rooms == {}
    assert meadow.modi.invited_rooms == {}, "she wrote it"
