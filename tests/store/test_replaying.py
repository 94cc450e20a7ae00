"""A store that is lost or an old backup, and rules that are others by then: whatever both ask for
is there once and where it belongs, in whatever order they ask, and so is what only the new ones do.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.runtime.model.decision import Event, Phrase, Request, Say
from bots.runtime.office.deciding import Deciding
from bots.runtime.office.delivering import Delivering
from bots.runtime.office.heads import other
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.client.sync import JoinedRoom
from federation.encryption.machine import Machine
from federation.model.actions import (
    Action,
    CreateRoom,
    EditMessage,
    Handle,
    React,
    Redact,
    Send,
    Text,
)
from federation.model.events import TextMessage
from federation.model.ports import MARK
from federation.performing.perform import Outcome
from federation.syncing.intake import Intake
from federation.syncing.recent import Recent
from tests.store.bots import Obedient
from tests.store.conftest import KEY, NOW
from tests.store.events import BOT, event, message

CHAT, OFFICE = "!chat:example.org", "!office:example.org"
MADE, ROOT, NOTICE = Handle("room/1"), Handle("case/1/root"), Handle("case/1/notice")
QUESTION = message("question", event_id="$question")


class Killed(BaseException):
    """The office's process ends: what it has asked for last is done, and it never hears of it."""


@dataclass
class Server:
    """A homeserver that remembers no transaction: the office comes back as a new device."""

    rooms: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {CHAT: [QUESTION], OFFICE: []}
    )
    left: int = 1_000
    """Requests until the office is killed."""

    def __post_init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()
        self._aliases: dict[str, str] = {}
        self._numbers = itertools.count()

    async def perform(self, action: Action, action_id: str) -> Outcome:
        outcome = self._do(action, action_id)
        self.left -= 1
        if not self.left:
            raise Killed
        return outcome

    def _do(self, action: Action, action_id: str) -> Outcome:
        if isinstance(action, CreateRoom):
            if action_id not in self._aliases:
                room = self._aliases[action_id] = f"!made-{next(self._numbers)}:example.org"
                self.rooms[room] = []
                self._put(room, "m.room.create", {MARK: action_id}, state_key="")
            return Outcome(self._aliases[action_id])
        kind, content = _told(action)
        room = str(action.room)
        return Outcome(room, self._put(room, kind, {**content, MARK: action_id}))

    def _put(self, room: str, kind: str, content: dict[str, Any], **more: str) -> str:
        event_id = f"$ours-{next(self._numbers)}"
        self.rooms[room].append({**event(kind, content, BOT, event_id), **more})
        return event_id


def _told(action: Action) -> tuple[str, dict[str, Any]]:
    match action:
        case Send():
            return "m.room.message", {"body": action.text.body}
        case EditMessage():
            relation = {"rel_type": "m.replace", "event_id": action.target}
            return "m.room.message", {"body": action.text.body, "m.relates_to": relation}
        case React():
            relation = {"rel_type": "m.annotation", "event_id": action.target, "key": action.key}
            return "m.reaction", {"m.relates_to": relation}
        case Redact():
            return "m.room.redaction", {"redacts": action.target}
    raise AssertionError(action)


class Speaking(Obedient):
    """Asks for what it is given, when somebody asks."""

    def __init__(self, requests: Sequence[Request]) -> None:
        super().__init__(lambda event, now: self._answers(event))
        self._requests = requests

    def _answers(self, event: Event) -> Sequence[Request]:
        return self._requests if isinstance(event, TextMessage) else ()

    def render(self, phrase: Phrase) -> Text:
        return Text(phrase.key)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    store = Store.open(folder, Sealer(KEY), lambda: NOW)
    try:
        yield store
    finally:
        await store.close()


def synced(tx: Transaction, server: Server) -> None:
    intake = Intake(BOT, Machine.open(tx, BOT, "DEVICE"), Recent(0))
    for room, events in server.rooms.items():
        state = [x for x in events if "state_key" in x]
        intake.joined(tx, JoinedRoom(room, state, [x for x in events if x not in state]))


async def take_in(store: Store, server: Server, requests: Sequence[Request]) -> None:
    """All that the server has, and decide."""
    await store.run("sync", lambda tx: synced(tx, server))
    while (await store.run("decide", Deciding({BOT: Speaking(requests)}).some)).more:
        pass


async def carry_out(store: Store, server: Server) -> None:
    """Until nothing waits, or the office is killed."""
    delivering = Delivering(store, ManualClock(NOW), {BOT: server})
    with suppress(Killed):
        while heads := await store.run("heads", lambda tx: other(tx, ())):
            due = [x for x in heads if x.row.not_before <= NOW]
            assert due, "what waits for something waits for ever"
            for head in due:
                await delivering._carry_out(head)


# -- what is asked for -----------------------------------------------------------------------------


def _say(room: str, key: str, **more: Any) -> Say:
    return Say(room, Phrase(key, "en"), **more)


REQUESTS: tuple[Request, ...] = (
    CreateRoom(str(MADE), encrypted=False),
    _say(CHAT, "thanks"),
    _say(CHAT, "arrived", handle="case/1/arrived"),
    _say(OFFICE, "case", handle=str(ROOT)),
    _say(OFFICE, "note", thread=ROOT),
    _say(OFFICE, "thanks"),
    _say(MADE, "welcome", handle=str(NOTICE)),
    _say(MADE, "thanks"),
    React(CHAT, "$question", "👍"),
    _say(OFFICE, "case-changed", edits=ROOT),
    _say(MADE, "notice-changed", edits=NOTICE),
)
NEEDS = {4: 3, 6: 0, 7: 0, 9: 3, 10: 6}
"""What names something → what makes it."""


@st.composite
def decisions(draw: st.DrawFn) -> list[Request]:
    """Some of them, in some order; what makes something comes before what names it."""
    chosen = draw(st.permutations(range(len(REQUESTS))))[: draw(st.integers(0, len(REQUESTS)))]
    found: list[int] = []
    for one in chosen:
        needed = [one]
        while needed[-1] in NEEDS:
            needed.append(NEEDS[needed[-1]])
        found += [x for x in reversed(needed) if x not in found]
    return [REQUESTS[x] for x in found]


_Where = tuple[str, str, str]
"""Room, type and text; the room that we make has one name."""


def _found(server: Server) -> dict[_Where, list[tuple[str, str]]]:
    """What stands there of us: room and event ids."""
    found = defaultdict(list)
    for room, events in server.rooms.items():
        name = str(MADE) if room.startswith("!made") else room
        for one in events:
            if one["sender"] == BOT:
                text = one["content"].get("body", "")
                found[name, one["type"], text].append((room, one["event_id"]))
    return found


def _place(request: Request) -> _Where:
    match request:
        case CreateRoom():
            return str(MADE), "m.room.create", ""
        case React():
            return request.room, "m.reaction", ""
        case Say():
            return str(request.room), "m.room.message", request.phrase.key
    raise AssertionError(request)


@settings(max_examples=40)
@given(before=decisions(), after=decisions(), killed=st.integers(1, len(REQUESTS) + 1))
def test_what_a_lost_store_has_done_is_neither_lost_nor_doubled_nor_misplaced(
    before: list[Request], after: list[Request], killed: int
) -> None:
    asyncio.run(_lost(before, after, killed))


async def _lost(before: list[Request], after: list[Request], killed: int) -> None:
    server = Server(left=killed)
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder) / "first") as store:
            await take_in(store, server, before)
            await carry_out(store, server)
        done, server.left = _found(server), 1_000
        async with opened(Path(folder) / "second") as store:
            await take_in(store, server, after)
            await carry_out(store, server)
            await _judge(store, server, {*done, *map(_place, after)}, after)


@settings(max_examples=20)
@given(before=decisions(), after=decisions(), killed=st.integers(1, len(REQUESTS) + 1))
def test_what_an_old_backup_has_decided_is_done_once(
    before: list[Request], after: list[Request], killed: int
) -> None:
    asyncio.run(_restored(before, after, killed))


async def _restored(before: list[Request], after: list[Request], killed: int) -> None:
    server = Server(left=killed)
    with tempfile.TemporaryDirectory() as folder:
        first, backup = Path(folder) / "first", Path(folder) / "backup"
        async with opened(first) as store:
            await take_in(store, server, before)
        shutil.copytree(first, backup)
        async with opened(first) as store:
            await carry_out(store, server)
        server.left = 1_000
        async with opened(backup) as store:
            await take_in(store, server, after)
            await carry_out(store, server)
            await _judge(store, server, {*map(_place, before)}, before)


async def _judge(
    store: Store, server: Server, wanted: set[_Where], requests: Sequence[Request]
) -> None:
    """Each once, and what is under a handle is what was to be."""
    found = _found(server)
    assert {place: len(events) for place, events in found.items()} == dict.fromkeys(wanted, 1)
    for request in requests:
        handle = getattr(request, "handle", None)
        if handle is not None:
            made = await store.run("made", partial(Transaction.made, handle=handle))
            [(room, event_id)] = found[_place(request)]
            event_of = None if isinstance(request, CreateRoom) else event_id
            assert made is not None
            assert (made.room_id, made.event_id) == (room, event_of)


async def test_what_stands_elsewhere_in_our_name_fills_no_handle(store: Store) -> None:
    """A homeserver that has seen an id can write an event of ours that carries it."""
    asked = [_say(OFFICE, "case", handle=str(ROOT))]
    server = Server(left=1)
    await take_in(store, server, asked)
    await carry_out(store, server)
    (real,) = server.rooms[OFFICE]
    server.rooms = {CHAT: [QUESTION, {**real, "event_id": "$forged"}], OFFICE: []}
    server.left = 1_000
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder)) as second:
            await take_in(second, server, asked)
            assert await second.run("made", lambda tx: tx.made(ROOT)) is None
            await carry_out(second, server)
            await _judge(
                second, server, {_place(asked[0]), (CHAT, "m.room.message", "case")}, asked
            )


async def test_what_is_of_another_kind_counts_as_nothing_done(store: Store) -> None:
    asked = [_say(OFFICE, "case", handle=str(ROOT))]
    server = Server()
    await take_in(store, server, asked)
    (head,) = await store.run("heads", lambda tx: other(tx, ()))
    forged = event("m.reaction", {MARK: head.row.id}, BOT, "$forged")
    server.rooms[OFFICE].append(forged)
    await store.run("sync", lambda tx: synced(tx, server))
    assert await store.run("made", lambda tx: tx.made(ROOT)) is None
    await carry_out(store, server)
    made = await store.run("made", lambda tx: tx.made(ROOT))
    assert made is not None
    assert made.event_id != "$forged"
