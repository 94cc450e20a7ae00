"""A room is forgotten: what an account knows of it, the keys of what was said there, what names it,
and the people whom nothing else joins to us."""

from __future__ import annotations

import json
from collections.abc import Collection

from bots.runtime.store.transaction import Transaction
from federation.encryption.bounding import DEVICES, STRANGE
from federation.encryption.standing import UNSETTLED
from federation.model import rooms

OF_ROOM = ("room", "said", "owed key", "resting")
OF_USER = ("device keys", "device list", "identity", UNSETTLED, DEVICES)


def forget(tx: Transaction, account: str, room_id: str, person: str = "") -> None:
    """`person`: who was there, and may have left before. Rows of the office's own documents are for
    its rules to drop."""
    room = rooms.load(tx, account, room_id)
    asked_in_again = room.members.get(account) == "invite"  # one sync may tell of both
    if room.joined or asked_in_again:
        return
    for kind in OF_ROOM:
        tx.erase(kind, f"{account} {room_id}")
    there = {*room.members, *room.left, *room.banned, room.maker, person} - {account, ""}
    people = there - _elsewhere(tx, account)
    _forget_keys(tx, room_id, people)
    _forget_unsettled(tx, room_id)
    tx.forget_handles(room_id)
    tx.forget_waiting({room_id, *people})
    tx.forget_echoes(room_id)
    for user in sorted(people):
        _forget_user(tx, account, user)


def _elsewhere(tx: Transaction, account: str) -> set[str]:
    """People who are in another room with us, or have asked us into one."""
    known = (json.loads(x) for name, x in tx.rows("room") if name.startswith(f"{account} "))
    return {x for room in known if room["joined"] or room["invited"] for x in room["members"]}


def _forget_keys(tx: Transaction, room_id: str, people: Collection[str]) -> None:
    """Of what was said there, and whatever these people sent. Rows are named by account, sender,
    room and session; those of places in a ratchet by account, sender, session and place."""
    sessions = set()
    for kind in ("megolm", "standing"):
        for name in _named(tx, kind):
            account, sender, room, session = name.split(" ")
            if room == room_id or sender in people:
                sessions.add((account, sender, session))
                tx.erase(kind, name)
    for name in _named(tx, "megolm index"):
        account, sender, session, _ = name.split(" ")
        if (account, sender, session) in sessions or sender in people:
            tx.erase("megolm index", name)


def _named(tx: Transaction, kind: str) -> list[str]:
    """Names of all rows of a kind that have four parts."""
    return [name for name, _ in tx.rows(kind) if name.count(" ") == 3]


def _forget_unsettled(tx: Transaction, room_id: str) -> None:
    """Keys for this room that came from people whose devices were not known."""
    for name, value in list(tx.rows(UNSETTLED)):
        known = json.loads(value)
        left = [x for x in known if x[0] != room_id]
        if not left:
            tx.erase(UNSETTLED, name)
        elif len(left) < len(known):
            tx.write(UNSETTLED, name, json.dumps(left).encode())


# -- a person --------------------------------------------------------------------------------------


def _forget_user(tx: Transaction, account: str, user: str) -> None:
    name = f"{account} {user}"
    devices = json.loads(tx.read("device keys", name) or b"{}")
    seen = json.loads(tx.read(DEVICES, name) or b"[]")
    for curve25519 in {*seen, *(keys.get("curve25519", "") for keys in devices.values())}:
        _forget_sessions(tx, account, curve25519)
    for kind in OF_USER:
        tx.erase(kind, name)
    strangers = json.loads(tx.read(STRANGE, f"{account} ") or b"[]")
    if user in strangers:
        left = [x for x in strangers if x != user]
        tx.write(STRANGE, f"{account} ", json.dumps(left).encode())


def _forget_sessions(tx: Transaction, account: str, curve25519: str) -> None:
    name = f"{account} {curve25519}"
    for session in json.loads(tx.read("olm sessions", name) or b"[]"):
        tx.erase("olm session", f"{name} {session}")
    tx.erase("olm sessions", name)
