"""Where the rooms of a network are, for the bots that serve them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from bots.planning import planning
from bots.runtime.errors import StoreError
from config.network import NetworkConfig
from federation.errors import NotAHomeserver, RateLimited, Unreachable
from federation.ports import Probe
from federation.spaces.network import Key

log = logging.getLogger(__name__)

Places = Mapping[Key, str]
"""Key of the layout → room id."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds between attempts; the last one for ever."""
COMMON: tuple[Key, ...] = ("alliance", "coordination", "exchange", "announcements")


async def find(config: NetworkConfig, probe: Probe | None = None) -> Places:
    """The rooms that are there. Waits for a homeserver that is away, and while a `plan` or `apply`
    is under way. Raises FederationError, and ValueError where rooms for all are missing."""
    places = await _patiently(config, probe)
    missing = [key for key in COMMON if key not in places]
    if missing:
        raise ValueError(
            f"rooms of the network are not there yet ({', '.join(missing)}). Make them with "
            f"`buendnis apply {config.path}`, then start the office again."
        )
    return places


async def _patiently(config: NetworkConfig, probe: Probe | None) -> Places:
    attempt = 0
    while True:
        try:
            async with planning(config, probe) as opened:
                return await opened.rooms()
        except (Unreachable, NotAHomeserver, RateLimited) as error:
            log.warning("the rooms can't be looked up yet: %s", error)
        except StoreError as error:
            if attempt >= len(PAUSES):
                raise
            log.info("%s", error)
        await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
        attempt += 1
