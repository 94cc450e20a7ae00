"""The homeserver is away: when to ask it again.

What failed is tried again with growing pauses, since a homeserver in trouble should not be asked
for much. Meanwhile it is looked, cheaply, whether it answers at all: so its return is noticed at
once, however long it was away.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from federation.client.homeserver import Homeserver
from federation.model.errors import FederationError, MatrixError, NotAHomeserver, Unreachable

log = logging.getLogger(__name__)

LOOK = (1.0, 1.5)
"""Seconds between two looks; not always the same, so that many offices do not look at once."""
LOOK_SECONDS = 2.0
"""How long one look waits for an answer."""
PATIENCE = 10.0
"""Seconds between attempts, at most, where it answers but will not do what we ask for."""


class Outage:
    """Pauses while a homeserver is away: they grow, and end as soon as it answers."""

    def __init__(
        self, server: Homeserver, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._server = server
        self._sleep = sleep
        self._failures = 0
        self._silent = True
        """Whether the last look found nobody there. Before the first, what failed speaks for it."""

    @property
    def lasts(self) -> bool:
        return self._failures > 0

    def end(self) -> None:
        if self.lasts:
            log.info("the homeserver is back")
        self._failures, self._silent = 0, True

    async def wait(self, reason: str, asked: float | None = None) -> None:
        """Return when it is worth another attempt. `asked`: for how many seconds the homeserver
        asked to be left alone, if it did."""
        if not self.lasts:
            log.warning("%s", reason)
        self._failures += 1
        pause = asked or self._pause()
        while pause > 0:
            step = pause if asked else min(pause, random.uniform(*LOOK))  # noqa: S311
            await self._sleep(step)
            pause -= step
            asked = None
            if pause > 0:
                back, asked = await self._look()
                pause = asked or (0 if back else pause)

    def _pause(self) -> float:
        growing = min(PATIENCE, 0.25 * 2.0 ** min(self._failures, 10))
        return growing * random.uniform(0.5, 1.0)  # noqa: S311

    async def _look(self) -> tuple[bool, float | None]:
        """Whether it answers again after it did not, and for how long it wants to be left alone."""
        was_silent = self._silent
        try:
            await self._server.call(
                "versions", "GET", "/_matrix/client/versions", timeout=LOOK_SECONDS
            )
        except MatrixError as error:
            self._silent = False
            return was_silent, error.retry_after
        except (Unreachable, NotAHomeserver) as error:
            self._silent = True
            return False, retry_after(error)
        self._silent = False
        return was_silent, None


def retry_after(error: FederationError) -> float | None:
    """For how many seconds the homeserver asked to be left alone, if it did."""
    return error.retry_after if isinstance(error, MatrixError | Unreachable) else None
