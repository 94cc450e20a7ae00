"""What is in a row of the inbox, as the event that a rule is given."""

from __future__ import annotations

from dataclasses import replace

from bots.runtime.model.decision import Due, Event
from bots.runtime.office import asking
from bots.runtime.store.records import Answer, Happened, KeyIsLate, Locked, Rings, Told, Waiting
from bots.runtime.store.transaction import InboxRow, Transaction
from federation.model import rooms
from federation.model.events import RoomEvent
from federation.model.translate import translate, undecryptable


def opened(tx: Transaction, record: Waiting) -> Event | None:
    """None if nothing is left to be decided."""
    match record:
        case Told():
            return record.event
        case Rings():
            return Due(record.timer)
        case Answer():
            return asking.read(tx, record) if asking.is_newest(tx, record) else None
        case KeyIsLate():
            found = tx.locked(record.locked)
            if found is None or tx.answered(record.locked):
                return None  # its key came in the meantime, or had come to a store that was lost
            return opened(tx, found)
        case Happened() | Locked():
            return _of_room(tx, record)


def _of_room(tx: Transaction, record: Happened | Locked) -> RoomEvent:
    view = rooms.load(tx, record.account, record.room).view(record.account)
    if isinstance(record, Locked):
        return undecryptable(record.account, record.room, record.event, view)
    event = translate(record.account, record.room, record.event, view, record.encrypted)
    if not record.encrypted:
        return event
    origin = asking.weighed(tx, event.origin, record.event, asked=record.anew)
    return replace(event, origin=origin)


def happened(row: InboxRow) -> float:
    """When: seconds since the epoch."""
    record = row.record
    if isinstance(record, Happened | Locked):
        sent = record.event.get("origin_server_ts")  # a homeserver may name any number
        if isinstance(sent, int):
            return min(row.received * 1000, max(sent, 0)) / 1000
        return row.received
    return row.received if record.was is None else record.was
