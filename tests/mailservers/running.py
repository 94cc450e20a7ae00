"""A mail server as a process of the test's own, and what its log tells."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

PATIENCE = 60.0
GRACE = 10.0
"""Seconds to end in. Exim looks for SIGTERM before it waits, and misses one that comes between."""


class Log:
    """Who got mails, as the server wrote down."""

    def __init__(self, path: Path, took: str) -> None:
        """`took`: what a line looks like that tells of a mail; its group is the recipient."""
        self.path = path
        self._took = re.compile(took)

    @property
    def text(self) -> str:
        return self.path.read_text(errors="replace") if self.path.exists() else ""

    def mails(self) -> Counter[str]:
        return Counter(self._took.findall(self.text))


@asynccontextmanager
async def running(
    command: Sequence[str | Path], environment: Mapping[str, str], answers: Sequence[int | Path]
) -> AsyncIterator[None]:
    """Once it takes connections at all of its ports or sockets; ended with the block."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            for where in answers:
                await _answering(process, where)
        yield
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
            return


async def _answering(process: asyncio.subprocess.Process, where: int | Path) -> None:
    while True:
        if process.returncode is not None:
            assert process.stderr is not None
            raise AssertionError((await process.stderr.read()).decode(errors="replace"))
        try:
            if isinstance(where, int):
                _, writer = await asyncio.open_connection("127.0.0.1", where)
            else:
                _, writer = await asyncio.open_unix_connection(where)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
