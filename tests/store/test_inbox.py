"""The inbox: each event once, in order, and what can't be read waits for its key."""

from __future__ import annotations

from typing import Any

from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Happened, KeyIsLate, Locked
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import InboxRow, Transaction
from tests.store.events import BOT, ROOM, message


async def ready(store: Store) -> list[InboxRow]:
    def read(tx: Transaction) -> list[InboxRow]:
        found: list[InboxRow] = []
        while (row := tx.next_ready(found[-1].seq if found else 0)) is not None:
            found.append(row)
        return found

    return await store.run("read", read)


async def bodies(store: Store) -> list[Any]:
    records = [row.record for row in await ready(store)]
    return [x.event["content"].get("body") for x in records if isinstance(x, Happened)]


async def receive(store: Store, *events: dict[str, Any]) -> None:
    def put(tx: Transaction) -> None:
        for event in events:
            tx.receive(BOT, ROOM, event, encrypted=False)

    await store.run("receive", put)


async def lock(store: Store, event: dict[str, Any], session: str) -> None:
    await store.run("lock", lambda tx: tx.receive_locked(BOT, ROOM, event, session))


async def test_an_event_that_comes_twice_is_handled_once(store: Store) -> None:
    one, two = message("one"), message("two")
    await receive(store, one, two)
    await receive(store, two, one)
    assert await bodies(store) == ["one", "two"]


async def test_an_event_that_was_handled_does_not_come_back(store: Store) -> None:
    event = message("one")
    await receive(store, event)
    [row] = await ready(store)
    await store.run("finish", lambda tx: tx.finish(row.seq))
    await receive(store, event)
    assert await ready(store) == []


async def test_two_accounts_each_get_the_same_event(store: Store) -> None:
    event = message("one")
    await receive(store, event)
    await store.run("other", lambda tx: tx.receive("@other:example.org", ROOM, event, False))
    assert len(await ready(store)) == 2


async def test_half_a_character_comes_back_as_it_was(store: Store) -> None:
    await receive(store, message("half \ud800 a character"))
    assert await bodies(store) == ["half \ufffd a character"]


async def test_a_key_opens_what_waits_for_it_in_the_order_of_its_coming(store: Store) -> None:
    await lock(store, message("first"), "session")
    await lock(store, message("other session"), "another")
    await lock(store, message("second"), "session")
    await receive(store, message("readable"))
    assert await bodies(store) == ["readable"]

    def opened(room: str, event: Any) -> Any:
        return event if room == ROOM else None

    await store.run("unlock", lambda tx: tx.unlock(BOT, {"session"}, opened))
    assert await bodies(store) == ["first", "second", "readable"]


async def test_what_the_key_does_not_open_goes_on_waiting(store: Store) -> None:
    await lock(store, message("first"), "session")
    await store.run("unlock", lambda tx: tx.unlock(BOT, {"session"}, lambda room, event: None))
    assert await ready(store) == []
    await store.run("unlock", lambda tx: tx.unlock(BOT, {"session"}, lambda room, event: event))
    assert await bodies(store) == ["first"]


async def test_one_accounts_key_opens_nothing_of_anothers(store: Store) -> None:
    await lock(store, message("first"), "session")
    keys = {"session"}
    await store.run("unlock", lambda tx: tx.unlock("@other:x", keys, lambda room, event: event))
    assert await ready(store) == []


async def test_what_waits_too_long_is_told_once_and_stays_to_be_opened(
    store: Store, clock: ManualClock
) -> None:
    event = message("late")
    await lock(store, event, "session")
    await lock(store, event, "session")
    clock.advance(store.patience - 1)
    assert await store.run("ring", lambda tx: tx.ring()) == 0
    clock.advance(1)
    assert await store.run("ring", lambda tx: tx.ring()) == 1
    [row] = await ready(store)
    late = row.record
    assert isinstance(late, KeyIsLate)
    waiting = await store.run("locked", lambda tx: tx.locked(late.locked))
    assert isinstance(waiting, Locked)
    assert waiting.event["content"]["body"] == "late"
    await store.run("unlock", lambda tx: tx.unlock(BOT, {"session"}, lambda room, event: event))
    assert await store.run("locked", lambda tx: tx.locked(late.locked)) is None


async def test_pruning_forgets_what_is_done_or_lost_and_nothing_else(
    store: Store, clock: ManualClock
) -> None:
    done, waiting = message("done"), message("waiting")
    await receive(store, done)
    [row] = await ready(store)
    await store.run("finish", lambda tx: tx.finish(row.seq))
    await receive(store, waiting)
    await lock(store, message("locked"), "session")
    await store.run("prune", lambda tx: tx.prune(tx.now))
    assert (await store.run("counts", Transaction.counts))["inbox_locked"] == 1
    await receive(store, done)
    assert await bodies(store) == ["waiting"], "its key was forgotten too early"
    clock.advance(1)
    await store.run("prune", lambda tx: tx.prune(tx.now))
    counts = await store.run("counts", Transaction.counts)
    assert (counts["inbox_ready"], counts["inbox_locked"], counts["inbox_done"]) == (1, 0, 0)
