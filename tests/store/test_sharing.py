"""Who is given a room's key, and when: never before she has come and may know our devices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from bots.runtime.store.records import Happened
from bots.runtime.store.transaction import Transaction
from federation.client.homeserver import Homeserver
from federation.encryption import meeting, owing
from federation.encryption.sharing import Readers, Sharing
from federation.encryption.trust import CrossSigning
from federation.model import rooms
from federation.model.errors import NobodyMeant, TooSoon
from federation.model.rooms import Room
from tests.store.crypto import Phone, query
from tests.store.events import ANNA, BERT, BOT, ROOM, event

PAUSE = 0.2
"""Long enough for what comes within it, on a busy machine."""
MESSAGE = "m.room.message"


class Post:
    """What a homeserver tells of devices, and what it brings them."""

    def __init__(self, *phones: Phone) -> None:
        self._phones = {phone.user: phone for phone in phones}
        self.identities: dict[str, CrossSigning] = {}
        """User → keys by which each device of hers is signed."""
        self.hides: set[str] = set()
        """Whose keys it leaves out."""
        self.queries = 0
        self.keys: dict[str, int] = dict.fromkeys(self._phones, 0)
        """Room keys that each was sent."""

    async def call(self, name: str, method: str, target: str, body: Any) -> dict[str, Any]:
        match name:
            case "keys/query":
                return self._devices(set(body["device_keys"]))
            case "keys/claim":
                claimed = {
                    user: {device: self._phones[user].claim() for device in devices}
                    for user, devices in body["one_time_keys"].items()
                }
                return {"one_time_keys": claimed}
            case "sendToDevice" if "withheld" not in target:
                for user, messages in body["messages"].items():
                    for content in messages.values():
                        wire = {"type": "m.room.encrypted", "sender": BOT, "content": content}
                        await self._phones[user].receives(wire)
                        self.keys[user] += 1
        return {}

    def _devices(self, users: set[str]) -> dict[str, Any]:
        self.queries += 1
        identities = {u: x for u, x in self.identities.items() if u not in self.hides}
        found = query(*(x for u, x in self._phones.items() if u in users), identities=identities)
        for user in users & {*self.identities}:
            for name, keys in found["device_keys"][user].items():
                found["device_keys"][user][name] = self.identities[user].sign_device(keys)
        return found


class Speaker:
    """A bot that speaks in one room; `again` is its next process, with the same store."""

    def __init__(self, bot: Phone, post: Post) -> None:
        self._bot, self._post = bot, post
        self.only: frozenset[str] | None = None
        """Identities to which it speaks."""
        self.sharing = self._new()

    def _new(self) -> Sharing:
        server = cast(Homeserver, self._post)
        return Sharing(self._bot.machine, server, self._bot.store, heard=True)

    async def again(self) -> None:
        self.sharing.close()
        self._bot.machine = await self._bot.reopened()
        self.sharing = self._new()

    async def sees(self, **members: str) -> None:
        """Sync tells who is in the room by now."""
        names = {"anna": ANNA, "bert": BERT}
        before = await self._room()
        found = {BOT: "join", **{names[name]: how for name, how in members.items()}}
        await self.finds(found)
        for user, how in found.items():
            if how == "join" and before.members.get(user) != "join":
                self.sharing.meetings.came(ROOM, user)

    async def finds(self, members: dict[str, str]) -> None:
        """These were in the room before we knew of it."""
        room = Room(ROOM, True, encrypted=True, members=members)
        await self._bot.store.run("room", lambda vault: rooms.save(vault, BOT, room))

    async def _room(self) -> Room:
        return await self._bot.store.run("room", lambda vault: rooms.load(vault, BOT, ROOM))

    async def says(self, body: str) -> dict[str, Any]:
        """As `perform` does; a message that is too early is tried again."""
        room = await self._room()
        asked = frozenset(user for user, how in room.members.items() if how == "invite")
        readers = Readers(frozenset(room.members) - asked, asked, self.only)
        content = {"msgtype": "m.text", "body": body}
        while True:
            try:
                wire = await self.sharing.encrypt(ROOM, readers, MESSAGE, content)
            except TooSoon as error:
                await asyncio.sleep(error.after)
            else:
                return event("m.room.encrypted", wire, BOT)

    async def settles(self) -> None:
        """What follows a sync, until it is done."""
        await self.sharing.settle()
        await asyncio.gather(*self.sharing._paying)

    async def owed(self) -> list[str]:
        found = await self._bot.store.run("owed", lambda v: owing.everywhere(v, BOT))
        return sorted(found)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting, "PAUSE", PAUSE)


async def learns(phone: Phone, other: Phone) -> None:
    """Whose devices are whose; no session between them."""
    answer = query(other)
    await phone.store.run(
        "know", lambda vault: phone.machine.take_devices(vault, answer, [other.user], 0)
    )


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[list[Phone]]:
    made = [await Phone.new(tmp_path, user) for user in (BOT, ANNA, BERT)]
    for person in made[1:]:
        await learns(person, made[0])
    yield made
    for one in made:
        await one.close()


@pytest.fixture
def anna(phones: list[Phone]) -> Phone:
    return phones[1]


@pytest.fixture
def bert(phones: list[Phone]) -> Phone:
    return phones[2]


@pytest.fixture
def post(phones: list[Phone]) -> Post:
    return Post(*phones)


@pytest.fixture
async def bot(phones: list[Phone], post: Post) -> Speaker:
    """In a room with Anna, who knows it."""
    made = Speaker(phones[0], post)
    await made.sees(anna="join")
    await made.says("hello")
    return made


async def test_who_is_asked_in_gets_the_key_when_she_has_come(
    bot: Speaker, post: Post, anna: Phone, bert: Phone
) -> None:
    before = await bot.says("before she was asked")
    await bot.sees(anna="join", bert="invite")
    first, second = await bot.says("first"), await bot.says("second")
    await bot.settles()
    assert post.keys[BERT] == 0
    await bot.sees(anna="join", bert="join")
    await bot.settles()
    assert [await bert.reads(x) for x in (before, first, second)] == [None, "first", "second"]
    assert await anna.reads(second) == "second"
    assert await bot.owed() == []
    assert await bert.reads(await bot.says("third")) == "third"


async def test_the_next_message_pays_too(bot: Speaker, bert: Phone) -> None:
    """Nothing waits for the next sync, and the later key does not hide the earlier words."""
    await bot.sees(anna="join", bert="invite")
    first = await bot.says("first")
    await bot.sees(anna="join", bert="join")
    await asyncio.sleep(PAUSE)
    second = await bot.says("second")
    assert [await bert.reads(x) for x in (first, second)] == ["first", "second"]


async def test_who_knows_us_already_is_paid_before_she_gets_a_later_key(
    bot: Speaker, bert: Phone, phones: list[Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her pause is skipped, so what she is owed must not wait for it: the later key, once there,
    would shut it out in some clients for good."""
    await phones[0].knows(bert)
    await bot.sees(anna="join", bert="invite")
    first = await bot.says("first")
    monkeypatch.setattr(meeting, "PAUSE", 60.0)
    await bot.sees(anna="join", bert="join")
    second = await bot.says("second")
    assert [await bert.reads(x) for x in (first, second)] == ["first", "second"]


async def test_who_is_withdrawn_reads_nothing_later(
    bot: Speaker, post: Post, anna: Phone, bert: Phone
) -> None:
    await bot.sees(anna="join", bert="invite")
    first = await bot.says("first")
    await bot.sees(anna="join")
    second = await bot.says("without her")
    assert first["content"]["session_id"] != second["content"]["session_id"]
    await bot.settles()
    assert post.keys[BERT] == 0
    assert await bot.owed() == [], "she is owed nothing more"
    await bot.sees(anna="join", bert="invite")
    third = await bot.says("asked in anew")
    await bot.sees(anna="join", bert="join")
    await bot.settles()
    assert [await bert.reads(x) for x in (second, third)] == [None, "asked in anew"]
    assert await anna.reads(second) == "without her"


async def test_what_is_owed_outlives_the_process(bot: Speaker, bert: Phone) -> None:
    """Killed when the message was sent, and once more after she came."""
    await bot.sees(anna="join", bert="invite")
    first = await bot.says("first")
    await bot.again()
    second = await bot.says("second")
    await bot.sees(anna="join", bert="join")
    await bot.again()
    await bot.settles()
    assert [await bert.reads(x) for x in (first, second)] == ["first", "second"]


async def test_a_note_that_was_not_committed_stands_for_no_message(
    bot: Speaker, phones: list[Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message leaves whose key is owed to somebody and noted nowhere."""
    await bot.sees(anna="join", bert="invite")
    run = phones[0].store.run

    async def killed(name: str, work: Callable[[Any], Any]) -> Any:
        if name != "owe":
            return await run(name, work)

        def broken(vault: Any) -> None:
            work(vault)
            raise KeyboardInterrupt  # after the write, before the commit

        return await run(name, broken)

    monkeypatch.setattr(phones[0].store, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        await bot.says("first")
    monkeypatch.undo()
    assert await bot.owed() == []


async def test_who_has_just_come_holds_up_nobody(
    bot: Speaker, post: Post, anna: Phone, bert: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meeting, "PAUSE", 60.0)
    await bot.sees(anna="join", bert="join")
    async with asyncio.timeout(30):
        first = await bot.says("first")
    assert await anna.reads(first) == "first"
    assert post.keys[BERT] == 0
    monkeypatch.setattr(meeting, "PAUSE", PAUSE)
    await bot.settles()
    assert await bert.reads(first) == "first"


async def test_a_stranger_who_was_there_before_us_is_paid_too(
    bot: Speaker, post: Post, bert: Phone
) -> None:
    """The process is new, or the device: nobody's coming is told of, and no word may follow."""
    await bot.finds({BOT: "join", ANNA: "join", BERT: "join"})
    await bot.again()
    await bot.settles()  # nobody is owed anything yet
    first = await bot.says("first")
    assert post.keys[BERT] == 0
    await bot.settles()
    assert await bert.reads(first) == "first"


async def test_alone_with_a_stranger_the_message_waits_and_the_pause_ends(
    phones: list[Phone], post: Post, anna: Phone
) -> None:
    bot = Speaker(phones[0], post)
    await bot.sees(anna="join")
    readers = Readers(frozenset({BOT, ANNA}))
    with pytest.raises(TooSoon) as refused:
        await bot.sharing.encrypt(ROOM, readers, MESSAGE, {"body": "at once"})
    assert 0 < refused.value.after <= PAUSE
    assert post.keys[ANNA] == 0
    await asyncio.sleep(refused.value.after)
    assert await anna.reads(await bot.says("now")) == "now"


@pytest.mark.parametrize("user", [ANNA, BOT])
async def test_who_comes_later_is_waited_for_anew(user: str) -> None:
    meetings = meeting.Meetings(BOT)
    await asyncio.sleep(PAUSE)
    assert meetings.wait(ROOM, ANNA) <= 0
    meetings.came(ROOM, user)
    assert meetings.rooms == {ROOM}
    assert 0 < meetings.wait(ROOM, ANNA) <= PAUSE
    assert meetings.wait("!other:example.org", ANNA) <= 0


# -- who is meant by her keys ----------------------------------------------------------------------

HERS = CrossSigning(ANNA, lambda usage: usage.encode().ljust(32))
HIS = CrossSigning(BERT, lambda usage: usage.encode().ljust(32, b"b"))
FORGED = CrossSigning(ANNA, lambda usage: usage.encode().rjust(32))


async def reset(bot: Speaker, post: Post, **identities: CrossSigning) -> None:
    """Keys are others now, and the homeserver says so."""
    names = {"anna": ANNA, "bert": BERT}
    post.identities |= {names[name]: keys for name, keys in identities.items()}
    sync = {"device_lists": {"changed": [names[name] for name in identities]}}
    await bot._bot.store.run("take", lambda vault: bot._bot.machine.take(vault, sync))


async def news(bot: Speaker) -> list[str]:
    """Of whose identity the rules hear."""
    row = await bot._bot.store.run("inbox", lambda tx: tx.next_ready(0))
    return [str(row.record.event["sender"])] if row and isinstance(row.record, Happened) else []


async def heard(bot: Speaker) -> None:
    """They have heard of one."""

    def finish(tx: Transaction) -> None:
        row = tx.next_ready(0)
        assert row is not None
        tx.finish(row.seq)

    await bot._bot.store.run("heard", finish)


async def test_only_identities_that_are_meant_can_read(
    bot: Speaker, post: Post, anna: Phone, bert: Phone
) -> None:
    await bot.sees(anna="join", bert="join")
    await reset(bot, post, anna=HERS, bert=HIS)
    bot.only = frozenset({HERS.public["master"], HIS.public["master"]})
    both = await bot.says("to both")
    bot.only = frozenset({HERS.public["master"]})
    hers = await bot.says("to her")
    assert [await anna.reads(x) for x in (both, hers)] == ["to both", "to her"]
    await bot.settles()
    assert await bert.reads(hers) is None
    bot.only = frozenset({HERS.public["master"], HIS.public["master"]})
    again = await bot.says("to both again")
    assert [await bert.reads(x) for x in (hers, again)] == [None, "to both again"]


async def test_an_identity_that_was_replaced_reads_nothing(
    bot: Speaker, post: Post, anna: Phone
) -> None:
    await reset(bot, post, anna=HERS)
    bot.only = frozenset({HERS.public["master"]})
    assert await anna.reads(await bot.says("before")) == "before"
    await reset(bot, post, anna=FORGED)
    keys = post.keys[ANNA]
    with pytest.raises(NobodyMeant):
        await bot.says("after")
    assert post.keys[ANNA] == keys, "not even the device that she had"


async def test_who_comes_later_is_paid_only_if_it_is_she(
    bot: Speaker, post: Post, anna: Phone, bert: Phone
) -> None:
    bot.only = frozenset({HERS.public["master"]})
    post.identities[ANNA], post.identities[BERT] = HERS, HIS
    await reset(bot, post, anna=HERS)
    await bot.sees(anna="join", bert="invite")
    first = await bot.says("first")
    await bot.sees(anna="join", bert="join")
    await bot.settles()
    assert [await x.reads(first) for x in (anna, bert)] == ["first", None]
    assert post.keys[BERT] == 0


async def test_a_change_that_nobody_announced_is_told(bot: Speaker, post: Post) -> None:
    await reset(bot, post, anna=HERS)
    await bot.says("known")
    await heard(bot)
    assert await news(bot) == []
    post.identities[ANNA] = FORGED  # and no sync says so
    bot._bot.machine.forget_outbound(ROOM)
    await bot.says("renewed")
    assert await news(bot) == [ANNA]


async def test_keys_that_are_withheld_are_asked_for_with_each_message(
    bot: Speaker, post: Post, anna: Phone
) -> None:
    """A homeserver may leave them out once, by a fault of its own: no more than that is lost."""
    await reset(bot, post, anna=HERS)
    await bot.says("known")
    post.hides = {ANNA}
    await reset(bot, post, anna=HERS)
    hidden = await bot.says("hidden")
    assert await anna.reads(hidden) is None
    post.hides = set()
    assert await anna.reads(await bot.says("there again")) == "there again"
    asked = post.queries
    await bot.says("and settled")
    assert post.queries == asked


async def test_what_is_owed_comes_to_those_who_are_meant(
    bot: Speaker, post: Post, bert: Phone
) -> None:
    await reset(bot, post, bert=HIS)
    bot.only = frozenset({HIS.public["master"]})
    await bot.sees(anna="join", bert="invite")
    first = await bot.says("first")
    await bot.again()
    await bot.sees(anna="join", bert="join")
    await bot.settles()
    assert await bert.reads(first) == "first"
