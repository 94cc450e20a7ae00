"""500 private chats of 100 accounts, in each of which a matter waits, and behind them one of
somebody else; and a backlog of one person. The office is stopped while they write."""

from __future__ import annotations

import asyncio
import secrets
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from functools import partial
from statistics import median

from tests.bench.figures import Figure
from tests.bench.light import Light
from tests.bench.ombuds import Scene, scene
from tests.bench.place import Place

ACCOUNTS, CHATS, ROUNDS, BACKLOG = 100, 5, 10, 200
AT_ONCE = 16
OLDER = 65.0
"""Seconds by which the person's first case is older than the flood."""
_HOW = f"{ACCOUNTS * CHATS} matters of {ACCOUNTS} accounts wait before it, joined beforehand"

FIGURES = (
    Figure(
        "case_in_flood_s",
        "s",
        f"from when the office goes on, its sync included, to when staff read it; {_HOW}; median "
        f"of {ROUNDS}",
        target=5.0,
    ),
    Figure("case_in_flood_slowest_s", "s", f"the slowest of these {ROUNDS}"),
    Figure("flood_resident_mb", "MB", "the most that the office used", target=150.0),
    Figure(
        "backlog_of_200_ratio",
        "×",
        f"rate at which {BACKLOG} messages of one person reach staff, to that of {BACKLOG} bare "
        "sends one after the other",
        target=0.5,
        better="higher",
    ),
)


async def measure(place: Place) -> dict[str, float]:
    async with AsyncExitStack() as ends:
        playing = await ends.enter_async_context(scene(place))
        begun = time.monotonic()
        backlog = await _backlog(place, playing, ends)
        people = await _people(place, playing, ends)
        await asyncio.sleep(begun + OLDER - time.monotonic())
        took: list[float] = []
        most = 0.0
        for number in range(ROUNDS):
            took.append(await _round(playing, people))
            most = max(most, playing.office.resident_mb())
            place.say(f"round {number + 1}: {took[-1]:.2f} s, {most:.0f} MB")
        return {
            "case_in_flood_s": median(took),
            "case_in_flood_slowest_s": max(took),
            "flood_resident_mb": most,
            "backlog_of_200_ratio": backlog,
        }


# -- the flood -------------------------------------------------------------------------------------


async def _round(playing: Scene, people: list[tuple[Light, list[str]]]) -> float:
    """All of them write, the person last; from when the office goes on to when staff read that."""
    text = secrets.token_hex(8)
    playing.office.process.send_signal(signal.SIGSTOP)
    places = [(who, room) for who, rooms in people for room in rooms]
    words = "!new {}".format
    await _spread(partial(who.send, room, words(secrets.token_hex(20))) for who, room in places)
    await playing.reporters[0].send(playing.chats[0], f"!new {text}")
    begun = time.monotonic()
    playing.office.process.send_signal(signal.SIGCONT)
    await playing.passed_on(text)
    return time.monotonic() - begun


async def _spread(work: Iterable[Callable[[], Awaitable[object]]]) -> None:
    """So many at a time."""
    waiting = iter(work)

    async def go_on() -> None:
        for one in waiting:
            await one()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(go_on())


async def _people(
    place: Place, playing: Scene, ends: AsyncExitStack
) -> list[tuple[Light, list[str]]]:
    """Accounts, each with chats that the office is in."""
    found: list[tuple[Light, list[str]]] = []

    async def make(number: int) -> None:
        who = await ends.enter_async_context(await Light.new(playing.synapse, f"flood-{number}"))
        found.append((who, [await _chat(playing, who) for _ in range(CHATS)]))

    await _spread(partial(make, number) for number in range(ACCOUNTS))
    place.say(f"{len(found)} accounts have chats")
    await _spread(partial(_joined, playing, who, x) for who, rooms in found for x in rooms)
    place.say("the office is in all of them")
    return found


async def _chat(playing: Scene, who: Light) -> str:
    body = {"invite": [playing.account], "is_direct": True, "preset": "trusted_private_chat"}
    return str((await who.call("POST", "createRoom", body=body))["room_id"])


async def _joined(playing: Scene, who: Light, room: str) -> None:
    async with asyncio.timeout(300):
        while True:
            there = await who.call("GET", "rooms", room, "joined_members")
            if playing.account in there["joined"]:
                return
            await asyncio.sleep(0.2)


# -- the backlog -----------------------------------------------------------------------------------


async def _backlog(place: Place, playing: Scene, ends: AsyncExitStack) -> float:
    """How fast a backlog reaches staff, as a share of how fast it could be sent."""
    sender = await ends.enter_async_context(await Light.new(playing.synapse, "sender"))
    room = await sender.create_room()
    begun = time.monotonic()
    for number in range(BACKLOG):
        await sender.send(room, f"bare {number}")
    bare = time.monotonic() - begun
    reporter, chat = playing.reporters[0], playing.chats[0]
    playing.office.process.send_signal(signal.SIGSTOP)
    last = secrets.token_hex(8)
    for number in range(BACKLOG):
        await reporter.send(chat, last if number == BACKLOG - 1 else f"waiting {number}")
    begun = time.monotonic()
    playing.office.process.send_signal(signal.SIGCONT)
    await playing.passed_on(last)
    drained = time.monotonic() - begun
    place.say(f"{BACKLOG} bare in {bare:.1f} s, a backlog of as many in {drained:.1f} s")
    return bare / drained
