"""Reading JSON of others: what has not the right shape counts as not there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from federation.model.ports import RawEvent

DEEPEST = 100
_HALF = re.compile("[\ud800-\udfff]")
_HEX = "[0-9a-fA-F]{2}"
_ESCAPE = re.compile(
    rf"\\(?:u[dD][89abAB]{_HEX}\\u[dD][c-fC-F]{_HEX}|(u[dD][89a-fA-F]{_HEX})|.)", re.DOTALL
)
"""Within JSON; the group holds one that stands for half a character."""


def parse(data: bytes | str) -> Any:
    """JSON of others. It may name half a character, which neither UTF-8 nor anything behind us can
    hold: U+FFFD takes its place. Raises ValueError, RecursionError."""
    text = data if isinstance(data, str) else _decoded(data)
    if "\\ud" in text or "\\uD" in text:
        text = _ESCAPE.sub(lambda found: "\\ufffd" if found[1] else found[0], text)
    return json.loads(text)


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return whole(data.decode("utf-8", "surrogatepass"))


def whole(text: str) -> str:
    """With U+FFFD in place of each half of a character."""
    return text if is_text(text) else _HALF.sub("\ufffd", text)


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
    fail somewhere below 1,000, and where depends on the caller."""
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
