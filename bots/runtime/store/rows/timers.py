"""What is to happen later: at a time by the clock on the wall, or after the office has run for a
while. A span pauses while the office is down, and no clock that is set changes it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bots.runtime.store.records import INBOX, Later, Rings, Waiting
from bots.runtime.store.rows.vault import Vault

WALL, RUNNING = "wall", "running"
ROUNDED = 1e-5
"""Seconds. Times since the epoch are less precise than spans: when one has come, the span must not
seem to have a few microseconds left."""


@dataclass(frozen=True, slots=True)
class Timer:
    place: bytes
    left: float
    """Seconds until it is due."""
    record: Waiting
    """What will be in the inbox."""

    def may_ring(self, deaf: Collection[str]) -> bool:
        """Whether it is for none of these bots. A wait for a key may be for any of them."""
        return self.record.bot not in deaf if isinstance(self.record, Rings) else not deaf


class Timers(Vault):
    """One timer a key. Setting it again moves it."""

    def set_timer(self, key: str, at: float, record: Later) -> None:
        """`record` comes into the inbox then: seconds since the epoch."""
        self._set(key, WALL, at, record)

    def set_span(self, key: str, seconds: float, record: Later) -> None:
        """`record` comes into the inbox once the office has run for so long."""
        self._set(key, RUNNING, self.running + seconds, record)

    def _set(self, key: str, clock: str, at: float, record: Later) -> None:
        place = self._sealer.mark("timer", key)
        sealed = self._sealer.seal("timer", place, INBOX.write(record))
        self._sql(
            "INSERT INTO timers (key, clock, at, sealed) VALUES (?, ?, ?, ?) ON CONFLICT DO "
            "UPDATE SET clock = excluded.clock, at = excluded.at, sealed = excluded.sealed",
            (place, clock, at, sealed),
        )

    def cancel_timer(self, key: str) -> None:
        self._sql("DELETE FROM timers WHERE key = ?", (self._sealer.mark("timer", key),))

    def due(self) -> Iterator[Timer]:
        """What is due, in its order."""
        return self._timers(wall=self.now, running=self.running + ROUNDED)

    def timers(self) -> Iterator[Timer]:
        """All there are, in their order."""
        return self._timers(math.inf, math.inf)

    def _timers(self, wall: float, running: float) -> Iterator[Timer]:
        found = [
            (at - now, place, sealed)
            for (clock, now), until in zip(self._clocks(), (wall, running), strict=True)
            for place, at, sealed in self._sql(
                "SELECT key, at, sealed FROM timers WHERE clock = ? AND at <= ?", (clock, until)
            )
        ]
        for left, place, sealed in sorted(found):
            yield Timer(place, left, INBOX.read(self._sealer.open("timer", place, sealed)))

    def next_timer(self, deaf: Collection[str] = ()) -> float | None:
        """When the next one is due that may ring: seconds since the epoch."""
        if deaf:
            left = [next((x.left for x in self.timers() if x.may_ring(deaf)), None)]
        else:
            next_of = "SELECT min(at) - ? FROM timers WHERE clock = ?"
            left = [self._sql(next_of, (now, x)).fetchone()[0] for x, now in self._clocks()]
        return min((self.now + x for x in left if x is not None), default=None)

    def _clocks(self) -> tuple[tuple[str, float], ...]:
        return (WALL, self.now), (RUNNING, self.running)
