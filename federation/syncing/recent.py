"""What an account has just seen, in memory: its last messages, and how messages were changed last.

What is asked about has mostly just come: a message that nobody has changed since need not be asked
for. And a homeserver may answer with an older version than its sync has told already, since it was
asked just before, or since it is slow to take its own news in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from federation.model.ports import RawEvent
from federation.model.shapes import is_text, mapping, number

CHANGES = 1_000
"""Edits and redactions that are remembered, over all rooms: of far longer than an answer takes."""
VERSIONS = 10
"""Edits of one message by one person that are remembered."""


@dataclass(frozen=True, slots=True)
class _Seen:
    room_id: str
    event: RawEvent = field(repr=False)
    encrypted: bool

    @property
    def sealed(self) -> bool:
        """Whether it came encrypted, read or not."""
        return self.encrypted or self.locked

    @property
    def locked(self) -> bool:
        return self.event.get("type") == "m.room.encrypted"


class Recent:
    """Used by one thread, the store's: filled with a sync, read with a decision or an answer."""

    def __init__(self, most: int) -> None:
        """`most`: how many messages are remembered, over all rooms."""
        self._most = most
        self._messages: OrderedDict[str, _Seen] = OrderedDict()
        self._changes: OrderedDict[tuple[str, ...], _Seen | None] = OrderedDict()
        """By room and id: edits; None in place of what was redacted."""
        self._edits: OrderedDict[tuple[str, ...], tuple[str, ...]] = OrderedDict()
        """Room, message and editor → ids of the edits."""

    def take(self, room_id: str, event: RawEvent, encrypted: bool) -> None:
        """An event of a room as it came, decrypted where it was encrypted."""
        seen = _Seen(room_id, event, encrypted)
        if redacted := _redacted(event):
            self._messages.pop(redacted, None)
            _put(self._changes, (room_id, redacted), None)
        if replaced := _replaced(event):
            self._edited(replaced, seen)
        elif event.get("type") == "m.room.message" and event.get("content"):
            self._messages[event["event_id"]] = seen
            if len(self._messages) > self._most:
                self._messages.popitem(last=False)

    def _edited(self, target: str, edit: _Seen) -> None:
        self._messages.pop(target, None)
        event_id, of = edit.event["event_id"], (edit.room_id, target, edit.event["sender"])
        place = (edit.room_id, event_id)
        kept = self._changes.get(place, edit)  # None if its redaction came before it
        _put(self._changes, place, kept)
        _put(self._edits, of, (*self._edits.get(of, ())[1 - VERSIONS :], event_id))

    def leave(self, room_id: str) -> None:
        """What was said there is no longer ours to read."""
        for event_id in [x for x, seen in self._messages.items() if seen.room_id == room_id]:
            del self._messages[event_id]
        for kept in (self._changes, self._edits):
            for place in [x for x in kept if x[0] == room_id]:
                del kept[place]

    def clear(self) -> None:
        for kept in (self._messages, self._changes, self._edits):
            kept.clear()

    def found(self, room_id: str, event_id: str) -> Mapping[str, Any] | None:
        """As `translate.as_edited` reads it; None where the homeserver must be asked."""
        seen = self._messages.get(event_id)
        if seen is None or seen.room_id != room_id:
            return None
        # From afar a change may overtake what it changes.
        overtaken = (room_id, event_id, seen.event["sender"]) in self._edits
        if overtaken or self._is_gone(room_id, seen.event):
            return None
        return {"event": seen.event, "edit": {}, "encrypted": seen.encrypted}

    def current(self, room_id: str, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What was found of a message, with what has come besides. None if the homeserver must be
        asked again, since it alone can tell what is there now."""
        event, edit = mapping(found.get("event")), mapping(found.get("edit"))
        if self._is_gone(room_id, event):
            return {**found, "event": {**event, "content": {}}, "edit": {}, "locked": False}
        newest = self._newest(room_id, event, found)
        if newest is not None and _age(newest.event) > _age(edit):
            readable = not (newest.locked or found.get("locked"))
            return {**found, "edit": newest.event} if readable else None
        return None if self._is_gone(room_id, edit) else found

    def _is_gone(self, room_id: str, event: RawEvent) -> bool:
        place = (room_id, str(event.get("event_id")))
        return place in self._changes and self._changes[place] is None

    def _newest(self, room_id: str, event: RawEvent, found: Mapping[str, Any]) -> _Seen | None:
        """Its author's last edit. One in clear is none where the message came encrypted."""
        of = (room_id, str(event.get("event_id")), str(event.get("sender")))
        sealed = bool(found.get("encrypted") or found.get("locked"))
        edits = (self._changes.get((room_id, x)) for x in self._edits.get(of, ()))
        own = [x for x in edits if x is not None and x.sealed == sealed]
        return max(own, key=lambda x: _age(x.event), default=None)


def _put(kept: OrderedDict[tuple[str, ...], Any], place: tuple[str, ...], value: Any) -> None:
    kept[place] = value
    kept.move_to_end(place)
    if len(kept) > CHANGES:
        kept.popitem(last=False)


def _age(edit: RawEvent) -> tuple[int, str]:
    """By which homeservers and clients tell which edit is the last (§ Event replacements)."""
    return number(edit.get("origin_server_ts"), 0), str(edit.get("event_id", ""))


def _redacted(event: RawEvent) -> str | None:
    """A redaction names its target in its content since room version 11."""
    if event.get("type") != "m.room.redaction":
        return None
    target = mapping(event.get("content")).get("redacts", event.get("redacts"))
    return target if is_text(target) else None


def _replaced(event: RawEvent) -> str | None:
    relation = mapping(mapping(event.get("content")).get("m.relates_to"))
    target = relation.get("event_id")
    return target if relation.get("rel_type") == "m.replace" and is_text(target) else None
