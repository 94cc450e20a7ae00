"""The outbox is carried out in order within a room; what fails holds up nothing else."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bots.runtime.model.decision import Performed, SetAside
from bots.runtime.model.errors import StoreError
from bots.runtime.office.delivering import AT_ONCE, TRIES, Delivering
from bots.runtime.office.performing import Refused, TryLater
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Told
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import (
    CreateRoom,
    Handle,
    Invite,
    Join,
    Kick,
    React,
    Redact,
    Send,
)
from federation.model.ports import Echo
from tests.store.events import BOT
from tests.store.lanes import A, B, Scripted, append, counts, delivering, say, until


async def events(store: Store) -> list[Any]:
    def read(tx: Transaction) -> list[Any]:
        found = []
        seq = 0
        while (row := tx.next_ready(seq)) is not None:
            seq = row.seq
            assert isinstance(row.record, Told)
            found.append(row.record.event)
        return found

    return await store.run("events", read)


async def counted(store: Store, name: str, number: int) -> None:
    """Wait until so many rows stand so."""
    for _ in range(500):
        if (await counts(store)).get(name, 0) == number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{await counts(store)}")


async def test_rooms_keep_their_order_and_go_side_by_side(store: Store, clock: ManualClock) -> None:
    performer = Scripted()
    for number in range(5):
        await append(store, f"a{number}", say(A))
        await append(store, f"b{number}", say(B))
    performer.held.clear()
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.tried) == 2)
        performer.held.set()
        await until(lambda: len(performer.done) == 10)
    assert performer.most_at_once == 2
    for lane in "ab":
        assert [name for name in performer.done if name[0] == lane] == [
            f"{lane}{number}" for number in range(5)
        ]


async def test_what_was_decided_first_sets_out_first_and_holds_nothing_up(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.held.clear()
    names = [f"a{number}" for number in range(8)]
    for name in names:
        await append(store, name, say(f"!{name}:example.org"))
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.tried) == len(names))
    assert performer.tried == names
    assert performer.done == []


async def test_nothing_is_done_before_earlier_work_is_known(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.ready.clear()
    await append(store, "a1", say(A))
    async with delivering(store, clock, performer):
        await asyncio.sleep(0.05)
        assert performer.tried == []
        await store.run("echo", lambda tx: tx.echo("a1", Echo(A, "$sent before", "Send")))
        performer.ready.set()
        await counted(store, "outbox_done", 1)
    assert performer.tried == [], "it was sent before, as its echo told"


async def test_an_outage_holds_back_the_room_and_loses_nothing(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["a1"] = [TryLater("Unreachable") for _ in range(6)]
    for name, room in (("a1", A), ("a2", A), ("b1", B)):
        await append(store, name, say(room))
    async with delivering(store, clock, performer):
        await until(lambda: "b1" in performer.done)
        assert "a2" not in performer.tried
        await until(lambda: len(performer.done) == 3, clock)
    assert performer.done == ["b1", "a1", "a2"]
    assert performer.tried.count("a1") == 7


async def test_a_limit_pauses_everything_of_that_account(store: Store, clock: ManualClock) -> None:
    performer = Scripted()
    performer.script["a1"] = [TryLater("RateLimited", 30.0, everything=True)]
    await append(store, "a1", say(A))
    async with delivering(store, clock, performer) as running:
        await until(lambda: performer.tried == ["a1"])
        await append(store, "b1", say(B))
        running.wake.set()
        clock.advance(29)
        await asyncio.sleep(0.1)
        assert performer.tried == ["a1"]
        clock.advance(1)
        await until(lambda: len(performer.done) == 2)


async def test_what_is_refused_is_set_aside_and_told(
    store: Store, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    performer = Scripted()
    performer.script["a1"] = [Refused("M_FORBIDDEN")]
    performer.script["b1"] = [Refused("audience")]
    await append(store, "a1", say(A))
    await append(store, "a2", say(A))
    await append(store, "b1", say(B, handle="case/1", notify=True))
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["a2"])
        await counted(store, "outbox_aside", 2)
    told = await events(store)
    assert SetAside("out-a1", "action", "M_FORBIDDEN", A) in told
    for named in await store.run("aside", Transaction.aside):
        reference, why = named.rstrip(")").split(" (")
        assert re.search(rf"{reference} .*{why}", caplog.text)  # as docs/network.md promises
    assert Performed("Send", "case/1", None, None, "audience") in told
    assert len(told) == 2


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("anna"), AssertionError()])
async def test_a_fault_of_ours_sets_the_action_aside_and_frees_the_room(
    store: Store, clock: ManualClock, error: Exception
) -> None:
    performer = Scripted()
    performer.script["a1"] = [error] * 20
    await append(store, "a1", say(A))
    await append(store, "a2", say(A))
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["a2"], clock)
    assert performer.tried.count("a1") == TRIES
    [notice] = await events(store)
    assert notice == SetAside("out-a1", "action", type(error).__name__, A)


async def test_what_is_worth_a_few_attempts_ends_after_them(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["a1"] = [TryLater("M_FORBIDDEN", most=4)] * 3
    performer.script["b1"] = [TryLater("M_FORBIDDEN", most=4)] * 20
    await append(store, "a1", Join(A, notify=True))
    await append(store, "b1", Join(B, notify=True))
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["a1"] and performer.tried.count("b1") == 4, clock)
        await counted(store, "outbox_aside", 1)
    told = await events(store)
    assert Performed("Join", None, A, "$of-a1") in told
    assert Performed("Join", None, B, None, "M_FORBIDDEN") in told
    assert performer.tried.count("b1") == 4


async def test_handles_are_filled_for_those_who_wait(store: Store, clock: ManualClock) -> None:
    performer = Scripted()
    await append(store, "a1", CreateRoom("case/1/room"), lane="room")
    await append(store, "a2", say(Handle("case/1/room"), handle="case/1/root"), lane="room")
    await append(store, "b1", say(B, thread=Handle("case/1/root"), notify=True), lane="other")
    async with delivering(store, clock, performer):
        await until(lambda: len(performer.done) == 3, clock)
        await counted(store, "inbox_ready", 1)
    assert performer.seen[-1].thread == "$of-a2"
    assert next(a.room for a in performer.seen if isinstance(a, Send)) == "!made:example.org"
    assert await events(store) == [Performed("Send", None, B, "$of-b1")]
    made = await store.run("made", lambda tx: tx.made("case/1/root"))
    assert made is not None
    assert made.event_id == "$of-a2"


async def test_a_handle_that_is_filled_just_after_it_was_looked_for(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.run

    async def fill_before(name: str, work: Any) -> Any:
        if name == "coming":
            await run("fill", lambda tx: tx.fill("case/1/root", B, "$root"))
        return await run(name, work)

    monkeypatch.setattr(store, "run", fill_before)
    performer = Scripted()
    await append(store, "b1", say(B, thread=Handle("case/1/root")), lane="other")
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["b1"], clock)
    assert performer.seen[-1].thread == "$root"


@pytest.mark.parametrize(
    "action",
    [
        Invite(A, "@anna:x", notify=True),
        Kick(A, "@anna:x", notify=True),
        Redact(A, "$x", notify=True),
    ],
)
async def test_what_makes_nothing_tells_where_it_was_refused(
    store: Store, clock: ManualClock, action: Invite | Kick | Redact
) -> None:
    performer = Scripted()
    performer.script["a1"] = [Refused("M_FORBIDDEN")]
    await append(store, "a1", action)
    async with delivering(store, clock, performer):
        await counted(store, "outbox_aside", 1)
    (told,) = await events(store)
    assert (told.action, told.room_id, told.error) == (type(action).__name__, A, "M_FORBIDDEN")


async def test_what_waits_for_a_handle_that_never_comes_is_set_aside(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["a1"] = [Refused("M_FORBIDDEN")]
    await append(store, "a1", CreateRoom("case/1/room", notify=True), lane="room")
    await append(store, "b1", say(Handle("case/1/room"), notify=True), lane="other")
    await append(store, "b2", say(B), lane="other")
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["b2"], clock)
    assert {(event.action, event.error) for event in await events(store)} == {
        ("CreateRoom", "M_FORBIDDEN"),
        ("Send", "handle"),
    }


async def test_what_waits_for_a_handle_that_only_comes_behind_it_is_set_aside(
    store: Store, clock: ManualClock
) -> None:
    """Else the room would be silent for good."""
    performer = Scripted()
    performer.script["a1"] = [Refused("M_FORBIDDEN")]
    await append(store, "a1", say(A, handle="case/1/notice"))
    await append(store, "a2", Redact(A, Handle("case/1/notice")))
    await append(store, "a3", say(A, handle="case/1/notice"))
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["a3"], clock)
    assert await events(store) == [
        SetAside("out-a1", "action", "M_FORBIDDEN", A, "case/1/notice"),
        SetAside("out-a2", "action", "handle", A),
    ]


async def test_a_repeated_reaction_without_an_id_fills_no_handle(
    store: Store, clock: ManualClock
) -> None:
    """It would be taken for a handle of the room, and the room's actions would lose their order."""
    performer = Scripted()
    await append(store, "a1", React(A, "$e", "✅", handle="mark/1"))
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["a1"])
        await counted(store, "outbox_done", 1)
    assert await store.run("made", lambda tx: tx.made_by_room(A)) is None
    assert await store.run("made", lambda tx: tx.made("mark/1")) is None


async def test_stopping_in_the_middle_loses_nothing_and_repeats_the_same_id(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.held.clear()
    await append(store, "a1", say(A))
    async with delivering(store, clock, performer):
        await until(lambda: performer.tried == ["a1"])
    assert performer.done == []
    performer.held.set()
    async with delivering(store, clock, performer):
        await until(lambda: performer.done == ["a1"])
    assert performer.tried == ["a1", "a1"]


async def test_many_rooms_never_more_than_a_few_at_once(store: Store, clock: ManualClock) -> None:
    performer = Scripted()
    performer.held.clear()
    for number in range(60):
        await append(store, f"x{number}", say(f"!{number}:example.org"))
    async with delivering(store, clock, performer):
        await until(lambda: performer.at_once == AT_ONCE)
        await asyncio.sleep(0.05)
        assert performer.most_at_once == AT_ONCE
        performer.held.set()
        await until(lambda: len(performer.done) == 60)
    assert performer.most_at_once == AT_ONCE


async def test_a_row_that_a_newer_version_wrote_ends_the_office_and_is_kept(
    store: Store, clock: ManualClock
) -> None:
    await append(store, "a1", say(A))

    def rewrite(tx: Transaction) -> None:
        (row,) = tx.heads()
        newer = tx._sealer.seal("outbox", b"a1", row.payload.replace(b'"v":1', b'"v":2'))
        tx._sql("UPDATE outbox SET sealed = ?", (newer,))

    await store.run("rewrite", rewrite)
    performer = Scripted()
    with pytest.raises(StoreError, match="newer buendnis"):
        await Delivering(store, clock, {BOT: performer}).run()
    assert performer.tried == []
    assert (await counts(store))["outbox_ready"] == 1


async def test_a_row_that_does_not_open_ends_what_delivers(
    store: Store, clock: ManualClock
) -> None:
    """Else its lane would be tried for ever, and nobody would be told."""
    performer = Scripted()
    performer.held.clear()
    await append(store, "a1", say(A))
    running = Delivering(store, clock, {BOT: performer})
    task = asyncio.create_task(running.run())
    await until(lambda: performer.tried == ["a1"])
    damage = "INSERT INTO vault (kind, key, sealed) VALUES ('echo', ?, zeroblob(60))"
    await store.run("damage", lambda tx: tx._sql(damage, (store.sealer.mark("echo", "a1"),)))
    performer.held.set()
    with pytest.raises(StoreError, match="does not open"):
        async with asyncio.timeout(60):
            await task
