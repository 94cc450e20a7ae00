"""Where the rooms of a network are, for the bots that serve them."""

from __future__ import annotations

from collections.abc import Mapping

from bots.offices.registry import Bots
from bots.offices.spaces.planning import planning
from bots.runtime.model.errors import AlreadyRunning
from config.network.settings import NetworkConfig
from federation.client.homeserver import Homeserver
from federation.client.outage import Outage, retry_after
from federation.model.errors import RateLimited, Unreachable
from federation.model.network import Key
from federation.model.ports import Probe

Places = Mapping[Key, str]
"""Key of the layout → room id."""
LOCKED = 1.0
"""Seconds between attempts while a `plan` or `apply` is under way."""


async def find(config: NetworkConfig, probe: Probe | None, bots: Bots) -> Places:
    """The rooms that are there. Waits for a homeserver that is away, and while a `plan` or `apply`
    is under way. Raises FederationError, StoreError, and ValueError where rooms for all are
    missing."""
    ca_file = config.homeserver.ca_file
    server = Homeserver(config.homeserver.url, ca_file=None if ca_file is None else str(ca_file))
    outage = Outage(server)
    try:
        while True:
            try:
                return await look(config, probe, bots)
            except (Unreachable, RateLimited, AlreadyRunning) as error:
                asked = LOCKED if isinstance(error, AlreadyRunning) else retry_after(error)
                reason = f"the rooms can't be looked up yet; trying again: {error}"
            await outage.wait(reason, asked)
    finally:
        await server.close()


async def look(config: NetworkConfig, probe: Probe | None, bots: Bots) -> Places:
    """The same, without waiting."""
    async with planning(config, probe, bots) as opened:
        places = await opened.rooms()
    missing = [key for key in config.rooms.all if key not in places]
    if missing:
        raise ValueError(
            f"rooms of the network are not there yet ({', '.join(missing)}). Make them with "
            f"`buendnis apply {config.path}`, then start the office again."
        )
    return places
