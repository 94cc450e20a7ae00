"""Killed at random, again and again, while people write to it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from tests.chaos.audit import Findings
from tests.chaos.failpoints import figures
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.process import Keeper
from tests.chaos.story import Story, audit
from tests.chaos.trials import full_id

KILLS = 50
EVENTS = 500
PEOPLE = 5
SECONDS = (0.1, 3.0)
"""Between one kill and the next: from the middle of a start to well into the work."""


async def run(ground: Ground) -> list[Figure]:
    told = await ground.told()
    async with ground.keeper(told) as keeper:
        await keeper.ready()
        user = full_id(ground, told)
        people = [await ground.person(f"anna{number}") for number in range(PEOPLE)]
        stories = [Story(ground, x, user, f"p{n}") for n, x in enumerate(people)]
        await _play(keeper, stories)
        began = time.monotonic()
        for story in stories:
            await story.settle(120)
        settled = time.monotonic() - began
        await keeper.steady(2.0)
        return _figures(keeper, await audit(stories), settled)


async def _play(keeper: Keeper, stories: Sequence[Story]) -> None:
    rooms = [(story, await story.private(f"hello {story.word}")) for story in stories]
    rooms += [(story, await story.plain()) for story in stories]
    share = EVENTS // len(rooms)
    async with asyncio.TaskGroup() as group:
        group.create_task(_kill(keeper))
        for story, room in rooms:
            group.create_task(_write(story, room, share))


async def _kill(keeper: Keeper) -> None:
    while keeper.kills < KILLS:
        await asyncio.sleep(random.uniform(*SECONDS))
        keeper.kill()
        if keeper.kills % 10 == 9:
            say(f"{keeper.kills + 1} kills")


async def _write(story: Story, room: str, number: int) -> None:
    pause = KILLS * sum(SECONDS) / 2 / number
    for n in range(number):
        await asyncio.sleep(random.uniform(0, 2 * pause))
        word = f"{story.word}-{room[1:5]}-{n}"
        await story.ask(room, *_question(n, word))


def _question(number: int, word: str) -> tuple[str, ...]:
    """Mostly words, and now and then something that takes more than an answer."""
    match number % 10:
        case 3:
            return f"draft {word}", f"text draft {word}", f"edit final {word}"
        case 6:
            return f"mistake {word}", "gone", "redaction"
        case 9:
            return f"later {word}", f"text due {word}"
    return (f"say {word}",)


def _figures(keeper: Keeper, found: Findings, settled: float) -> list[Figure]:
    found.crashes, found.errors = len(keeper.crashes), len(keeper.errors())
    for line in keeper.errors():
        say(f"  {line}")
    against = f"{keeper.kills} random kills while {EVENTS} events came in"
    return [
        Figure("kills", keeper.kills, "kills", f"during {EVENTS} events", KILLS, "higher"),
        Figure("kills_settled_after", round(settled, 1), "s", "the last kill", None),
        *figures("kills", found, against),
    ]
