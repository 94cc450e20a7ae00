"""People talk: ten messages a second over ten rooms, an answer due to each.

The echo bot, and a bare loop of matrix-nio that answers the same, each in rooms and a process of
its own; and rooms in which nobody answers. Each takes its turn several times in one run. Every room
has its own reader: whom of a room the homeserver tells first is chance, and lasts as long as it
runs.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from statistics import median

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.children import Child
from tests.bench.figures import Figure
from tests.bench.light import PASSWORD, Light, Watch, watching
from tests.bench.place import Place

ROOMS = 10
MESSAGES = 100
EVERY = 0.1
"""Seconds between two messages."""
TURNS = 3
PAUSE = 1.0
HOW = f"{MESSAGES} messages, one every {EVERY:g} s, over {ROOMS} rooms; medians of {TURNS} turns"
BOTS = {"echo": "tests.bench.echo", "bare": "tests.bench.bare_echo"}
RAW = "raw"

FIGURES = (
    Figure("talk_reply_ratio", "×", f"raw send → sync in the same run; {HOW}", target=2.3),
    Figure(
        "talk_bare_reply_ratio", "×", f"the same for a bare nio loop with a stored token; {HOW}"
    ),
    Figure("talk_against_bare_ratio", "×", f"that loop in the same run; {HOW}", target=1.0),
)


@dataclass(frozen=True, slots=True)
class Table:
    """Where people talk: rooms, and who reads in each."""

    anna: Light
    rooms: Sequence[str]
    watches: Sequence[Watch]
    asks: str
    """What comes before a text to which an answer is due."""
    took: list[float] = field(default_factory=list)

    async def talk(self) -> None:
        begun = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in range(MESSAGES):
                await asyncio.sleep(begun + number * EVERY - time.monotonic())
                tasks.create_task(self._say(number % ROOMS))
        await asyncio.sleep(PAUSE)

    async def _say(self, place: int) -> None:
        self.took.append(await self.say(place))

    async def say(self, place: int, seconds: float = 30.0) -> float:
        """From before it is sent to when the reader has what is waited for."""
        text = secrets.token_hex(8)
        begun = time.monotonic()
        sending = asyncio.create_task(self.anna.send(self.rooms[place], self.asks + text))
        came = await self.watches[place].until(text, seconds)
        await sending
        return came - begun


async def measure(place: Place) -> dict[str, float]:
    async with tables(place) as laid:
        for turn in range(TURNS):
            names = list(laid)
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                await laid[name].talk()
            place.say(", ".join(f"{k} {1000 * median(x.took):.0f} ms" for k, x in laid.items()))
        raw, echo, bare = (median(laid[name].took) for name in (RAW, *BOTS))
        return {
            "talk_reply_ratio": echo / raw,
            "talk_bare_reply_ratio": bare / raw,
            "talk_against_bare_ratio": echo / bare,
        }


@asynccontextmanager
async def tables(place: Place) -> AsyncIterator[Mapping[str, Table]]:
    async with AsyncExitStack() as ends:
        synapse = await EmbeddedSynapse.start(place.part("synapse"))
        ends.push_async_callback(synapse.stop)
        anna = await ends.enter_async_context(await Light.new(synapse, "anna"))
        names = [f"reader-{number}" for number in range(ROOMS)]
        readers = [await ends.enter_async_context(await Light.new(synapse, x)) for x in names]
        watches = [await ends.enter_async_context(watching(reader)) for reader in readers]
        laid = {RAW: Table(anna, [await anna.create_room(x) for x in readers], watches, "")}
        for name in BOTS:
            bot = await ends.enter_async_context(await Light.new(synapse, name))
            rooms = [await anna.create_room(reader, bot) for reader in readers]
            child = await _start(place, synapse, name, rooms)
            ends.push_async_callback(child.end)
            laid[name] = Table(anna, rooms, watches, "!echo ")
        for table in laid.values():
            await _warm(table)
        yield laid


async def _start(place: Place, synapse: EmbeddedSynapse, name: str, rooms: Sequence[str]) -> Child:
    environment = {
        "BOT_HOMESERVER": synapse.url,
        "BOT_USER": name,
        "BOT_PASSWORD": PASSWORD,
        "BOT_STATE": str(place.folder / name),
        "BOT_ROOMS": " ".join(rooms),
    }
    log = place.folder / f"{name}.log"
    return await Child.start(BOTS[name], log=log, environment=environment)


async def _warm(table: Table) -> None:
    """What was said before a bot's first sync is none of its business: ask until it answers."""
    async with asyncio.timeout(30):
        while not await _answers(table):
            pass
    for place in range(ROOMS):
        await table.say(place)


async def _answers(table: Table) -> bool:
    try:
        await table.say(0, seconds=1.0)
    except TimeoutError:
        return False
    return True
