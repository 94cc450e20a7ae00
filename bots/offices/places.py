"""Where the rooms of a network are, for the bots that serve them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from bots.planning import planning
from bots.runtime.errors import AlreadyRunning
from config.network import NetworkConfig
from federation.errors import RateLimited, Unreachable
from federation.ports import Probe
from federation.spaces.network import Key

log = logging.getLogger(__name__)

Places = Mapping[Key, str]
"""Key of the layout → room id."""
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts; the last one for ever."""
COMMON: tuple[Key, ...] = ("alliance", "coordination", "exchange", "announcements")


async def find(config: NetworkConfig, probe: Probe | None = None) -> Places:
    """The rooms that are there. Waits for a homeserver that is away, and while a `plan` or `apply`
    is under way. Raises FederationError, StoreError, and ValueError where rooms for all are
    missing."""
    attempt = 0
    while True:
        try:
            return await look(config, probe)
        except (Unreachable, RateLimited, AlreadyRunning) as error:
            if attempt == 0:
                log.warning("the rooms can't be looked up yet; trying again: %s", error)
        await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
        attempt += 1


async def look(config: NetworkConfig, probe: Probe | None = None) -> Places:
    """The same, without waiting."""
    async with planning(config, probe) as opened:
        places = await opened.rooms()
    missing = [key for key in COMMON if key not in places]
    if missing:
        raise ValueError(
            f"rooms of the network are not there yet ({', '.join(missing)}). Make them with "
            f"`buendnis apply {config.path}`, then start the office again."
        )
    return places
