"""The ombuds office on a real store: inbox, rule, outbox. Only its homeserver is of this file."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.cases import CASES, Case
from bots.ombuds.settings import Settings
from bots.runtime.model.decision import Started
from bots.runtime.office import heads, outcomes
from bots.runtime.office.deciding import Deciding
from bots.runtime.office.heads import Head
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.records import Told
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.encryption import standing
from federation.encryption.identities import Identity
from federation.model import rooms
from federation.model.actions import AskDevices, AskNow, CreateRoom, Leave, Redact, Send
from federation.model.ports import DEVICE
from federation.performing.perform import Outcome
from tests.kit.founders import code_of, given
from tests.kit.ombuds import BOT, SETTINGS
from tests.kit.stored import documents
from tests.kit.world import EnglishWords

T = TypeVar("T")
NOW = 1_800_000_000.0
KEY = bytes(range(32))
AT_ONCE = 50
"""Rounds of deciding and performing until everything has to be done."""


class Desk:
    """`shown`: room → event → what stands there, as those read it who are in the room."""

    def __init__(self, store: Store, clock: ManualClock, settings: Settings) -> None:
        self.store, self.clock, self.settings = store, clock, settings
        self.deciding = Deciding({BOT: OmbudsBot(settings, EnglishWords())})
        self.shown: dict[str, dict[str, list[str]]] = {}
        self.acts: list[Any] = []
        """All that was asked of the homeserver."""
        self.refuses: Callable[[Any], str] = lambda _: ""
        """An action → the error that it meets."""
        self.office = ""
        self._ids = itertools.count(1)
        self._kept: dict[str, dict[str, Any]] = {}

    async def look(self, work: Callable[[Transaction], T]) -> T:
        return await self.store.run("look", work)

    # -- what people do ------------------------------------------------------------------------

    async def found(self) -> Desk:
        told = Told("started/ombuds/1", "ombuds", Started(BOT, 1))
        await self.store.run("start", lambda tx: tx.enter(told))
        await self.settle()
        for user in self.settings.staff:
            await self.enters(self.office, user)
            await self.says(self.office, user, code_of(user))
        return self

    async def enters(self, room: str, user: str, to: str = "join", by: str = "") -> None:
        """Or leaves. Each has one device, which is signed."""
        content = {"membership": to, "displayname": user[1:].partition(":")[0]}
        raw = self.raw("m.room.member", by or user, content) | {"state_key": user}

        def enter(tx: Transaction) -> None:
            known = rooms.load(tx, BOT, room)
            known.encrypted = known.members_known = True
            known.apply(BOT, raw)
            rooms.save(tx, BOT, known)
            if user != BOT:
                know(tx, user)
            tx.receive(BOT, room, raw, encrypted=False)

        await self.store.run("enter", enter)
        await self.settle()

    async def chat(self, user: str, room: str) -> None:
        await self.enters(room, user)
        await self.enters(room, BOT, "invite", by=user)
        await self.enters(room, BOT)

    async def says(self, room: str, user: str, body: str, **more: Any) -> str:
        return await self.sends(room, user, {"msgtype": "m.text", "body": body, **more})

    async def cases(self) -> list[Case]:
        """The oldest first."""
        found = await self.look(lambda tx: documents(tx, CASES))
        return sorted(found, key=lambda x: (x.opened, x.conversation))

    async def answers(self, case: int, body: str, user: str = "") -> str:
        """Somebody of the team writes in the thread of a case."""
        made = await self.look(lambda tx: tx.made(f"case/{case}/root"))
        assert made is not None
        thread = {"rel_type": "m.thread", "event_id": made.event_id}
        more = {"m.relates_to": thread}
        return await self.says(self.office, user or self.settings.staff[0], body, **more)

    async def sends(
        self, room: str, user: str, content: dict[str, Any], kind: str = "m.room.message"
    ) -> str:
        raw = self.raw(kind, user, content)
        await self.take(room, raw, sealed=kind == "m.room.message")
        return str(raw["event_id"])

    async def state(self, room: str, user: str, kind: str, content: dict[str, Any]) -> None:
        raw = self.raw(kind, user, content) | {"state_key": ""}

        def enter(tx: Transaction) -> None:
            known = rooms.load(tx, BOT, room)
            known.apply(BOT, raw)
            rooms.save(tx, BOT, known)

        await self.store.run("state", enter)
        await self.take(room, raw, sealed=False)

    async def take(self, room: str, raw: dict[str, Any], *, sealed: bool = True) -> None:
        """An event comes, as the sync brings it."""
        user = raw["sender"]
        if sealed:
            raw |= {DEVICE: [*keys(user), f"session-{room}"]}
        self._kept[raw["event_id"]] = raw

        def receive(tx: Transaction) -> None:
            if sealed:
                session = standing.Session(user, room, f"session-{room}", keys(user))
                standing.note(tx, BOT, session, ())
                for name in ("megolm", "megolm index"):
                    of = f"{room} {session.id}" if name == "megolm" else f"{session.id} 0"
                    tx.write(name, f"{BOT} {user} {of}", raw["event_id"].encode())
            tx.receive(BOT, room, raw, encrypted=sealed)

        await self.store.run("receive", receive)
        await self.settle()

    def raw(self, kind: str, sender: str, content: dict[str, Any]) -> dict[str, Any]:
        event_id = f"${mark(f'{sender} {next(self._ids)}')}"
        at = int(self.clock.now() * 1000)
        event = {"event_id": event_id, "sender": sender, "type": kind, "content": content}
        return {**event, "origin_server_ts": at}

    async def passes(self, time: timedelta) -> None:
        """With all that is due meanwhile, in its order."""
        end = self.clock.now() + time.total_seconds()
        while True:
            await self.settle()
            due = await self.look(lambda tx: tx.next_timer())
            if due is None or due > end:
                break
            self.clock.advance(max(0.0, due - self.clock.now()) + 0.001)
        self.clock.advance(max(0.0, end - self.clock.now()))
        await self.settle()

    # -- the way of an event -------------------------------------------------------------------

    async def settle(self) -> None:
        """Everything is decided and done that can be."""
        for _ in range(AT_ONCE):
            while (await self.store.run("decide", self.deciding.some)).more:
                pass
            if not await self.store.run("perform", self._perform):
                while self._gone and await self._leave():
                    pass
                return
        raise AssertionError("it never ends")

    _gone: tuple[str, ...] = ()

    async def _leave(self) -> bool:
        room, *others = self._gone
        self._gone = tuple(others)
        await self.enters(room, BOT, "leave")
        return bool(others)

    def _perform(self, tx: Transaction) -> int:
        done = 0
        for head in heads.other(tx, frozenset()):
            if head.prepared is None:
                continue
            done += 1
            code = self.refuses(head.action)
            if code:
                tx.put_aside(head.row.seq, code)
                if head.action.notify:
                    outcomes.report(tx, head.row.id, head.order, None, code)
                continue
            self._settled(tx, head, self._done(tx, head))
        return done

    def _settled(self, tx: Transaction, head: Head, outcome: Outcome) -> None:
        if not tx.sent(head.row):
            return
        if head.handle is not None:
            tx.fill(head.handle, outcome.room_id, outcome.event_id, head.row.id)
        if head.action.notify:
            outcomes.report(tx, head.row.id, head.order, outcome, None)
        if head.order.again is not None:
            tx.enter(head.order.again, under=f"again/{head.row.id}")

    def _done(self, tx: Transaction, head: Head) -> Outcome:
        action = head.prepared
        if isinstance(action, Outcome):
            return action
        self.acts.append(action)
        if isinstance(action, CreateRoom):
            return Outcome(self._made(tx, action))
        room = str(getattr(action, "room", ""))
        if isinstance(action, AskNow):
            found = self._kept.get(action.event_id)
            return Outcome(room, action.event_id, None if found is None else {"event": found})
        if isinstance(action, AskDevices):
            know(tx, action.user)
        if isinstance(action, Leave):
            self._gone += (room,)
        event_id = f"${mark(head.row.id)}"
        self._show(room, event_id, action)
        return Outcome(room, event_id)

    def _show(self, room: str, event_id: str, action: Any) -> None:
        there = self.shown.setdefault(room, {})
        if isinstance(action, Redact):
            there.pop(str(action.target), None)
        elif hasattr(action, "text"):
            target = event_id if isinstance(action, Send) else str(action.target)
            there.setdefault(target, []).append(json.dumps([*map(str, vars_of(action.text))]))

    def _made(self, tx: Transaction, action: CreateRoom) -> str:
        room_id = f"!{mark(str(action.handle))}"
        room = rooms.Room(room_id)
        room.joined = room.encrypted = room.members_known = True
        room.members = {BOT: "join", **dict.fromkeys(action.invite, "invite")}
        rooms.save(tx, BOT, room)
        self.office = self.office or room_id
        return room_id


def mark(text: str) -> str:
    """As the ids of rooms of version 12 and of events are: 43 characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:43]


def keys(user: str) -> tuple[str, str]:
    """Of the device that somebody has."""
    return f"curve-{mark(user)}", f"ed-{mark(user)}"


def know(tx: Transaction, user: str) -> None:
    """What a session learns of somebody's keys, and what comes by them."""
    name, (curve, ed) = f"{BOT} {user}", keys(user)
    devices = {f"DEVICE{mark(user)}": {"curve25519": curve, "ed25519": ed}}
    owner = Identity(f"master-{mark(user)}", frozenset(devices), f"signing-{mark(user)}", False)
    standing.keep(tx, BOT, user, owner)
    tx.write("device list", name, b"")
    tx.write("device keys", name, json.dumps(devices).encode())
    tx.write("olm devices", name, json.dumps([curve]).encode())
    tx.write("olm sessions", f"{BOT} {curve}", json.dumps(["one"]).encode())
    tx.write("olm session", f"{BOT} {curve} one", b"[]")


def vars_of(text: Any) -> list[str]:
    return [text.body, text.html or ""]


@asynccontextmanager
async def desk(folder: Path, **changes: Any) -> AsyncIterator[Desk]:
    clock = ManualClock(NOW)
    store = Store.open(folder, Sealer(KEY), clock.now, running=clock.running, boot=clock.boot)
    settings = replace(SETTINGS, codes=given(*SETTINGS.staff), **changes)
    try:
        yield await Desk(store, clock, settings).found()
    finally:
        await store.close()
