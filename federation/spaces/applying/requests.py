"""Requests that are waited for: so many at once, rate limits obeyed, short outages sat out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from federation.client.homeserver import Homeserver
from federation.client.profile import upload
from federation.model.errors import MatrixError, NotAHomeserver, RateLimited, Unreachable
from federation.spaces.applying.adopted import lead
from federation.spaces.applying.observe import room_state
from federation.spaces.seen import Lead, Seen

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds that a homeserver may be away."""
TRIES = 3
"""Of a request that fails while others are answered."""
CREATE_SECONDS = 300.0
"""Inviting hundreds of people into a new room takes minutes."""


class Refused(Exception):
    """The homeserver will not do this one thing, however often it is asked."""


class NotMade(Refused):
    """What it needs could not be made; that was told."""


class Requests:
    """Requests of `plan` and `apply`. All raise Refused, TokenRevoked or Unreachable."""

    def __init__(self, server: Homeserver, at_once: int) -> None:
        self.server = server
        self._slots = asyncio.Semaphore(at_once)
        self._not_before = 0.0

    async def get(self, name: str, path: str) -> dict[str, Any]:
        return await self._insist(lambda: self.server.call(name, "GET", path))

    async def lead(self, alias: str, own: str) -> Lead:
        """Where an alias of an adopted space leads; `own`: the name of our homeserver."""
        return await self._insist(lambda: lead(self.server, alias, own))

    async def put(self, name: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._insist(lambda: self.server.call(name, "PUT", path, body))

    async def post(self, name: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._insist(
            lambda: self.server.call(name, "POST", path, body, timeout=CREATE_SECONDS)
        )

    async def delete(self, name: str, path: str) -> dict[str, Any]:
        return await self._insist(lambda: self.server.call(name, "DELETE", path))

    async def upload(self, picture: str) -> str:
        """Where a picture is now; empty where the homeserver takes none."""
        return await self._insist(lambda: upload(self.server, picture))

    async def room(self, room_id: str) -> Seen:
        """A room as it is, with its members."""
        return await self._insist(lambda: room_state(self.server, room_id))

    async def _insist(self, request: Callable[[], Awaitable[T]]) -> T:
        """Raises MatrixError, Refused; Unreachable when nothing at all is answered any more."""
        tries = 0
        async with self._slots:
            while True:
                await self._turn()
                try:
                    return await request()
                except RateLimited as error:
                    self._wait(error.retry_after or 1.0)
                except (Unreachable, NotAHomeserver) as error:
                    tries += not await self._was_away(error)
                    if tries == TRIES:
                        raise Refused(str(error)) from None

    async def _turn(self) -> None:
        await asyncio.sleep(max(0.0, self._not_before - asyncio.get_running_loop().time()))

    def _wait(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        self._not_before = max(self._not_before, until)

    async def _was_away(self, error: Unreachable | NotAHomeserver) -> bool:
        """Wait until anything is answered; whether that took a while. Raises `error` after
        `PATIENCE`."""
        end = asyncio.get_running_loop().time() + PATIENCE
        pause = 0.25
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(pause)
            try:
                await self.server.call("versions", "GET", "/_matrix/client/versions", timeout=15)
            except (Unreachable, NotAHomeserver):
                pause = min(2 * pause, 4.0)
                continue
            except MatrixError:
                pass
            return pause > 0.25
        raise error
