"""How many mails may leave in an hour."""

from __future__ import annotations

from bots.runtime.bot import Docs

PACE = "mail/pace"


class Paces:
    """At most so many mails in any hour, restarts or not; a tenth is kept for what is urgent."""

    def __init__(self, max_per_hour: int | None) -> None:
        self._loaded = max_per_hour is None
        urgent = 0 if max_per_hour is None else max(1, max_per_hour // 10)
        self._paces = {
            True: _Pace(urgent),
            False: _Pace(max(1, (max_per_hour or 1) - urgent)),
        }
        self._limited = max_per_hour is not None

    def load(self, docs: Docs) -> None:
        if not self._loaded:
            stored = docs.get(PACE, PACE) or [0.0, 0.0]
            self._paces[True].free_at, self._paces[False].free_at = stored
            self._loaded = True

    def save(self, docs: Docs) -> None:
        if self._limited:
            docs.put(PACE, PACE, [self._paces[True].free_at, self._paces[False].free_at])

    def take(self, now: float, *, urgent: bool) -> float:
        """0 if a mail may go now, else the seconds until then."""
        return self._paces[urgent].take(now) if self._limited else 0.0

    def give_back(self, *, urgent: bool) -> None:
        """A mail that was to go did not leave."""
        self._paces[urgent].give_back()


class _Pace:
    """Evenly spaced, with a tenth of an hour's mails at once after a rest."""

    def __init__(self, per_hour: int) -> None:
        burst = max(1, per_hour // 10)
        self._step = 3600.0 / max(1, per_hour - burst)
        self._burst = (burst - 1) * self._step
        self.free_at = 0.0

    def take(self, now: float) -> float:
        earliest = max(self.free_at, now)
        if earliest - now > self._burst:
            return earliest - now - self._burst
        self.free_at = earliest + self._step
        return 0.0

    def give_back(self) -> None:
        self.free_at -= self._step
