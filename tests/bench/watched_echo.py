"""The echo bot in all rooms, saying when it got how far: `running`, `synced`, `decided`.

Told by the environment: `BENCH_HOMESERVER`, `BENCH_PASSWORD`, `BENCH_STATE`.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import datetime
from pathlib import Path

from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Event
from bots.runtime.office.serving import Account, assemble, run_until_signal
from federation.model.events import TextMessage
from tests.bench.echo import Echo
from tests.bench.telling import say

USER = "office"


class WatchedEcho(Echo):
    """Times are seconds of the monotonic clock, and those of commits."""

    def __init__(self) -> None:
        self._undecided = False
        self._synced = False

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        self._undecided |= isinstance(event, TextMessage)
        return super().rule(view, event, now)

    def probe(self, stage: str, call: str) -> None:
        if (stage, call) == ("after", "commit:sync") and not self._synced:
            say(synced=time.monotonic())
            self._synced = True
        if (stage, call) == ("after", "commit:decide") and self._undecided:
            say(decided=time.monotonic())
            self._undecided = False


async def main() -> None:
    bot = WatchedEcho()
    account = Account(os.environ["BENCH_HOMESERVER"], USER, os.environ["BENCH_PASSWORD"])
    office = assemble(Path(os.environ["BENCH_STATE"]), [(bot, account)], probe=bot.probe)
    say(running=time.monotonic())
    await run_until_signal(office)


if __name__ == "__main__":
    asyncio.run(main())
