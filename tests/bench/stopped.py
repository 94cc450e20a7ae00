"""1,000 messages while the bot is stopped: for seconds, and past Synapse's cache.

Synapse answers a repeated `/sync` from a cache: a bot that was stopped in the middle of a long
poll, and comes back soon, gets its old answer again; one that comes back later gets a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.bench.echoing import Balance, Echoing, echoing, numbered
from tests.bench.figures import Figure
from tests.bench.place import Place

MESSAGES = 1000
MIDDLE_OF_A_POLL = 3.0
CACHE_SECONDS = 4
SHORT = "1,000 while the bot is stopped for seconds, within Synapse's cache of two minutes"
LONG = f"1,000 while the bot is stopped for longer than Synapse's cache of {CACHE_SECONDS} s"

FIGURES = (
    Figure("stopped_lost", "messages", SHORT, target=0),
    Figure("stopped_doubled", "messages", SHORT, target=0),
    Figure("stopped_past_cache_lost", "messages", LONG, target=0),
    Figure("stopped_past_cache_doubled", "messages", LONG, target=0),
)


async def measure(place: Place) -> dict[str, float]:
    async with echoing(place) as scene:
        soon = await _stopped(scene, pause=0)
    later_place = Place(place.part("past-cache"), place.name)
    short_cache: Mapping[str, Any] = {
        "caches": {"sync_response_cache_duration": f"{CACHE_SECONDS}s"}
    }
    async with echoing(later_place, short_cache) as scene:
        later = await _stopped(scene, pause=CACHE_SECONDS + 2)
    return soon.figures("stopped") | later.figures("stopped_past_cache")


async def _stopped(scene: Echoing, pause: float) -> Balance:
    await scene.begin()
    await asyncio.sleep(MIDDLE_OF_A_POLL)
    assert scene.child is not None
    await scene.child.end()
    texts = numbered("stopped", MESSAGES)
    await scene.ask(texts)
    await asyncio.sleep(pause)
    await scene.start()
    return await scene.settled(texts)
