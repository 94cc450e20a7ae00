"""Inbox → rule → one commit: the state is saved, the actions are in the outbox, the row is done.

A row on which a rule fails is tried three times and then set aside; it stops nothing else.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from bots.runtime.kit.bot import Bot
from bots.runtime.model.decision import (
    CancelTimer,
    Deliver,
    ForgetRoom,
    ForgetSources,
    Request,
    Say,
    SetAside,
    SetPin,
    SetTimer,
    Withdraw,
)
from bots.runtime.model.errors import StoreError
from bots.runtime.model.requests import Doublet, RoomName, is_doublet, slots
from bots.runtime.office import asking
from bots.runtime.office.opening import happened, opened
from bots.runtime.office.outcomes import report
from bots.runtime.office.ruling import ruled
from bots.runtime.office.turns import Served
from bots.runtime.office.withdrawing import withdraw
from bots.runtime.process.logs import where
from bots.runtime.store import rooms as forgetting
from bots.runtime.store.records import Answer, Happened, Order, Rings, Told, Waiting
from bots.runtime.store.transaction import InboxRow, Transaction
from federation.encryption import pins
from federation.model.actions import (
    Action,
    AskDevices,
    AskNow,
    CreateRoom,
    EditMessage,
    Handle,
    Join,
    Leave,
    Ref,
    Send,
)
from federation.model.events import Membership, MembershipKind, RoomEvent
from federation.performing.perform import Outcome
from federation.syncing.recent import Recent

log = logging.getLogger(__name__)

TRIES = 3
STRICT = "BUENDNIS_STRICT"
"""In the environment, for tests: a decision that asks twice for the same ends the office."""
NOTHING_DONE = SetTimer | CancelTimer | Withdraw | SetPin | ForgetRoom | ForgetSources
"""Requests that are met in the commit of the decision."""
SLICE = 0.02
"""Seconds of one transaction of decisions, so that a sync is never kept waiting for long."""


@dataclass(frozen=True, slots=True)
class Progress:
    more: bool
    """More rows may be waiting."""
    appended: bool
    """Something was put into the outbox."""
    next_timer: float | None
    """When the next timer rings, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class _Cause:
    """What a decision was about."""

    key: str
    seq: int
    """Of its row in the inbox."""
    was: float | None
    """See `Deciding._was`. What follows from it inherits it."""
    record: Waiting
    """What was in the inbox."""
    room: str | None
    """Where it happened."""
    party: bytes | None
    """Who brought it about, where that is known: see `Outbox.party`."""

    def anew(self) -> Waiting:
        """To be decided once more, when devices were asked for. It is the same event: a store that
        was lost must arrive at the same ids."""
        record = self.record
        if isinstance(record, Happened | Answer):
            return dataclasses.replace(record, anew=True)
        return record


class Deciding:
    """Hands ready rows of the inbox to their bots' rules, each in a commit of its own."""

    def __init__(self, bots: Mapping[str, Bot], recent: Mapping[str, Recent] | None = None) -> None:
        """`bots`: account → bot; `recent`: account → what it has just seen."""
        self.deaf: Callable[[], Collection[str]] = frozenset
        """Names of bots that may not know yet what happened. No timer of theirs rings: somebody may
        have stopped in time what it would set off."""
        self.restored_at: float | None = None
        """When a backup was restored, if one was: seconds since the epoch."""
        self.decided = Counter(dict.fromkeys((bot.name for bot in bots.values()), 0))
        """How many events were put before each bot since the start, by its name."""
        self._served = Served()
        self._by_account = bots
        self._recent = recent or {}
        self._by_name = {bot.name: (account, bot) for account, bot in bots.items()}

    def some(self, tx: Transaction) -> Progress:
        """Decide rows for a while, of each party in turn. Timers ring behind what has happened,
        which may have stopped them."""
        deaf = self.deaf()
        end = time.perf_counter() + SLICE
        stumbled: set[int] = set()
        turn: Iterator[InboxRow] = iter(())
        while time.perf_counter() < end:
            row = next(turn, None) or next(turn := self._in_turn(tx, stumbled), None)
            if row is None and tx.ring(deaf):
                continue
            if row is None:
                return Progress(bool(stumbled), bool(tx.lanes), tx.next_timer(deaf))
            if not self._one(tx, row):
                stumbled.add(row.seq)
        return Progress(True, bool(tx.lanes), None)

    def _in_turn(self, tx: Transaction, stumbled: Collection[int]) -> Iterator[InboxRow]:
        """The first row of each party, unless something waits that came before it in its room; of
        those served longest ago first. What one person does, and what happens in one room, keeps
        its order; so the oldest of all rows is always among these."""
        firsts = tx.firsts(stumbled)
        for seq, party in sorted(firsts, key=lambda x: (self._served.since(x[1]), x[0])):
            if not tx.is_behind(seq, stumbled) and (row := tx.next_ready(seq - 1)) is not None:
                self._served.note(party)
                yield row

    def _one(self, tx: Transaction, row: InboxRow) -> bool:
        """Whether the row is done; else it was given back, or set aside."""
        tx.savepoint()
        try:
            self._decide(tx, row)
        except (sqlite3.Error, StoreError, Doublet):  # no fault of this row: it is not set aside
            raise
        except Exception as error:  # noqa: BLE001  (one row must not stop the others)
            tx.back()
            self._stumble(tx, row, error)
            return False
        tx.finish(row.seq)
        tx.release()
        return True

    def _stumble(self, tx: Transaction, row: InboxRow, error: Exception) -> None:
        last = row.tries + 1 >= TRIES
        tx.stumble(row.seq, type(error).__name__, last)
        log.error("in-%d failed (%s), try %d", row.seq, where(error), row.tries + 1)
        key = f"aside/in-{row.seq}"
        if last and not row.record.key.startswith("aside/"):
            with suppress(KeyError):  # of a bot that this office no longer has
                _, bot = self._owner(row.record)
                tx.enter(Told(key, bot.name, SetAside(f"in-{row.seq}", "event")))

    def _owner(self, record: Waiting) -> tuple[str, Bot]:
        if isinstance(record, Told | Answer | Rings):
            return self._by_name[record.bot]
        return record.account, self._by_account[record.account]

    def _decide(self, tx: Transaction, row: InboxRow) -> None:
        event = opened(tx, row.record)
        if event is None:
            return
        account, bot = self._owner(row.record)
        if isinstance(event, Membership) and event.membership is not MembershipKind.INVITE:
            _stir(tx, account, event.origin.room_id)
        requests = ruled(tx, bot, event, datetime.fromtimestamp(tx.now, UTC))
        here = event.origin.room_id if isinstance(event, RoomEvent) else ""
        party = None
        if isinstance(event, RoomEvent) and event.origin.sender:
            party = tx.party(account, event.origin.sender)
        cause = _Cause(row.record.key, row.seq, self._was(row), row.record, here or None, party)
        self._request(tx, cause, account, bot, requests)
        self.decided[bot.name] += 1

    def _was(self, row: InboxRow) -> float | None:
        """When this happened, if a lost store may have seen it after the backup that was restored.
        A room's history tells what that store did; what left over a bridge, nobody does."""
        since = happened(row)
        if self.restored_at is None or since > self.restored_at:
            return None
        return since

    def _request(
        self, tx: Transaction, cause: _Cause, account: str, bot: Bot, requests: Sequence[Request]
    ) -> None:
        room_name = partial(_room_name, tx, cause.room)
        for slot, request in _named(requests, room_name):
            match request:
                case SetTimer():
                    _set_timer(tx, cause, bot.name, slot, request)
                case CancelTimer():
                    tx.cancel_timer(f"{bot.name}/{request.key}")
                case Withdraw():
                    withdraw(tx, request.handle)
                case ForgetRoom() | ForgetSources():
                    _forget(tx, account, request)
                case SetPin():
                    pins.keep(tx, account, request.user, request.identity)
                    _stir(tx, account, request.room)
                case AskDevices():
                    order = Order(account, bot.name, request, again=cause.anew())
                    self._append(tx, tx.action_id(f"devices/{cause.key}", slot), order, cause.party)
                case _:
                    action = _rendered(request, bot)
                    order = Order(_by(action, account), bot.name, action, cause.seq, cause.was)
                    room = getattr(action, "room", None)
                    here = room is not None and room_name(room) == cause.room
                    action_id = tx.action_id(cause.key, slot, here=here)
                    self._append(tx, action_id, order, cause.party)

    def _append(self, tx: Transaction, action_id: str, order: Order, party: bytes | None) -> None:
        action = order.action
        if isinstance(action, AskNow):
            asking.note(tx, action_id, order.by, action)
            outcome = self._at_hand(order.by, action)
            if outcome is not None:
                report(tx, action_id, order, outcome, None)
                return
        if isinstance(action, Send) and action.copy_of is not None:
            handle = action.handle or f"copy/{action_id}"
            order = dataclasses.replace(order, action=dataclasses.replace(action, handle=handle))
            tx.note_copy(action.copy_of, handle, str(action.room))
        if isinstance(action, Leave):  # what rests there would hold it up for ever
            _stir(tx, order.by, action.room)
        risky = isinstance(action, Deliver) and not action.harmless
        held = risky and order.was is not None
        lane = f"{order.by} {_lane(tx, action)}"
        tx.append(action_id, lane, order, held=held, party=party)
        tx.fill_known(action_id, order)  # by a store that was lost

    def _at_hand(self, account: str, asked: AskNow) -> Outcome | None:
        """The answer, if nobody has to be asked for it. It comes to the rule as any outcome does,
        and under the same key: a store that was lost may have to ask."""
        recent = self._recent.get(account)
        if recent is None or asked.name:
            return None
        found = recent.found(asked.room, asked.event_id)
        return None if found is None else Outcome(asked.room, asked.event_id, found)


def _forget(tx: Transaction, account: str, request: ForgetRoom | ForgetSources) -> None:
    if isinstance(request, ForgetSources):
        tx.forget_sources(request.handles)
    else:
        forgetting.forget(tx, account, request.room, request.person)


def _stir(tx: Transaction, account: str, room: Ref) -> None:
    """Who may read in a room is others now: what rests there is tried again."""
    tx.stir(f"{account} {_lane_of(tx, room)}")
    made = tx.made(room) if isinstance(room, Handle) else None
    tx.stir_others(f"{account} {room if made is None else made.room_id}")


def _set_timer(tx: Transaction, cause: _Cause, bot: str, slot: str, request: SetTimer) -> None:
    name = f"{bot}/{request.key}"
    at = request.rings(datetime.fromtimestamp(tx.now, UTC)).timestamp()
    # A new store that meets its cause again counts from another time, and must arrive at the same
    # actions; but every life starts, and counts anew.
    new = cause.key.startswith("started/")
    key = f"due/{name}/{repr(at) if new else tx.action_id(cause.key, slot)}"
    was = at if cause.was is None else cause.was + at - tx.now
    rings = Rings(key, bot, request.key, was)
    if request.after is None:
        tx.set_timer(name, at, rings)
    elif request.window:
        tx.set_window(name, dataclasses.replace(rings, span=request.after.total_seconds()))
    else:
        tx.set_span(name, request.after.total_seconds(), rings)


def _by(action: Action | Deliver, account: str) -> str:
    return action.bridge if isinstance(action, Deliver) else account


def _named(requests: Sequence[Request], room_name: RoomName) -> Iterator[tuple[str, Request]]:
    names = slots(requests, room_name, strict=STRICT in os.environ)
    for slot, request in zip(names, requests, strict=True):
        if is_doublet(slot):
            log.error("a decision asks twice for the same (%s)", type(request).__name__)
        yield slot, request


def _room_name(tx: Transaction, here: str | None, room: Ref) -> str:
    """A room by a name to which a store that was lost comes as well: it may hear only later what
    is under a handle, and the rule may have been told by then."""
    made = tx.made(room) if isinstance(room, Handle) else None
    room_id = str(room) if made is None else made.room_id
    return room_id if room_id == here else _lane_of(tx, room)


def _rendered(request: Request, bot: Bot) -> Action | Deliver:
    if not isinstance(request, Say):
        if isinstance(request, NOTHING_DONE):
            raise TypeError("nothing to be carried out")
        return request
    text = bot.render(request.phrase)
    if request.edits is not None:
        return EditMessage(
            request.room,
            request.edits,
            text,
            audience=request.audience,
            identities=request.identities,
            sealed=request.sealed,
            pinned=request.pinned,
            notify=request.notify,
            whose=request.whose,
        )
    return Send(
        request.room,
        text,
        handle=request.handle,
        thread=request.thread,
        reply_to=request.reply_to,
        audience=request.audience,
        identities=request.identities,
        pinned=request.pinned,
        strict=request.strict,
        sealed=request.sealed,
        copy_of=request.copy_of,
        after=request.after,
        notify=request.notify,
        whose=request.whose,
        picture=request.picture,
    )


def _lane(tx: Transaction, action: Action | Deliver) -> str:
    """Actions of one room keep their order, whether they name it by handle or by id; but what is
    said for one person there holds up nobody else."""
    if isinstance(action, Deliver):
        return action.lane
    if isinstance(action, CreateRoom):
        return action.handle
    if isinstance(action, AskDevices):  # nothing in a room waits for somebody's homeserver
        return f"devices {action.user}"
    if isinstance(action, Join):  # what is to be done in the room may wait for just that
        return f"join {action.room}"
    whose = getattr(action, "whose", None)
    return _lane_of(tx, action.room) + (f" {whose}" if whose is not None else "")


def _lane_of(tx: Transaction, room: Ref) -> str:
    if isinstance(room, Handle):
        return str(room)
    made = tx.made_by_room(room)
    return made.handle if made is not None else room
