"""Running offices in tests: in this process (quick), or as one that can be killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bots.runtime.kit.bot import Bot
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account, assemble
from bots.runtime.process.clock import Clock
from federation.model.ports import Probe


@asynccontextmanager
async def running(
    folder: Path,
    bots: Sequence[tuple[Bot, Account]],
    *,
    clock: Clock | None = None,
    probe: Probe | None = None,
) -> AsyncIterator[Office]:
    """An office that is ready; it ends with the block."""
    async with started(assemble(folder, bots, clock=clock, probe=probe)) as office:
        yield office


@asynccontextmanager
async def started(office: Office) -> AsyncIterator[Office]:
    """The same, of an office that was put together by hand."""
    task = asyncio.create_task(office.run())
    ready = asyncio.create_task(office.ready.wait())
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield office
    finally:
        ready.cancel()
        task.cancel()
        await asyncio.gather(task, ready, return_exceptions=True)
        await office.close()
