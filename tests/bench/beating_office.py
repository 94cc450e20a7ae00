"""`python -m tests.bench.beating_office FILE`: the ombuds office of FILE, with a heartbeat in its
event loop between `start` and `stop` on standard input."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from bots.offices.ombuds import ombuds_office
from bots.runtime.office.serving import run_until_signal
from config.loading import load
from tests.bench.heartbeat import obey


async def main() -> None:
    office, _ = ombuds_office(load(Path(sys.argv[1])))
    serving = asyncio.create_task(run_until_signal(office))
    obeying = asyncio.create_task(obey())
    await asyncio.wait({obeying, serving}, return_when=asyncio.FIRST_COMPLETED)
    for task in (obeying, serving):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    asyncio.run(main())
