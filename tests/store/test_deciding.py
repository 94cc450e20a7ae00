"""Rows are decided in order and once, and one that fails stops nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.runtime.kit.documents import Change, Drop
from bots.runtime.model.decision import (
    CancelTimer,
    Due,
    Event,
    Request,
    SetAside,
    SetTimer,
    Started,
)
from bots.runtime.model.errors import StoreError
from bots.runtime.model.requests import Doublet
from bots.runtime.office.deciding import STRICT, TRIES, Deciding
from bots.runtime.process.clock import ManualClock
from bots.runtime.store import erased
from bots.runtime.store.records import Rings, Told
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import AskDevices, CreateRoom, Handle, Invite, Send, Text
from federation.model.events import TextMessage, Unreadable
from federation.model.ports import Echo
from tests.store.bots import COUNTS, Count, Do, Obedient
from tests.store.conftest import NOW
from tests.store.events import ANNA, BOT, ROOM, message


async def receive(store: Store, *bodies: str) -> None:
    def put(tx: Transaction) -> None:
        for body in bodies:
            tx.receive(BOT, ROOM, message(body), encrypted=False)

    await store.run("receive", put)


async def decide(store: Store, bot: Obedient) -> int:
    """Decide until nothing is left; how many transactions it took."""
    deciding = Deciding({BOT: bot})
    for turn in range(1, 50):
        if not (await store.run("decide", deciding.some)).more:
            return turn
    raise AssertionError("it never came to rest")


async def counts(store: Store) -> dict[str, int]:
    return await store.run("counts", Transaction.counts)


async def test_rows_are_decided_in_their_order_and_once(store: Store) -> None:
    bot = Obedient()
    await receive(store, *(str(number) for number in range(30)))
    await decide(store, bot)
    await decide(store, bot)
    assert bot.bodies == [str(number) for number in range(30)]
    assert await store.run("state", lambda tx: tx.document(COUNTS, "all")) == Count(30)


@pytest.mark.parametrize(
    "sent", [10**400, -(10**400), 2**63, True], ids=["vast", "before", "large", "odd"]
)
async def test_no_time_that_a_homeserver_may_name_sets_a_message_aside(
    store: Store, sent: int
) -> None:
    bot, raw = Obedient(), {**message("help"), "origin_server_ts": sent}
    await store.run("receive", lambda tx: tx.receive(BOT, ROOM, raw, encrypted=False))
    await decide(store, bot)
    assert bot.bodies == ["help"]


async def test_what_fails_three_times_is_set_aside_and_told_once(store: Store) -> None:
    bot = Obedient()
    await receive(store, "one", "fail", "two")
    await decide(store, bot)
    assert bot.bodies == ["one", "two"], "the others go on"
    failed = [event for event in bot.tries if isinstance(event, TextMessage)]
    assert [event.body for event in failed].count("fail") == 3
    assert [notice.what for notice in bot.told] == ["event"]
    assert (await counts(store))["inbox_aside"] == 1
    await decide(store, bot)
    assert len(bot.told) == 1


async def test_it_is_tried_again_without_waiting_for_something_else(store: Store) -> None:
    bot = Obedient()
    await receive(store, "fail")
    progress = await store.run("decide", Deciding({BOT: bot}).some)
    assert progress.more, "it would lie there until the next event came"


async def test_what_failed_left_nothing_behind(store: Store) -> None:
    sent = Send(ROOM, Text("never"))

    def do(event: Event, now: datetime) -> list[Request]:
        if isinstance(event, TextMessage) and event.body == "bad action":
            return [sent, SetTimer("x", at=now), Send(ROOM, Text("x"), copy_of="$s"), object()]  # type: ignore[list-item]
        return []

    bot = Obedient(do)
    await receive(store, "bad action")
    await decide(store, bot)
    found = await counts(store)
    assert found["inbox_aside"] == 1
    assert found["outbox_ready"] == 0
    assert found["timers"] == 0
    assert await store.run("copies", lambda tx: tx.copies_of("$s")) == ()
    assert await store.run("state", lambda tx: tx.document(COUNTS, "all")) == Count(len(bot.told))


class Forgetful(Obedient):
    def changes(self, count: int) -> tuple[Change, ...]:
        return (Drop(COUNTS, "all"),)


async def test_what_a_rule_that_failed_would_have_erased_counts_as_kept(
    store: Store, tmp_path: Path
) -> None:
    for body, lines in (("bad action", 0), ("good action", 1)):
        bad: Any = [object()] if body == "bad action" else []
        await store.run("known", lambda tx: tx.keep(COUNTS, Count(7)))
        await receive(store, body)
        await decide(store, Forgetful(lambda event, now, bad=bad: bad))  # type: ignore[misc]
        assert len(await store.run("erased", lambda tx: tx.erased())) == lines
        assert len(erased.read(tmp_path)) == lines, "a backup would lose what nobody has erased"


async def test_a_notice_on_which_the_rule_fails_as_well_is_the_end_of_it(store: Store) -> None:
    bot = Obedient(fails_on=(SetAside,))
    await receive(store, "fail", "fail too", "good")
    turns = await decide(store, bot)
    assert turns < 20
    assert bot.bodies == ["good"]
    assert (await counts(store))["inbox_aside"] == 4, "two events and the notices of both"
    assert len([event for event in bot.tries if isinstance(event, SetAside)]) == 6


async def test_a_rule_that_fails_on_the_unreadable_ends_nothing(
    store: Store, clock: ManualClock
) -> None:
    bot = Obedient(fails_on=(Unreadable,))
    event = {**message("x"), "type": "m.room.encrypted"}
    await store.run("lock", lambda tx: tx.receive_locked(BOT, ROOM, event, "session"))
    clock.advance(store.patience)
    await receive(store, "good")
    await decide(store, bot)
    assert bot.bodies == ["good"]
    assert [notice.what for notice in bot.told] == ["event"]


async def test_an_event_for_a_bot_that_the_office_no_longer_has(store: Store) -> None:
    gone = "@gone:example.org"
    await store.run("receive", lambda tx: tx.receive(gone, ROOM, message("x"), encrypted=False))
    await store.run("enter", lambda tx: tx.enter(Rings("due/gone", "gone", "x", NOW)))
    await receive(store, "good")
    bot = Obedient()
    await decide(store, bot)
    assert bot.bodies == ["good"]
    assert (await counts(store))["inbox_aside"] == 2


async def test_timers_of_a_rule_ring_as_due(store: Store, clock: ManualClock) -> None:
    at = datetime.fromtimestamp(clock.now(), UTC) + timedelta(seconds=10)

    def do(event: Event, now: datetime) -> list[Request]:
        if not isinstance(event, TextMessage):
            return []
        return [SetTimer(event.body, at=at), CancelTimer("cancelled")]

    bot = Obedient(do)
    await receive(store, "cancelled", "kept")
    await decide(store, bot)
    clock.advance(9)
    await decide(store, bot)
    assert bot.due == []
    clock.advance(1)
    await decide(store, bot)
    await decide(store, bot)
    assert bot.due == ["kept"]


async def test_a_timer_that_asks_for_devices_is_decided_once_more(store: Store) -> None:
    bot = Obedient(lambda event, now: [AskDevices(ROOM, ANNA)] if isinstance(event, Due) else [])
    rings = Rings("due/devices", bot.name, "devices", NOW)
    await store.run("timer", lambda tx: tx.enter(rings))
    await decide(store, bot)
    ((again, id_),) = [(x.order().again, x.id) for x in await store.run("heads", Transaction.heads)]
    assert again == rings
    await store.run("again", lambda tx: tx.enter(rings, under=f"again/{id_}"))
    await decide(store, bot)
    assert bot.due == ["devices", "devices"]
    assert [x.id for x in await store.run("heads", Transaction.heads)] == [id_]


async def test_time_is_the_offices_clock(store: Store, clock: ManualClock) -> None:
    times: list[datetime] = []

    def do(event: Event, now: datetime) -> list[Request]:
        times.append(now)
        return []

    await receive(store, "one")
    await decide(store, Obedient(do))
    assert times == [datetime.fromtimestamp(clock.now(), UTC)]


def once(*requests: Any) -> Do:
    def do(event: Event, now: datetime) -> list[Request]:
        return list(requests) if isinstance(event, TextMessage) else []

    return do


async def test_actions_of_a_room_share_a_lane_by_handle_and_by_id(store: Store) -> None:
    create = CreateRoom("case/1/room")
    by_handle = Send(Handle("case/1/room"), Text("one"))
    await receive(store, "one")
    await decide(store, Obedient(once(create, by_handle)))
    await store.run("fill", lambda tx: tx.fill("case/1/room", "!made:x", None))
    await receive(store, "two")
    await decide(store, Obedient(once(Send("!made:x", Text("two")), Invite("!other:x", "@a:x"))))

    def lanes(tx: Transaction) -> list[int]:
        rows = tx._sql("SELECT lane, count(*) FROM outbox GROUP BY lane ORDER BY min(seq)")
        return [number for _, number in rows]

    assert await store.run("lanes", lanes) == [3, 1]


async def test_ids_of_actions_come_from_cause_and_name_alone(store: Store, tmp_path: Any) -> None:
    """So that a store that was lost arrives at the same ids again."""
    event = message("hello")

    one, two, new = (Send(ROOM, Text("x"), handle=x) for x in ("one", "two", "new"))

    async def ids(target: Store, *sent: Send) -> list[str]:
        await target.run("receive", lambda tx: tx.receive(BOT, ROOM, event, encrypted=False))
        await decide(target, Obedient(once(*sent)))
        return await target.run(
            "ids", lambda tx: [row[0] for row in tx._sql("SELECT id FROM outbox ORDER BY seq")]
        )

    first = await ids(store, one, two)
    again = Store.open(tmp_path / "again", store.sealer)
    await receive(again, "something else before")
    await decide(again, Obedient())
    second = await ids(again, new, two, one)
    assert second[:0:-1] == first
    assert len(set(second)) == 3
    await again.close()


async def test_what_has_the_same_name_is_a_fault_in_tests_and_told_apart_without_it_elsewhere(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Obedient(once(*(Send(ROOM, Text(x)) for x in ("canary one", "canary two"))))
    await receive(store, "hello")
    with pytest.raises(Doublet):
        await decide(store, bot)
    monkeypatch.delenv(STRICT)
    await decide(store, bot)
    assert (await counts(store))["outbox_ready"] == 2
    assert "twice for the same (Send)" in caplog.text
    assert "canary" not in caplog.text
    assert ROOM not in caplog.text


async def test_a_document_that_does_not_open_is_no_fault_of_the_rule(store: Store) -> None:
    bot = Obedient()
    await receive(store, "one")
    await decide(store, bot)
    damage = "UPDATE vault SET sealed = zeroblob(60) WHERE kind = 'obedient/count'"
    await store.run("damage", lambda tx: tx._sql(damage))
    await receive(store, "two")
    for _ in range(TRIES + 1):
        with pytest.raises(StoreError, match="does not open"):
            await decide(store, bot)
    assert (await counts(store))["inbox_ready"] == 1
    assert (await counts(store))["inbox_aside"] == 0


async def test_a_row_that_a_newer_version_wrote_is_kept_for_it(store: Store) -> None:
    await receive(store, "one")

    def rewrite(tx: Transaction) -> None:
        place, sealed = tx._sql("SELECT key, sealed FROM inbox").fetchone()
        newer = tx._sealer.open("inbox", place, sealed).replace(b'"kind":"event"', b'"kind":"new"')
        tx._sql("UPDATE inbox SET sealed = ?", (tx._sealer.seal("inbox", place, newer),))

    await store.run("rewrite", rewrite)
    for _ in range(TRIES + 1):
        with pytest.raises(StoreError, match="newer buendnis"):
            await decide(store, Obedient())
    assert (await counts(store))["inbox_ready"] == 1


async def test_a_copy_is_noted_and_gets_a_handle(store: Store) -> None:
    await receive(store, "share")
    await decide(store, Obedient(once(Send("!other:x", Text("copy"), copy_of="$source"))))
    [copy] = await store.run("copies", lambda tx: tx.copies_of("$source"))
    assert (copy.room_id, copy.event_id) == ("!other:x", None)
    assert await store.run("coming", lambda tx: tx.is_coming(copy.handle))


async def test_events_of_ours_come_back_as_they_were(store: Store) -> None:
    bot = Obedient()
    events: list[Started | SetAside] = [Started(BOT, 3), SetAside("in-1", "event")]

    def enter(tx: Transaction) -> None:
        for number, event in enumerate(events):
            tx.enter(Told(f"key/{number}", bot.name, event))

    await store.run("enter", enter)
    await decide(store, bot)
    assert bot.seen == events


def saying(event: Event, now: datetime) -> tuple[Request, ...]:
    if isinstance(event, TextMessage) and event.body == "question":
        return (Send(ROOM, Text("answer"), handle="the/answer"),)
    return ()


async def made_by(store: Store, event_id: str) -> str | None:
    made = await store.run("made", lambda tx: tx.made_by_event(event_id))
    return None if made is None else made.handle


async def test_what_comes_with_the_echo_of_ours_can_be_an_answer_to_it(store: Store) -> None:
    """Killed after a message had left: a reaction to it came while we were away."""
    await receive(store, "question")
    await decide(store, Obedient(do=saying))
    (row,) = await store.run("heads", Transaction.heads)
    await store.run("sync", lambda tx: tx.echo(row.id, Echo(ROOM, "$ours", "Send")))
    assert await made_by(store, "$ours") == "the/answer"
    assert await store.run("heads", Transaction.heads) != [], "it is settled by who delivers"


async def test_what_a_lost_store_has_said_is_known_as_soon_as_it_is_decided(
    store: Store, tmp_path: Path
) -> None:
    question = message("question")
    new = Store.open(tmp_path / "new", store.sealer, lambda: NOW)
    try:
        for one in (store, new):
            await one.run("in", lambda tx: tx.receive(BOT, ROOM, question, encrypted=False))
        await decide(store, Obedient(do=saying))
        (row,) = await store.run("heads", Transaction.heads)
        await new.run("sync", lambda tx: tx.echo(row.id, Echo(ROOM, "$ours", "Send")))
        await decide(new, Obedient(do=saying))
        assert await made_by(new, "$ours") == "the/answer"
        assert await made_by(store, "$ours") is None
    finally:
        await new.close()
