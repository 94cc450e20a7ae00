"""The echo bot of `tests.bench.echo` as a process of its own, and what it owes and has given."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.children import Child
from tests.bench.light import PASSWORD, Light, flood
from tests.bench.place import Place

ROOMS = 10
AT_ONCE = 20
SILENCE = 15.0
"""Seconds without an answer after which what is still owed counts as lost."""
AFTERMATH = 3.0
"""Seconds that are given for answers that come twice."""


@dataclass(frozen=True, slots=True)
class Balance:
    lost: int
    doubled: int

    def figures(self, name: str) -> dict[str, float]:
        return {f"{name}_lost": self.lost, f"{name}_doubled": self.doubled}


def balance(asked: Iterable[str], answered: Iterable[str]) -> Balance:
    """What was never answered, and how many answers are one too many."""
    count = Counter(answered)
    wanted = list(asked)
    return Balance(
        lost=sum(1 for text in wanted if not count[text]),
        doubled=sum(max(0, count[text] - 1) for text in wanted),
    )


@dataclass(slots=True)
class Echoing:
    place: Place
    synapse: EmbeddedSynapse
    anna: Light
    bot: Light
    rooms: Sequence[str]
    child: Child | None = None

    async def start(self) -> Child:
        log = self.place.folder / "echo.log"
        environment = {
            "BOT_HOMESERVER": self.synapse.url,
            "BOT_USER": "echo",
            "BOT_PASSWORD": PASSWORD,
            "BOT_STATE": str(self.place.folder / "echo"),
            "BOT_ROOMS": " ".join(self.rooms),
        }
        self.child = await Child.start("tests.bench.echo", log=log, environment=environment)
        return self.child

    async def begin(self) -> None:
        """Start the bot, and see it answer. What was said before a new account's first sync is
        none of its business, so that it may have to be asked again."""
        await self.start()
        for number in range(30):
            await self.ask([f"begin {number}"])
            await asyncio.sleep(1.0)
            if await self._answers():
                return
        raise TimeoutError("the echo bot does not answer")

    async def ask(self, texts: Sequence[str], per_second: float = math.inf) -> None:
        asked = [f"!echo {text}" for text in texts]
        await flood(self.anna, self.rooms, asked, AT_ONCE, per_second)

    async def settled(self, texts: Sequence[str]) -> Balance:
        """Wait until nothing is owed any more, or nothing comes any more; then for a while."""
        asked = set(texts)
        owed, since = len(asked), time.monotonic()
        while owed and time.monotonic() < since + SILENCE:
            await asyncio.sleep(1.0)
            still = len(asked.difference(await self._answers()))
            if still < owed:
                owed, since = still, time.monotonic()
        await asyncio.sleep(AFTERMATH)
        found = balance(texts, await self._answers())
        self.place.say(f"{len(texts)} asked, {found.lost} lost, {found.doubled} doubled")
        return found

    async def first_answer(self, since: float) -> float:
        """Seconds from then (since the epoch) to the first answer after it."""
        found = [
            event["origin_server_ts"] / 1000
            for room_id in self.rooms
            for event in await self.anna.messages(room_id, self.bot.user_id)
        ]
        return float(min(x for x in found if x >= since) - since)

    async def _answers(self) -> list[str]:
        found: list[str] = []
        for room_id in self.rooms:
            found += await self.anna.texts(room_id, self.bot.user_id)
        return found


@asynccontextmanager
async def echoing(place: Place, extra: Mapping[str, Any] | None = None) -> AsyncIterator[Echoing]:
    """A homeserver with ten rooms for the bot, which does not run yet."""
    async with (
        await EmbeddedSynapse.start(place.part("synapse"), extra=extra) as synapse,
        await Light.new(synapse, "anna") as anna,
        await Light.new(synapse, "echo") as bot,
    ):
        rooms = [await anna.create_room(bot) for _ in range(ROOMS)]
        scene = Echoing(place, synapse, anna, bot, rooms)
        try:
            yield scene
        finally:
            if scene.child is not None:
                await scene.child.end()


def numbered(name: str, count: int) -> list[str]:
    return [f"{name} {number}" for number in range(count)]
