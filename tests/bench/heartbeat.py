"""How long an event loop keeps a task waiting that wants to run every millisecond.

`python -m tests.bench.heartbeat` beats in a loop that does nothing else: what it is kept waiting
is the machine's doing.
"""

from __future__ import annotations

import asyncio
import time
from array import array

from tests.bench.figures import quantile
from tests.bench.telling import listen, say

BEAT = 0.001


class Heartbeat:
    def __init__(self) -> None:
        self._late = array("d")
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._late = array("d")
        self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        due = time.perf_counter() + BEAT
        while True:
            await asyncio.sleep(due - time.perf_counter())
            now = time.perf_counter()
            self._late.append(max(0.0, now - due))
            due = now + BEAT

    def stop(self) -> dict[str, float]:
        """How late beats came, in milliseconds."""
        if self._beating is not None:
            self._beating.cancel()
        shares = {"max": 1.0, "p99": 0.99, "p50": 0.5}
        return {name: 1000 * quantile(self._late, share) for name, share in shares.items()}


async def obey() -> None:
    """Beat between `start` and `stop` on standard input, until that ends."""
    heart = Heartbeat()
    async for word in listen():
        if word == "start":
            heart.start()
            say(beating=True)
        elif word == "stop":
            say(beats=heart.stop())


if __name__ == "__main__":
    asyncio.run(obey())
