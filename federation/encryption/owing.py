"""Keys for people who are asked into a room and have not come yet.

A room key that reaches a client before it knows our devices can stay useless to it for ever, and
with it all that we say by that key. So whoever is only asked in gets none: it is noted, as of the
first message that she may read, and given to her once she has come. Notes are sealed rows of the
vault, one a room, and outlive the process.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from federation.model import rooms
from federation.model.ports import Vault

MOST = 100
"""Notes of a room that are kept, the latest: somebody may never come."""
_KIND = "owed key"


@dataclass(frozen=True, slots=True)
class Owed:
    session_id: str
    key: str
    users: tuple[str, ...]
    identities: tuple[str, ...] | None = None
    """See `actions.Send`."""


def note(vault: Vault, account: str, room_id: str, owed: Owed) -> None:
    _write(vault, account, room_id, [*_read(vault, account, room_id), owed][-MOST:])


def everywhere(vault: Vault, account: str) -> set[str]:
    """The rooms in which anybody is owed a key."""
    names = (key.partition(" ") for key, _ in vault.rows(_KIND))
    return {room_id for owner, _, room_id in names if owner == account}


def due(vault: Vault, account: str, room_id: str) -> list[Owed]:
    """What is owed to those who are in the room by now."""
    members = rooms.load(vault, account, room_id).members
    found = []
    for one in _read(vault, account, room_id):
        users = tuple(x for x in one.users if members.get(x) == "join")
        found += [replace(one, users=users)] if users else []
    return found


def settle(vault: Vault, account: str, room_id: str, paid: Collection[str]) -> None:
    """These have got their keys; whoever is gone is owed none."""
    members = rooms.load(vault, account, room_id).members
    left = []
    for one in _read(vault, account, room_id):
        users = tuple(x for x in one.users if x not in paid and x in members)
        left += [replace(one, users=users)] if users else []
    _write(vault, account, room_id, left)


def _read(vault: Vault, account: str, room_id: str) -> list[Owed]:
    found = vault.read(_KIND, f"{account} {room_id}")
    notes = json.loads(found) if found is not None else []
    return [_owed(**x) for x in notes]


def _owed(
    session_id: str, key: str, users: Sequence[str], identities: Sequence[str] | None
) -> Owed:
    only = None if identities is None else tuple(identities)
    return Owed(session_id, key, tuple(users), only)


def _write(vault: Vault, account: str, room_id: str, notes: Sequence[Owed]) -> None:
    if notes:
        value = json.dumps([asdict(x) for x in notes]).encode()
        vault.write(_KIND, f"{account} {room_id}", value)
    else:
        vault.erase(_KIND, f"{account} {room_id}")
