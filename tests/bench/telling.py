"""The child's side of `tests.bench.children`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator


def say(**told: object) -> None:
    print(json.dumps(told), flush=True)


async def listen() -> AsyncIterator[str]:
    """The words that the parent says, until it is gone."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().strip()
