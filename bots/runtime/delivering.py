"""Outbox → perform → handles filled: in order within a room, side by side across rooms.

What may succeed later is tried again, with growing pauses; what fails for good is set aside and
told to the bot.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import random
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bots.runtime import codec
from bots.runtime.clock import Clock
from bots.runtime.decision import Deliver, Event, Performed, SetAside
from bots.runtime.errors import StoreError
from bots.runtime.logs import where
from bots.runtime.performing import Declined, Performer, Refused, TryLater
from bots.runtime.store import Store
from bots.runtime.transaction import OutboxRow, Transaction
from federation.actions import Action, Handle, Invite, Kick, Look, React, Redact, Send
from federation.perform import Outcome

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Actions of one performer that are under way side by side; one that waits holds up no other."""
HEAD_START = 0.05
"""Seconds, at most, that the oldest action goes alone. What was decided first matters most (the
case before the receipt for it), and a homeserver answers one request sooner than several."""
LEAD = 0.02
"""Seconds that it keeps after its answer: a homeserver tells people of it only then, and should be
done with that before it is given the next."""
LONGEST_PAUSE = 60.0
TRIES = 5
"""How often an action is tried that fails by a fault of our own."""


class Delivering:
    def __init__(self, store: Store, clock: Clock, performers: Mapping[str, Performer]) -> None:
        self._store = store
        self._clock = clock
        self._performers = performers
        self._busy: dict[bytes, asyncio.Task[None]] = {}
        self._slots = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(AT_ONCE))
        self._paused_until: dict[str, float] = {}
        self._awaited: defaultdict[str, set[bytes]] = defaultdict(set)
        """Handle → lanes that wait for it to be filled."""
        self.wake = asyncio.Event()
        """Set when something was put into the outbox."""
        self.decided = asyncio.Event()
        """Set when an outcome was put into the inbox."""
        self.caught_up = asyncio.Event()
        """Cleared while it is not yet decided what happened when the office was down. A mail can't
        be redacted: until then nothing leaves over a bridge."""
        self.caught_up.set()

    async def run(self) -> None:
        for performer in self._performers.values():
            await performer.ready.wait()
        try:
            while True:
                self.wake.clear()
                until = await self._start_lanes()
                await self._clock.wait(self.wake, until)
        finally:
            await self._stop_lanes()

    async def _start_lanes(self) -> float | None:
        """Start the lanes that may go on; when the next one may."""
        now = self._clock.now()
        heads = await self._store.run("heads", Transaction.heads)
        idle = [row for row in heads if row.lane not in self._busy]
        ready = sorted((row for row in idle if row.not_before <= now), key=lambda row: row.seq)
        answered = asyncio.Event()
        for row in ready:
            ahead = None if row is ready[0] else answered
            self._busy[row.lane] = asyncio.create_task(self._lane(row, ahead, answered))
        return min((row.not_before for row in idle if row.not_before > now), default=None)

    async def _stop_lanes(self) -> None:
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _lane(
        self, head: OutboxRow, ahead: asyncio.Event | None, answered: asyncio.Event
    ) -> None:
        row: OutboxRow | None = head
        try:
            if ahead is not None:
                await _wait_shortly(ahead)
            while row is not None and row.not_before <= self._clock.now():
                data = codec.loads(row.payload)
                async with self._slots[data["by"]]:
                    row = await self._carry_out(row, data)
                answered.set()
        except Exception as error:  # noqa: BLE001  (a lane must not end the office)
            log.error("a lane of the outbox stopped (%s); it starts again", where(error))
            await asyncio.sleep(1.0)
        finally:
            self._busy.pop(head.lane, None)
            self.wake.set()

    async def _carry_out(self, row: OutboxRow, data: Mapping[str, Any]) -> OutboxRow | None:
        """Perform one row; the next row of its lane."""
        await self._pause(data["by"])
        action: Action | Deliver = data["action"]
        if isinstance(action, Deliver):
            await self.caught_up.wait()
        prepared = await self._store.run("prepare", lambda tx: _prepare(tx, row, action))
        if isinstance(prepared, Outcome):
            return await self._settle(row, data, prepared)
        if prepared is None:
            return await self._wait_or_fail(row, data)
        return await self._attempt(row, data, prepared)

    async def _attempt(
        self, row: OutboxRow, data: Mapping[str, Any], prepared: Action | Deliver
    ) -> OutboxRow | None:
        try:
            outcome, declined = await self._perform(prepared, row, data["by"])
        except TryLater as error:
            return await self._postpone(row, data["by"], error)
        except Refused as error:
            return await self._set_aside(row, data, error.code)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (a fault of ours must not stop the room)
            return await self._stumble(row, data, error)
        return await self._settle(row, data, outcome, declined)

    async def _perform(
        self, action: Action | Deliver, row: OutboxRow, by: str
    ) -> tuple[Outcome, str | None]:
        """What came of it, and why nothing did."""
        try:
            return await self._performers[by].perform(action, row.id), None
        except Declined as error:
            return Outcome(""), error.code

    async def _stumble(
        self, row: OutboxRow, data: Mapping[str, Any], error: Exception
    ) -> OutboxRow | None:
        log.error("action %s failed (%s)", row.id[:8], where(error))
        if row.tries + 1 >= TRIES:
            return await self._set_aside(row, data, type(error).__name__)
        return await self._postpone(row, data["by"], TryLater(type(error).__name__))

    async def _pause(self, account: str) -> None:
        until = self._paused_until.get(account, 0.0)
        if until > self._clock.now():
            await self._clock.wait(asyncio.Event(), until)

    async def _settle(
        self, row: OutboxRow, data: Mapping[str, Any], outcome: Outcome, error: str | None = None
    ) -> OutboxRow | None:
        action: Action | Deliver = data["action"]
        waiting = self._awaited.pop(getattr(action, "handle", None) or "", ())

        def settle(tx: Transaction) -> OutboxRow | None:
            if tx.sent(row):
                handle = getattr(action, "handle", None)
                if handle is not None and _is_made(action, outcome):
                    tx.fill(handle, outcome.room_id, outcome.event_id, row.id)
                    for lane in waiting:
                        tx.hasten(lane)
                if action.notify:
                    self._tell(tx, row, data, _performed(action, outcome, error))
            return tx.head(row.lane)

        following = await self._store.run("performed", settle)
        if action.notify:
            self.decided.set()
        if waiting:
            self.wake.set()
        return following

    async def _postpone(self, row: OutboxRow, by: str, error: TryLater) -> OutboxRow | None:
        pause = error.after
        if pause is None:
            growing = min(LONGEST_PAUSE, 0.25 * 2 ** min(row.tries, 10))
            pause = growing * random.uniform(0.7, 1.0)  # noqa: S311
        until = self._clock.now() + pause
        if error.everything:
            self._paused_until[by] = until

        def postpone(tx: Transaction) -> OutboxRow | None:
            tx.postpone(row.seq, until, str(error))
            return tx.head(row.lane)

        return await self._store.run("postpone", postpone)

    async def _wait_or_fail(self, row: OutboxRow, data: Mapping[str, Any]) -> OutboxRow | None:
        """A handle that the action names is not filled yet, or never will be."""
        names = [str(ref) for ref in _references(data["action"]).values()]
        for name in names:
            self._awaited[name].add(row.lane)
        until = self._clock.now() + LONGEST_PAUSE

        def wait(tx: Transaction) -> bool:
            missing = [name for name in names if tx.made(name) is None]
            if missing:
                tx.postpone(row.seq, until, "handle")
            return all(tx.is_coming(name) for name in missing)

        if await self._store.run("coming", wait):
            return await self._store.run("head", lambda tx: tx.head(row.lane))
        return await self._set_aside(row, data, "handle")

    async def _set_aside(
        self, row: OutboxRow, data: Mapping[str, Any], code: str
    ) -> OutboxRow | None:
        action: Action | Deliver = data["action"]
        log.error("action %s (%s) was set aside: %s", row.id[:8], type(action).__name__, code)

        def aside(tx: Transaction) -> OutboxRow | None:
            tx.put_aside(row.seq, code)
            if action.notify:
                self._tell(tx, row, data, _performed(action, None, code))
            else:
                self._tell(tx, row, data, SetAside(f"out-{row.id[:8]}", "action"))
            return tx.head(row.lane)

        following = await self._store.run("aside", aside)
        self.decided.set()
        return following

    def _tell(self, tx: Transaction, row: OutboxRow, data: Mapping[str, Any], event: Event) -> None:
        payload = {"bot": data["bot"], "data": codec.dumps(event).decode()}
        if "was" in data:
            payload["was"] = data["was"]
        tx.enter(f"performed/{row.id}", payload)


async def _wait_shortly(ahead: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(HEAD_START):
            await ahead.wait()
        await asyncio.sleep(LEAD)


def _is_made(action: Action | Deliver, outcome: Outcome) -> bool:
    """Whether there is an id to keep: an event's, unless the action made a room. A repeated
    reaction may have none, and what goes over a bridge makes nothing in a room."""
    return outcome.event_id is not None or not isinstance(action, Send | React | Deliver)


def _performed(action: Action | Deliver, outcome: Outcome | None, error: str | None) -> Performed:
    outcome = outcome or _nothing(action)
    return Performed(
        type(action).__name__,
        getattr(action, "handle", None),
        outcome.room_id or None,
        outcome.event_id,
        error,
        user=getattr(action, "user", None),
        target=str(action.target) if isinstance(action, Look) else None,
        found=outcome.found,
    )


def _nothing(action: Action | Deliver) -> Outcome:
    """Of what has no handle, the room at least tells which one failed."""
    told = Invite | Kick | Look | Redact
    if isinstance(action, told) and not isinstance(action.room, Handle):
        return Outcome(action.room)
    return Outcome("")


def _references(action: Action | Deliver) -> dict[str, Handle]:
    """The action's fields that name something by handle; its own `handle` is none of them."""
    values = {f.name: getattr(action, f.name) for f in dataclasses.fields(action)}
    values.pop("handle", None)
    return {name: value for name, value in values.items() if isinstance(value, Handle)}


def _prepare(
    tx: Transaction, row: OutboxRow, action: Action | Deliver
) -> Action | Deliver | Outcome | None:
    """The action with ids in place of handles; an outcome if it was done before, as our own sync
    told; None if a handle is not filled."""
    known = tx.echoed(row.id)
    if known is not None:
        return Outcome(*known)
    ids: dict[str, Any] = {}
    for name, handle in _references(action).items():
        made = tx.made(handle)
        if made is None:
            return None
        ids[name] = made.room_id if name == "room" else (made.event_id or made.room_id)
    if isinstance(action, Redact):
        target = action.target
        made = tx.made(target) if isinstance(target, Handle) else tx.made_by_event(target)
        ids["made_by"] = None if made is None else made.by
    return dataclasses.replace(action, **ids)
