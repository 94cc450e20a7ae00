"""Rooms that were upgraded, perhaps again and again: room → the room that replaced it.

Rules know a room by the id under which they met it first, whichever it has by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from federation.model.actions import CROWD, Join
from federation.model.events import RoomReplaced
from federation.model.links import server_of

Moved = Mapping[str, str]


def now_at(moved: Moved, room: str) -> str:
    """The room that replaced this one in the end."""
    return _end(moved, room)


def meant(moved: Moved, room: str) -> str:
    """The first of those that this one replaced."""
    return _end({new: old for old, new in reversed(list(moved.items()))}, room)


def follow(event: RoomReplaced) -> Join:
    """To where a room is said to have moved, by whoever may say so there."""
    return Join(event.replacement, notify=True, via=(server_of(event.origin.sender),))


class Movable:
    """What an office keeps of the rooms of its settings: a part of its frozen dataclass."""

    __slots__ = ()
    moved: Moved

    def now_at(self, room: str) -> str:
        """Where a room of the settings is by now."""
        return now_at(self.moved, room)

    def meant(self, room: str) -> str:
        """Which room of the settings this is."""
        return meant(self.moved, room)

    def enter(self, room: str) -> Join:
        """Into a room of the settings, or what somebody has put in its place."""
        first = self.meant(room)
        now = self.now_at(first)
        return Join(now, notify=True, most=None if now == first else CROWD)

    def enter_all(self, rooms: Iterable[str]) -> Iterable[Join]:
        """Into these, each once: two of them may have been replaced by the same room."""
        return {x.room: x for x in map(self.enter, rooms)}.values()

    def after(self, event: RoomReplaced) -> Moved:
        """`moved`, once this is known."""
        return {**self.moved, event.origin.room_id: event.replacement}


def _end(steps: Moved, room: str) -> str:
    been = {room}
    while (following := steps.get(room)) is not None and following not in been:
        been.add(following)
        room = following
    return room
