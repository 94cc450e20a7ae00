"""What the state of a declared room is to be: for creating it, and to compare it with.

One description serves both, so that a room that was just made has nothing left to change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from federation.model.actions import Handle, Ref
from federation.model.network import Access, Child, Key, Kind, Layout, Mark, Room, Space
from federation.model.power import has_creators

MARK = "org.buendnis.room"
"""A state event in each room of ours, and a key in the first event and in each link."""
CREATE = "m.room.create"
NAME = "m.room.name"
TOPIC = "m.room.topic"
AVATAR = "m.room.avatar"
JOIN_RULES = "m.room.join_rules"
HISTORY = "m.room.history_visibility"
GUESTS = "m.room.guest_access"
ENCRYPTION = "m.room.encryption"
ALIAS = "m.room.canonical_alias"
POWER_LEVELS = "m.room.power_levels"
TOMBSTONE = "m.room.tombstone"
ACL = "m.room.server_acl"
CHILD = "m.space.child"
PARENT = "m.space.parent"
TYPES = (
    *(CREATE, NAME, TOPIC, AVATAR, JOIN_RULES, HISTORY, GUESTS, ENCRYPTION, ALIAS, POWER_LEVELS),
    *(TOMBSTONE, CHILD, PARENT, MARK),
)
"""All that is looked at."""

SPACE = "m.space"
MEGOLM = "m.megolm.v1.aes-sha2"
PICTURE = "picture/"
"""Before the name of one of `federation.client.pictures`, in a handle."""
OURS = 100
"""The power level that it takes to change what the YAML says."""

Content = Mapping[str, Any]
StateKey = tuple[str, Ref]
"""A type and a state key."""
Ids = Mapping[Key, Ref]
"""The rooms of the layout: ids, or handles of those that are yet to be made."""

_KIND = re.compile(r"[a-z][a-z0-9_]*")
_EVENTS = {
    POWER_LEVELS: OURS,
    JOIN_RULES: OURS,
    HISTORY: OURS,
    GUESTS: OURS,
    ENCRYPTION: OURS,
    ALIAS: OURS,
    TOMBSTONE: OURS,
    PARENT: OURS,
    MARK: OURS,
    ACL: OURS,
}
_ALWAYS_ALLOWED = {"m.reaction": 0, "m.room.redaction": 0}


def mark_content(mark: Mark) -> dict[str, str]:
    part = {"district" if mark.kind == Kind.DISTRICT else "room": mark.part}
    content = {"kind": str(mark.kind), "initiative": mark.initiative, **part}
    return {key: value for key, value in content.items() if value}


def read_mark(content: object) -> Mark | None:
    """The mark in a content of ours; None if there is none that makes sense."""
    if not isinstance(content, Mapping):
        return None
    kind = content.get("kind")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        return None
    part = content.get("district" if kind == Kind.DISTRICT else "room", "")
    initiative = content.get("initiative", "")
    if not isinstance(initiative, str) or not isinstance(part, str):
        return None
    return Mark(kind, initiative, part)


def wanted(room: Room, ids: Ids, server: str) -> dict[StateKey, Content]:
    """The state of a room, power levels aside. What the YAML leaves open is not in it."""
    state: dict[StateKey, Content] = {
        (MARK, ""): mark_content(room.mark),
        (ALIAS, ""): {"alias": f"{room.words.alias}:{server}"},
        (NAME, ""): {"name": room.words.name},
        (JOIN_RULES, ""): _join_rules(room, ids),
        (HISTORY, ""): {"history_visibility": "invited" if room.encrypted else "shared"},
        (GUESTS, ""): {"guest_access": "forbidden"},
    }
    if room.words.topic:
        state[TOPIC, ""] = {"topic": room.words.topic}
    if room.encrypted:
        state[ENCRYPTION, ""] = {"algorithm": MEGOLM}
    if room.parent is not None:
        state[PARENT, ids[room.parent]] = {"via": [server], "canonical": True}
    return state


def spare(room: Room) -> dict[StateKey, Content]:
    """What a room is given where it has nothing, and what people may change as they like."""
    given: dict[StateKey, Content] = {(AVATAR, ""): {"url": picture(room)}}
    if room.words.spare_topic and not room.words.topic:
        given[TOPIC, ""] = {"topic": room.words.spare_topic}
    return given


def picture(room: Room) -> Handle:
    """Stands for the address of its picture, which has to be uploaded first."""
    return Handle(f"{PICTURE}{room.picture}")


def _join_rules(room: Room, ids: Ids) -> dict[str, Any]:
    if room.access is Access.INVITE:
        return {"join_rule": "invite"}
    if room.access is Access.ASK:
        return {"join_rule": "knock"}
    within = room.parent if room.access is Access.SPACE and room.parent else str(Kind.ALLIANCE)
    allow = [{"type": "m.room_membership", "room_id": ids[within]}]
    return {"join_rule": "restricted", "allow": allow}


def power_levels(
    room: Room, creator: str, unlimited: frozenset[str], waiting: frozenset[str]
) -> dict[str, Any]:
    """The power levels of a room, complete. Who is `unlimited` must not be listed, who is
    `waiting` has no power yet."""
    users = {user: level for user, level in room.people.items() if level} | {creator: OURS}
    hidden = unlimited | waiting
    return {
        "users": {user: level for user, level in users.items() if user not in hidden},
        "users_default": 0,
        "events": {**_EVENTS, **(_ALWAYS_ALLOWED if 0 < room.writers < OURS else {})},
        "events_default": room.writers,
        "state_default": 50,
        "ban": 50,
        "kick": 50,
        "redact": 50,
        "invite": 50,
    }


def creation(room: Room, ids: Ids, layout: Layout) -> dict[str, Any]:
    """The body of `/createRoom`: everything but the link from the space around it."""
    state = wanted(room, ids, layout.server) | spare(room)
    unlimited = frozenset({layout.creator} if has_creators(layout.room_version) else ())
    return {
        "preset": "private_chat",
        "visibility": "public" if room.listed else "private",
        "room_version": layout.room_version,
        "room_alias_name": room.words.alias.removeprefix("#"),
        # The mark here also keeps two rooms of one millisecond apart: from room version 12 on a
        # room's id is the hash of its first event.
        "creation_content": {
            MARK: mark_content(room.mark),
            **({"type": SPACE} if isinstance(room, Space) else {}),
        },
        "power_level_content_override": power_levels(room, layout.creator, unlimited, room.afar),
        "initial_state": [
            {"type": type_, "state_key": key, "content": content}
            for (type_, key), content in state.items()
            if type_ != ALIAS  # comes of `room_alias_name`
        ],
        "invite": list(room.people),
    }


def link(child: Child) -> dict[str, Any]:
    """The content of `m.space.child`."""
    mark = mark_content(child.mark)
    if child.alias is not None:
        mark["alias"] = child.alias
    return {"via": list(child.via), "order": child.order, "suggested": True, MARK: mark}
