"""Which of the mails that ask to confirm leaves next, where more are asked for than may leave.

Nobody is refused for what others do. The visitor who was served least lately comes first; between
equals the newest, who sits before the screen, takes turns with the oldest and with whose domain was
served least lately. No domain takes it all, and a reserve is kept for visitors and domains that
asked for nothing lately.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

LATELY = 600.0
"""Seconds for which it is remembered that a visitor was served."""
AT_ONCE = 4
"""Mails that are handed over at a time: the others wait where their turn is decided."""
MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class Waiting:
    request: str
    language: str
    visitor: str
    """A fingerprint, under a key that lives as long as the process."""
    domain: str
    at: float
    """Since when, in seconds since the epoch."""
    earliest: float = 0.0
    """Not before."""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Pace:
    """So many an hour, some of them at once after a rest."""

    step: float
    burst: int

    def ready(self, free_at: float, kept: int = 0) -> float:
        """When the next may go; `kept`: how many of those at once are none of its."""
        return free_at - max(0, self.burst - 1 - kept) * self.step

    def taken(self, free_at: float, now: float) -> float:
        return max(free_at, now) + self.step


def pace(per_hour: int) -> Pace:
    burst = max(2, per_hour // 10)
    return Pace(3600.0 / max(1, per_hour - burst), burst)


@dataclass(frozen=True, slots=True)
class Budget:
    """What was handed over lately."""

    free_at: float = 0.0
    domains: Mapping[str, float] = field(default_factory=dict)
    visitors: Mapping[str, float] = field(default_factory=dict)
    """When each was served last."""
    out: tuple[str, ...] = ()
    """Mails that were handed over and not answered, by their names."""
    due: float = 0.0
    """When the timer rings that looks who is next; 0: it is not set."""
    turn: int = 0
    """Whose turn it is: see `chosen`."""

    def is_fresh(self, who: Waiting) -> bool:
        return who.visitor not in self.visitors and who.domain not in self.domains

    def ready(self, who: Waiting, whole: Pace) -> float:
        """When it may go at the earliest."""
        of_domain = _of_domain(whole).ready(self.domains.get(who.domain, 0.0))
        kept = 0 if self.is_fresh(who) else whole.burst // 2
        return max(who.earliest, of_domain, whole.ready(self.free_at, kept))

    def served(self, who: Waiting, name: str, now: float, whole: Pace) -> Budget:
        of_domain = _of_domain(whole).taken(self.domains.get(who.domain, 0.0), now)
        lately = {x: at for x, at in self.visitors.items() if at > now - LATELY}
        busy = {x: free for x, free in self.domains.items() if free > now}
        return replace(
            self,
            free_at=whole.taken(self.free_at, now),
            domains={**busy, who.domain: of_domain},
            visitors={**lately, who.visitor: now},
            out=(*self.out, name),
            turn=(self.turn + 1) % 3,
        )


@cache
def _of_domain(whole: Pace) -> Pace:
    """Two thirds of it."""
    return Pace(whole.step * 1.5, max(1, whole.burst * 2 // 3))


def chosen(waiting: Sequence[Waiting], budget: Budget, now: float, whole: Pace) -> Waiting | None:
    """Who is next; None if nobody may go now."""
    ready = [x for x in waiting if budget.ready(x, whole) <= now]
    if not ready or len(budget.out) >= AT_ONCE:
        return None
    if budget.turn == 2:
        return min(ready, key=_age)
    of = Counter(x.visitor for x in waiting)
    fewest = min(of[x.visitor] for x in ready)  # whoever asks for many waits behind who asks once
    modest = [x for x in ready if of[x.visitor] == fewest]
    least = min(_served(budget, x) for x in modest)
    return max((x for x in modest if _served(budget, x) == least), key=_age)


def _served(budget: Budget, who: Waiting) -> tuple[float, float]:
    """When her like was served last: the visitor, and every other time her domain as well."""
    domain = budget.domains.get(who.domain, 0.0) if budget.turn == 0 else 0.0
    return budget.visitors.get(who.visitor, 0.0), domain


def _age(who: Waiting) -> tuple[float, str]:
    return who.at, who.request


def next_look(waiting: Sequence[Waiting], budget: Budget, whole: Pace) -> float | None:
    """When somebody may go next; None if nobody waits."""
    return min((budget.ready(x, whole) for x in waiting), default=None)


def too_many(waiting: Sequence[Waiting]) -> Collection[Waiting]:
    """Who can't be kept: of those who ask most, and of these who would have been last."""
    over = len(waiting) - MOST_WAITING
    if over <= 0:
        return ()
    of = Counter(x.visitor for x in waiting)
    middle = sorted(waiting, key=_age)
    # From both ends somebody is served: whoever is farthest from either waits longest.
    place = {x.request: min(i, len(middle) - i) for i, x in enumerate(middle)}
    worst = sorted(waiting, key=lambda x: (of[x.visitor], place[x.request]), reverse=True)
    return worst[:over]
