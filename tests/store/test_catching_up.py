"""What happened while the office was down is decided before anything leaves for good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, cast

from bots.runtime.model.decision import CancelTimer, Deliver, Due, Event, Request
from bots.runtime.office.office import Office, Post
from bots.runtime.store.records import Order, Rings
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.performing.perform import Outcome
from federation.syncing.session import Session
from tests.bench.mailoffice import NoHomeserver
from tests.store.bots import Obedient

EVENTS = 100


class Slow(NoHomeserver):
    """Its sync takes a while, and brings what happened."""

    store: Store

    async def run(self) -> None:
        await asyncio.sleep(0.2)
        await self.store.run("sync", _news)
        self.synced.set()
        self.came_back()
        await asyncio.Event().wait()


class Mail:
    def __init__(self, bot: Obedient) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.performed = asyncio.Event()
        self.known = 0
        """Events that were decided when the mail left."""
        self._bot = bot

    async def perform(self, action: Any, action_id: str) -> Outcome:
        self.known = len(self._bot.due)
        self.performed.set()
        return Outcome("")

    async def close(self) -> None:
        return None


def _think(event: Event, now: datetime) -> Sequence[Request]:
    time.sleep(0.002)
    return ()


def _news(tx: Transaction) -> None:
    for number in range(EVENTS):
        tx.enter(Rings(f"news/{number}", Obedient.name, f"event {number}", 0.0))


def _queue(tx: Transaction) -> None:
    action = Deliver("mail", "lane", {"letter": "one"})
    tx.append("mail", "lane", Order("mail", "bot", action))


async def test_no_mail_leaves_before_it_is_known_what_happened(store: Store) -> None:
    bot, session = Obedient(_think), Slow()
    session.store = store
    session.synced.clear()
    mail = Mail(bot)
    await store.run("queue", _queue)
    office = Office(store, [Post(bot, cast(Session, session))], bridges={"mail": mail})
    task = asyncio.create_task(office.run())
    try:
        await asyncio.wait_for(mail.performed.wait(), 20)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert mail.known == EVENTS


@asynccontextmanager
async def at_a_start(store: Store, bot: Obedient) -> AsyncIterator[None]:
    """An office whose timer ran out while it was down."""
    session = Slow()
    session.store = store
    session.synced.clear()
    release = Rings("due/release", bot.name, "release", 0.0)
    await store.run("timer", lambda tx: tx.set_timer(f"{bot.name}/release", tx.now - 60, release))
    office = Office(store, [Post(bot, cast(Session, session))])
    task = asyncio.create_task(office.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_no_timer_rings_before_it_is_known_what_happened(store: Store) -> None:
    """Somebody has stopped in time what it would have set off."""
    stopped = asyncio.Event()

    def do(event: Event, now: datetime) -> Sequence[Request]:
        _think(event, now)  # for longer than one transaction of decisions lasts
        if event == Due(f"event {EVENTS - 1}"):
            stopped.set()
            return [CancelTimer("release")]
        return ()

    bot = Obedient(do)
    async with at_a_start(store, bot):
        await asyncio.wait_for(stopped.wait(), 20)
        await asyncio.sleep(0.2)
    assert "release" not in bot.due


async def test_what_is_due_rings_once_it_is_known_what_happened(store: Store) -> None:
    rung = asyncio.Event()

    def do(event: Event, now: datetime) -> Sequence[Request]:
        if event == Due("release"):
            rung.set()
        return ()

    bot = Obedient(do)
    async with at_a_start(store, bot):
        await asyncio.wait_for(rung.wait(), 20)
    assert bot.due[-1] == "release", "behind all that happened"


# -- several accounts ------------------------------------------------------------------------------


class Chatty(NoHomeserver):
    """Its rounds bring one event each, as soon as the round before is taken in."""

    store: Store
    begin: asyncio.Event

    async def run(self) -> None:
        await self.begin.wait()
        for number in range(ROUNDS):
            await self.store.run("sync", partial(self._one, number))
        await asyncio.Event().wait()

    def _one(self, number: int, tx: Transaction) -> None:
        name = f"{self.account} {number}"
        tx.enter(Rings(name, f"bot of {self.account}", name, 0.0))


ROUNDS = 50


class Asking(Obedient):
    """Asks for a delivery for each event, each in a lane of its own."""

    def __init__(self, account: str) -> None:
        super().__init__(lambda event, now: _deliver(event))
        self.name = f"bot of {account}"


def _deliver(event: Event) -> Sequence[Request]:
    return [Deliver("mail", event.key, {"due": event.key})] if isinstance(event, Due) else []


class Counting:
    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.done: list[str] = []
        self.all = asyncio.Event()

    async def perform(self, action: Deliver, action_id: str) -> Outcome:
        self.done.append(action.content["due"])
        if len(self.done) == 2 * ROUNDS:
            self.all.set()
        return Outcome("")

    async def close(self) -> None:
        return None


async def test_what_accounts_hear_at_the_same_time_all_leaves_at_once(store: Store) -> None:
    begin, bridge = asyncio.Event(), Counting()
    sessions = [Chatty("@a:example.org"), Chatty("@b:example.org")]
    for session in sessions:
        session.store, session.begin = store, begin
    posts = [Post(Asking(x.account), cast(Session, x)) for x in sessions]
    office = Office(store, posts, bridges={"mail": bridge})
    task = asyncio.create_task(office.run())
    try:
        await asyncio.sleep(0.2)
        begin.set()
        await asyncio.wait_for(bridge.all.wait(), 10)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    said = [f"{session.account} {number}" for session in sessions for number in range(ROUNDS)]
    assert sorted(bridge.done) == sorted(said)
