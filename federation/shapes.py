"""Reading JSON of others: what has not the right shape counts as not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from federation.ports import RawEvent

DEEPEST = 100


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def listing(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def number(value: object, default: int) -> int:
    return value if type(value) is int else default


def events(value: object) -> list[RawEvent]:
    """The `events` or the `chunk` of an answer; what is no event is left out."""
    found = [event for event in listing(value) if is_event(event)]
    return [event if is_shallow(event) else _bare(event) for event in found]


def is_event(value: object) -> bool:
    """Whether it can be named and has a sender; stripped state has no id."""
    if not isinstance(value, Mapping):
        return False
    return is_text(value.get("sender")) and is_text(value.get("event_id", ""))


def _bare(event: RawEvent) -> RawEvent:
    """What remains of an event that can't be kept: it will count as malformed."""
    names = ("event_id", "sender", "type", "origin_server_ts")
    return {name: event[name] for name in names if is_shallow(event.get(name))}


def is_shallow(value: object) -> bool:
    """Whether it nests less deep than `DEEPEST`: Python's own reading and writing of JSON would
    fail somewhere below 1,000, and where depends on who calls."""
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return True
    return False


def is_text(value: object) -> TypeGuard[str]:
    """Whether it is a string that UTF-8 can hold: JSON may name half a character."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
