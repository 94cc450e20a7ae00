"""The last messages of an account's rooms, in memory: what is asked about has mostly just come.

Only what nobody has changed since: an edit or a redaction drops its target, and the homeserver
is asked instead.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from federation.ports import RawEvent
from federation.shapes import is_text, mapping


@dataclass(frozen=True, slots=True)
class _Message:
    room_id: str
    event: RawEvent
    encrypted: bool


class Recent:
    """Used by one thread, the store's: filled with a sync, read with a decision."""

    def __init__(self, most: int) -> None:
        """`most`: how many messages are remembered, over all rooms."""
        self._most = most
        self._messages: OrderedDict[str, _Message] = OrderedDict()
        self._changed: OrderedDict[str, None] = OrderedDict()
        """Of messages that have not come yet: from afar an edit may overtake what it changes."""

    def take(self, room_id: str, event: RawEvent, encrypted: bool) -> None:
        """An event of a room as it came, decrypted where it was encrypted."""
        for target in (*_redacted(event), *_replaced(event)):
            if self._messages.pop(target, None) is None:
                self._changed[target] = None
        whole = event["event_id"] not in self._changed
        if whole and event.get("type") == "m.room.message" and event.get("content"):
            self._messages[event["event_id"]] = _Message(room_id, event, encrypted)
        _shorten(self._messages, self._most)
        _shorten(self._changed, self._most)

    def leave(self, room_id: str) -> None:
        """What was said there is no longer ours to read."""
        for event_id in [x for x, seen in self._messages.items() if seen.room_id == room_id]:
            del self._messages[event_id]

    def found(self, room_id: str, event_id: str) -> Mapping[str, Any] | None:
        """As `federation.translate.as_edited` reads it; None where the homeserver must be asked."""
        seen = self._messages.get(event_id)
        if seen is None or seen.room_id != room_id:
            return None
        return {"event": seen.event, "edit": {}, "encrypted": seen.encrypted}


def _shorten(kept: OrderedDict[str, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)


def _redacted(event: RawEvent) -> tuple[str, ...]:
    """A redaction names its target in its content since room version 11."""
    if event.get("type") != "m.room.redaction":
        return ()
    named = (event.get("redacts"), mapping(event.get("content")).get("redacts"))
    return tuple(x for x in named if is_text(x))


def _replaced(event: RawEvent) -> tuple[str, ...]:
    relation = mapping(mapping(event.get("content")).get("m.relates_to"))
    target = relation.get("event_id")
    return (target,) if relation.get("rel_type") == "m.replace" and is_text(target) else ()
