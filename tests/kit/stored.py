"""What a real store keeps, for tests to look at."""

from __future__ import annotations

import json
from typing import TypeVar

from bots.runtime.kit.documents import Collection
from bots.runtime.store.transaction import Transaction

D = TypeVar("D")


def documents(tx: Transaction, collection: Collection[D]) -> list[D]:
    rows = (json.loads(row) for _, row in tx.rows(collection.kind))
    return [collection.revived(row["is"], row["v"]) for row in rows]


def listed(tx: Transaction, collection: Collection[D], index: str) -> set[str]:
    """Values of an index that have something."""
    collection.indexed(index)
    names = (key.split("\0", 2) for key, _ in tx.rows(f"{collection.kind} lists"))
    return {value for name, _, value in names if name == index}
