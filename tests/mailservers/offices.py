"""An office that mails, by a clock of the test's: one that jumps over whatever nobody waits for."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bots.announcements.documents.mails import ROUNDS, Matter, Round
from bots.announcements.documents.people import READERS
from bots.runtime.mail.performer import Mail
from bots.runtime.model.decision import FormSubmitted
from bots.runtime.office.office import Office
from bots.runtime.process.clock import Clock, ManualClock, SystemClock
from bots.runtime.store.transaction import Transaction
from tests.bench import mailoffice
from tests.kit.stored import documents

DAY = 24 * 3600.0
PATIENCE = 180.0
"""Seconds of this machine, however busy it is."""


class Jumping(SystemClock):
    """Time as it is, and jumps."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._jumped = asyncio.Event()

    def now(self) -> float:
        return time.time() + self._ahead

    def running(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds
        self._jumped.set()
        self._jumped = asyncio.Event()

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        while not event.is_set() and (until is None or self.now() < until):
            waits = [asyncio.ensure_future(x.wait()) for x in (event, self._jumped)]
            pause = None if until is None else until - self.now()
            await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for one in waits:
                one.cancel()


class Idling(ManualClock):
    """Moves on, to the next moment that somebody waits for, as soon as all there is to do at this
    one is done. What a server does takes no time."""

    LOOPS = 2
    """Of an office that wait by it: for decisions, and for what is to be carried out."""

    def __init__(self, now: float) -> None:
        super().__init__(now)
        self._waits: dict[int, tuple[asyncio.Event, float | None]] = {}
        self._numbers = itertools.count()

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        number = next(self._numbers)
        self._waits[number] = event, until
        try:
            await super().wait(event, until)
        finally:
            del self._waits[number]

    def go_on(self, office: Office, most: float | None = None) -> None:
        """To the next moment, or at most to that one, if nothing is under way."""
        waits = list(self._waits.values())
        due = [x for x in (*(until for _, until in waits), most) if x is not None]
        still = all(not x.is_set() for x, _ in waits) and all(x > self.now() for x in due)
        if len(waits) == self.LOOPS and still and due and not office._delivering._busy:
            self.advance(min(due) - self.now())


@dataclass
class Mailing:
    office: Office
    clock: Clock
    folder: Path
    patience: float = PATIENCE
    _announced: int = field(default=0)

    @property
    def said(self) -> list[str]:
        """What stands in the editors' room, the latest form of each message included."""
        path = self.folder / mailoffice.SAID
        return path.read_text().splitlines() if path.exists() else []

    async def announce(self) -> None:
        """One more, whose time has come."""
        self._announced += 1
        number = self._announced
        await self.office.store.run("test", lambda tx: mailoffice.announce(tx, number))
        self.office._inbox.set()

    async def round(self) -> Round:
        """The latest."""
        new = self._new
        stored = await self.office.store.run("test", lambda tx: tx.document(ROUNDS, new.key))
        return stored or new

    @property
    def _new(self) -> Round:
        """The latest, as if it had not begun."""
        return Round(Matter.ANNOUNCEMENT, self._announced, "", 1, (), ())

    async def standings(self) -> Counter[str]:
        found = await self.office.store.run("test", lambda tx: documents(tx, READERS))
        return Counter(x.standing for x in found)

    async def bring_back(self) -> None:
        """An editor taps ❌ at the message that tells of suspended readers."""
        handle = self._new.suspended

        def tap(tx: Transaction) -> None:
            told = tx.made(handle)
            assert told is not None
            relation = {"rel_type": "m.annotation", "event_id": told.event_id, "key": "❌"}
            event = {
                "type": "m.reaction",
                "event_id": "$undo",
                "sender": mailoffice.EDITOR,
                "origin_server_ts": 0,
                "content": {"m.relates_to": relation},
            }
            tx.receive(mailoffice.BOT, mailoffice.ROOM, event, encrypted=False)

        await self.office.store.run("test", tap)
        self.office._inbox.set()

    async def ask_for_mails(self, address: str) -> None:
        fields = {"address": address, "language": "en", "kind": "immediate"}
        await self.office.submit(address, "announcements", FormSubmitted("subscribe", fields))

    async def until(self, reached: Callable[[], bool | Awaitable[bool]]) -> float:
        """Seconds of the office until then; at most so many of ours that something is wrong."""
        began = self.clock.now()
        async with asyncio.timeout(self.patience):
            while True:
                found = reached()
                if found if isinstance(found, bool) else await found:
                    return self.clock.now() - began
                await self._go_on()

    async def _go_on(self, most: float | None = None) -> None:
        if isinstance(self.clock, Idling):
            self.clock.go_on(self.office, most)
            await asyncio.sleep(0.001)
        else:
            await asyncio.sleep(0.02)

    async def pass_time(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until:
            await self._go_on(until)

    async def until_sooner(self, reached: Callable[[], bool]) -> None:
        """Pauses that nobody needs to wait for are leapt over, minute by minute."""
        async with asyncio.timeout(self.patience):
            while not reached():
                self.leap(60)
                await asyncio.sleep(0.1)

    def leap(self, seconds: float) -> None:
        """As if the machine had slept: what was due meanwhile is late."""
        assert isinstance(self.clock, Idling | Jumping)
        self.clock.advance(seconds)

    def told(self, words: str, times: int = 1) -> Callable[[], bool]:
        return lambda: sum(words in x for x in self.said) >= times

    async def until_told(self, words: str, times: int = 1) -> float:
        return await self.until(self.told(words, times))

    async def until_trouble(self) -> float:
        """Until it has noticed that the mail server is away."""
        mail = self.office.bridges["mail"]
        assert isinstance(mail, Mail)

        async def reached() -> bool:
            return not await mail.reachable()

        return await self.until(reached)

    async def until_round(self, fits: Callable[[Round], bool]) -> float:
        async def reached() -> bool:
            return fits(await self.round())

        return await self.until(reached)


@asynccontextmanager
async def mailing(
    folder: Path,
    port: int,
    readers: int,
    clock: Clock,
    connections: int = 5,
    patience: float = PATIENCE,
) -> AsyncIterator[Mailing]:
    """An office with so many readers, at work."""
    await mailoffice.seed(folder, readers, announcements=0, now=clock.now)
    office = mailoffice.office(folder, port, connections, clock=clock)
    running = asyncio.create_task(office.run())
    try:
        ready = asyncio.create_task(office.ready.wait())
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield Mailing(office, clock, folder, patience)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await office.bridges["mail"].close()
        await office.store.close()
