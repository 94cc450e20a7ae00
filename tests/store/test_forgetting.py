"""A room is forgotten: nothing names it any more, nor those who were only there."""

from __future__ import annotations

import json

from bots.runtime.store.rooms import forget
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction

BOT, YUSRA, ANNA = "@ombuds:a.example", "@yusra:b.example", "@anna:a.example"
CHAT, OFFICE = "!chat:b.example", "!office:a.example"


def _room(tx: Transaction, room_id: str, *members: str, joined: bool) -> None:
    from federation.model import rooms

    room = rooms.Room(room_id)
    room.joined = joined
    room.members = dict.fromkeys(members, "join")
    rooms.save(tx, BOT, room)


def _keep(tx: Transaction) -> None:
    _room(tx, CHAT, YUSRA, ANNA, joined=False)
    _room(tx, OFFICE, ANNA, joined=True)
    for user, room, session in ((YUSRA, CHAT, "s1"), (ANNA, OFFICE, "s2")):
        for kind in ("megolm", "standing"):
            tx.write(kind, f"{BOT} {user} {room} {session}", b"[]")
        tx.write("megolm index", f"{BOT} {user} {session} 0", b"$x")
        tx.write("device list", f"{BOT} {user}", b"")
        tx.write("identity", f"{BOT} {user}", b"[]")
        tx.write("device keys", f"{BOT} {user}", json.dumps({"D": {"curve25519": user}}).encode())
        tx.write("olm sessions", f"{BOT} {user}", b'["o"]')
        tx.write("olm session", f"{BOT} {user} o", b"[]")
    tx.fill("case/1/arrived", CHAT, "$arrived")
    tx.fill("case/1/root", OFFICE, "$root")


def _names(tx: Transaction) -> list[str]:
    of_room = ("room", "megolm", "standing", "megolm index")
    of_user = ("device list", "identity", "device keys", "olm sessions", "olm session")
    kinds = (*of_room, *of_user)
    return [name for kind in kinds for name, _ in tx.rows(kind)]


async def test_nothing_names_it_or_her(store: Store) -> None:
    await store.run("keep", _keep)
    await store.run("forget", lambda tx: forget(tx, BOT, CHAT))

    def look(tx: Transaction) -> tuple[str, int, bool, bool]:
        names = _names(tx)
        gone, stays = tx.made("case/1/arrived") is None, tx.made("case/1/root") is not None
        return " ".join(names), len(names), gone, stays

    names, count, gone, stays = await store.run("look", look)
    assert YUSRA not in names
    assert CHAT not in names
    assert "s1" not in names
    assert count == 9, "all of the other one"
    assert gone
    assert stays


async def test_not_while_we_are_there(store: Store) -> None:
    await store.run("keep", _keep)
    await store.run("join", lambda tx: _room(tx, CHAT, YUSRA, joined=True))
    await store.run("forget", lambda tx: forget(tx, BOT, CHAT))
    assert YUSRA in " ".join(await store.run("look", _names))
