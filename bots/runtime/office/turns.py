"""Who is next where many wait: whoever was served longest ago. Nobody's many keep another waiting.

A homeserver answers so many requests side by side, and what is asked because of one person may take
long: it waits for her own homeserver to give her keys. So no other homeserver's people have more
than some of the slots at a time. And what is said where many read (a case, to staff) has every
second turn, before the receipts that go to everybody who wrote.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bots.runtime.store.rows.outbox import SERVER

MANY = 10_000
OURS = bytes(SERVER)


class Served:
    """When whom was served, counted in turns."""

    def __init__(self) -> None:
        self._last: dict[Hashable, int] = {}
        self._turns = 0

    def since(self, party: Hashable) -> int:
        """The lower, the longer ago."""
        return self._last.get(party, 0)

    def note(self, party: Hashable) -> None:
        if len(self._last) >= MANY:
            self._last.clear()
        self._turns += 1
        self._last[party] = self._turns


@dataclass(frozen=True, eq=False, slots=True)
class _Waiting:
    party: bytes
    seq: int
    to_many: bool
    granted: asyncio.Future[None]


class Turns:
    """So many at a time, each party in its turn, and within a party what was decided first."""

    def __init__(self, slots: int, of_a_server: int) -> None:
        self._free = slots
        self._of_a_server = of_a_server
        self._served = Served()
        self._waiting: list[_Waiting] = []
        self._holding = Counter[bytes]()
        """Homeserver → slots that its people have."""
        self._closed = 0
        self._to_many = False
        """Whether the last turn was for what many read."""

    @asynccontextmanager
    async def turn(self, party: bytes, seq: int, *, to_many: bool = False) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        one = _Waiting(party, seq, to_many, loop.create_future())
        self._waiting.append(one)
        loop.call_soon(self._grant)  # whoever comes in the same moment is compared
        try:
            await one.granted
            yield
        finally:
            if one in self._waiting:
                self._waiting.remove(one)
            else:
                self._free += 1
                self._holding[party[:SERVER]] -= 1
                self._grant()

    def close(self) -> None:
        """Nobody's turn comes until `open` was called as often."""
        self._closed += 1

    def open(self) -> None:
        self._closed -= 1
        self._grant()

    def _grant(self) -> None:
        while self._free and not self._closed:
            able = [x for x in self._waiting if self._may(x.party[:SERVER])]
            if not able:
                return
            others = [x for x in able if x.to_many is not self._to_many]
            one = min(others or able, key=lambda x: (self._served.since(x.party), x.seq))
            self._to_many = one.to_many
            self._waiting.remove(one)
            self._free -= 1
            self._holding[one.party[:SERVER]] += 1
            self._served.note(one.party)
            if not one.granted.done():
                one.granted.set_result(None)

    def _may(self, server: bytes) -> bool:
        return server == OURS or self._holding[server] < self._of_a_server
