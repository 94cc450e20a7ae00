"""What stands in the rooms, seen from outside, against what should stand there."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bots.lab.people.client import Json, Seen, is_redacted, room_path
from tests.chaos.witness import Witness

_NUMBER = re.compile(r" #(\d+)$")


@dataclass(slots=True)
class Findings:
    unhandled: int = 0
    """Wanted, and not there."""
    doubled: int = 0
    """There more often than wanted, or not wanted at all."""
    rooms_doubled: int = 0
    unreadable: int = 0
    """There, but the person whom it is for can't read it, or her client warns of it."""
    before_keys: int = 0
    """Came to that person before she could read it."""
    miscounted: int = 0
    """Messages that what the bot keeps counted twice, or not at all."""
    disordered: int = 0
    """Rooms in which answers stand in another order than the questions."""
    crashes: int = 0
    """Times that an office ended by itself."""
    errors: int = 0
    """Faults in its log."""
    details: list[str] = field(default_factory=list)

    def __add__(self, other: Findings) -> Findings:
        pairs = {name: getattr(self, name) + getattr(other, name) for name in self.__slots__}
        return Findings(**pairs)

    @property
    def clean(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


class Transcript:
    """What an account said and did in one room."""

    def __init__(self, keys: Iterable[str], before_keys: int = 0) -> None:
        self.before_keys = before_keys
        self.numbers: list[int] = []
        self.keys: list[str] = []
        for key in keys:
            number = _NUMBER.search(key)
            if number:
                self.numbers.append(int(number[1]))
            self.keys.append(_NUMBER.sub("", key))

    @property
    def answers(self) -> list[str]:
        """What was asked, as answered, in order."""
        texts = (key.split(" ", 2) for key in self.keys if key.startswith("text "))
        return [text[2] for text in texts if text[1] in ("encrypted", "plain")]

    def missing(self, wanted: Iterable[str]) -> list[str]:
        return list((Counter(wanted) - Counter(self.keys)).elements())

    def findings(self, wanted: Iterable[str]) -> Findings:
        missing = self.missing(wanted)
        extra = list((Counter(self.keys) - Counter(wanted)).elements())
        unreadable = extra.count("unreadable")
        extra = [key for key in extra if key not in {"unreadable", *_ONCE}] + self._repeated()
        odd = len(set(range(1, len(self.numbers) + 1)) ^ set(self.numbers))
        return Findings(
            unhandled=max(0, len(missing) - unreadable),
            doubled=len(extra),
            unreadable=unreadable,
            before_keys=self.before_keys,
            miscounted=0 if missing or extra else odd,
            details=[f"missing {key}" for key in missing] + [f"too much {key}" for key in extra],
        )

    def _repeated(self) -> list[str]:
        """What stands in every room of ours, and must stand there no more than once."""
        return [key for key in _ONCE if self.keys.count(key) > 1]


_ONCE = (
    "state m.room.create",
    "state m.room.power_levels",
    "state m.room.join_rules",
    "state m.room.history_visibility",
    "state m.room.guest_access",
    "state m.room.name",
    "state m.room.encryption",
    "state m.room.canonical_alias",
)


async def transcript(person: Witness, room_id: str, sender: str) -> Transcript:
    """All of `sender`'s events in a room, as the person reads them; ours is the server's list."""
    seen = {event.event_id: event for event in person.seen(room_id)}
    events = await history(person, room_id)
    ours = {wire["event_id"]: wire for wire in events if wire["sender"] == sender}
    keys = (_key(wire, seen.get(event_id)) for event_id, wire in ours.items())
    return Transcript(keys, len(person.puzzled & ours.keys()))


async def history(person: Witness, room_id: str) -> list[Json]:
    """The whole room, oldest first."""
    found: list[Json] = []
    start: str | None = ""
    while start is not None:
        query = {"dir": "b", "limit": "1000"} | ({"from": start} if start else {})
        page = await person.homeserver.call(
            "GET", f"{room_path(room_id, 'messages')}?{urlencode(query)}"
        )
        found += page["chunk"]
        start = page.get("end")
    return found[::-1]


def _key(wire: Json, seen: Seen | None) -> str:
    if "state_key" in wire:
        return _state_key(wire)
    if wire["type"] == "m.room.redaction":
        return "redaction"
    if is_redacted(wire):
        return "gone"
    if wire["type"] == "m.reaction":
        return f"reaction {wire['content']['m.relates_to']['key']}"
    if seen is None or seen.shield is not None or seen.body is None:
        return "unreadable"
    return f"edit {seen.body}" if seen.edits else f"text {seen.body}"


def _state_key(wire: Json) -> str:
    if wire["type"] == "m.room.member":
        return f"member {wire['state_key']} {wire['content']['membership']}"
    if wire["type"] == "m.room.topic":
        return f"topic {wire['content']['topic']}"
    return f"state {wire['type']}"


def in_order(asked: list[str], answered: list[str]) -> bool:
    """Whether what was answered was answered in the order in which it was asked."""
    places = {text: place for place, text in enumerate(asked)}
    found = [places[text] for text in answered if text in places]
    return found == sorted(found)


def tell(findings: Findings) -> str:
    return json.dumps(
        {name: getattr(findings, name) for name in findings.__slots__}, ensure_ascii=False
    )
