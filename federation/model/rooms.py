"""What an account knows of its rooms: kept in the vault, fed by state events.

Encryption is monotone: once seen, a room counts as encrypted for ever.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from federation.model import power
from federation.model.acl import denies
from federation.model.events import RoomView
from federation.model.links import server_of
from federation.model.ports import RawEvent, Vault
from federation.model.shapes import is_text

PRESENT = ("join", "invite")
LONGEST = 255
FEW = 50
"""Members of a room in which it is known how people call themselves."""


@dataclass(slots=True)
class Room:
    """One room as one account sees it."""

    room_id: str
    joined: bool = False
    """Whether our account is in it, as far as sync has told."""
    invited: bool = False
    """Our account was asked in, and sync has not shown the room from within since."""
    awaited: bool = False
    """It replaces a room that we were in, and we have not come into it."""
    encrypted: bool = False
    direct: bool = False
    members_known: bool = False
    """Every member was fetched once; since then kept up to date by sync."""
    members: dict[str, str] = field(default_factory=dict)
    """User → `join` or `invite`."""
    banned: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    """Of a space: who is out of it, by her own hand or another's."""
    names: dict[str, str] = field(default_factory=dict)
    """User → display name, as far as it is to be known."""
    creators: frozenset[str] = frozenset()
    """With unlimited power: room version 12 and later."""
    power_levels: dict[str, Any] | None = None
    join_rule: str = ""
    """Empty where nobody told."""
    space: bool = False
    maker: str = ""
    parents: set[str] = field(default_factory=set)
    acl: dict[str, Any] | None = None
    """Content of `m.room.server_acl`, where the room has one."""

    def view(self, account: str = "") -> RoomView:
        """As this account of ours sees it. A list that denies our own homeserver is a mistake,
        and keeps nobody out."""
        mistaken = denies(self.acl, server_of(account))
        return RoomView(
            joined=frozenset(u for u, m in self.members.items() if m == "join"),
            invited=frozenset(u for u, m in self.members.items() if m == "invite"),
            banned=frozenset(self.banned),
            left=frozenset(self.left),
            names=dict(self.names),
            direct=self.direct,
            encrypted=self.encrypted,
            creators=self.creators,
            power_levels=self.power_levels,
            join_rule=self.join_rule,
            space=self.space,
            maker=self.maker,
            parents=frozenset(self.parents),
            acl=None if mistaken else self.acl,
        )

    def only_asks(self, users: Collection[str]) -> bool:
        """Whether all of these are asked in, and none has come."""
        return bool(users) and all(self.members.get(user) == "invite" for user in users)

    def apply(self, account: str, event: RawEvent) -> None:
        """Take in a state event; anything malformed changes nothing."""
        content = event.get("content")
        if not isinstance(content, Mapping) or not isinstance(event.get("state_key"), str):
            return
        kind, state_key = event.get("type"), event["state_key"]
        if kind == "m.room.member":
            self._apply_member(account, state_key, content)
        elif kind in ("m.room.create", "m.space.parent"):
            self._apply_place(event, state_key, content)
        elif state_key == "" and kind == "m.room.encryption":
            self.encrypted = True
        elif state_key == "" and kind == "m.room.server_acl":
            self.acl = dict(content)
        elif state_key == "" and kind == "m.room.join_rules":
            self.join_rule = str(content.get("join_rule", ""))
        elif state_key == "" and kind == "m.room.power_levels":
            self.power_levels = dict(content)

    def _apply_place(self, event: RawEvent, state_key: str, content: Mapping[str, Any]) -> None:
        """Whose it is, and where it lies."""
        if event.get("type") == "m.space.parent":
            (self.parents.add if content.get("via") else self.parents.discard)(state_key)
        elif state_key == "":
            self.maker = str(event.get("sender", ""))
            self.creators = power.creators(content, self.maker)
            self.space = content.get("type") == "m.space"

    def _apply_member(self, account: str, user: str, content: Mapping[str, Any]) -> None:
        membership = content.get("membership")
        if membership in PRESENT:
            self.members[user] = membership
        else:
            self.members.pop(user, None)
        name = content.get("displayname")
        if membership in PRESENT and is_text(name):
            self.names[user] = name[:LONGEST]
        else:
            self.names.pop(user, None)
        (self.banned.add if membership == "ban" else self.banned.discard)(user)
        gone = membership == "leave" and self.space
        (self.left.add if gone else self.left.discard)(user)
        if user == account:
            self.joined = membership == "join"
            if membership == "invite":
                self.invited = True
                self.direct = self.direct or content.get("is_direct") is True

    def nobody(self) -> None:
        """Forget who is in it, and who must not be."""
        self.members, self.names, self.banned, self.left = {}, {}, set(), set()

    def set_members(self, events: Iterable[RawEvent], account: str) -> None:
        """Replace all members by what `/members` answered."""
        self.nobody()
        for event in events:
            self.apply(account, event)
        self.members_known = True


def load(vault: Vault, account: str, room_id: str) -> Room:
    """What an account knows of a room; an empty one where it knows nothing."""
    found = vault.read("room", _key(account, room_id))
    if found is None:
        return Room(room_id)
    data = json.loads(found)
    data["creators"] = frozenset(data["creators"])
    data |= {key: set(data[key]) for key in ("banned", "left", "parents")}
    return Room(**data)


def save(vault: Vault, account: str, room: Room, *, names: bool = False) -> None:
    """`names`: display names as well."""
    data = {
        "room_id": room.room_id,
        "joined": room.joined,
        "invited": room.invited,
        "awaited": room.awaited,
        "encrypted": room.encrypted,
        "direct": room.direct,
        "members_known": room.members_known,
        "members": room.members,
        "banned": sorted(room.banned),
        "left": sorted(room.left),
        "names": room.names if names and len(room.members) <= FEW else {},
        "creators": sorted(room.creators),
        "power_levels": room.power_levels,
        "join_rule": room.join_rule,
        "space": room.space,
        "maker": room.maker,
        "parents": sorted(room.parents),
        "acl": room.acl,
    }
    vault.write("room", _key(account, room.room_id), json.dumps(data).encode())


def _key(account: str, room_id: str) -> str:
    return f"{account} {room_id}"
