"""What is to happen later."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from bots.runtime.rows.table import encode
from bots.runtime.rows.vault import Vault


@dataclass(frozen=True, slots=True)
class Timer:
    place: bytes
    at: float
    """Seconds since the epoch."""
    payload: dict[str, Any]

    def may_ring(self, deaf: Collection[str]) -> bool:
        """Whether it is for none of these bots. A wait for a key may be for any of them."""
        bot = self.payload.get("bot")
        return not deaf if bot is None else bot not in deaf


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

    def timers(self, until: float = math.inf) -> Iterator[Timer]:
        """What is due until then, in its order."""
        found = self._sql(
            "SELECT key, at, sealed FROM timers WHERE at <= ? ORDER BY at", (until,)
        ).fetchall()
        for place, at, sealed in found:
            yield Timer(place, at, json.loads(self._sealer.open("timer", place, sealed)))

    def next_timer(self, deaf: Collection[str] = ()) -> float | None:
        """When the next one is due that may ring."""
        if deaf:
            return next((x.at for x in self.timers() if x.may_ring(deaf)), None)
        at: float | None = self._sql("SELECT min(at) FROM timers").fetchone()[0]
        return at
