"""An office in a process of its own, as it is run every day, with a watch held to it.

Told by `BENCH_OFFICE` (JSON of `Told`) what to run. On standard input: `start` and `stop` the
heartbeat; the end of the input ends the office.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bots.ombuds.bot import OmbudsBot
from bots.ombuds.models import Settings
from bots.runtime.bot import Bot, Docs
from bots.runtime.decision import Decision, Event, Phrase
from bots.runtime.office import Office
from bots.runtime.serving import Account, assemble, run_until_signal
from bots.runtime.words import Words
from federation.actions import Text
from federation.events import TextMessage
from tests.bench.echo import Echo
from tests.bench.heartbeat import Heartbeat
from tests.bench.telling import listen, say

VARIABLE = "BENCH_OFFICE"


@dataclass(frozen=True, slots=True)
class Told:
    homeserver: str
    user: str
    password: str
    state: str
    staff: tuple[str, ...] = ()
    """Of the ombuds office; without staff it is the echo bot that runs."""
    decisions: bool = False
    """Whether to say when the first sync was taken in, and when a message was decided on."""

    def environment(self) -> dict[str, str]:
        return {VARIABLE: json.dumps(asdict(self))}


class Watched:
    """A bot, and the time of the commits that matter."""

    def __init__(self, bot: Bot[Any]) -> None:
        self.name = bot.name
        self._bot = bot
        self._undecided: list[str] = []
        self._synced = False

    def load(self, docs: Docs, event: Event) -> Any:
        return self._bot.load(docs, event)

    def rule(self, state: Any, event: Event, now: datetime) -> Decision[Any]:
        if isinstance(event, TextMessage):
            self._undecided.append(event.body)
        return self._bot.rule(state, event, now)

    def save(self, docs: Docs, state: Any) -> None:
        self._bot.save(docs, state)

    def render(self, phrase: Phrase) -> Text:
        return self._bot.render(phrase)

    def probe(self, stage: str, call: str) -> None:
        if (stage, call) == ("after", "commit:sync") and not self._synced:
            say(synced=time.monotonic())
            self._synced = True
        if (stage, call) == ("after", "commit:decide") and self._undecided:
            say(decided=time.monotonic(), texts=self._undecided)
            self._undecided = []


def ombuds(user: str, staff: tuple[str, ...]) -> OmbudsBot:
    settings = Settings(
        account=user,
        staff=staff,
        languages=("de", "en", "ar", "fa", "uk"),
        timezone=ZoneInfo("Europe/Berlin"),
        room_name="Ombudsstelle",
    )
    return OmbudsBot(settings, Words())


def _office(told: Told) -> Office:
    account = Account(told.homeserver, told.user, told.password)
    bot: Bot[Any] = ombuds(told.user, told.staff) if told.staff else Echo()
    if not told.decisions:
        return assemble(Path(told.state), [(bot, account)])
    watched = Watched(bot)
    return assemble(Path(told.state), [(watched, account)], probe=watched.probe)


async def _obey(heart: Heartbeat) -> None:
    async for word in listen():
        if word == "start":
            heart.start()
        elif word == "stop":
            say(beats=heart.stop())


async def _announce(office: Office) -> None:
    await office.ready.wait()
    say(ready=time.monotonic())


async def main() -> None:
    told = Told(**json.loads(os.environ[VARIABLE]))
    office = _office(told)
    say(running=time.monotonic())
    announcing = asyncio.create_task(_announce(office))
    obeying = asyncio.create_task(_obey(Heartbeat()))
    serving = asyncio.create_task(run_until_signal(office))
    await asyncio.wait({obeying, serving}, return_when=asyncio.FIRST_COMPLETED)
    for task in (announcing, obeying, serving):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    asyncio.run(main())
