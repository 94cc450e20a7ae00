"""The rooms as they are, as far as `plan` looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from federation.model import power
from federation.model.network import Mark
from federation.model.ports import RawEvent
from federation.spaces.state import (
    ALIAS,
    CHILD,
    CREATE,
    MARK,
    POWER_LEVELS,
    TOMBSTONE,
    Content,
    read_mark,
)

_NOTHING: Content = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """One room that the creator account is in."""

    room_id: str
    maker: str
    """Who sent the first event."""
    state: Mapping[tuple[str, str], Content]
    members: Mapping[str, str] | None = None
    """User → membership; None where that was not asked for."""
    listed: bool | None = None
    """Whether it is in the public list; None where that was not asked for."""
    carried: frozenset[str] = frozenset()
    """Who is in the rooms that it replaced, or asked into them."""

    def content(self, type_: str, state_key: str = "") -> Content:
        """The content of a state event; empty if there is none."""
        return self.state.get((type_, state_key), _NOTHING)

    @property
    def mark(self) -> Mark | None:
        """What it says that it is, in its state or, where that is damaged, in its first event."""
        return read_mark(self.content(MARK)) or read_mark(self.content(CREATE).get(MARK))

    @property
    def version(self) -> str:
        return str(self.content(CREATE).get("room_version", "1"))

    @property
    def alias(self) -> str:
        """Its address, or its id where it has none."""
        found = self.content(ALIAS).get("alias")
        return found if isinstance(found, str) else self.room_id

    @property
    def replacement(self) -> str | None:
        """The room that it was upgraded to (§ m.room.tombstone)."""
        if (TOMBSTONE, "") not in self.state:
            return None
        return str(self.content(TOMBSTONE).get("replacement_room", ""))

    @property
    def predecessor(self) -> str | None:
        """The room that it replaces (§ m.room.create)."""
        before = self.content(CREATE).get("predecessor")
        found = before.get("room_id") if isinstance(before, Mapping) else None
        return found if isinstance(found, str) else None

    @property
    def unlimited(self) -> frozenset[str]:
        """Users with power without end."""
        return power.creators(self.content(CREATE), self.maker)

    def level(self, user: str) -> float:
        return power.level(user, self.content(POWER_LEVELS), self.unlimited)

    def membership(self, user: str) -> str:
        return (self.members or {}).get(user, "leave")

    def waiting(self, users: Iterable[str]) -> frozenset[str]:
        """Those who have neither power here nor joined, as far as that was asked for."""
        listed = self.content(POWER_LEVELS).get("users")
        known = listed if isinstance(listed, Mapping) else _NOTHING
        return frozenset(x for x in users if x not in known and self.membership(x) != "join")

    @property
    def children(self) -> dict[str, Content]:
        """Room id → content of the link to it; a link without `via` is none."""
        return {
            key: content
            for (type_, key), content in self.state.items()
            if type_ == CHILD and isinstance(content.get("via"), list) and content["via"]
        }


def seen(room_id: str, events: Iterable[RawEvent]) -> Seen:
    """From state events; what is malformed is left out. Later ones win over earlier ones."""
    state: dict[tuple[str, str], Content] = {}
    members: dict[str, str] = {}
    maker = ""
    for event in events:
        place, content = _read(event)
        if place is None:
            continue
        state[place] = content
        if place == (CREATE, ""):
            maker = str(event.get("sender", ""))
        if place[0] == "m.room.member":
            members[place[1]] = str(content.get("membership"))
    return Seen(room_id, maker, state, members)


def _read(event: RawEvent) -> tuple[tuple[str, str] | None, Content]:
    type_, key, content = event.get("type"), event.get("state_key"), event.get("content")
    if not isinstance(type_, str) or not isinstance(key, str) or not isinstance(content, Mapping):
        return None, _NOTHING
    return (type_, key), content


@dataclass(frozen=True, slots=True)
class Lead:
    """Where an alias leads; or why nobody knows, or why not there."""

    room: str | None = None
    silence: str | None = None
    """Nobody answers, or answers that it is no more: what is linked stays."""
    lie: str | None = None
    """It leads where it must not."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What is there."""

    rooms: Mapping[str, Seen] = field(default_factory=dict)
    """Every room that the creator account is in, by id."""
    missing: frozenset[str] = frozenset()
    """Accounts that are not there."""
    leads: Mapping[str, Lead] = field(default_factory=dict)
    """Aliases of adopted spaces, and where they lead."""


def plain(value: Any) -> Any:
    """A JSON value in which equal things are equal: tuples become lists, mappings dicts."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
