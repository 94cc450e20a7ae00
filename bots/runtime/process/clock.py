"""Time as an argument: offices ask a clock, so that a year can pass in a test."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch, by the clock on the wall: somebody may set it."""

    def running(self) -> float:
        """Seconds since some moment; nobody sets it, and it goes on as long as the process."""

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        """Return once `event` is set, or `until` (seconds since the epoch) is reached, as the clock
        on the wall is now: setting it meanwhile makes nobody wait longer."""


class SystemClock:
    def now(self) -> float:
        return time.time()

    def running(self) -> float:
        return time.monotonic()

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        pause = None if until is None else max(0.0, until - time.time())
        try:
            async with asyncio.timeout(pause):
                await event.wait()
        except TimeoutError:
            pass


class ManualClock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._running = 0.0
        self._jumps = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        return self._now

    def running(self) -> float:
        return self._running

    def jump(self, seconds: float) -> None:
        """The clock on the wall is set."""
        self._now += seconds
        self._jumps += seconds

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self._now += seconds
        self._running += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        jumps = self._jumps
        while not event.is_set() and (until is None or self._now - (self._jumps - jumps) < until):
            moved = self._moved
            tasks = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(moved.wait())]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
