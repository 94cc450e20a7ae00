"""The homeserver is away for 20 seconds amid 500 messages."""

from __future__ import annotations

import asyncio
import time

from tests.bench.echoing import Echoing, echoing, numbered
from tests.bench.figures import Figure
from tests.bench.place import Place

MESSAGES = 500
BEFORE = 3.0
AWAY = 20.0
HOW = "the homeserver is stopped for 20 s amid 500 messages"
FIRST = "from when the homeserver answers again to the first answer to somebody"

FIGURES = (
    Figure("server_away_lost", "messages", HOW, target=0),
    Figure("server_away_doubled", "messages", HOW, target=0),
    Figure("server_away_first_answer_s", "s", f"{FIRST}; {HOW}", target=3.0),
)


async def measure(place: Place) -> dict[str, float]:
    return await stopped_for(place, AWAY, "server_away")


async def stopped_for(place: Place, seconds: float, name: str) -> dict[str, float]:
    async with echoing(place) as scene:
        await scene.begin()
        texts = numbered("away", MESSAGES)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(scene.ask(texts))
            taking = tasks.create_task(_take_away(scene, seconds))
        found = await scene.settled(texts)
        first = await scene.first_answer(taking.result())
        place.say(f"first answer after {first:.2f} s")
        return found.figures(name) | {f"{name}_first_answer_s": first}


async def _take_away(scene: Echoing, seconds: float) -> float:
    """When it was back, in seconds since the epoch."""
    await asyncio.sleep(BEFORE)
    await scene.synapse.stop()
    await asyncio.sleep(seconds)
    await scene.synapse.restart()
    return time.time()
