"""Words for changes. What others wrote (names, topics) is shown so that it does no harm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from federation.model.network import Access, Room, Space
from federation.spaces.state import (
    ALIAS,
    AVATAR,
    ENCRYPTION,
    GUESTS,
    HISTORY,
    JOIN_RULES,
    MARK,
    NAME,
    PARENT,
    TOPIC,
    Content,
)

_LONGEST = 60
_ACCESS = {
    Access.INVITE: "by invitation",
    Access.ASK: "people ask to join",
    Access.SPACE: "open to the space around it",
    Access.ALLIANCE: "open to the alliance",
}
_RULES = {
    "invite": "by invitation",
    "knock": "people ask to join",
    "restricted": "open to a space",
    "knock_restricted": "open to a space, others ask",
    "public": "open to everybody",
}
_WORDS = {
    MARK: ("its mark", "kind"),
    ALIAS: ("alias", "alias"),
    NAME: ("name", "name"),
    TOPIC: ("topic", "topic"),
    HISTORY: ("earlier messages are shown to", "history_visibility"),
    GUESTS: ("guests", "guest_access"),
    ENCRYPTION: ("encryption", "algorithm"),
}


def shown(value: object) -> str:
    """A value in quotes: cut when long, everything that does not print escaped."""
    text = value if isinstance(value, str) else "…"
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"“{harmless(cut)}”"


def harmless(text: str) -> str:
    """With everything that does not print (controls, bidi marks, lines) escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def made(room: Room) -> str:
    """`room “Austausch”, open to the alliance, invites 3`."""
    words = ["space" if isinstance(room, Space) else "room", shown(room.words.name)]
    text = " ".join(words) + f", {_ACCESS[room.access]}"
    text += ", encrypted" if room.encrypted else ""
    return text + (f", invites {len(room.people)}" if room.people else "")


def changed(type_: str, before: Content, after: Content) -> str:
    """`name: “Kaffee” → “Austausch”`."""
    if type_ == JOIN_RULES:
        return f"joining: {_rule(before)} → {_rule(after)}"
    if type_ == AVATAR:
        return "is given a picture"
    if type_ == PARENT:
        return "says which space it is in"
    what, key = _WORDS[type_]
    old = shown(before[key]) if key in before else "nothing"
    return f"{what}: {old} → {shown(after.get(key))}"


def _rule(content: Content) -> str:
    rule = content.get("join_rule")
    return _RULES.get(rule, "something else") if isinstance(rule, str) else "nothing"


def power(before: Content, after: Content) -> str:
    """Every difference between two power levels: `power of @x:y: 100 → 50`."""
    return ", ".join(_differences(before, after)) or "power levels"


def _differences(before: Content, after: Content) -> Iterator[str]:
    users = ("users", "users_default", "power of")
    events = ("events", "state_default", "power to set")
    for part, default, words in (users, events):
        old, new = _levels(before.get(part)), _levels(after.get(part))
        for name in sorted({*old, *new}):
            was = old.get(name, before.get(default, 0))
            will = new.get(name, after[default])
            if was != will or (part == "events" and (name in old) != (name in new)):
                yield f"{words} {harmless(name)}: {_level(was)} → {_level(will)}"
    for name, level in after.items():
        if name not in ("users", "events") and before.get(name) != level:
            yield f"{name}: {_level(before.get(name))} → {level}"


def _levels(value: Any) -> dict[str, Any]:
    return {str(name): level for name, level in value.items()} if isinstance(value, dict) else {}


def _level(value: object) -> str:
    return str(value) if isinstance(value, int) else shown(value)
