"""The wrapped keys of a store, and its sealed rows in the order in which they are sealed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.runtime.store.rows.table import Table
from bots.runtime.store.sealing import NUMBER_BYTES


@dataclass(frozen=True, slots=True)
class _Sealed:
    """How a table's sealed rows are found, and to what they are bound."""

    order: str
    kind: str
    place: str


TABLES: Mapping[str, _Sealed] = {
    "vault": _Sealed("kind, key", "kind", "key"),
    "inbox": _Sealed("seq", "'inbox'", "key"),
    "outbox": _Sealed("seq", "'outbox'", "CAST(id AS BLOB)"),
    "handles": _Sealed("handle", "'handle'", "handle"),
    "copies": _Sealed("seq", "'copy'", "source"),
    "timers": _Sealed("key", "'timer'", "key"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where rows were sealed anew."""

    table: str
    after: tuple[Any, ...] = ()


FIRST = Place(next(iter(TABLES)))


class Resealing(Table):
    """Rows of every table, from one data key to another."""

    def wrapped(self) -> str | None:
        """The keyring of this store."""
        found = self._sql("SELECT wrapped FROM keyring").fetchone()
        return None if found is None else str(found[0])

    def keep_wrapped(self, text: str) -> None:
        self._sql("INSERT OR REPLACE INTO keyring (one, wrapped) VALUES (1, ?)", (text,))

    def reseal(self, place: Place, most: int) -> Place | None:
        """Seal up to so many rows with the key that holds now; where to go on, None at the end."""
        table, how = place.table, TABLES[place.table]
        rows = self._older(place, most)
        names = how.order.split(", ")
        for row in rows:
            *at, kind, where, sealed = row
            anew = self._sealer.seal(kind, where, self._sealer.open(kind, where, sealed))
            here = " AND ".join(f"{name} = ?" for name in names)
            self._sql(f"UPDATE {table} SET sealed = ? WHERE {here}", (anew, *at))  # noqa: S608
        if len(rows) == most:
            return Place(table, rows[-1][: len(names)])
        rest = list(TABLES)[list(TABLES).index(table) + 1 :]
        return Place(rest[0]) if rest else None

    def all_resealed(self) -> bool:
        return not any(self._older(Place(table), 1) for table in TABLES)

    def _older(self, place: Place, most: int) -> list[tuple[Any, ...]]:
        """Rows behind a place that another key has sealed."""
        how = TABLES[place.table]
        behind = f"({how.order}) > ({', '.join('?' * len(place.after))}) AND" if place.after else ""
        return self._sql(
            f"SELECT {how.order}, {how.kind}, {how.place}, sealed FROM {place.table} "  # noqa: S608
            f"WHERE {behind} sealed IS NOT NULL AND substr(sealed, 1, {NUMBER_BYTES}) <> ? "
            f"ORDER BY {how.order} LIMIT ?",
            (*place.after, self._sealer.number, most),
        ).fetchall()
