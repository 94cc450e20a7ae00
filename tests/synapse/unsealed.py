"""Everything that a store keeps, in clear: each sealed row of each table, whatever it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from bots.runtime.store.transaction import Transaction

KIND_AND_PLACE = {
    "copies": ("'copy'", "source"),
    "handles": ("'handle'", "handle"),
    "inbox": ("'inbox'", "key"),
    "outbox": ("'outbox'", "id"),
    "timers": ("'timer'", "key"),
    "vault": ("kind", "key"),
}
"""What a row of each table is sealed as, and bound to, in SQL."""
SEALED = (
    "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c "
    "WHERE m.type = 'table' AND c.name = 'sealed'"
)


def rows(tx: Transaction) -> Iterator[tuple[str, str]]:
    """Where each row lies, as table and kind, and what it says. A table that is not known above
    ends the test."""
    for (table,) in tx._sql(SEALED).fetchall():
        kind, place = KIND_AND_PLACE[table]
        query = f"SELECT {kind}, {place}, sealed FROM {table} WHERE sealed IS NOT NULL"  # noqa: S608
        for name, key, sealed in tx._sql(query).fetchall():
            bound = key.encode() if isinstance(key, str) else key
            text = tx._sealer.open(name, bound, sealed).decode("utf-8", "replace")
            yield f"{table} {name}", text


def holding(tx: Transaction, words: Collection[str]) -> Counter[str]:
    """How many rows hold any of the words, in whatever case, by where they lie."""
    wanted = [x.casefold() for x in words]
    return Counter(
        place for place, text in rows(tx) if any(word in text.casefold() for word in wanted)
    )
