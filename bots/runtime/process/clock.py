"""Time as an argument: offices ask a clock, so that a year can pass in a test."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Boot:
    """Since when this machine has been up. Nobody sets that clock; it goes on while an office is
    down, or the machine sleeps."""

    id: str = ""
    """Another one after each start of the machine."""
    seconds: float = 0.0


UNKNOWN = Boot()


@cache
def _boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:  # then every start of the program counts as one of the machine
        return uuid4().hex


def boot() -> Boot:
    return Boot(_boot_id(), time.clock_gettime(time.CLOCK_BOOTTIME))


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch, by the clock on the wall: somebody may set it."""

    def running(self) -> float:
        """Seconds since some moment; nobody sets it, and it goes on as long as the process."""

    def boot(self) -> Boot:
        """How long the machine has been up."""

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        """Return once `event` is set, or `until` (seconds since the epoch) is reached, as the clock
        on the wall is now: setting it meanwhile makes nobody wait longer."""


class SystemClock:
    def now(self) -> float:
        return time.time()

    def running(self) -> float:
        return time.monotonic()

    def boot(self) -> Boot:
        return boot()

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
        self._boot = Boot("first", 0.0)
        """Its `seconds`: what was running by then."""
        self._moved = asyncio.Event()

    def now(self) -> float:
        return self._now

    def running(self) -> float:
        return self._running

    def boot(self) -> Boot:
        return Boot(self._boot.id, self._running - self._boot.seconds)

    def reboot(self, name: str = "second") -> None:
        """The machine is started again."""
        self._boot = Boot(name, self._running)

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
