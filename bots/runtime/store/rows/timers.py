"""What is to happen later: at a time by the clock on the wall, after the office has run for a
while, or after the machine has been up for a while. No clock that is set changes the two last; a
span pauses while the office is down, and a window does not."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bots.runtime.store.records import INBOX, Later, Rings, Waiting
from bots.runtime.store.rows.vault import Vault

WALL, RUNNING, BOOT = "wall", "running", "boot "
"""`BOOT` is followed by which start of the machine it counts from."""
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

    def set_window(self, key: str, record: Rings) -> None:
        """`record` comes into the inbox once its `span` is over, by this start of the machine."""
        self._set(key, self._by_boot, self.boot.seconds + record.span, record)

    @property
    def _by_boot(self) -> str:
        return f"{BOOT}{self.boot.id}"

    def rewind(self) -> list[Rings]:
        """Let all windows that counted from another start of the machine begin anew: what may have
        passed of them nobody knows."""
        found = self._sql(
            "SELECT key, sealed FROM timers WHERE clock LIKE ? AND clock != ?",
            (f"{BOOT}%", self._by_boot),
        ).fetchall()
        records = [INBOX.read(self._sealer.open("timer", key, sealed)) for key, sealed in found]
        windows = [x for x in records if isinstance(x, Rings)]
        for (key, _), window in zip(found, windows, strict=True):
            until = self.boot.seconds + window.span
            self._sql(
                "UPDATE timers SET clock = ?, at = ? WHERE key = ?", (self._by_boot, until, key)
            )
        return windows

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
        return self._timers(
            (self.now, self.running + ROUNDED, self.boot.seconds + ROUNDED),
        )

    def timers(self) -> Iterator[Timer]:
        """All there are, in their order."""
        return self._timers((math.inf,) * 3)

    def _timers(self, until: Sequence[float]) -> Iterator[Timer]:
        """`until`: by each of the clocks."""
        found = [
            (at - now, place, sealed)
            for (clock, now), end in zip(self._clocks(), until, strict=True)
            for place, at, sealed in self._sql(
                "SELECT key, at, sealed FROM timers WHERE clock = ? AND at <= ?", (clock, end)
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
        return (
            (WALL, self.now),
            (RUNNING, self.running),
            (self._by_boot, self.boot.seconds),
        )
