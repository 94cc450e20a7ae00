"""How many mails may leave in an hour."""

from __future__ import annotations

from bots.runtime.store.transaction import Transaction

PACE = "mail/pace"


class Paces:
    """At most so many mails in any hour, restarts or not: evenly spaced, with a tenth of them at
    once after a rest. Half of that tenth is kept for what is urgent, and what is urgent goes first;
    whoever asks for it sees to it that it is never all."""

    def __init__(self, max_per_hour: int | None) -> None:
        per_hour = max_per_hour or 1
        at_once = max(1, per_hour // 10)
        self._step = 3600.0 / max(1, per_hour - at_once)
        self._bursts = {True: at_once - 1, False: at_once - at_once // 2 - 1}
        self._limited = max_per_hour is not None
        self._loaded = not self._limited
        self._free_at = 0.0

    def load(self, tx: Transaction) -> None:
        if not self._loaded:
            self._free_at = max(tx.get(PACE, PACE) or [0.0])
            self._loaded = True

    def save(self, tx: Transaction) -> None:
        if self._limited:
            tx.put(PACE, PACE, [self._free_at])

    def take(self, now: float, *, urgent: bool) -> float:
        """0 if a mail may go now, else the seconds until then."""
        if not self._limited:
            return 0.0
        early = max(self._free_at, now) - now - self._bursts[urgent] * self._step
        if early > 0:
            return early
        self._free_at = max(self._free_at, now) + self._step
        return 0.0

    def give_back(self) -> None:
        """A mail that was to go did not leave."""
        self._free_at -= self._step
