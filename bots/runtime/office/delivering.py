"""Outbox → perform → handles filled: in order within a room, side by side across rooms.

What may succeed later is tried again, with growing pauses; what fails for good is set aside and
told to the bot.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress

from bots.runtime.model.decision import Deliver, SetAside
from bots.runtime.model.errors import StoreError
from bots.runtime.office import asking, heads
from bots.runtime.office.away import Away
from bots.runtime.office.heads import Head
from bots.runtime.office.outcomes import nothing, report, tell
from bots.runtime.office.performing import Declined, Performer, Refused, TryLater, Waits
from bots.runtime.office.turns import Turns
from bots.runtime.process.clock import Clock
from bots.runtime.process.logs import where
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.encryption import pins
from federation.model import rooms
from federation.model.actions import Action, Leave, React, Send
from federation.performing.perform import Outcome
from federation.syncing.recent import Recent

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Actions of one performer that are under way side by side; one that waits holds up no other."""
OF_A_SERVER = 4
"""Of these, how many may be because of people of one other homeserver: it may keep us waiting."""
HEAD_START = 0.05
"""Seconds, at most, that the first action of a decision goes alone. What was decided first matters
most (the case before the receipt for it), and a homeserver answers one request sooner than several.
What was decided about something else waits for nobody."""
LEAD = 0.02
"""Seconds that it keeps after its answer: a homeserver tells people of it only then, and should be
done with that before it is given the next."""
SPEECH = 0.1
"""Seconds, at most, in which no more is asked for because something is being said."""
BREATH = 0.005
"""Seconds before that, in which another account of the room may hear of it and decide."""
REST = 0.015
"""Seconds after that: people are told of an answer after we are."""
LONGEST_PAUSE = 60.0
TRIES = 5
"""How often an action is tried that fails by a fault of our own."""


class Delivering:
    """The outbox at work: a task for each lane with something to do; one loop begins them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        performers: Mapping[str, Performer],
        recent: Mapping[str, Recent] | None = None,
    ) -> None:
        """`recent`: account → what it has just seen."""
        self._store = store
        self._clock = clock
        self._performers = performers
        self._recent = recent or {}
        self._begun = False
        self._busy: dict[bytes, asyncio.Task[None]] = {}
        self._speaking: set[asyncio.Task[None]] = set()
        """Those of them that say something to a homeserver."""
        self._turns = defaultdict[str, Turns](lambda: Turns(AT_ONCE, OF_A_SERVER))
        self._pauses: set[asyncio.Task[None]] = set()
        self._away = Away()
        self._store_fault: StoreError | None = None
        """What ended a lane, and has to end the office."""
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
        self._begun = True
        try:
            while True:
                self.wake.clear()
                if self._store_fault is not None:
                    raise self._store_fault
                until = await self._start_lanes()
                await self._clock.wait(self.wake, until)
        finally:
            await self._stop_lanes()

    def came_back(self, account: str) -> None:
        """The account's homeserver answers again."""
        self._away.came_back(account)
        self.wake.set()

    async def _start_lanes(self) -> float | None:
        busy, freed = frozenset(self._busy), self._away.freed()

        def read(tx: Transaction) -> list[Head]:
            for lane in freed:
                tx.hasten(lane)
            return heads.other(tx, busy)

        return self.begin(await self._store.run("heads", read))

    def begin(self, firsts: Sequence[Head]) -> float | None:
        """Start the lanes that may go on; when the next one may. `firsts`: as the store has them
        by its last transaction that the loop knows of."""
        if not self._begun:
            return None
        now = self._clock.now()
        idle = [x for x in firsts if x.lane not in self._busy]
        ready = sorted((x for x in idle if x.row.not_before <= now), key=lambda x: x.row.seq)
        led: dict[int | str, asyncio.Event] = {}
        for one in ready:
            ahead = led.get(one.decision)
            answered = led.setdefault(one.decision, asyncio.Event())
            self._start(one, asyncio.create_task(self._lane(one, ahead, answered)))
        return min((x.row.not_before for x in idle if x.row.not_before > now), default=None)

    def _start(self, head: Head, lane: asyncio.Task[None]) -> None:
        self._busy[head.lane] = lane
        if not isinstance(head.prepared, Deliver):
            self._speaking.add(lane)
            lane.add_done_callback(self._speaking.discard)

    async def spoken(self) -> None:
        """Wait, but never for long, until what follows from news has been said. A homeserver
        answers one request sooner than several: with each account of a room asking again at once,
        it is busy with their questions, and then with telling them what we have just sent."""
        await asyncio.sleep(BREATH)
        if self._speaking:
            await asyncio.wait(self._speaking, timeout=SPEECH)
            await asyncio.sleep(REST)

    async def _stop_lanes(self) -> None:
        tasks = [*self._busy.values(), *self._pauses]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _lane(
        self, first: Head, ahead: asyncio.Event | None, answered: asyncio.Event
    ) -> None:
        head: Head | None = first
        try:
            if ahead is not None:
                await _wait_shortly(ahead)
            while head is not None and head.row.not_before <= self._clock.now():
                async with self._turn(head):
                    head = await self._carry_out(head)
                if not answered.is_set():
                    answered.set()
                    if head is not None:
                        await asyncio.sleep(LEAD)
        except StoreError as error:
            self._store_fault = error
        except Exception as error:  # noqa: BLE001  (a lane must not end the office)
            log.error("a lane of the outbox stopped (%s); it starts again", where(error))
            await asyncio.sleep(1.0)
        finally:
            self._busy.pop(first.lane, None)
            self.wake.set()

    def _turn(self, head: Head) -> AbstractAsyncContextManager[None]:
        to_many = getattr(head.action, "whose", None) is not None
        return self._turns[head.by].turn(head.row.party, head.row.seq, to_many=to_many)

    async def _carry_out(self, head: Head) -> Head | None:
        """Perform it; the next of its lane."""
        if isinstance(head.action, Deliver):
            await self.caught_up.wait()
        if isinstance(head.prepared, Outcome):
            return await self._settle(head, head.prepared)
        if head.prepared is None:
            return await self._wait_or_fail(head)
        return await self._attempt(head, head.prepared)

    async def _attempt(self, head: Head, prepared: Action | Deliver) -> Head | None:
        returns = self._away.tries(head)
        try:
            outcome, declined = await self._perform(prepared, head)
        except TryLater as error:
            anew = error.away and not self._away.waits(head, returns)
            return await self._again(head, error, 0 if anew else head.row.tries)
        except Waits as error:
            return await self._wait_for(error, head)
        except Refused as error:
            return await self._set_aside(head, error.code)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (a fault of ours must not stop the room)
            return await self._stumble(head, error)
        return await self._settle(head, outcome, declined)

    async def _perform(self, action: Action | Deliver, head: Head) -> tuple[Outcome, str | None]:
        """What came of it, and why nothing did."""
        try:
            return await self._performers[head.by].perform(action, head.row.id), None
        except Declined as error:
            return nothing(action), error.code

    async def _stumble(self, head: Head, error: Exception) -> Head | None:
        log.error("%s failed (%s)", _reference(head), where(error))
        return await self._again(head, TryLater(type(error).__name__, most=TRIES), head.row.tries)

    async def _again(self, head: Head, error: TryLater, tries: int) -> Head | None:
        """Later, unless it was tried often enough."""
        if error.most is not None and tries + 1 >= error.most:
            return await self._set_aside(head, str(error))
        return await self._postpone(head, error, tries)

    def _rest(self, performer: str, until: float) -> None:
        """Nobody's turn comes until then: whose it is, is decided afterwards."""

        async def rest() -> None:
            await self._clock.wait(asyncio.Event(), until)
            self._turns[performer].open()

        self._turns[performer].close()
        pause = asyncio.create_task(rest())
        self._pauses.add(pause)
        pause.add_done_callback(self._pauses.discard)

    async def _settle(self, done: Head, outcome: Outcome, error: str | None = None) -> Head | None:
        waiting = self._awaited.pop(done.handle or "", ())

        def settle(tx: Transaction) -> Head | None:
            if tx.sent(done.row):
                if done.handle is not None and _is_made(done.action, outcome):
                    tx.fill(done.handle, outcome.room_id, outcome.event_id, done.row.id)
                    for lane in waiting:
                        tx.hasten(lane)
                _report(tx, done, outcome, error, self._recent.get(done.by))
            return heads.first(tx, done.lane)

        try:
            following = await self._store.run("performed", settle)
        except TryLater as late:
            return await self._again(done, late, done.row.tries)
        if done.action.notify or done.order.again is not None:
            self.decided.set()
        if waiting:
            self.wake.set()
        return following

    async def _postpone(self, late: Head, error: TryLater, tries: int) -> Head | None:
        pause = error.after
        if pause is None:
            growing = min(LONGEST_PAUSE, 0.25 * 2 ** min(tries, 10))
            pause = growing * random.uniform(0.7, 1.0)  # noqa: S311
        until = self._clock.now() + pause
        if error.everything:
            self._rest(late.by, until)

        def postpone(tx: Transaction) -> Head | None:
            tx.postpone(late.row.seq, until, str(error))
            return heads.first(tx, late.lane)

        return await self._store.run("postpone", postpone)

    async def _wait_for(self, awaited: Waits, early: Head) -> Head | None:
        """Its lane rests until one of them, or we, come: see `Deciding`, which lets it go on."""
        room_id = str(getattr(early.prepared, "room", ""))

        def rest(tx: Transaction) -> Head | None:
            # Else it was told while we tried.
            if _is_over(tx, early):
                tx.drop(early.row)
            elif _still_waits(tx, awaited, early.by, room_id):
                tx.rest(early.row.seq)
                if getattr(early.action, "whose", None) is not None:
                    tx.rest_with(f"{early.by} {room_id}", early.lane)
            return heads.first(tx, early.lane)

        return await self._store.run("rest", rest)

    async def _wait_or_fail(self, early: Head) -> Head | None:
        """A handle that the action names is not filled yet, or never will be."""
        names = [str(ref) for ref in heads.references(early.action).values()]
        for name in names:
            self._awaited[name].add(early.lane)
        until = self._clock.now() + LONGEST_PAUSE

        def wait(tx: Transaction) -> bool:
            missing = [name for name in names if tx.made(name) is None]
            if missing:
                tx.postpone(early.row.seq, until, "handle")
            return all(tx.is_coming(name, ahead=early.lane) for name in missing)

        if await self._store.run("coming", wait):
            return await self._store.run("head", lambda tx: heads.first(tx, early.lane))
        return await self._set_aside(early, "handle")

    async def _set_aside(self, failed: Head, code: str) -> Head | None:
        action, id_ = failed.action, failed.row.id
        kind = type(action).__name__
        log.error("%s (%s) was set aside: %s", _reference(failed), kind, code)

        def aside(tx: Transaction) -> Head | None:
            tx.put_aside(failed.row.seq, code)
            if action.notify:
                report(tx, id_, failed.order, None, code)
            else:
                tell(tx, id_, failed.order, _aside(failed, code))
            return heads.first(tx, failed.lane)

        following = await self._store.run("aside", aside)
        self.decided.set()
        return following


def _is_over(tx: Transaction, early: Head) -> bool:
    """We are about to leave the room: nobody will ever be told."""
    return any(isinstance(x.order().action, Leave) for x in tx.in_lane(early.lane))


def _still_waits(tx: Transaction, awaited: Waits, account: str, room_id: str) -> bool:
    if awaited.pins is not None:
        return pins.number(tx, account) == awaited.pins
    room = rooms.load(tx, account, room_id)
    if not awaited.people:
        return room.awaited or room.invited
    return room.only_asks(awaited.people)


def _report(
    tx: Transaction, done: Head, outcome: Outcome, error: str | None, recent: Recent | None
) -> None:
    if done.action.notify:
        known = asking.current(recent, outcome, done.row.tries)
        report(tx, done.row.id, done.order, known, error)
    if done.order.again is not None:
        tx.enter(asking.anew(recent, done.order.again), under=f"again/{done.row.id}")


def _aside(failed: Head, code: str) -> SetAside:
    room = getattr(failed.action, "room", None)
    where = None if room is None else str(room)
    return SetAside(_reference(failed), "action", code, where, failed.handle)


def _reference(failed: Head) -> str:
    """What `status`, `doctor` and bots call it, for whoever searches the log."""
    return f"out-{failed.row.id[:8]}"


async def _wait_shortly(ahead: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(HEAD_START):
            await ahead.wait()
        await asyncio.sleep(LEAD)


def _is_made(action: Action | Deliver, outcome: Outcome) -> bool:
    """Whether there is an id to keep: an event's, unless the action made a room. A repeated
    reaction may have none, and what goes over a bridge makes nothing in a room."""
    return outcome.event_id is not None or not isinstance(action, Send | React | Deliver)
