"""What is delivered, and how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bots.runtime.office.delivering import Delivering
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Order
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import (
    CreateRoom,
    React,
    Send,
    Text,
)
from federation.performing.perform import Outcome
from tests.store.events import BOT

A, B = "!a:example.org", "!b:example.org"


class Scripted:
    """Performs what it is given, unless the script names an error for it."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.done: list[str] = []
        self.tried: list[str] = []
        self.seen: list[Any] = []
        self.script: dict[str, list[BaseException]] = {}
        self.held = asyncio.Event()
        self.held.set()
        self.at_once = self.most_at_once = 0

    async def perform(self, action: Any, action_id: str) -> Outcome:
        self.tried.append(action_id)
        self.seen.append(action)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await self.held.wait()
            await asyncio.sleep(0)
        finally:
            self.at_once -= 1
        if self.script.get(action_id):
            raise self.script[action_id].pop(0)
        self.done.append(action_id)
        if isinstance(action, CreateRoom):
            return Outcome("!made:example.org")
        if isinstance(action, React):
            return Outcome(action.room)
        return Outcome(action.room, f"$of-{action_id}")


async def append(
    store: Store, action_id: str, action: Any, lane: str | None = None, of: int | None = None
) -> None:
    where = lane or str(getattr(action, "room", ""))
    order = Order(BOT, "bot", action, of)
    await store.run("append", lambda tx: tx.append(action_id, where, order))


def say(room: str, **more: Any) -> Send:
    return Send(room, Text("hello"), **more)


@asynccontextmanager
async def delivering(
    store: Store, clock: ManualClock, performer: Scripted
) -> AsyncIterator[Delivering]:
    running = Delivering(store, clock, {BOT: performer})
    task = asyncio.create_task(running.run())
    try:
        yield running
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object], clock: ManualClock | None = None) -> None:
    """Wait for it; where time must pass for it, let it pass."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)
            if clock is not None:
                clock.advance(1)


async def counts(store: Store) -> dict[str, int]:
    return await store.run("counts", Transaction.counts)
