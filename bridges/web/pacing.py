"""Slowing down instead of refusing: a shelter's shared Wi-Fi looks like one busy visitor.

Nobody's address is looked at. Each form has a pace; whoever comes faster waits a little longer for
an answer, up to a bound, and is then served all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PER_SECOND = 10.0
AT_ONCE = 50
LONGEST = 20.0
"""Seconds; browsers and proxies wait longer than that."""


class Pace:
    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: seconds of any clock that does not jump."""
        self._now = now
        self._next = 0.0

    def turn(self) -> float:
        """Take a turn; seconds until it."""
        now = self._now()
        self._next = max(self._next, now - AT_ONCE / PER_SECOND) + 1 / PER_SECOND
        self._next = min(self._next, now + LONGEST)
        return max(0.0, self._next - now)

    async def wait(self) -> None:
        await asyncio.sleep(self.turn())
