"""What was decided first leads: the homeserver is done with it before it is given the rest."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bots.runtime import delivering as module
from bots.runtime.clock import ManualClock
from bots.runtime.store import Store
from federation.perform import Outcome
from tests.store.test_delivering import A, B, Scripted, append, delivering, say, until


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
        await append(store, f"action-{number}", say(room))
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
        await append(store, f"action-{number}", say(room))
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.begun) == 2)
        performer.held.set()
