"""Adds to the chain of what an office records, in the transaction of the decision it is about. One
thread writes a store, so entries follow one another as their decisions do."""

from __future__ import annotations

import os
from collections.abc import Iterable

from bots.runtime.kit.records import (
    COMMITTED,
    ENTRIES,
    HEADS,
    Committed,
    Entry,
    Head,
    Record,
    commitment,
)
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
