"""The first row of each lane of the outbox, with all that can be known before it is performed."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bots.runtime.model.decision import Deliver
from bots.runtime.store.records import Order
from bots.runtime.store.transaction import OutboxRow, Transaction
from federation.model.actions import Action, CreateRoom, Handle, Redact
from federation.performing.perform import Outcome


@dataclass(frozen=True, slots=True)
class Head:
    """A row of the outbox that is next in its lane, with the order that it holds."""

    row: OutboxRow
    order: Order
    prepared: Action | Deliver | Outcome | None
    """The action with ids in place of handles; an outcome if it was done before, as our own sync
    told; None if a handle is not filled."""

    @property
    def lane(self) -> bytes:
        return self.row.lane

    @property
    def by(self) -> str:
        return self.order.by

    @property
    def action(self) -> Action | Deliver:
        return self.order.action

    @property
    def decision(self) -> int | str:
        """Equal for all that was decided about one thing."""
        return self.row.id if self.order.of is None else self.order.of

    @property
    def handle(self) -> str | None:
        """What it fills."""
        return self.order.makes


def first(tx: Transaction, lane: bytes) -> Head | None:
    row = tx.head(lane)
    return None if row is None else _prepared(tx, row)


def other(tx: Transaction, busy: Collection[bytes]) -> list[Head]:
    """Of every lane but these."""
    return [_prepared(tx, row) for row in tx.heads(busy)]


def appended(tx: Transaction) -> list[Head]:
    """Of the lanes that this transaction has added to."""
    found = (first(tx, lane) for lane in tx.lanes)
    return [x for x in found if x is not None]


def references(action: Action | Deliver) -> dict[str, Handle]:
    """The action's fields that name something by handle; its own `handle` is none of them."""
    values = {f.name: getattr(action, f.name) for f in dataclasses.fields(action)}
    values.pop("handle", None)
    return {name: value for name, value in values.items() if isinstance(value, Handle)}


def _prepared(tx: Transaction, row: OutboxRow) -> Head:
    order = row.order()
    return Head(row, order, _prepare(tx, row, order.action))


def _prepare(
    tx: Transaction, row: OutboxRow, action: Action | Deliver
) -> Action | Deliver | Outcome | None:
    room = getattr(action, "room", None)
    if isinstance(room, Handle) and tx.made(room) is None:
        return None
    # A room that exists may be half made: the performer looks.
    known = None if isinstance(action, CreateRoom) else tx.stands(row.id, action)
    if known is not None:
        return Outcome(known.room_id, known.event_id)
    ids: dict[str, Any] = {}
    for name, handle in references(action).items():
        made = tx.made(handle)
        if made is None:
            return None
        ids[name] = made.room_id if name == "room" else (made.event_id or made.room_id)
    if isinstance(action, Redact):
        target = action.target
        made = tx.made(target) if isinstance(target, Handle) else tx.made_by_event(target)
        ids["made_by"] = None if made is None else made.by
    return dataclasses.replace(action, **ids)
