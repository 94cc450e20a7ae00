"""Waiting until something happens or a time is reached, whichever is first."""

from __future__ import annotations

import asyncio
import time

import pytest

from bots.runtime.process.clock import Clock, ManualClock, SystemClock


async def test_the_system_clock_tells_the_time() -> None:
    assert abs(SystemClock().now() - time.time()) < 1


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock(1_000.0)], ids=type)
async def test_what_happened_already_is_not_waited_for(clock: Clock) -> None:
    happened = asyncio.Event()
    happened.set()
    async with asyncio.timeout(30):
        await clock.wait(happened, None)
        await clock.wait(asyncio.Event(), clock.now())
        await clock.wait(asyncio.Event(), clock.now() - 100)


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock(1_000.0)], ids=type)
async def test_what_happens_ends_the_waiting(clock: Clock) -> None:
    happened = asyncio.Event()
    waiting = asyncio.create_task(clock.wait(happened, clock.now() + 3_600))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    happened.set()
    async with asyncio.timeout(30):
        await waiting


async def test_the_system_clock_wakes_at_the_time() -> None:
    clock = SystemClock()
    began = time.monotonic()
    await clock.wait(asyncio.Event(), clock.now() + 0.1)
    assert 0.09 <= time.monotonic() - began < 30


async def test_the_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(1_000.0)
    waiting = asyncio.create_task(clock.wait(asyncio.Event(), 1_010.0))
    for _ in range(9):
        clock.advance(1)
        await asyncio.sleep(0.005)
    assert not waiting.done()
    clock.advance(1)
    async with asyncio.timeout(30):
        await waiting
    assert clock.now() == 1_010.0


@pytest.mark.parametrize("day", [86_400.0, -86_400.0])
async def test_whoever_sets_the_clock_makes_nobody_wait_longer_or_less(day: float) -> None:
    clock = ManualClock(1_000.0)
    waiting = asyncio.create_task(clock.wait(asyncio.Event(), 1_010.0))
    await asyncio.sleep(0)
    clock.jump(day)
    clock.advance(9)
    await asyncio.sleep(0.005)
    assert not waiting.done()
    clock.advance(1)
    async with asyncio.timeout(30):
        await waiting
    assert (clock.now(), clock.running()) == (1_010.0 + day, 10.0)


async def test_many_wait_on_one_manual_clock() -> None:
    clock = ManualClock(0.0)
    waiting = [asyncio.create_task(clock.wait(asyncio.Event(), at)) for at in (1.0, 2.0, 3.0)]
    await asyncio.sleep(0)
    clock.advance(2)
    await asyncio.sleep(0.02)
    assert [task.done() for task in waiting] == [True, True, False]
    waiting[2].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_waiting_can_be_cancelled() -> None:
    for clock in (SystemClock(), ManualClock(0.0)):
        waiting = asyncio.create_task(clock.wait(asyncio.Event(), None))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
