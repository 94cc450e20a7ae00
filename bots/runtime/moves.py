"""Rooms that were upgraded, perhaps again and again: room → the room that replaced it.

Rules know a room by the id under which they met it first, whichever it has by now.
"""

from __future__ import annotations

from collections.abc import Mapping

Moved = Mapping[str, str]


def now_at(moved: Moved, room: str) -> str:
    """The room that replaced this one in the end."""
    return _end(moved, room)


def meant(moved: Moved, room: str) -> str:
    """The first of those that this one replaced."""
    return _end({new: old for old, new in reversed(list(moved.items()))}, room)


def _end(steps: Moved, room: str) -> str:
    been = {room}
    while (following := steps.get(room)) is not None and following not in been:
        been.add(following)
        room = following
    return room
