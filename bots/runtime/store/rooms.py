"""A room is forgotten: what an account knows of it, the keys of what was said there, what names it,
and the people whom nothing else joins to us."""

from __future__ import annotations

import json

from bots.runtime.store.transaction import Transaction
from federation.model import rooms

OF_USER = ("device keys", "device list", "identity", "unsettled")


def forget(tx: Transaction, account: str, room_id: str) -> None:
    """Rows of the office's own documents are for its rules to drop."""
    room = rooms.load(tx, account, room_id)
    if room.joined:
        return
    people = {*room.members, *room.left, *room.banned} - {account}
    for kind in ("room", "said", "owed key"):
        tx.erase(kind, f"{account} {room_id}")
    _forget_keys(tx, room_id)
    tx.forget_handles(room_id)
    elsewhere = _elsewhere(tx, account)
    for user in sorted(people - elsewhere):
        _forget_user(tx, account, user)


def _forget_keys(tx: Transaction, room_id: str) -> None:
    """Of what was said there. Their rows are named by account, sender, room and session; those of
    places in a ratchet by account, sender, session and place."""
    sessions = set()
    for kind in ("megolm", "standing"):
        for name in _named(tx, kind):
            account, sender, room, session = name.split(" ")
            if room == room_id:
                sessions.add((account, sender, session))
                tx.erase(kind, name)
    for name in _named(tx, "megolm index"):
        account, sender, session, _ = name.split(" ")
        if (account, sender, session) in sessions:
            tx.erase("megolm index", name)


def _named(tx: Transaction, kind: str) -> list[str]:
    """Names of all rows of a kind that have four parts."""
    return [name for name, _ in tx.rows(kind) if name.count(" ") == 3]


def _elsewhere(tx: Transaction, account: str) -> set[str]:
    """People who are in another room with us."""
    known = (json.loads(x) for name, x in tx.rows("room") if name.startswith(f"{account} "))
    return {user for room in known for user in room["members"]}


def _forget_user(tx: Transaction, account: str, user: str) -> None:
    name = f"{account} {user}"
    devices = json.loads(tx.read("device keys", name) or b"{}")
    for keys in devices.values():
        _forget_sessions(tx, account, keys.get("curve25519", ""))
    for kind in OF_USER:
        tx.erase(kind, name)


def _forget_sessions(tx: Transaction, account: str, curve25519: str) -> None:
    name = f"{account} {curve25519}"
    for session in json.loads(tx.read("olm sessions", name) or b"[]"):
        tx.erase("olm session", f"{name} {session}")
    tx.erase("olm sessions", name)
