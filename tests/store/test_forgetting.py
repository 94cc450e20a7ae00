"""A room is forgotten: nothing names it any more, nor those who were only there."""

from __future__ import annotations

import json

from bots.runtime.store.records import Order, Rings
from bots.runtime.store.rooms import forget
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import AskDevices, Send, Text
from federation.model.ports import Echo
from tests.store.events import message
from tests.synapse.unsealed import holding, rows

BOT, YUSRA, ANNA = "@ombuds:a.example", "@yusra:b.example", "@anna:a.example"
CEM = "@yusra:b.example.org"
"""Whose name begins as hers."""
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
        tx.write("olm devices", f"{BOT} {user}", json.dumps([user, f"old {user}"]).encode())
        tx.write("olm sessions", f"{BOT} old {user}", b'["o"]')
        tx.write("olm session", f"{BOT} old {user} o", b"[]")
        tx.write("unsettled", f"{BOT} {user}", json.dumps([[room, session, "c", "e"]]).encode())
        tx.write("resting", f"{BOT} {room}", b"[]")
        tx.write("question", json.dumps([BOT, room, "$asked", "why"]), b"x")
        tx.echo(f"{session}{session}", Echo(room, "$ours", "Send"))
        tx.receive(BOT, room, message(f"said by {user}", sender=user), encrypted=True)
        said = Send(room, Text("hello"), audience=frozenset({user}))
        tx.append(f"of-{session}", room, Order(BOT, "b", said))
        asks = AskDevices(OFFICE, user)
        tx.append(f"asks-{session}", f"devices {user}", Order(BOT, "b", asks))
        late = Rings(f"due/{user}", "b", user, 0.0)
        tx.set_timer(f"timer {user}", 4e9, late)
        tx.write("olm sessions", f"{BOT} {user}", b'["o"]')
        tx.write("olm session", f"{BOT} {user} o", b"[]")
    tx.put_aside(1, "M_FORBIDDEN")
    tx.write("olm strangers", f"{BOT} ", json.dumps([YUSRA, CEM]).encode())
    tx.write("megolm", f"{BOT} {YUSRA} !unknown:b.example s3", b"[]")
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
    assert count == 11, "all of the other one"
    assert gone
    assert stays


async def test_no_row_holds_her_name_or_the_rooms(store: Store) -> None:
    await store.run("keep", _keep)
    before = await store.run("look", lambda tx: holding(tx, [YUSRA, CHAT]))
    assert {"inbox inbox", "outbox outbox", "timers timer", "vault echo"} <= {*before}
    await store.run("forget", lambda tx: forget(tx, BOT, CHAT))
    left = await store.run("look", lambda tx: [*rows(tx)])
    assert not [x for x in left if f"{YUSRA} " in x[1] or f'{YUSRA}"' in x[1] or CHAT in x[1]]
    places = [x for x, text in left if ANNA in text or OFFICE in text]
    assert {"inbox inbox", "outbox outbox", "timers timer", "vault echo"} <= {*places}
    assert next(text for x, text in left if x == "vault olm strangers").endswith(f'["{CEM}"]')


async def test_who_left_before_is_forgotten_by_name(store: Store) -> None:
    await store.run("keep", _keep)
    await store.run("left", lambda tx: _room(tx, CHAT, joined=False))
    await store.run("forget", lambda tx: forget(tx, BOT, CHAT, YUSRA))
    assert YUSRA not in " ".join(await store.run("look", _names))


async def test_whose_messages_ours_are_copies_of_is_forgotten(store: Store) -> None:
    def keep(tx: Transaction) -> None:
        for case in (1, 17):
            tx.note_copy(f"$hers-{case}", f"case/{case}/root", OFFICE)

    await store.run("keep", keep)
    await store.run("forget", lambda tx: tx.forget_sources("case/1/"))
    found = await store.run("look", lambda tx: [len(tx.copies_of(f"$hers-{x}")) for x in (1, 17)])
    assert found == [0, 1]


async def test_not_while_we_are_there(store: Store) -> None:
    await store.run("keep", _keep)
    await store.run("join", lambda tx: _room(tx, CHAT, YUSRA, joined=True))
    await store.run("forget", lambda tx: forget(tx, BOT, CHAT))
    assert YUSRA in " ".join(await store.run("look", _names))
