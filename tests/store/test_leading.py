"""What was decided first leads: the homeserver is done with it before it is given the rest."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from bots.runtime.office import delivering as module
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.store import Store
from federation.performing.perform import Outcome
from tests.store.lanes import A, B, Scripted, append, delivering, say, until


class Watched(Scripted):
    def __init__(self) -> None:
        super().__init__()
        self.begun: dict[str, float] = {}

    async def perform(self, action: Any, action_id: str) -> Outcome:
        self.begun[action_id] = time.monotonic()
        return await super().perform(action, action_id)


async def test_the_second_waits_a_moment_after_the_first_was_answered(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAD", 0.5)
    performer = Watched()
    for number, room in enumerate((A, B)):
        await append(store, f"action-{number}", say(room), of=7)
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.done) == 2)
    assert performer.done == ["action-0", "action-1"]
    assert performer.begun["action-1"] - performer.begun["action-0"] >= 0.45


async def test_the_second_waits_for_no_answer_that_takes_long(
    store: Store, clock: ManualClock
) -> None:
    performer = Watched()
    performer.held.clear()
    for number, room in enumerate((A, B)):
        await append(store, f"action-{number}", say(room), of=7)
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.begun) == 2)
        performer.held.set()


async def test_what_was_decided_about_something_else_waits_for_nobody(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEAD_START", 60.0)
    performer = Watched()
    performer.held.clear()
    for number, room in enumerate((A, B)):
        await append(store, f"action-{number}", say(room), of=number)
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.begun) == 2)
        performer.held.set()


async def test_no_more_is_asked_for_until_what_is_under_way_was_said(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SPEECH", 60.0)
    performer = Watched()
    performer.held.clear()
    await append(store, "action", say(A))
    async with delivering(store, clock, performer) as running:
        await until(lambda: performer.begun)
        asking = asyncio.create_task(running.spoken())
        await asyncio.sleep(0.2)
        assert not asking.done()
        performer.held.set()
        await asyncio.wait_for(asking, 30)
        assert performer.done == ["action"]


async def test_who_speaks_for_long_keeps_nobody_from_asking(
    store: Store, clock: ManualClock
) -> None:
    performer = Watched()
    performer.held.clear()
    await append(store, "action", say(A))
    async with delivering(store, clock, performer) as running:
        await until(lambda: performer.begun)
        await asyncio.wait_for(running.spoken(), 10)
        assert performer.done == []
        performer.held.set()
