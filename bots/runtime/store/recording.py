"""Adds to the chain of what an office records, in the transaction of the decision it is about. One
thread writes a store, so entries follow one another as their decisions do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from bots.runtime.kit import chain
from bots.runtime.kit.records import (
    COMMITTED,
    ENTRIES,
    GAP,
    HEADS,
    Committed,
    Entry,
    Head,
    Plain,
    Record,
    commitment,
)
from bots.runtime.model.errors import StoreError
from bots.runtime.store.holding import reading
from bots.runtime.store.keys import Key
from bots.runtime.store.restored import read_restored
from bots.runtime.store.store import FILE
from bots.runtime.store.transaction import Transaction

SALT_BYTES = 32


def append(tx: Transaction, records: Iterable[Record]) -> None:
    for record in records:
        head = tx.document(HEADS, "head") or Head()
        number = head.number + 1
        hidden = {name: _hide(tx, number, name, value) for name, value in record.secrets.items()}
        entry = Entry(number, int(tx.now), record.what, record.open, hidden, head.digest).sealed()
        tx.keep(ENTRIES, entry)
        tx.keep(HEADS, Head(number, entry.digest, head.gap))


def _hide(tx: Transaction, number: int, name: str, value: str) -> str:
    salt = os.urandom(SALT_BYTES).hex()
    kept = Committed(commitment(salt, name, value), number, name, salt, value)
    tx.keep(COMMITTED, kept)
    return kept.commitment


# -- what was lost ---------------------------------------------------------------------------------

RESTORED = ("record", "restored")
"""Where the store notes which restoring the record tells of."""
UNKNOWN = 100_000
"""Where nobody knows how many entries were lost, numbers go on behind the next multiple of this."""


def begin(tx: Transaction, beside: Head | None) -> None:
    """At a start: say which entries were lost. `beside`: the newest that was ever written, as the
    file beside the store says."""
    head, restored = tx.document(HEADS, "head") or Head(), read_restored(tx)
    fresh = restored is not None and tx.read(*RESTORED) != repr(restored.at).encode()
    backup = {"backup": int(restored.made)} if fresh and restored is not None else {}
    if beside is None and head.number:
        _lose(tx, head, (head.number // UNKNOWN + 1) * UNKNOWN, {"known": False, **backup})
    elif beside is not None and not _holds(tx, beside):
        _lose(tx, head, max(beside.number, head.number), {"known": True, **backup})
    elif fresh:
        append(tx, [Record("restored", backup)])
    if fresh and restored is not None:
        tx.write(*RESTORED, repr(restored.at).encode())


def _holds(tx: Transaction, head: Head) -> bool:
    if head == Head():
        return True
    entry = tx.document(ENTRIES, str(head.number))
    return entry is not None and entry.digest == head.digest


def _lose(tx: Transaction, head: Head, last: int, facts: dict[str, Plain]) -> None:
    lost: dict[str, Plain] = {"lost_from": head.number + 1, "lost_to": last, **facts}
    entry = Entry(last + 1, int(tx.now), GAP, lost, {}, head.digest).sealed()
    tx.keep(ENTRIES, entry)
    tx.keep(HEADS, Head(entry.number, entry.digest, gap=entry.number))


# -- writing it out --------------------------------------------------------------------------------


def entries(tx: Transaction) -> list[Entry]:
    """All there are, in their order."""
    keys = sorted((key for key, _ in tx.rows(ENTRIES.kind)), key=int)
    return [x for key in keys if (x := tx.document(ENTRIES, key)) is not None]


def export(folder: Path, key: Key, *, names: bool) -> list[str]:
    """The record of the store in this folder, line by line; its office may run meanwhile. `names`:
    with what entries commit to, as far as it was not forgotten. Raises StoreError."""
    path = folder / FILE
    if not path.exists():
        raise StoreError(f"There is no store in {folder}.")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("BEGIN")
            tx = Transaction(connection, reading(connection, key), 0.0, 0.0)
            return [chain.line(x, _opened(tx, x) if names else ()) for x in entries(tx)]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"The store could not be read ({error}). Try again.") from None


def _opened(tx: Transaction, entry: Entry) -> list[Committed]:
    found = (tx.document(COMMITTED, x) for x in entry.hidden.values())
    return [x for x in found if x is not None]
