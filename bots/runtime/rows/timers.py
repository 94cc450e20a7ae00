"""What is to happen later."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bots.runtime.records import INBOX, Later, Rings, Waiting
from bots.runtime.rows.vault import Vault


@dataclass(frozen=True, slots=True)
class Timer:
    place: bytes
    at: float
    """Seconds since the epoch."""
    record: Waiting
    """What will stand in the inbox."""

    def may_ring(self, deaf: Collection[str]) -> bool:
        """Whether it is for none of these bots. A wait for a key may be for any of them."""
        return self.record.bot not in deaf if isinstance(self.record, Rings) else not deaf


class Timers(Vault):
    def set_timer(self, key: str, at: float, record: Later) -> None:
        """`record` comes into the inbox then."""
        place = self._sealer.mark("timer", key)
        sealed = self._sealer.seal("timer", place, INBOX.write(record))
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
            yield Timer(place, at, INBOX.read(self._sealer.open("timer", place, sealed)))

    def next_timer(self, deaf: Collection[str] = ()) -> float | None:
        """When the next one is due that may ring."""
        if deaf:
            return next((x.at for x in self.timers() if x.may_ring(deaf)), None)
        at: float | None = self._sql("SELECT min(at) FROM timers").fetchone()[0]
        return at
