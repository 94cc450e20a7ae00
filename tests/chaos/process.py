"""An office that is killed and comes back, as under a supervisor."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

from bots.runtime.process.failpoints import VARIABLE
from tests.chaos.office import READY, Told

CRASHES = 5
"""So often an office may end by itself before it is left alone."""


class Keeper:
    """Starts the office, and starts it again whenever it ends; `async with`.

    The first starts have one failpoint each, those after them none.
    """

    def __init__(self, told: Told, log: Path, points: Iterable[str] = ()) -> None:
        self.told = told
        self.log = log
        self.kills = 0
        self.crashes: list[int] = []
        """The status of each end that nobody had asked for."""
        self.points = list(points)
        """Those that are still to come."""
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._ending = False
        self._since = 0.0
        self._said: set[str] = set()
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ending = True
        self.kill()
        await self._keeping

    async def ready(self, seconds: float = 60.0) -> None:
        """Wait until the office is in step with the homeserver."""
        async with asyncio.timeout(seconds):
            await self._ready.wait()

    async def submit(self, key: str, **fields: str) -> None:
        """Send a form, as often as it takes until the office says that it has it."""
        line = json.dumps({"key": key, "fields": fields}).encode() + b"\n"
        while key not in self._said:
            await self.ready()
            process = self._process
            assert process is not None
            assert process.stdin is not None
            process.stdin.write(line)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._heard(key), 2.0)

    async def _heard(self, key: str) -> None:
        while key not in self._said:
            await self._news.wait()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    async def pause(self) -> None:
        """SIGTERM, and no new start until `go_on`."""
        self._ending = True
        self._signal(signal.SIGTERM)
        await self._keeping

    def go_on(self, told: Told | None = None, points: Iterable[str] = ()) -> None:
        self.told = told or self.told
        self.points = list(points)
        self._ending = False
        self._keeping = asyncio.create_task(self._keep())

    async def steady(self, seconds: float) -> None:
        """Wait until the office has been in step for so long without an end."""
        while not self._ready.is_set() or time.monotonic() - self._since < seconds:
            if self._keeping.done():
                return
            await asyncio.sleep(0.05)

    async def given_up(self) -> None:
        """Wait until it ended by itself so often that nobody starts it any more."""
        await self._keeping

    def last_words(self, number: int = 20) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()[-number:]

    def errors(self) -> list[str]:
        """What its log tells of faults, but for actions that were set aside as they had to be."""
        if not self.log.exists():
            return []
        lines = self.log.read_text(errors="replace").splitlines()
        return [
            line
            for line in lines
            if line.startswith("Traceback")
            or (" ERROR bots" in line and not line.endswith(": handle"))
        ]

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def _keep(self) -> None:
        while not self._ending and len(self.crashes) < CRASHES:
            await self._one_life(self.points.pop(0) if self.points else None)

    async def _one_life(self, point: str | None) -> None:
        environment = {**os.environ, **self.told.environment()}
        if point is not None:
            environment[VARIABLE] = point
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.chaos.office",
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=Path(__file__).parents[2],
            )
        self._process = process
        if self._ending:
            self.kill()
        await self._watch(process)
        await self._note(await process.wait())

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self._said.add(line.decode().strip())
            self._news.set()
            self._news = asyncio.Event()
            if line.decode().strip() == READY:
                self._since = time.monotonic()
                self._ready.set()
        self._ready.clear()

    async def _note(self, status: int) -> None:
        if status == -signal.SIGKILL:
            self.kills += 1
        elif not self._ending or status != 0:
            self.crashes.append(status)
            await asyncio.sleep(0.3)
