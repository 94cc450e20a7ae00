"""A window, in which something can be taken back, is time that the machine is up: it passes while
the office is down, and begins anew when the machine was started again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bots.runtime.kit.undo import Window
from bots.runtime.model.decision import Due, Event, Request, Rewound
from bots.runtime.office.deciding import Deciding
from bots.runtime.office.office import Office, Post
from bots.runtime.process.clock import ManualClock, SystemClock
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import Handle, Send, Text
from federation.model.events import TextMessage
from federation.syncing.session import Session
from tests.bench.mailoffice import NoHomeserver
from tests.store.bots import Obedient
from tests.store.conftest import KEY
from tests.store.events import ROOM, message
from tests.store.spans import decide, hear, left

HOUR, DAY = 3600.0, 24 * 3600.0
UNDO = timedelta(seconds=30)
WINDOW = Window(Handle("notice"), "undo")


def opened(folder: Path, clock: ManualClock) -> Store:
    return Store.open(folder, Sealer(KEY), clock.now, running=clock.running, boot=clock.boot)


def do(event: Event, now: datetime) -> Sequence[Request]:
    if isinstance(event, TextMessage):
        return WINDOW.open(ROOM, UNDO)
    return [Send(ROOM, Text(event.key))] if isinstance(event, Due) else []


async def test_it_passes_while_the_office_is_down(tmp_path: Path, clock: ManualClock) -> None:
    bot, store = Obedient(do), opened(tmp_path, clock)
    await hear(store, message("an answer"))
    await decide(store, bot)
    clock.advance(10)
    await store.close()
    clock.advance(15)
    store = opened(tmp_path, clock)
    assert await decide(store, bot) == []
    assert await left(store) == pytest.approx(5, abs=0.001)
    clock.advance(5)
    assert await decide(store, bot) == ["undo"]
    await store.close()


@pytest.mark.parametrize("hours", [6, -6, 24 * 400])
async def test_whoever_sets_the_clock_changes_nothing(
    tmp_path: Path, clock: ManualClock, hours: int
) -> None:
    bot, store = Obedient(do), opened(tmp_path, clock)
    await hear(store, message("an answer"))
    await decide(store, bot)
    clock.jump(hours * HOUR)
    clock.advance(29)
    assert await decide(store, bot) == []
    clock.advance(1)
    assert await decide(store, bot) == ["undo"]
    await store.close()


@pytest.mark.parametrize("down", [0.0, 5.0, DAY])
async def test_it_begins_anew_when_the_machine_was_started_again(
    tmp_path: Path, clock: ManualClock, down: float
) -> None:
    """However long that took, and whatever the clock on the wall says."""
    bot, store = Obedient(do), opened(tmp_path, clock)
    await hear(store, message("an answer"))
    await decide(store, bot)
    clock.advance(29)
    await store.close()
    clock.advance(down)
    clock.reboot()
    clock.jump(-down)
    store = opened(tmp_path, clock)
    assert await decide(store, bot) == [], "nothing rings by a clock of another start"
    rewound = await store.run("rewind", Transaction.rewind)
    assert [x.timer for x in rewound] == ["undo"]
    assert await store.run("rewind", Transaction.rewind) == []
    clock.advance(29)
    assert await decide(store, bot) == []
    clock.advance(1)
    assert await decide(store, bot) == ["undo"]
    await store.close()


async def test_the_bot_is_told_once(tmp_path: Path, clock: ManualClock) -> None:
    told: list[str] = []

    def tells(event: Event, now: datetime) -> Sequence[Request]:
        if isinstance(event, Rewound):
            told.append(event.key)
        return do(event, now)

    heard = []
    for name in ("first", "second", "second", "third"):
        clock.reboot(name)
        bot, store, session = Obedient(tells), opened(tmp_path, clock), NoHomeserver()
        office = Office(store, [Post(bot, cast(Session, session))], clock)
        await store.run("start", office._start)
        await hear(store, message("an answer", event_id="$once"), session.account)
        await decide(store, bot, Deciding({session.account: bot}))
        await store.close()
        heard.append(len(told))
    assert heard == [0, 1, 1, 2]


async def test_a_kill_before_it_is_noted_rewinds_it_with_the_next_start(
    tmp_path: Path, clock: ManualClock
) -> None:
    bot, store = Obedient(do), opened(tmp_path, clock)
    await hear(store, message("an answer"))
    await decide(store, bot)
    await store.close()
    clock.reboot()
    store = opened(tmp_path, clock)

    def fails(tx: Transaction) -> None:
        assert tx.rewind()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.run("start", fails)
    assert len(await store.run("start", Transaction.rewind)) == 1
    await store.close()


def test_the_machine_tells_since_when_it_is_up() -> None:
    clock = SystemClock()
    first, again = clock.boot(), clock.boot()
    assert first.id == again.id != ""
    assert 0 < first.seconds <= again.seconds
    assert again.seconds >= time.monotonic() - 60, "it goes on while the machine sleeps"
