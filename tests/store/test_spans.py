"""A span is time that the office runs: it stands still while the office is down, a kill makes it
longer and never shorter, and whoever sets the clock on the wall changes nothing of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bots.runtime.kit.undo import Window
from bots.runtime.model.decision import Deliver, Due, Event, Request, SetTimer
from bots.runtime.office.deciding import Deciding
from bots.runtime.office.office import Office, Post
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.backup import make, restore
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import NOTE_EVERY, Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import Handle, Send, Text
from federation.model.events import TextMessage
from federation.syncing.session import Session
from tests.bench.mailoffice import NoHomeserver
from tests.store.bots import Do, Obedient
from tests.store.conftest import KEY, NOW
from tests.store.events import BOT, ROOM, message
from tests.store.spans import decide, hear, left

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0
UNDO = timedelta(seconds=30)
WINDOW = Window(Handle("notice"), "undo")


def opened(folder: Path, clock: ManualClock) -> Store:
    return Store.open(folder, Sealer(KEY), clock.now, running=clock.running)


def waiting(span: timedelta = UNDO) -> Do:
    """Whatever it hears waits, and then leaves."""

    def do(event: Event, now: datetime) -> Sequence[Request]:
        if isinstance(event, TextMessage):
            return *WINDOW.offer(ROOM), SetTimer("undo", after=span)
        return [Send(ROOM, Text(event.key))] if isinstance(event, Due) else []

    return do


async def test_an_office_that_was_down_for_an_hour_gives_a_window_its_rest(
    tmp_path: Path, clock: ManualClock
) -> None:
    bot = Obedient(waiting())
    store = opened(tmp_path, clock)
    await hear(store, message("an answer"))
    await decide(store, bot)
    clock.advance(25)
    await store.close()
    clock.advance(HOUR)
    store = opened(tmp_path, clock)
    assert await decide(store, bot) == []
    assert await left(store) == pytest.approx(5, abs=0.001)
    clock.advance(4)
    assert await decide(store, bot) == []
    clock.advance(1)
    assert await decide(store, bot) == ["undo"]
    await store.close()


async def test_a_kill_makes_it_longer_and_never_shorter(tmp_path: Path, clock: ManualClock) -> None:
    bot = Obedient(waiting(timedelta(hours=1)))
    store = opened(tmp_path / "0", clock)
    await hear(store, message("an answer"))
    await decide(store, bot)
    ran = 0.0
    for number, seconds in enumerate((3.0, 9.0, 31.0, 0.5, 600.0), start=1):
        clock.advance(seconds)
        ran += seconds
        assert await decide(store, bot) == []
        killed = tmp_path / str(number)
        shutil.copytree(tmp_path / str(number - 1), killed)
        await store.close()
        clock.advance(DAY)
        store = opened(killed, clock)
        rest = await left(store)
        assert rest is not None
        assert HOUR - ran - 0.001 <= rest <= HOUR - ran + NOTE_EVERY + 0.001
        ran = HOUR - rest
    clock.advance(HOUR - ran)
    assert await decide(store, bot) == ["undo"]
    await store.close()


@pytest.mark.parametrize("days", [1, -1, 400, -20_000])
async def test_a_clock_that_is_set_neither_rings_nor_holds_up(
    store: Store, clock: ManualClock, days: int
) -> None:
    bot = Obedient(waiting())
    await hear(store, message("an answer"))
    await decide(store, bot)
    clock.jump(days * DAY)
    assert await decide(store, bot) == []
    clock.advance(29)
    assert await decide(store, bot) == []
    clock.jump(-days * DAY)
    assert await decide(store, bot) == []
    assert await left(store) == pytest.approx(1, abs=0.001)
    clock.jump(days * DAY)
    clock.advance(1)
    assert await decide(store, bot) == ["undo"]


async def test_a_date_is_kept_by_the_clock_on_the_wall(tmp_path: Path, clock: ManualClock) -> None:
    def do(event: Event, now: datetime) -> list[Request]:
        if not isinstance(event, TextMessage):
            return []
        at = now + timedelta(days=2)
        return [SetTimer("date", at=at), SetTimer("span", after=timedelta(days=2))]

    bot = Obedient(do)
    store = opened(tmp_path, clock)
    await hear(store, message("begin"))
    await decide(store, bot)
    clock.advance(DAY)
    clock.jump(DAY - 1)
    assert await decide(store, bot) == []
    await store.close()
    clock.advance(1)
    store = opened(tmp_path, clock)
    assert await decide(store, bot) == ["date"]
    clock.advance(DAY)
    assert await decide(store, bot) == ["date", "span"]
    await store.close()


async def test_they_ring_in_one_order_and_each_name_once(store: Store, clock: ManualClock) -> None:
    def do(event: Event, now: datetime) -> list[Request]:
        match event:
            case TextMessage(body="first"):
                return [
                    SetTimer("last", at=now + timedelta(seconds=4)),
                    SetTimer("three", after=timedelta(seconds=3)),
                    SetTimer("two", at=now + timedelta(seconds=2)),
                    SetTimer("one", after=timedelta(seconds=9)),
                ]
            case TextMessage():
                return [
                    SetTimer("one", at=now + timedelta(seconds=1)),
                    SetTimer("last", after=timedelta(seconds=5)),
                ]
        return []

    bot = Obedient(do)
    await hear(store, message("first"))
    await hear(store, message("then"))
    await decide(store, bot)
    assert (await store.run("counts", Transaction.counts))["timers"] == 4
    assert await left(store) == pytest.approx(1, abs=0.001)
    clock.advance(4.5)
    assert await decide(store, bot) == ["one", "two", "three"]
    clock.advance(DAY)
    assert await decide(store, bot) == ["one", "two", "three", "last"]


async def test_a_span_that_is_over_but_for_a_rounding_rings(
    store: Store, clock: ManualClock
) -> None:
    """Else an office by this clock waits for nothing, again and again."""
    bot = Obedient(waiting(timedelta(seconds=0.1)))
    await hear(store, message("an answer"))
    await decide(store, bot)
    for _ in range(3):
        clock.advance((await left(store) or 0.0) - 1e-7)
    assert await decide(store, bot) == ["undo"]


def test_a_timer_is_set_by_one_clock() -> None:
    with pytest.raises(ValueError, match="either"):
        SetTimer("x")
    with pytest.raises(ValueError, match="either"):
        SetTimer("x", at=datetime.max, after=UNDO)


# -- a store that was lost, a backup that was restored ---------------------------------------------


async def test_a_store_that_was_lost_arrives_at_the_same_ids(
    tmp_path: Path, clock: ManualClock
) -> None:
    event = message("an answer")

    async def ids(name: str) -> list[str]:
        bot, store = Obedient(waiting()), opened(tmp_path / name, clock)
        await hear(store, event)
        await decide(store, bot)
        clock.advance(UNDO.total_seconds())
        assert await decide(store, bot) == ["undo"]
        found = await store.run("ids", lambda tx: tx._sql("SELECT id FROM outbox").fetchall())
        await store.close()
        return [id_ for (id_,) in found]

    first = await ids("lost")
    clock.advance(777)
    clock.jump(DAY)
    assert await ids("new") == first
    assert len(set(first)) == 2, "the sign, and what left when the window closed"


@pytest.mark.parametrize("lost", [MINUTE, 0.2 * MINUTE])
async def test_what_may_have_left_before_a_backup_was_restored_is_held(
    tmp_path: Path, clock: ManualClock, lost: float
) -> None:
    """`lost`: what the lost store still ran after the backup."""

    def do(event: Event, now: datetime) -> Sequence[Request]:
        if isinstance(event, TextMessage):
            return *WINDOW.offer(ROOM), SetTimer("undo", after=UNDO)
        return [Deliver("mail", "lane", {"text": "out"})] if isinstance(event, Due) else []

    bot, settings = Obedient(do), tmp_path / "office.yaml"
    settings.touch()
    store = opened(tmp_path / "state", clock)
    await hear(store, message("an announcement"))
    await decide(store, bot)
    await store.close()
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    clock.advance(lost)
    restored_at = clock.now()
    restore(tmp_path / "b.tar", tmp_path / "new", Sealer(KEY), clock.now)
    clock.advance(DAY)
    store = opened(tmp_path / "new", clock)
    deciding = Deciding({BOT: bot})
    deciding.restored_at = restored_at
    assert await decide(store, bot, deciding) == []
    clock.advance(UNDO.total_seconds())
    assert await decide(store, bot, deciding) == ["undo"]
    counts = await store.run("counts", Transaction.counts)
    held = lost >= UNDO.total_seconds()
    assert (counts["outbox_held"], counts["outbox_ready"]) == ((1, 1) if held else (0, 2))
    await store.close()


# -- an office that waits --------------------------------------------------------------------------


class Watched(ManualClock):
    def __init__(self, now: float) -> None:
        super().__init__(now)
        self.waits = asyncio.Event()
        """Somebody waits for a timer."""

    async def wait(self, event: asyncio.Event, until: float | None) -> None:
        if until is not None:
            self.waits.set()
        await super().wait(event, until)


async def test_what_is_set_after_the_clock_was_is_not_slept_through(tmp_path: Path) -> None:
    """By the clock on the wall it seems to be later than what the office waits for already."""
    rung = asyncio.Event()

    def do(event: Event, now: datetime) -> Sequence[Request]:
        if isinstance(event, TextMessage):
            long = event.body == "long"
            return [SetTimer(event.body, after=timedelta(hours=1) if long else UNDO)]
        if isinstance(event, Due):
            rung.set()
        return []

    bot, session, clock = Obedient(do), NoHomeserver(), Watched(NOW)
    store = opened(tmp_path, clock)
    await hear(store, message("long"), session.account)
    await decide(store, bot, Deciding({session.account: bot}))
    office = Office(store, [Post(bot, cast(Session, session))], clock)
    task = asyncio.create_task(office.run())
    try:
        async with asyncio.timeout(60):
            await clock.waits.wait()
            clock.jump(DAY)
            await hear(store, message("short"), session.account)
            clock.advance(UNDO.total_seconds())
            await rung.wait()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.close()
    assert bot.due == ["short"]
