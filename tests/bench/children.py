"""Processes of ours that are measured from outside: an office, or a heart that only beats."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

_ORDERS_DEATH = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ChildFailed(Exception):
    """A process of ours ended before its time; the message holds the end of its log."""


class Child:
    """`python -m MODULE …`, which may say lines of JSON on standard output, and may be told words
    on standard input."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, started: float) -> None:
        self.process = process
        self.started = started
        """When it was started, in seconds of the monotonic clock."""
        self._log = log

    @classmethod
    async def start(
        cls, module: str, *arguments: str, log: Path, environment: Mapping[str, str] | None = None
    ) -> Child:
        started = time.monotonic()
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                *arguments,
                env={**os.environ, **(environment or {})},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                preexec_fn=_end_with_parent,
            )
        return cls(process, log, started)

    async def hear(self, key: str, seconds: float = 60.0) -> Any:
        """The value of the next line that has this key; what it says before is passed over."""
        assert self.process.stdout is not None
        async with asyncio.timeout(seconds):
            while line := await self.process.stdout.readline():
                told = json.loads(line)
                if key in told:
                    return told[key]
        status = await self.process.wait()
        raise ChildFailed(f"status {status}:\n{self._log.read_text()[-2000:]}")

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n".encode())

    def resident_mb(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def end(self) -> float:
        """SIGTERM, as an admin would; how many seconds it took to end."""
        begun = time.monotonic()
        await self._end(signal.SIGTERM)
        return time.monotonic() - begun

    async def _end(self, number: int) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)
        try:
            await asyncio.wait_for(self.process.wait(), 15)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


def _end_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_ORDERS_DEATH, signal.SIGKILL)
