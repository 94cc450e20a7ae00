"""`buendnis doctor`: what waits in an office and what was set aside, from a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.offices.checkup.backlog import queue
from bots.offices.checkup.finding import Finding, Mark
from bots.runtime.model.decision import Started
from bots.runtime.store.records import Order, Told
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import HELD, Transaction
from federation.model.actions import Join

HOUR = 3600.0


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = Store.open(tmp_path, Sealer(bytes(32)), clock)
    yield store
    await store.close()


async def act(store: Store, name: str) -> None:
    """Decide an action."""
    order = Order("@bot:x", "ombuds", Join("!room:x"))
    await store.run("act", lambda tx: tx.append(name * 32, f"lane {name}", order))


def told(key: str) -> Told:
    return Told(key, "ombuds", Started("@bot:x", 1))


async def by_check(store: Store) -> dict[str, Finding]:
    return {finding.check: finding for finding in await queue(store)}


async def test_nothing_waits(store: Store) -> None:
    found = await by_check(store)
    assert {name: finding.mark for name, finding in found.items()} == {
        "queue": Mark.OK,
        "set aside": Mark.OK,
    }


@pytest.mark.parametrize(
    ("age", "mark"), [(60.0, Mark.OK), (660.0, Mark.NOTE), (HOUR + 60, Mark.FAULT)]
)
async def test_how_long_the_oldest_waits(
    store: Store, clock: Clock, age: float, mark: Mark
) -> None:
    await act(store, "a")
    clock.now += age
    await act(store, "b")
    found = (await by_check(store))["queue"]
    assert found.mark is mark
    assert found.found == f"waiting to be sent: 2, the oldest for {age / 60:.0f} minutes"


async def test_what_was_set_aside_is_named_by_its_reference(store: Store) -> None:
    await act(store, "a")
    await store.run("aside", lambda tx: tx.put_aside(1, "M_FORBIDDEN"))
    await store.run("in", lambda tx: tx.enter(told("key")))
    await store.run("stumble", lambda tx: tx.stumble(1, "ValueError", True))
    found = (await by_check(store))["set aside"]
    assert (found.mark, found.found) == (
        Mark.NOTE,
        "2: in-1 (ValueError), out-aaaaaaaa (M_FORBIDDEN)",
    )


async def test_more_was_set_aside_than_is_named(store: Store) -> None:
    def set_aside(tx: Transaction) -> None:
        for number in range(25):
            tx.enter(told(f"key {number}"))
            tx.stumble(number + 1, "ValueError", True)

    await store.run("aside", set_aside)
    found = (await by_check(store))["set aside"]
    assert found.found.startswith("25: in-25 (ValueError), ")
    assert found.found.endswith(" and 5 more")


async def test_a_rate_limit_is_told_for_a_day(store: Store, clock: Clock) -> None:
    await act(store, "a")
    await store.run("later", lambda tx: tx.postpone(1, clock.now + 1, "RateLimited"))
    await act(store, "b")
    await store.run("later", lambda tx: tx.postpone(2, clock.now + 1, "Unreachable"))
    found = (await by_check(store))["rate limit"]
    assert (found.mark, found.found[-3:]) == (Mark.NOTE, ": 1")
    assert "override_ratelimit" in str(found.remedy)
    clock.now += 25 * HOUR
    assert "rate limit" not in await by_check(store)


async def test_what_could_not_be_read_is_told_for_a_day(store: Store, clock: Clock) -> None:
    event = {"event_id": "$1", "sender": "@leyla:example.org"}
    await store.run("in", lambda tx: tx.receive_locked("@o:x", "!room", event, "session"))
    found = (await by_check(store))["unreadable"]
    assert (found.mark, found.found[-3:]) == (Mark.NOTE, ": 1")
    clock.now += 25 * HOUR
    assert "unreadable" not in await by_check(store)


async def test_mails_that_are_held_are_not_set_aside(store: Store) -> None:
    await act(store, "a")
    await store.run("hold", lambda tx: tx.put_aside(1, HELD))
    found = await by_check(store)
    assert (found["held"].mark, found["held"].found[-3:]) == (Mark.NOTE, ": 1")
    assert found["set aside"].mark is Mark.OK
