"""What is for people who have not come yet rests until one of them comes or goes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Event, Phrase, Say, SetPin, Started, Withdraw
from bots.runtime.office.deciding import Deciding, _Cause
from bots.runtime.office.delivering import Delivering
from bots.runtime.office.performing import Waits
from bots.runtime.office.withdrawing import withdraw
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Order, Told
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.encryption import pins
from federation.model import rooms
from federation.model.actions import Action, EditMessage, Handle, Leave, React, Send, Text
from federation.model.events import MembershipKind
from federation.model.rooms import Room
from federation.performing.perform import Outcome
from tests.store.bots import Obedient
from tests.store.events import BOT, ROOM, member
from tests.synapse.waiting import until

LEYLA = "@leyla:example.org"
OTHER = "!other:example.org"


class Cautious:
    """Says nothing in a room before Leyla is in it."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.come: set[str] = {OTHER}
        self.tried: list[str] = []
        self.done: list[str] = []

    async def perform(self, action: Send, action_id: str) -> Outcome:
        self.tried.append(action_id)
        if action.room not in self.come:
            raise Waits(frozenset({LEYLA}))
        self.done.append(action_id)
        return Outcome(str(action.room), f"$of-{action_id}")


async def membership(store: Store, kind: str, *, told: bool = True) -> None:
    """Leyla's, as a sync takes it in; `told`: also for a rule to hear."""
    event = member(LEYLA, kind)

    def take(tx: Transaction) -> None:
        room = rooms.load(tx, BOT, ROOM)
        room.joined = True
        room.apply(BOT, event)
        rooms.save(tx, BOT, room)
        if told:
            tx.receive(BOT, ROOM, event, encrypted=False)

    await store.run("sync", take)


async def append(
    store: Store, *action_ids: str, room: str = ROOM, whose: str | None = None
) -> None:
    def put(tx: Transaction) -> None:
        for one in action_ids:
            action = Send(room, Text("hello"), whose=whose)
            tx.append(one, f"{BOT} {room} {whose or ''}".rstrip(), Order(BOT, "bot", action))

    await store.run("append", put)


async def carried_out(store: Store, clock: ManualClock, performer: Cautious, tries: int) -> None:
    """Until it was tried so often, and a while more."""
    task = asyncio.create_task(Delivering(store, clock, {BOT: performer}).run())
    await until(lambda: len(performer.tried) >= tries)
    await asyncio.sleep(0.05)
    clock.advance(7 * 86_400)
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def decide(store: Store) -> bool:
    """Whether something is to be carried out now."""
    return (await store.run("decide", Deciding({BOT: Obedient()}).some)).appended


async def test_it_is_tried_once_and_holds_up_nothing_else(store: Store, clock: ManualClock) -> None:
    performer = Cautious()
    await membership(store, "invite", told=False)
    await append(store, "hello", "rules")
    await append(store, "elsewhere", room=OTHER)
    await carried_out(store, clock, performer, 2)
    assert sorted(performer.tried) == ["elsewhere", "hello"]
    assert performer.done == ["elsewhere"]


async def test_who_never_comes_is_neither_work_nor_a_backlog(
    store: Store, clock: ManualClock
) -> None:
    await membership(store, "invite", told=False)
    await append(store, "hello", "rules")
    await carried_out(store, clock, Cautious(), 1)
    assert await store.run("idle", Transaction.idle)
    assert (await store.run("standing", lambda tx: tx.standing(0))).oldest is None
    counts = await store.run("counts", Transaction.counts)
    assert (counts["outbox_ready"], counts["outbox_resting"]) == (0, 2)
    await append(store, "elsewhere", room=OTHER)
    assert not await store.run("idle", Transaction.idle)


async def test_her_coming_lets_it_go_on_in_its_order(store: Store, clock: ManualClock) -> None:
    performer = Cautious()
    await membership(store, "invite", told=False)
    await append(store, "hello", "rules")
    await carried_out(store, clock, performer, 1)
    await membership(store, "join")
    performer.come.add(ROOM)
    assert await decide(store)
    await carried_out(store, clock, performer, 3)
    assert performer.done == ["hello", "rules"]


async def test_an_invitation_wakes_nothing(store: Store, clock: ManualClock) -> None:
    await membership(store, "invite", told=False)
    await append(store, "hello")
    await carried_out(store, clock, Cautious(), 1)
    await membership(store, MembershipKind.INVITE.value)
    assert not await decide(store)
    assert await store.run("idle", Transaction.idle)


async def test_who_came_while_it_was_tried_is_not_waited_for(
    store: Store, clock: ManualClock
) -> None:
    class Slow(Cautious):
        async def perform(self, action: Send, action_id: str) -> Outcome:
            try:
                return await super().perform(action, action_id)
            finally:
                await membership(store, "join", told=False)
                self.come.add(ROOM)

    performer = Slow()
    await membership(store, "invite", told=False)
    await append(store, "hello")
    await carried_out(store, clock, performer, 2)
    assert performer.done == ["hello"]


async def test_a_start_tries_it_again(store: Store, clock: ManualClock) -> None:
    performer = Cautious()
    await membership(store, "invite", told=False)
    await append(store, "hello")
    await carried_out(store, clock, performer, 1)
    performer.come.add(ROOM)
    await store.run("start", Transaction.hasten_all)
    await carried_out(store, clock, performer, 2)
    assert performer.done == ["hello"]


def test_only_who_was_asked_is_waited_for() -> None:
    room = Room(ROOM, members={LEYLA: "invite", BOT: "join"})
    assert room.only_asks({LEYLA})
    assert not room.only_asks(frozenset())
    assert not room.only_asks({LEYLA, BOT})
    assert not room.only_asks({LEYLA, "@mina:example.org"})


async def test_what_is_said_for_single_persons_goes_on_as_well(
    store: Store, clock: ManualClock
) -> None:
    performer = Cautious()
    await membership(store, "invite", told=False)
    await append(store, "all")
    for one in ("anna", "bilal"):
        await append(store, one, whose=one)
    await carried_out(store, clock, performer, 3)
    assert not performer.done
    await membership(store, "join")
    assert await decide(store)
    performer.come.add(ROOM)
    await carried_out(store, clock, performer, 6)
    assert sorted(performer.done) == ["all", "anna", "bilal"]


@pytest.mark.parametrize(
    "outside", [Room(ROOM, awaited=True), Room(ROOM, invited=True)], ids=["awaited", "invited"]
)
async def test_what_is_for_a_room_that_we_are_to_enter_waits_until_we_are_there(
    store: Store, clock: ManualClock, outside: Room
) -> None:
    """Who is let in by then does what waited, in its order."""
    performer = LeftOut()
    await store.run("sync", lambda tx: rooms.save(tx, BOT, outside))
    await append(store, "one", "two")
    delivering = Delivering(store, clock, {BOT: performer})
    task = asyncio.create_task(delivering.run())
    try:
        await until(lambda: performer.tried == ["one"], "the first attempt")
        await until(lambda: store.run("idle", Transaction.idle), "nothing that waits")

        def enter(tx: Transaction) -> None:
            rooms.save(tx, BOT, Room(ROOM, joined=True))
            tx.stir(f"{BOT} {ROOM}")

        performer.inside = True
        await store.run("sync", enter)
        delivering.wake.set()
        await until(lambda: performer.done == ["one", "two"], "all of it")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class LeftOut:
    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.inside = False
        self.tried: list[str] = []
        self.done: list[str] = []

    async def perform(self, action: Send, action_id: str) -> Outcome:
        self.tried.append(action_id)
        if not self.inside:
            raise Waits
        self.done.append(action_id)
        return Outcome(str(action.room), f"$of-{action_id}")


# -- withdrawn -------------------------------------------------------------------------------------

QUESTION = Handle("question")
ASKED: tuple[Action, ...] = (
    Send(ROOM, Text("hello")),
    Send(ROOM, Text("what is it about?"), handle=QUESTION),
    Send(ROOM, Text("there is a question"), after=QUESTION),
    React(ROOM, QUESTION, "✅"),
    EditMessage(ROOM, QUESTION, Text("two questions")),
    Send(ROOM, Text("goodbye")),
)


async def rested(store: Store, clock: ManualClock) -> None:
    """Leyla was asked in and has not come; all of it waits for her."""
    await membership(store, "invite", told=False)

    def put(tx: Transaction) -> None:
        for number, action in enumerate(ASKED):
            tx.append(f"a{number}", f"{BOT} {ROOM}", Order(BOT, "bot", action))

    await store.run("append", put)
    await carried_out(store, clock, Cautious(), 1)


async def said_after(store: Store, clock: ManualClock, most: int) -> list[str]:
    """What is carried out once she has come."""
    performer = Cautious()
    performer.come.add(ROOM)
    await store.run("start", Transaction.hasten_all)
    await carried_out(store, clock, performer, most)
    return performer.done


async def test_what_is_withdrawn_is_never_said(store: Store, clock: ManualClock) -> None:
    await rested(store, clock)
    await store.run("withdraw", lambda tx: withdraw(tx, QUESTION))
    await store.run("again", lambda tx: withdraw(tx, QUESTION))
    assert await said_after(store, clock, 2) == ["a0", "a5"]
    assert not await store.run("coming", lambda tx: tx.is_coming(QUESTION))


async def test_what_is_not_withdrawn_is_said_whole(store: Store, clock: ManualClock) -> None:
    await rested(store, clock)
    assert await said_after(store, clock, 6) == ["a0", "a1", "a2", "a3", "a4", "a5"]
    await store.run("late", lambda tx: withdraw(tx, QUESTION))
    assert await store.run("made", lambda tx: tx.made(QUESTION))


async def test_it_goes_in_the_commit_of_its_decision_or_not_at_all(
    store: Store, clock: ManualClock
) -> None:
    class Forgetful(Obedient):
        """Withdraws it, and fails behind that for a while."""

        failing = True

        def rule(self, view: View, event: Event, now: datetime) -> Decision:
            fails = (Say(ROOM, Phrase("cannot be rendered", "en")),) if self.failing else ()
            return Decision((), (Withdraw(QUESTION), *fails))

    await rested(store, clock)
    bot = Forgetful()
    deciding = Deciding({BOT: bot})
    await membership(store, "invite")
    await store.run("decide", deciding.some)
    assert await store.run("coming", lambda tx: tx.is_coming(QUESTION))
    bot.failing = False
    await store.run("decide", deciding.some)
    assert not await store.run("coming", lambda tx: tx.is_coming(QUESTION))
    assert await said_after(store, clock, 2) == ["a0", "a5"]


# -- until somebody is known -----------------------------------------------------------------------


class Choosy(Cautious):
    """Says nothing before somebody's identity is pinned."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.quick = False
        """Somebody is pinned while it is at work."""

    async def perform(self, action: Send, action_id: str) -> Outcome:
        self.tried.append(action_id)
        number = await self._store.run("look", lambda tx: pins.number(tx, BOT))
        if number:
            self.done.append(action_id)
            return Outcome(str(action.room), f"$of-{action_id}")
        if self.quick:
            await self._store.run("pin", lambda tx: pins.keep(tx, BOT, LEYLA, "her key"))
        raise Waits(pins=number)


async def test_what_only_pinned_identities_may_read_rests_until_one_is(
    store: Store, clock: ManualClock
) -> None:
    performer = Choosy(store)
    await append(store, "case")
    await append(store, "hers", whose=LEYLA)
    await carried_out(store, clock, performer, 2)
    assert sorted(performer.tried) == ["case", "hers"]
    await membership(store, "join", told=False)

    def pin(tx: Transaction) -> bool:
        Deciding({BOT: Obedient()})._request(
            tx, _Cause("cause", 0, None, Told("cause", "bot", Started(BOT, 1)), None, None), BOT,
            Obedient(), [SetPin(ROOM, LEYLA, "her key")],
        )  # fmt: skip
        return bool(tx.lanes)

    assert await store.run("decide", pin)
    await carried_out(store, clock, performer, 4)
    assert sorted(performer.done) == ["case", "hers"]


async def test_who_is_pinned_while_it_is_tried_is_not_overlooked(
    store: Store, clock: ManualClock
) -> None:
    performer = Choosy(store)
    performer.quick = True
    await append(store, "case")
    await carried_out(store, clock, performer, 2)
    assert performer.done == ["case"]


class Parting(Choosy):
    """May leave."""

    async def perform(self, action: Any, action_id: str) -> Outcome:
        if isinstance(action, Leave):
            self.done.append(action_id)
            return Outcome(str(action.room))
        return await super().perform(action, action_id)


async def test_what_nobody_will_read_any_more_keeps_us_in_no_room(
    store: Store, clock: ManualClock
) -> None:
    """Whoever has logged out everywhere is told nothing; we go all the same."""
    performer = Parting(store)
    await append(store, "farewell")
    await carried_out(store, clock, performer, 1)

    def leave(tx: Transaction) -> None:
        told = Told("cause", "bot", Started(BOT, 1))
        cause = _Cause("cause", 0, None, told, None, None)
        Deciding({BOT: Obedient()})._request(tx, cause, BOT, Obedient(), [Leave(ROOM)])

    await store.run("decide", leave)
    task = asyncio.create_task(Delivering(store, clock, {BOT: performer}).run())
    await until(lambda: performer.done)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert performer.tried == ["farewell", "farewell"]
