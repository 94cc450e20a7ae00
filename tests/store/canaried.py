"""A store with a row in every table, in which each secret is a canary, and what its files hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from bots.runtime.store.records import Order, Rings
from bots.runtime.store.rows.resealing import TABLES
from bots.runtime.store.transaction import Transaction
from federation.model.actions import Send, Text
from federation.model.ports import Echo
from tests.store.conftest import NOW
from tests.store.events import BOT, message

SECRETS = ("anna-canary", "room-canary", "text-canary", "handle-canary", "lane-canary")


def fill(tx: Transaction) -> None:
    room = "!room-canary:example.org"
    sender = "@anna-canary:example.org"
    tx.receive(BOT, room, message("text-canary one", sender=sender), encrypted=True)
    tx.receive_locked(BOT, room, message("text-canary two", sender=sender), "session-canary")
    said = Send(room, Text("text-canary three"), handle="handle-canary")
    tx.append("00ff", f"{BOT} lane-canary", Order(BOT, "b", said))
    tx.fill("handle-canary", room, "$event-canary")
    tx.note_copy("$event-canary", "handle-canary", room)
    tx.set_timer("timer-canary", NOW + 5, Rings("due/x", "b", "text-canary", NOW + 5))
    tx.echo("ff00", Echo(room, "$event-canary", "Send"))
    tx.put("bot/case", "case-canary", {"reporter": sender, "text": "text-canary four"})


READERS: dict[str, Callable[[Transaction], object]] = {
    "vault": lambda tx: tx.get("bot/case", "case-canary"),
    "inbox": lambda tx: tx.next_ready(0),
    "outbox": Transaction.heads,
    "handles": lambda tx: tx.made("handle-canary"),
    "copies": lambda tx: tx.copies_of("$event-canary"),
    "timers": lambda tx: [*tx.timers()],
}


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sealed_by(folder: Path) -> set[int]:
    """The numbers of the data keys that seal a row of the file."""
    with sqlite3.connect(folder / "office.db") as db:
        rows = [
            row[0]
            for table in TABLES
            for row in db.execute(f"SELECT sealed FROM {table} WHERE sealed IS NOT NULL")  # noqa: S608
        ]
    return {int.from_bytes(row[:2], "big") for row in rows}
