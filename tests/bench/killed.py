"""Ten times SIGKILL, at random moments, during 500 messages."""

from __future__ import annotations

import asyncio
import random

from tests.bench.echoing import Echoing, echoing, numbered
from tests.bench.figures import Figure
from tests.bench.place import Place

MESSAGES = 500
PER_SECOND = 25
"""Slow enough that messages come for as long as there are kills."""
KILLS = 10
LIFE = (0.6, 2.5)
"""Seconds that the bot lives, from its start: some of its lives end before it is up."""
HOW = "10 × SIGKILL at random moments during 500 messages"

FIGURES = (
    Figure("killed_lost", "messages", HOW, target=0),
    Figure("killed_doubled", "messages", HOW, target=0),
)


async def measure(place: Place) -> dict[str, float]:
    seed = random.randrange(2**32)
    place.say(f"seed {seed}")
    async with echoing(place) as scene:
        await scene.begin()
        texts = numbered("killed", MESSAGES)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(scene.ask(texts, PER_SECOND))
            tasks.create_task(_kill(scene, random.Random(seed)))
        return (await scene.settled(texts)).figures("killed")


async def _kill(scene: Echoing, dice: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(dice.uniform(*LIFE))
        assert scene.child is not None
        await scene.child.kill()
        await scene.start()
