"""The homeserver is away for 20 seconds amid 500 messages."""

from __future__ import annotations

import asyncio

from tests.bench.echoing import Echoing, echoing, numbered
from tests.bench.figures import Figure
from tests.bench.place import Place

MESSAGES = 500
BEFORE = 3.0
AWAY = 20.0
HOW = "the homeserver is stopped for 20 s amid 500 messages"

FIGURES = (
    Figure("server_away_lost", "messages", HOW, target=0),
    Figure("server_away_doubled", "messages", HOW, target=0),
)


async def measure(place: Place) -> dict[str, float]:
    async with echoing(place) as scene:
        await scene.begin()
        texts = numbered("away", MESSAGES)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(scene.ask(texts))
            tasks.create_task(_take_away(scene))
        return (await scene.settled(texts)).figures("server_away")


async def _take_away(scene: Echoing) -> None:
    await asyncio.sleep(BEFORE)
    await scene.synapse.stop()
    await asyncio.sleep(AWAY)
    await scene.synapse.restart()
