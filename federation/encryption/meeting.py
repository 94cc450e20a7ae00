"""Who has only just met us. A client asks for somebody's devices once it shares a room with them;
a key that comes sooner may stay useless to it for ever (matrix-js-sdk before 43, strict)."""

from __future__ import annotations

import time

PAUSE = 2.0
"""Seconds that a client is given to learn which devices are ours."""
MANY = 10_000


class Meetings:
    """When people came into rooms that they share with one account, for a few seconds."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._began = time.monotonic()  # our device may be new
        self._came: dict[tuple[str, str], float] = {}
        self.rooms: set[str] = set()
        """Into which somebody has come since this was last looked at."""

    def came(self, room_id: str, user: str) -> None:
        """Somebody has joined."""
        if len(self._came) >= MANY:
            self._came.clear()
        self._came[room_id, user] = time.monotonic()
        self.rooms.add(room_id)

    def wait(self, room_id: str, user: str) -> float:
        """Seconds until her client should know our devices by what she and we share there."""
        since = (self._came.get((room_id, x), self._began) for x in (user, self._account))
        return max(self._began, *since) + PAUSE - time.monotonic()
