"""What is to happen later."""

from __future__ import annotations

from typing import Any

from bots.runtime.rows.table import encode
from bots.runtime.rows.vault import Vault


class Timers(Vault):
    def set_timer(self, key: str, at: float, payload: dict[str, Any]) -> None:
        place = self._sealer.mark("timer", key)
        sealed = self._sealer.seal("timer", place, encode({"timer": key, **payload}))
        self._sql(
            "INSERT INTO timers (key, at, sealed) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET at = excluded.at, sealed = excluded.sealed",
            (place, at, sealed),
        )

    def cancel_timer(self, key: str) -> None:
        self._sql("DELETE FROM timers WHERE key = ?", (self._sealer.mark("timer", key),))

    def next_timer(self) -> float | None:
        at: float | None = self._sql("SELECT min(at) FROM timers").fetchone()[0]
        return at
