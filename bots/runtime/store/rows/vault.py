"""Sealed rows by kind and key, and the documents of bots that are made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bots.runtime.store.rows.table import Table, encode


class Vault(Table):
    """Sealed bytes by kind and key; `None` where nothing is kept."""

    def read(self, kind: str, key: str) -> bytes | None:
        place = self._sealer.mark(kind, key)
        found = self._sql(
            "SELECT sealed FROM vault WHERE kind = ? AND key = ?", (kind, place)
        ).fetchone()
        return None if found is None else self._unframe(kind, place, found[0])[1]

    def write(self, kind: str, key: str, value: bytes) -> None:
        self.written.add(kind)
        place = self._sealer.mark(kind, key)
        name = key.encode("utf-8", "surrogatepass")
        framed = len(name).to_bytes(4, "big") + name + value
        self._sql(
            "INSERT INTO vault (kind, key, sealed) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
            (kind, place, self._sealer.seal(kind, place, framed)),
        )

    def erase(self, kind: str, key: str) -> None:
        self.written.add(kind)
        place = self._sealer.mark(kind, key)
        self._sql("DELETE FROM vault WHERE kind = ? AND key = ?", (kind, place))

    def erase_kind(self, kind: str) -> None:
        self.written.add(kind)
        self._sql("DELETE FROM vault WHERE kind = ?", (kind,))

    def rows(self, kind: str) -> Iterator[tuple[str, bytes]]:
        found = self._sql("SELECT key, sealed FROM vault WHERE kind = ?", (kind,)).fetchall()
        for place, sealed in found:
            yield self._unframe(kind, place, sealed)

    def _unframe(self, kind: str, place: bytes, sealed: bytes) -> tuple[str, bytes]:
        framed = self._sealer.open(kind, place, sealed)
        end = 4 + int.from_bytes(framed[:4], "big")
        return framed[4:end].decode("utf-8", "surrogatepass"), framed[end:]

    def get(self, kind: str, key: str) -> Any | None:
        found = self.read(kind, key)
        return None if found is None else json.loads(found)

    def put(self, kind: str, key: str, value: Any) -> None:
        self.write(kind, key, encode(value))

    def delete(self, kind: str, key: str) -> None:
        self.erase(kind, key)

    def scan(self, kind: str) -> Iterator[tuple[str, Any]]:
        for key, value in self.rows(kind):
            yield key, json.loads(value)

    def forget(self, kind: str, key: str) -> None:
        self.erase(kind, key)
        self._note_erased(self._sealer.mark(kind, key).hex(), self.now)

    def was_forgotten(self, kind: str, key: str) -> bool:
        return self.read("erased", self._sealer.mark(kind, key).hex()) is not None

    def erased(self) -> dict[str, float]:
        """Fingerprints of all that was forgotten for good, and when."""
        return {fingerprint: float(at) for fingerprint, at in self.rows("erased")}

    def forget_again(self, erased: Mapping[str, float], since: float) -> int:
        """Take fingerprints over, and delete what a restored backup from `since` brought back of
        them; how many documents."""
        gone = 0
        for fingerprint, at in erased.items():
            if at >= since:
                place = bytes.fromhex(fingerprint)
                kinds = self._sql("DELETE FROM vault WHERE key = ? RETURNING kind", (place,))
                self.written.update(found := [kind for (kind,) in kinds])
                gone += len(found)
            self._note_erased(fingerprint, at)
        return gone

    def _note_erased(self, fingerprint: str, at: float) -> None:
        self.write("erased", fingerprint, repr(at).encode())
        self.forgotten[fingerprint] = at
