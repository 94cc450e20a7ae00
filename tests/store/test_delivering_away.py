"""What could not be said while the homeserver was away is said as soon as it is back."""

from __future__ import annotations

import asyncio

from bots.runtime.office.performing import TryLater
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.store import Store
from tests.store.events import BOT
from tests.store.lanes import A, B, Scripted, append, delivering, say, until

OUTAGE = 12
"""Attempts that fail, so that pauses have grown to a minute."""


def away() -> TryLater:
    return TryLater("Unreachable", away=True)


async def test_it_goes_on_at_once_when_the_homeserver_is_back(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["action"] = [away() for _ in range(OUTAGE)]
    await append(store, "action", say(A))
    await append(store, "after", say(A))
    async with delivering(store, clock, performer) as running:
        await until(lambda: len(performer.tried) == OUTAGE, clock)
        await rests(performer)
        running.came_back(BOT)
        await until(lambda: performer.done == ["action", "after"])


async def test_what_was_under_way_when_it_came_back_is_tried_again_soon(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["action"] = [away() for _ in range(OUTAGE)]
    await append(store, "action", say(A))
    async with delivering(store, clock, performer) as running:
        await until(lambda: len(performer.tried) == OUTAGE - 1, clock)
        performer.held.clear()
        await until(lambda: performer.at_once == 1, clock)
        running.came_back(BOT)
        performer.held.set()
        await until(lambda: performer.at_once == 0)
        clock.advance(0.25)
        await until(lambda: performer.done == ["action"])


async def test_what_waits_for_another_reason_goes_on_waiting(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["limited"] = [TryLater("RateLimited", 30.0)]
    performer.script["state"] = [TryLater("Unreachable", 5.0)]
    await append(store, "limited", say(A))
    await append(store, "state", say(B))
    async with delivering(store, clock, performer) as running:
        await until(lambda: len(performer.tried) == 2)
        await rests(performer)
        running.came_back(BOT)
        await rests(performer)
        clock.advance(5.0)
        await until(lambda: performer.done == ["state"])
        clock.advance(25.0)
        await until(lambda: performer.done == ["state", "limited"])


async def rests(performer: Scripted) -> None:
    """Nothing is tried for a while."""
    tried = len(performer.tried)
    await asyncio.sleep(0.3)
    assert len(performer.tried) == tried
