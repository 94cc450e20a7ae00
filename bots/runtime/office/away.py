"""Lanes whose homeserver did not answer: they go on as soon as it does, whatever their pauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from bots.runtime.office.heads import Head


class Away:
    """Which lanes wait for their homeserver, and which may go on since it is back."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, str] = {}
        """Lane → account."""
        self._returns = Counter[str]()
        self._free: set[bytes] = set()

    def tries(self, head: Head) -> int:
        """It is tried now. The number is what `waits` asks for."""
        self._waiting.pop(head.lane, None)
        return self._returns[head.by]

    def waits(self, head: Head, returns: int) -> bool:
        """Nobody answered; False if the homeserver came back since it was tried."""
        if returns != self._returns[head.by]:
            return False
        self._waiting[head.lane] = head.by
        return True

    def came_back(self, account: str) -> None:
        self._returns[account] += 1
        for lane in [x for x, by in self._waiting.items() if by == account]:
            del self._waiting[lane]
            self._free.add(lane)

    def freed(self) -> Collection[bytes]:
        """Lanes that need wait no longer, each told once."""
        freed, self._free = self._free, set()
        return freed
