"""Who may do what in a room (§ m.room.power_levels), creators of version 12 rooms included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_LARGEST = 2**53 - 1
"""Canonical JSON knows no larger number (appendices, "Canonical JSON")."""
_BEFORE_12 = frozenset(str(number) for number in range(1, 12))


def has_creators(room_version: str) -> bool:
    """Whether those who made a room of this version have power without end."""
    return room_version not in _BEFORE_12


def creators(create: Mapping[str, Any], sender: str) -> frozenset[str]:
    """Users with unlimited power: the creators, from room version 12 on; before, nobody.

    `create` is the content of `m.room.create`, `sender` who sent it.
    """
    if not has_creators(str(create.get("room_version", "1"))):
        return frozenset()
    extra = create.get("additional_creators")
    named = [user for user in extra if isinstance(user, str)] if isinstance(extra, list) else []
    return frozenset([sender, *named])


def level(user: str, power_levels: Mapping[str, Any] | None, infinite: frozenset[str]) -> float:
    """The power level of `user`; creators of version 12 rooms have `inf`."""
    if user in infinite:
        return math.inf
    content = power_levels or {}
    users = content.get("users")
    found = users.get(user) if isinstance(users, Mapping) else None
    return _number(found if found is not None else content.get("users_default"), 0)


def needed(state_type: str, power_levels: Mapping[str, Any] | None) -> float:
    """The level that setting this state event takes."""
    if power_levels is None:
        return 0
    events = power_levels.get("events")
    found = events.get(state_type) if isinstance(events, Mapping) else None
    return _number(found if found is not None else power_levels.get("state_default"), 50)


def to_act(action: str, power_levels: Mapping[str, Any] | None) -> float:
    """The level that `redact`, `kick` or `ban` takes, of what others sent or who others are."""
    return _number((power_levels or {}).get(action), 50)


def to_send(event_type: str, power_levels: Mapping[str, Any] | None) -> float:
    """The level that sending this message-like event takes."""
    content = power_levels or {}
    events = content.get("events")
    found = events.get(event_type) if isinstance(events, Mapping) else None
    return _number(found if found is not None else content.get("events_default"), 0)


def _number(value: object, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        found = int(value)  # old rooms have strings; "inf" and "nan" are no numbers there
    except (ValueError, OverflowError):
        return default
    return found if abs(found) <= _LARGEST else default
