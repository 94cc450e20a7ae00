"""Killed again and again while 200 people come, and while 200 readers of each kind get mails."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bots.announcements.models import Kind
from bridges.email.smtp import Server
from tests.bench.light import Light
from tests.bench.mailsink import Sink, sink
from tests.chaos.alliance import Always, Event, declare, state_of, subscribed
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.newcomers import AGREE, Newcomer, Phone, history, offered, react, until
from tests.synapse.alliance import text_of
from tests.synapse.networks import Declared

PEOPLE, PHONES = 200, 10
"""All who come, and how many of them read what they are told."""
READERS = 200
"""Of each kind: who gets each announcement at once, and who gets the digest."""
KILLS = 30
AT_ONCE = 12
"""People who are on their way in side by side."""
SECONDS = (0.3, 8.0)
"""From a start that has come to its end to the next kill."""
AMID_STARTS, SOON = 0.25, (0.2, 2.0)
"""The share of kills that come sooner than that; and after how many seconds."""
APART = 40
"""Mails between two kills in the midst of mails: one that is in doubt twice is given up."""
MAILS = 3
"""What each reader gets: announcements, or digests."""
ROOMS = ("exchange", "announcements")
SPOKEN = 5
"""In each private room: hello, the rules, a ✅ beneath them, thanks, and which groups there are."""
NORTH = ("north", "north/offen", "north/treffpunkt")


@dataclass
class Town:
    ground: Ground
    declared: Declared
    office: Always
    sink: Sink
    anna: Light
    """Coordinates, lets people in, and announces."""
    newcomers: list[Newcomer] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    told: bool = False
    """The story has come to its end."""
    texts: list[tuple[str, str]] = field(default_factory=list)
    """Recipient and text of each mail that has come."""

    @property
    def bot(self) -> str:
        return self.declared.user("onboarding")

    async def find(self) -> None:
        for name in ("alliance", *ROOMS, *NORTH):
            alias = self.declared.alias(name)
            found = await self.anna.call("GET", "directory", "room", alias)
            self.ids[name] = str(found["room_id"])

    def rooms(self, names: Iterable[str]) -> list[str]:
        return [self.ids[x] for x in names]


async def run(ground: Ground) -> list[Figure]:
    async with AsyncExitStack() as ends:
        town = await _town(ground, ends)
        killing = asyncio.create_task(_kill(town))
        mailing = asyncio.create_task(_kill_amid_mails(town))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_everybody(town))
                group.create_task(_mails(town))
            town.told = True
            await killing
        finally:
            killing.cancel()
            mailing.cancel()
        await until(town.office.idle, "an office that has done everything")
        await asyncio.sleep(5.0)  # what is done twice is done soon after a start
        await town.office.end()
        return [*await _of_people(town), *_of_mails(town), *_of_office(town)]


async def _town(ground: Ground, ends: AsyncExitStack) -> Town:
    anna = await ends.enter_async_context(await Light.new(ground.synapse, "anna"))
    mails = await ends.enter_async_context(sink())
    folder = ground.folder / "network"
    folder.mkdir()
    declared = declare(folder, ground.synapse, mails.port, anna.user_id)
    failures = (await declared.apply()).failures
    if failures:
        raise RuntimeError(f"the network could not be made: {failures}")
    for kind in Kind:
        await subscribed(declared, kind, [_address(kind, n) for n in range(READERS)])
    office = Always(declared.write(), state_of(declared), folder / "office.log")
    town = Town(ground, declared, office, mails, anna)
    await town.find()
    for name in ("alliance", "announcements"):
        await anna.join(town.ids[name])
    await ends.enter_async_context(office)
    return town


def _address(kind: Kind, number: int) -> str:
    return f"{kind}-{number}@mail.example"


# -- what happens ----------------------------------------------------------------------------------


async def _kill(town: Town) -> None:
    """For as long as the story lasts, and often enough however short it is."""
    while town.office.kills < KILLS or not town.told:
        if random.random() < AMID_STARTS:
            await asyncio.sleep(random.uniform(*SOON))
        else:
            await town.office.up()
            await asyncio.sleep(random.uniform(*SECONDS))
        town.office.kill()
        if town.office.kills % 10 == 9:
            say(f"{town.office.kills + 1} kills")


async def _kill_amid_mails(town: Town) -> None:
    """Kills at random would seldom hit the second in which mails leave."""
    while True:
        enough = town.sink.count + APART
        while town.sink.count < enough:
            town.sink.arrived.clear()
            await town.sink.arrived.wait()
        await asyncio.sleep(random.uniform(0.0, 0.05))
        town.office.kill()


async def _everybody(town: Town) -> None:
    turns = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for number in range(PEOPLE):
            group.create_task(_comes(town, number, turns))


async def _comes(town: Town, number: int, turns: asyncio.Semaphore) -> None:
    space = town.ids["alliance"]
    async with turns:
        if number % (PEOPLE // PHONES) == 0:
            person = await town.ground.person(f"phone{number}")
            phone = Phone(person, town.bot, town.rooms((*ROOMS, *NORTH)))
            town.phones.append(phone)
            await _let_in(town, person.user_id)
            await phone.live(space)
        else:
            name = f"guest-{secrets.token_hex(4)}"
            async with await Light.new(town.ground.synapse, name) as client:
                newcomer = Newcomer(client, town.bot, town.rooms(ROOMS))
                town.newcomers.append(newcomer)
                await _let_in(town, client.user_id)
                await newcomer.live(space)
        if number % 20 == 19:
            say(f"person {number + 1} is in")


async def _let_in(town: Town, user: str) -> None:
    space = town.ids["alliance"]
    await town.anna.call("POST", "rooms", space, "invite", body={"user_id": user})


async def _mails(town: Town) -> None:
    room, bot = town.ids["announcements"], town.declared.user("announcements")
    for number in range(MAILS):
        await asyncio.sleep(random.uniform(5.0, 15.0))
        await town.anna.send(room, f"# News {number}\n\nMeeting on day {number}.")
        offer = await until(
            lambda number=number: offered(town.anna, room, bot, number),  # type: ignore[misc]
            "an offer",
        )
        await react(town.anna, room, offer, AGREE)
        await until(lambda number=number: _sent(town, number), "announcements")  # type: ignore[misc]
        await town.anna.send(room, "!digest")
        await until(lambda number=number: _sent(town, number, "digest"), "digests")  # type: ignore[misc]
        say(f"mail {number + 1} of {MAILS} has reached its readers")


async def _sent(town: Town, number: int, kind: str = "immediate") -> bool:
    found = {reader for reader, text in _read(town) if _about(number) in text}
    return sum(x.startswith(kind) for x in found) >= READERS


def _read(town: Town) -> list[tuple[str, str]]:
    new = town.sink.mails[len(town.texts) :]
    town.texts += [(x.recipient, text_of(x)) for x in new]
    return town.texts


def _about(number: int) -> str:
    return f"Meeting on day {number}."


# -- what came of it -------------------------------------------------------------------------------


async def _of_people(town: Town) -> list[Figure]:
    against = f"{PEOPLE} people, {town.office.kills} kills"
    chats = Counter(user for user in await _chats(town) if user is not None)
    users = [x.client.user_id for x in town.newcomers] + [x.person.user_id for x in town.phones]
    invited = await _invitations(town)
    wanted = {(user, room) for user in users for room in town.rooms(ROOMS)}
    wanted |= {(x.person.user_id, room) for x in town.phones for room in town.rooms(NORTH)}
    said = await _said(town)
    return [
        Figure("network_people", len(users), "people", "came in", PEOPLE, "higher"),
        Figure("network_not_greeted", sum(not chats[x] for x in users), "people", against),
        Figure("network_greeted_twice", sum(chats[x] > 1 for x in users), "people", against),
        Figure("network_not_invited", len(wanted - invited.keys()), "invitations", against),
        Figure("network_invited_twice", sum(n - 1 for n in invited.values()), "times", against),
        Figure("network_words_missing", said["missing"], "messages", against),
        Figure("network_words_doubled", said["doubled"], "messages", against),
        Figure("network_unreadable", said["unreadable"], "messages", f"{PHONES} phones"),
    ]


async def _chats(town: Town) -> list[str | None]:
    """Whom each private room of the bot is for, by the server's list of its rooms."""
    known = {*town.ids.values()}
    found = []
    bot = await town.declared.client("onboarding")
    try:
        for room in await town.ground.rooms_of(town.bot):
            if room in known:
                continue
            state = await bot.state(room)
            direct = [k for (t, k) in state if t == "m.room.member" and k != town.bot]
            encrypted = ("m.room.encryption", "") in state
            found.append(direct[0] if len(direct) == 1 and encrypted else None)
    finally:
        await bot.close()
    return found


async def _invitations(town: Town) -> Counter[tuple[str, str]]:
    """By the bot, as they stand in the rooms."""
    found: Counter[tuple[str, str]] = Counter()
    bot = await town.declared.client("onboarding")
    try:
        for room in town.rooms((*ROOMS, *NORTH)):
            for event in await history(bot, room):
                is_ours = event["sender"] == town.bot and event["type"] == "m.room.member"
                if is_ours and event["content"].get("membership") == "invite":
                    found[event["state_key"], room] += 1
    finally:
        await bot.close()
    return found


async def _said(town: Town) -> Counter[str]:
    """What is missing in private rooms, and what stands there twice."""
    found: Counter[str] = Counter()
    bot = await town.declared.client("onboarding")
    try:
        for newcomer in town.newcomers:
            _weigh(found, _spoken(await history(bot, newcomer.chat), town.bot), SPOKEN)
    finally:
        await bot.close()
    for phone in town.phones:
        told = phone.told()
        found["unreadable"] += told.pop("unreadable")
        for times in told.values():
            _weigh(found, times, 1)
    return found


def _spoken(events: Sequence[Event], bot: str) -> int:
    """Messages and reactions of the bot."""
    kinds = ("m.room.encrypted", "m.room.message", "m.reaction")
    return sum(x["sender"] == bot and x["type"] in kinds for x in events)


def _weigh(found: Counter[str], times: int, wanted: int) -> None:
    found["missing"] += max(0, wanted - times)
    found["doubled"] += max(0, times - wanted)


def _of_mails(town: Town) -> list[Figure]:
    kills = town.office.kills
    against = f"{2 * READERS} readers, {MAILS} mails each, {kills} kills"
    arrived: Counter[tuple[str, int]] = Counter()
    for reader, text in _read(town):
        arrived.update((reader, n) for n in range(MAILS) if _about(n) in text)
    wanted = {(_address(kind, i), n) for kind in Kind for i in range(READERS) for n in range(MAILS)}
    doubled = sum(n - 1 for n in arrived.values())
    most = kills * Server("", 0).connections
    return [
        Figure("network_mails_missing", len(wanted - arrived.keys()), "mails", against),
        Figure("network_mails_unwanted", len(arrived.keys() - wanted), "mails", against),
        Figure("network_mails_thrice", sum(n > 2 for n in arrived.values()), "mails", against),
        Figure("network_mails_twice", doubled, "mails", "kills × connections", most),
    ]


def _of_office(town: Town) -> list[Figure]:
    for line in town.office.errors():
        say(f"  {line}")
    against = f"{town.office.kills} kills"
    return [
        Figure("network_kills", town.office.kills, "kills", "in the story", KILLS, "higher"),
        Figure("network_crashes", len(town.office.crashes), "times", against),
        Figure("network_errors_logged", len(town.office.errors()), "lines", against),
    ]
