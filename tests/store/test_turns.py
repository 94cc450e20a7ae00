"""Nobody's many keep another waiting: who is decided, and who is carried out, next."""

from __future__ import annotations

import asyncio
from typing import Any

from bots.runtime.office.deciding import Deciding
from bots.runtime.office.delivering import AT_ONCE, OF_A_SERVER
from bots.runtime.office.performing import TryLater
from bots.runtime.office.turns import Turns
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Order
from bots.runtime.store.rows.outbox import SERVER
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from tests.store.bots import Obedient
from tests.store.events import BOT, message
from tests.store.lanes import Scripted, delivering, say, until

LOUD, QUIET, FAR = "@loud:example.org", "@quiet:example.org", "@loud:far.example"
assert BOT.endswith(":example.org")


async def received(store: Store, *events: tuple[str, str, str]) -> None:
    """Room, sender and words of each."""

    def put(tx: Transaction) -> None:
        for room, sender, body in events:
            tx.receive(BOT, room, message(body, sender=sender), encrypted=False)

    await store.run("receive", put)


async def decided(store: Store) -> list[str]:
    bot = Obedient()
    deciding = Deciding({BOT: bot})
    while (await store.run("decide", deciding.some)).more:
        pass
    return bot.bodies


# -- deciding --------------------------------------------------------------------------------------


async def test_who_wrote_once_is_decided_before_the_second_of_many(store: Store) -> None:
    flood = [(f"!{n}", LOUD, f"loud {n}") for n in range(500)]
    await received(store, *flood, ("!quiet", QUIET, "quiet"))
    found = await decided(store)
    assert found[:3] == ["loud 0", "quiet", "loud 1"]
    assert found == ["loud 0", "quiet", *(f"loud {n}" for n in range(1, 500))], "nothing is lost"


async def test_who_was_decided_lately_waits_for_who_was_not(store: Store) -> None:
    bot = Obedient()
    deciding = Deciding({BOT: bot})
    await received(store, ("!loud", LOUD, "before"))
    await store.run("decide", deciding.some)
    await received(store, ("!loud", LOUD, "again"), ("!quiet", QUIET, "quiet"))
    await store.run("decide", deciding.some)
    assert bot.bodies == ["before", "quiet", "again"]


async def test_a_room_keeps_its_order_whoever_writes(store: Store) -> None:
    told = [("!a", LOUD if n % 3 else QUIET, str(n)) for n in range(40)]
    await received(store, *told)
    assert await decided(store) == [str(n) for n in range(40)]


async def test_a_person_keeps_her_order_in_whatever_rooms(store: Store) -> None:
    told = [(f"!{n % 7}", LOUD, str(n)) for n in range(40)]
    await received(store, *told, ("!q", QUIET, "quiet"))
    assert [x for x in await decided(store) if x != "quiet"] == [str(n) for n in range(40)]


async def test_what_fails_holds_up_neither_its_room_nor_its_sender(store: Store) -> None:
    await received(store, ("!a", LOUD, "fail"), ("!a", LOUD, "next"), ("!a", QUIET, "third"))
    bot = Obedient()
    await store.run("decide", Deciding({BOT: bot}).some)
    assert bot.bodies == ["next", "third"]


async def test_a_stolen_file_does_not_tell_who_wrote_how_often(store: Store) -> None:
    await received(store, *((f"!{n}", LOUD, str(n)) for n in range(3)))
    await decided(store)
    query = "SELECT count(*) FROM inbox WHERE room IS NOT NULL OR party IS NOT NULL"
    assert (await store.run("look", lambda tx: tx._sql(query).fetchone())) == (0,)


# -- delivering ------------------------------------------------------------------------------------


async def append(store: Store, name: str, room: str, user: str) -> None:
    def put(tx: Transaction) -> None:
        tx.append(name, room, Order(BOT, "bot", say(room)), party=tx.party(BOT, user))

    await store.run("append", put)


async def test_what_is_done_for_one_person_waits_for_no_more_than_is_under_way(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.held.clear()
    for number in range(100):
        await append(store, f"loud {number}", f"!{number}", LOUD)
    async with delivering(store, clock, performer) as running:
        await until(lambda: len(performer.tried) == AT_ONCE)
        await append(store, "quiet", "!quiet", QUIET)
        running.wake.set()
        await asyncio.sleep(0.05)
        performer.held.set()
        await until(lambda: len(performer.done) == 101)
    assert performer.tried.index("quiet") <= AT_ONCE + 1


async def test_a_case_does_not_wait_for_everybody_s_receipts(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.held.clear()
    for number in range(100):
        await append(store, f"receipt {number}", f"!{number}", f"@{number}:example.org")
    async with delivering(store, clock, performer) as running:
        await until(lambda: len(performer.tried) == AT_ONCE)
        order = Order(BOT, "bot", say("!staff", whose="case 17"))
        late = "@99:example.org"
        await store.run(
            "append", lambda tx: tx.append("case", "!staff", order, party=tx.party(BOT, late))
        )
        running.wake.set()
        await asyncio.sleep(0.05)
        performer.held.set()
        await until(lambda: len(performer.done) == 101)
    assert performer.tried.index("case") <= AT_ONCE + 1


async def test_people_of_one_other_homeserver_have_some_of_the_slots(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.held.clear()
    for number in range(50):
        await append(store, f"far {number}", f"!{number}", f"@{number}:far.example")
    await append(store, "quiet", "!quiet", QUIET)
    async with delivering(store, clock, performer):
        await until(lambda: "quiet" in performer.tried)
        assert len(performer.tried) == OF_A_SERVER + 1, "the far homeserver answers none of them"
        performer.held.set()
        await until(lambda: len(performer.done) == 51)


async def test_whose_turn_it_is_is_decided_after_the_pause_that_a_homeserver_asks_for(
    store: Store, clock: ManualClock
) -> None:
    performer = Scripted()
    performer.script["loud 0"] = [TryLater("RateLimited", 30.0, everything=True)]
    await append(store, "loud 0", "!0", LOUD)
    async with delivering(store, clock, performer) as running:
        await until(lambda: performer.tried == ["loud 0"])
        for number in range(1, 60):
            await append(store, f"loud {number}", f"!{number}", LOUD)
        running.wake.set()
        await asyncio.sleep(0.05)
        await append(store, "quiet", "!quiet", QUIET)
        running.wake.set()
        await asyncio.sleep(0.05)
        clock.advance(30)
        await until(lambda: len(performer.done) == 61)
    assert performer.tried[1] == "quiet"


# -- turns -----------------------------------------------------------------------------------------


def party(name: str, server: bytes = bytes(SERVER)) -> bytes:
    return server + name.encode()


async def test_a_turn_that_is_given_up_is_another_one_s() -> None:
    turns = Turns(1, 1)
    had: list[str] = []

    async def have(name: str, hold: asyncio.Event) -> None:
        async with turns.turn(party(name), len(had)):
            had.append(name)
            await hold.wait()

    never, at_once = asyncio.Event(), asyncio.Event()
    at_once.set()
    holding = asyncio.create_task(have("a", never))
    await asyncio.sleep(0.01)
    waiting = [asyncio.create_task(have(x, at_once)) for x in "bc"]
    await asyncio.sleep(0.01)
    waiting[0].cancel()
    holding.cancel()
    results: list[Any] = await asyncio.gather(holding, *waiting, return_exceptions=True)
    assert had == ["a", "c"]
    assert results[2] is None
    async with asyncio.timeout(5), turns.turn(party("d"), 9):
        pass
