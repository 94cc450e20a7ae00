"""How many connections a mail server bears: fewer once it has said so, one more after a while."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FIRST_REST, LONGEST_REST = 60.0, 3600.0
"""Seconds until one more is tried: longer each time that it was one too many."""


class Room:
    """Whoever is urgent comes first, and has the last of several places alone."""

    def __init__(self, most: int) -> None:
        self._most = self._limit = most
        self.taken = 0
        self._rest = FIRST_REST
        self._shrunk = 0.0
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}

    @property
    def limit(self) -> int:
        return self._limit

    @asynccontextmanager
    async def place(self, *, urgent: bool) -> AsyncIterator[None]:
        await self._enter(urgent)
        try:
            yield
        finally:
            self._leave()

    def shrink(self) -> None:
        """Whoever has a place now was one too many."""
        now = asyncio.get_running_loop().time()
        if self.taken - 1 < self._limit:
            if self._limit > 1 and self._limit - 1 < self._most and self._shrunk:
                self._rest = min(LONGEST_REST, self._rest * 2)
            self._limit = max(1, self.taken - 1)
        self._shrunk = now

    def _grow(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._limit < self._most and now - self._shrunk >= self._rest:
            self._limit += 1
            self._shrunk = now

    def _free(self, urgent: bool) -> bool:
        for_all = self._limit if urgent or self._limit == 1 else self._limit - 1
        return self.taken < for_all

    async def _enter(self, urgent: bool) -> None:
        self._grow()
        if not self._free(urgent):
            turn = asyncio.get_running_loop().create_future()
            self._waiting[urgent].append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave()
                raise
        else:
            self.taken += 1

    def _leave(self) -> None:
        self.taken -= 1
        self._grow()
        for urgent in (True, False):
            waiting = self._waiting[urgent]
            while waiting and self._free(urgent):
                turn = waiting.popleft()
                if not turn.done():
                    self.taken += 1  # handed on, so that nobody comes between
                    turn.set_result(None)
