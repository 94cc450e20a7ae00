"""What a message says now: asked by a rule, from memory or of the homeserver, and answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bots.runtime.model.decision import Event, Request
from bots.runtime.model.messages import MessageNow, Unknown
from bots.runtime.office import asking
from bots.runtime.office.asking import TRIES
from bots.runtime.office.deciding import Deciding
from bots.runtime.office.delivering import Delivering
from bots.runtime.office.outcomes import report
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Answer
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model import rooms
from federation.model.actions import AskDevices, AskNow, Send, Text
from federation.model.events import Doubt, TextMessage
from federation.model.ports import DEVICE
from federation.performing.perform import Outcome
from federation.syncing.recent import Recent
from tests.store.bots import Obedient
from tests.store.conftest import NOW
from tests.store.events import ANNA, BOT, ROOM, event, message
from tests.store.lanes import counts, until

FOUND = {"event": message("just said", event_id="$target"), "edit": {}}


def _asks(event: Event, now: datetime) -> list[Request]:
    """Asks what somebody's message names, and says what was answered."""
    if isinstance(event, TextMessage) and event.body.startswith("look"):
        _, _, why = event.body.partition(" ")
        return [AskNow(ROOM, "$target", why, name=why == "name")]
    if isinstance(event, MessageNow) and isinstance(event.answer, TextMessage):
        if event.answer.origin.doubt is Doubt.UNKNOWN:
            return [AskDevices(ROOM, ANNA)]
        return [Send(ROOM, Text(event.answer.body))]
    return []


async def _outbox(store: Store) -> list[tuple[str, Any]]:
    """Ids and actions that wait, the first of each lane."""
    rows = await store.run("heads", Transaction.heads)
    return [(row.id, row.order().action) for row in rows]


async def _asked(store: Store, body: str, recent: Recent | None = None) -> None:
    known = {} if recent is None else {BOT: recent}
    await store.run("receive", lambda tx: tx.receive(BOT, ROOM, message(body), encrypted=False))
    await store.run("decide", Deciding({BOT: Obedient(_asks)}, known).some)


def _remembered() -> Recent:
    recent = Recent(1)
    recent.take(ROOM, FOUND["event"], encrypted=False)
    return recent


async def _answer(
    store: Store, found: dict[str, Any] | None = FOUND, error: str | None = None
) -> list[MessageNow]:
    """What the homeserver tells of what was asked first, as the outbox hands it on; what the rule
    was told."""
    bot = Obedient(_asks)

    def settle(tx: Transaction) -> None:
        row = tx.heads()[0]
        tx.sent(row)
        outcome = None if error is not None else Outcome(ROOM, "$target", found)
        report(tx, row.id, row.order(), outcome, error)

    await store.run("performed", settle)
    await store.run("decide", Deciding({BOT: bot}).some)
    return [x for x in bot.seen if isinstance(x, MessageNow)]


async def test_what_was_just_said_is_known_without_a_request(store: Store) -> None:
    await _asked(store, "look", _remembered())
    assert [action for _, action in await _outbox(store)] == [Send(ROOM, Text("just said"))]


@pytest.mark.parametrize(("body", "recent"), [("look", Recent(1)), ("look name", _remembered())])
async def test_what_is_not_remembered_is_asked_for(store: Store, body: str, recent: Recent) -> None:
    await _asked(store, body, recent)
    assert [type(action) for _, action in await _outbox(store)] == [AskNow]


async def test_the_room_as_it_is_by_then_says_whether_it_counts(store: Store) -> None:
    await _asked(store, "look mine/7")
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    encryption = {**event("m.room.encryption", content), "state_key": ""}

    def encrypt(tx: Transaction) -> None:
        room = rooms.load(tx, BOT, ROOM)
        room.apply(BOT, encryption)
        rooms.save(tx, BOT, room)

    await store.run("state", encrypt)
    [told] = await _answer(store)
    assert (told.room, told.event_id, told.why) == (ROOM, "$target", "mine/7")
    assert isinstance(told.answer, Unknown)
    assert told.answer.reason == "plain"


async def test_a_refusal_is_an_answer(store: Store) -> None:
    await _asked(store, "look")
    [told] = await _answer(store, error="M_FORBIDDEN")
    assert told.answer == Unknown("M_FORBIDDEN")


async def test_only_the_last_question_of_a_kind_is_answered(store: Store) -> None:
    for why in ("one", "two", "one"):
        await _asked(store, f"look {why}")
    told = [x.why for _ in range(3) for x in await _answer(store)]
    assert told == ["two", "one"]


async def test_what_is_known_at_once_takes_the_place_of_what_was_asked(store: Store) -> None:
    await _asked(store, "look")
    await _asked(store, "look", _remembered())
    assert await _answer(store) == []


async def test_an_answer_that_nobody_could_decide_is_none_yet(store: Store) -> None:
    """It is tried again, and is still the newest."""
    await _asked(store, "look")
    bot = Obedient(fails_on=(MessageNow,))

    def settle(tx: Transaction) -> None:
        row = tx.heads()[0]
        report(tx, row.id, row.order(), Outcome(ROOM, "$target", FOUND), None)

    await store.run("performed", settle)
    for _ in range(3):
        await store.run("decide", Deciding({BOT: bot}).some)
    assert len([x for x in bot.tries if isinstance(x, MessageNow)]) == 3


async def test_whose_device_it_was_is_asked_for_once_and_then_told(store: Store) -> None:
    await _asked(store, "look")
    sealed = {**FOUND["event"], DEVICE: ["curve", "ed"]}
    [told] = await _answer(store, {"event": sealed, "edit": {}, "encrypted": True})
    assert isinstance(told.answer, TextMessage)
    assert told.answer.origin.doubt is Doubt.UNKNOWN
    rows = await store.run("heads", Transaction.heads)
    (again,) = (x.order().again for x in rows if isinstance(x.order().action, AskDevices))
    assert again is not None
    bot = Obedient(_asks)
    await store.run("again", lambda tx: tx.enter(again, under="again/1"))
    await store.run("decide", Deciding({BOT: bot}).some)
    [told] = [x for x in bot.seen if isinstance(x, MessageNow)]
    assert isinstance(told.answer, TextMessage)
    assert told.answer.origin.doubt is Doubt.UNSIGNED


async def test_a_store_that_was_lost_and_has_to_ask_arrives_at_the_same_ids(
    tmp_path: Path,
) -> None:
    """Else it would say again what the other has said."""
    said = []
    asks = message("look", event_id="$asks")
    for number, recent in enumerate((_remembered(), Recent(1))):
        store = Store.open(tmp_path / str(number), Sealer(bytes(32)))
        await store.run("receive", lambda tx: tx.receive(BOT, ROOM, asks, encrypted=False))
        await store.run("decide", Deciding({BOT: Obedient(_asks)}, {BOT: recent}).some)
        if number:
            await _answer(store)
        said += await _outbox(store)
        await store.close()
    assert said[0] == said[1]
    assert said[0][1] == Send(ROOM, Text("just said"))


async def test_what_is_found_at_once_is_as_old_as_what_asked_for_it(store: Store) -> None:
    """After a restore: what may have left since must wait for a yes."""
    deciding = Deciding({BOT: Obedient(_asks)}, {BOT: _remembered()})
    deciding.restored_at = NOW + 10
    await store.run("receive", lambda tx: tx.receive(BOT, ROOM, message("look"), encrypted=False))
    await store.run("decide", deciding.some)
    rows = await store.run("heads", Transaction.heads)
    was = rows[0].order().was
    assert was is not None
    assert was <= NOW + 10


# -- what changes while the homeserver is asked ----------------------------------------------------


class Homeserver:
    """Answers in turn what it is given; before each answer something may happen."""

    def __init__(self, *answers: tuple[Callable[[], object], dict[str, Any]]) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self.answers = [*answers]
        self.asked = 0

    async def perform(self, action: Any, action_id: str) -> Outcome:
        self.asked += 1
        happens, found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        happens()
        return Outcome(ROOM, "$target", found)


async def _asked_of(store: Store, recent: Recent, homeserver: Homeserver) -> MessageNow:
    """What the rule is told."""
    clock = ManualClock(NOW)
    await _asked(store, "look")
    delivering = Delivering(store, clock, {BOT: homeserver}, {BOT: recent})
    task = asyncio.create_task(delivering.run())
    bot = Obedient(_asks)
    try:
        await until(delivering.decided.is_set, clock)
        await store.run("decide", Deciding({BOT: bot}).some)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    [told] = [x for x in bot.seen if isinstance(x, MessageNow)]
    return told


def _edit(body: str) -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": "$target"}
    new = {"msgtype": "m.text", "body": body}
    return event("m.room.message", {**new, "m.new_content": new, "m.relates_to": relation})


async def test_an_edit_that_comes_while_the_homeserver_is_asked_is_in_the_answer(
    store: Store,
) -> None:
    recent, edit = Recent(0), _edit("meanwhile")

    def edited() -> None:
        recent.take(ROOM, edit, encrypted=False)

    told = await _asked_of(store, recent, Homeserver((edited, FOUND)))
    assert isinstance(told.answer, TextMessage)
    assert told.answer.body == "meanwhile"
    assert told.edit is not None
    assert told.edit.event_id == edit["event_id"]


async def test_a_homeserver_that_shows_what_was_taken_back_is_asked_again(store: Store) -> None:
    recent, edit = Recent(0), _edit("taken back")

    def redacted() -> None:
        recent.take(ROOM, {**event("m.room.redaction", {}), "redacts": edit["event_id"]}, False)

    shown = {**FOUND, "edit": edit}
    homeserver = Homeserver((redacted, shown), (redacted, shown), (redacted, FOUND))
    told = await _asked_of(store, recent, homeserver)
    assert isinstance(told.answer, TextMessage)
    assert (told.answer.body, told.edit, homeserver.asked) == ("just said", None, 3)


async def test_one_that_goes_on_showing_it_puts_nothing_off_for_ever(store: Store) -> None:
    recent, edit = Recent(0), _edit("taken back")
    recent.take(ROOM, {**event("m.room.redaction", {}), "redacts": edit["event_id"]}, False)
    homeserver = Homeserver((lambda: None, {**FOUND, "edit": edit}))
    told = await _asked_of(store, recent, homeserver)
    assert told.answer == Unknown("undecryptable")
    assert (told.author, homeserver.asked) == (ANNA, TRIES)
    assert (await counts(store))["outbox_aside"] == 0


def test_an_answer_that_is_decided_once_more_has_what_came_since() -> None:
    recent, edit = Recent(0), _edit("since")
    recent.take(ROOM, edit, encrypted=False)
    question = AskNow(ROOM, "$target", "")
    answer = Answer("key", BOT, "bot", question, "id", FOUND, None, anew=True)
    again = asking.anew(recent, answer)
    assert isinstance(again, Answer)
    assert again.found == {**FOUND, "edit": edit}
    recent.take(ROOM, {**event("m.room.redaction", {}), "redacts": edit["event_id"]}, False)
    untold = asking.anew(recent, again)
    assert isinstance(untold, Answer)
    assert untold.found is not None
    assert untold.found["locked"]
