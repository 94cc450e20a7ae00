"""Killed again and again while 200 people come, half of them by knocking, of whom 40 are banned or
leave again; while 200 readers of each kind get mails, and while 20 messages are shared; some of
these are taken back while it is down."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from contextlib import AsyncExitStack, suppress

from federation.model.errors import FederationError
from tests.bench.light import Light
from tests.chaos import tally
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.newcomers import (
    AGREE,
    POLL,
    Newcomer,
    Phone,
    history,
    knocking,
    offered,
    react,
    until,
)
from tests.chaos.town import NORTH, READERS, ROOMS, Town, announced, founded, shared

PEOPLE, PHONES = 200, 10
"""All who come, and how many of them read what they are told."""
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
SHARES, TAKEN_BACK = 20, 4
"""Messages that are shared, and how many of them are taken back while the office is down."""
SHARE = "📣"
LOOKS = 8
"""How often Anna sees somebody wait before she lets her in by hand."""
BANNED, GONE = 3, 7
"""Of ten people who come, which is banned soon after, and which leaves the alliance again."""


async def run(ground: Ground) -> list[Figure]:
    async with AsyncExitStack() as ends:
        town = await founded(ground, ends)
        beside = [asyncio.create_task(x(town)) for x in (_kill_amid_mails, _coordinate)]
        killing = asyncio.create_task(_kill(town))
        try:
            async with asyncio.TaskGroup() as group:
                for act in (_everybody, _mails, _shares):
                    group.create_task(act(town))
            town.told = True
            await killing
        finally:
            for task in (killing, *beside):
                task.cancel()
        await town.office.up()  # what was said while it was down has come
        await until(town.office.idle, "an office that has done everything")
        await asyncio.sleep(5.0)  # what is done twice is done soon after a start
        await town.office.end()
        came = len(town.newcomers) + len(town.phones)
        return [
            Figure("network_people", came, "people", "came in", PEOPLE, "higher"),
            *await tally.of_people(town),
            *await tally.of_those_out(town),
            *await tally.of_shares(town),
            *tally.of_mails(town, MAILS),
            *tally.of_office(town, KILLS),
        ]


# -- kills -----------------------------------------------------------------------------------------


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


# -- people ----------------------------------------------------------------------------------------


async def _everybody(town: Town) -> None:
    turns = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for number in range(PEOPLE):
            group.create_task(_comes(town, number, turns))


async def _comes(town: Town, number: int, turns: asyncio.Semaphore) -> None:
    space = town.ids["alliance"]
    every = PEOPLE // PHONES
    knocks = (number + number // every) % 2 == 1  # half of all, and half of the phones
    async with turns:
        if number % every == 0:
            person = await town.ground.person(f"phone{number}")
            phone = Phone(person, town.bot, town.rooms((*ROOMS, *NORTH)))
            town.phones.append(phone)
            await _let_in(town, phone, person.user_id, knocks=knocks)
            await phone.live(space)
        else:
            name = f"guest-{secrets.token_hex(4)}"
            async with await Light.new(town.ground.synapse, name) as client:
                newcomer = Newcomer(client, town.bot, town.rooms(ROOMS))
                town.newcomers.append(newcomer)
                await _let_in(town, newcomer, client.user_id, knocks=knocks)
                await newcomer.live(space)
                await _goes(town, client, number)
        if number % 20 == 19:
            say(f"person {number + 1} is in")


async def _let_in(town: Town, who: Newcomer | Phone, user: str, *, knocks: bool) -> None:
    space = town.ids["alliance"]
    if knocks:
        town.knocked.add(user)
        await who.knock(space)
    else:
        await town.anna.call("POST", "rooms", space, "invite", body={"user_id": user})


async def _goes(town: Town, client: Light, number: int) -> None:
    """At once, while the office may be down, and what she was told may still be on its way."""
    space = town.ids["alliance"]
    if number % 10 == BANNED:
        body = {"user_id": client.user_id, "reason": "for a test"}
        await town.anna.call("POST", "rooms", space, "ban", body=body)
    elif number % 10 == GONE:
        await client.call("POST", "rooms", space, "leave", body={})
    else:
        return
    town.out.add(client.user_id)


async def _coordinate(town: Town) -> None:
    """Anna says yes to everybody who asks: by a tap, and by an invitation to who stands in a list
    of many, and therefore goes on waiting."""
    room, number, waiting = town.ids["coordination"], 0, Counter[str]()
    while True:
        with suppress(FederationError):
            while asked := await offered(town.anna, room, town.bot, number):
                await react(town.anna, room, asked, AGREE)
                number += 1
            await asyncio.sleep(POLL)
            waiting.update(await knocking(town.anna, town.ids["alliance"]))
            for user in [x for x, looks in waiting.items() if looks == LOOKS]:
                body = {"user_id": user}
                await town.anna.call("POST", "rooms", town.ids["alliance"], "invite", body=body)
                waiting[user] += 1
        await asyncio.sleep(POLL)


# -- what is announced and shared ------------------------------------------------------------------


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
    found = {reader for reader, text in town.read() if announced(number) in text}
    return sum(x.startswith(kind) for x in found) >= READERS


async def _shares(town: Town) -> None:
    room, bot = town.ids["north/offen"], town.declared.user("exchange")
    await until(lambda: _speaks(town, room, bot), "the bot in the room")
    for number in range(SHARES):
        await asyncio.sleep(random.uniform(2.0, 16.0))
        said = await town.anna.send(room, shared(number))
        await react(town.anna, room, said, SHARE)
        town.shared.append(number)
        if number % (SHARES // TAKEN_BACK) == 0:
            await until(lambda number=number: _copied(town, number), "a copy")  # type: ignore[misc]
            await _take_back(town, room, said)
            town.taken_back.append(number)
    say(f"{SHARES} messages are shared")


async def _take_back(town: Town, room: str, event: str) -> None:
    async with town.office.away():
        transaction = secrets.token_hex(16)
        await town.anna.call("PUT", "rooms", room, "redact", event, transaction, body={})


async def _speaks(town: Town, room: str, bot: str) -> bool:
    return any(
        x["sender"] == bot and x["type"] == "m.room.message" for x in await history(town.anna, room)
    )


async def _copied(town: Town, number: int) -> bool:
    bot = town.declared.user("exchange")
    return any(
        x["sender"] == bot and shared(number) in str(x["content"])
        for x in await history(town.anna, town.ids["exchange"])
    )
