"""The outbox, its handles and copies, and the timers."""

from __future__ import annotations

from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import KeyIsLate, Order, Rings
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import OutboxRow, Transaction
from federation.model.actions import Send, Text
from federation.model.ports import Echo

ECHO = Echo("!r:x", "$e", "Send")


async def append(store: Store, action_id: str, lane: str, makes: str | None = None) -> None:
    await store.run("append", lambda tx: tx.append(action_id, lane, order(action_id, makes)))


def order(name: str, makes: str | None = None) -> Order:
    return Order("@bot:x", "b", Send("!room:x", Text(name), handle=makes))


def rings(bot: str, name: str) -> Rings:
    return Rings(f"due/{bot}/{name}", bot, name, 0.0)


async def heads(store: Store) -> list[OutboxRow]:
    return await store.run("heads", Transaction.heads)


async def test_each_lane_offers_its_first_row(store: Store) -> None:
    for action_id, lane in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")):
        await append(store, action_id, lane)
    assert [row.id for row in await heads(store)] == ["a1", "b1"]
    assert [row.order() for row in await heads(store)] == [order("a1"), order("b1")]


async def test_a_row_that_waits_holds_back_its_lane_alone(store: Store) -> None:
    for action_id, lane in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b")):
        await append(store, action_id, lane)
    first, other = await heads(store)
    await store.run("postpone", lambda tx: tx.postpone(first.seq, tx.now + 10, "why"))
    assert await store.run("sent", lambda tx: tx.sent(other))
    assert [(row.id, row.tries, row.not_before > 0) for row in await heads(store)] == [
        ("a1", 1, True),
        ("b2", 0, False),
    ]


async def test_a_row_is_sent_once(store: Store) -> None:
    await append(store, "a1", "a")
    [row] = await heads(store)
    assert await store.run("sent", lambda tx: tx.sent(row))
    assert not await store.run("sent", lambda tx: tx.sent(row))
    assert await heads(store) == []


async def test_the_same_decision_puts_nothing_twice_into_the_outbox(store: Store) -> None:
    await append(store, "a1", "a")
    [row] = await heads(store)
    await store.run("sent", lambda tx: tx.sent(row))
    await append(store, "a1", "a")
    assert await heads(store) == []


async def test_the_next_of_a_lane(store: Store) -> None:
    await append(store, "a1", "a")
    await append(store, "a2", "a")
    [row] = await heads(store)
    await store.run("aside", lambda tx: tx.put_aside(row.seq, "why"))
    following = await store.run("head", lambda tx: tx.head(row.lane))
    assert following is not None
    assert following.id == "a2"
    await store.run("sent", lambda tx: tx.sent(following))
    assert await store.run("head", lambda tx: tx.head(row.lane)) is None


async def test_an_echo_is_kept_until_its_action_is_done_and_no_longer(store: Store) -> None:
    await store.run("echo", lambda tx: tx.echo("a1", ECHO))
    await append(store, "a1", "a")
    assert await store.run("echoed", lambda tx: tx.echoes("a1")) == [ECHO]
    [row] = await heads(store)
    await store.run("sent", lambda tx: tx.sent(row))
    assert await store.run("echoed", lambda tx: tx.echoes("a1")) == []
    await store.run("late", lambda tx: tx.echo("a1", ECHO))
    assert await store.run("echoed", lambda tx: tx.echoes("a1")) == []


async def test_a_handle_is_coming_while_the_action_that_makes_it_waits(store: Store) -> None:
    await append(store, "a1", "a", makes="case/1/root")

    def look(tx: Transaction) -> tuple[bool, bool]:
        return tx.is_coming("case/1/root"), tx.is_coming("case/2/root")

    assert await store.run("coming", look) == (True, False)
    [row] = await heads(store)
    await store.run("aside", lambda tx: tx.put_aside(row.seq, "refused"))
    assert await store.run("coming", look) == (False, False)


async def test_a_handle_is_found_by_its_name_its_event_and_its_room(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.fill("case/1/room", "!one:x", None)
        tx.fill("case/1/root", "!one:x", "$root")
        tx.fill("case/1/root", "!one:x", "$root2")
        for found in (tx.made("case/1/root"), tx.made_by_event("$root2")):
            assert found is not None
            assert (found.handle, found.room_id, found.event_id) == (
                "case/1/root",
                "!one:x",
                "$root2",
            )
        room = tx.made_by_room("!one:x")
        assert room is not None
        assert (room.handle, room.event_id) == ("case/1/room", None)
        assert tx.made_by_event("$root") is None
        assert tx.made("case/2/root") is None

    await store.run("handles", work)


async def test_copies_of_an_event_in_the_order_they_were_decided(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.note_copy("$source", "copy/2", "!two:x")
        tx.note_copy("$source", "copy/1", "!one:x")
        tx.note_copy("$source", "copy/1", "!one:x")
        tx.note_copy("$other", "copy/3", "!three:x")
        tx.fill("copy/1", "!one:x", "$one")
        copies = [(made.handle, made.room_id, made.event_id) for made in tx.copies_of("$source")]
        assert copies == [("copy/2", "!two:x", None), ("copy/1", "!one:x", "$one")]

    await store.run("copies", work)


async def test_a_timer_rings_once_at_its_last_time(store: Store, clock: ManualClock) -> None:
    due = rings("b", "x")
    await store.run("set", lambda tx: tx.set_timer("b/x", tx.now + 10, due))
    await store.run("move", lambda tx: tx.set_timer("b/x", tx.now + 20, due))
    assert await store.run("next", lambda tx: tx.next_timer()) == clock.now() + 20
    clock.advance(10)
    assert await store.run("ring", lambda tx: tx.ring()) == 0
    clock.advance(10)
    assert await store.run("ring", lambda tx: tx.ring()) == 1
    assert await store.run("ring", lambda tx: tx.ring()) == 0
    row = await store.run("row", lambda tx: tx.next_ready(0))
    assert row is not None
    assert row.record == due


async def test_no_timer_rings_for_who_may_not_know_what_happened(
    store: Store, clock: ManualClock
) -> None:
    def put(tx: Transaction) -> None:
        tx.set_timer("away/x", tx.now + 10, rings("away", "x"))
        tx.set_timer("here/x", tx.now + 20, rings("here", "x"))
        tx.set_timer("key", tx.now + 5, KeyIsLate("key", "@may-be-for-any:x", "room/x", 0.0))

    await store.run("set", put)
    deaf = {"away"}
    assert await store.run("next", lambda tx: tx.next_timer()) == clock.now() + 5
    assert await store.run("next", lambda tx: tx.next_timer(deaf)) == clock.now() + 20
    clock.advance(15)
    assert await store.run("ring", lambda tx: tx.ring(deaf)) == 0
    clock.advance(5)
    assert await store.run("ring", lambda tx: tx.ring(deaf)) == 1
    assert await store.run("next", lambda tx: tx.next_timer(deaf)) is None
    assert await store.run("ring", lambda tx: tx.ring()) == 2


async def test_a_timer_that_was_cancelled_never_rings(store: Store, clock: ManualClock) -> None:
    await store.run("set", lambda tx: tx.set_timer("b/x", tx.now + 10, rings("b", "x")))
    await store.run("cancel", lambda tx: tx.cancel_timer("b/x"))
    clock.advance(100)
    assert await store.run("ring", lambda tx: tx.ring()) == 0
    assert await store.run("next", lambda tx: tx.next_timer()) is None


async def test_timers_ring_in_the_order_of_their_times(store: Store, clock: ManualClock) -> None:
    for name, after in (("late", 30.0), ("early", 10.0), ("middle", 20.0)):

        def put(tx: Transaction, name: str = name, after: float = after) -> None:
            tx.set_timer(f"b/{name}", tx.now + after, rings("b", name))

        await store.run("set", put)
    clock.advance(100)
    await store.run("ring", lambda tx: tx.ring())

    def read(tx: Transaction) -> list[str]:
        names: list[str] = []
        seq = 0
        while (row := tx.next_ready(seq)) is not None:
            seq = row.seq
            assert isinstance(row.record, Rings)
            names.append(row.record.timer)
        return names

    assert await store.run("read", read) == ["early", "middle", "late"]


async def test_pruning_keeps_what_is_not_done(store: Store, clock: ManualClock) -> None:
    for name in ("done", "ready", "aside"):
        await append(store, name, name)
    done, _, aside = await heads(store)
    await store.run("sent", lambda tx: tx.sent(done))
    await store.run("aside", lambda tx: tx.put_aside(aside.seq, "why"))
    clock.advance(1)
    await store.run("prune", lambda tx: tx.prune(tx.now))
    counts = await store.run("counts", Transaction.counts)
    assert counts["outbox_ready"] == counts["outbox_aside"] == 1
    assert counts["outbox_done"] == 0
