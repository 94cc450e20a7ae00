"""An office that starts and waits for its passphrase.

Somebody types it: at the terminal in which the office was started, into its input, or from
anywhere on the machine with `buendnis unlock`, which hands it over by the control socket.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Any, TypeVar, cast

from pydantic import SecretStr

from bots.offices.opening import lacks_passphrase, refusal
from bots.offices.waiting import waiting
from config.network.settings import NetworkConfig
from config.ombuds.settings import OmbudsConfig

log = logging.getLogger(__name__)

C = TypeVar("C", bound=OmbudsConfig | NetworkConfig)

LOCKED = "locked: waits for its passphrase"


async def unlocked(config: C) -> C:
    """The settings with what opens the store. Raises StoreError, OSError, ValueError."""
    if not lacks_passphrase(config):
        return config
    log.info("waiting for the passphrase: type `buendnis unlock %s`", config.path)
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def unlock(passphrase: str) -> dict[str, Any]:
        refused = await asyncio.to_thread(refusal, config, passphrase)
        if refused is not None:
            raise ValueError(refused)
        if not told.done():
            told.set_result(passphrase)
        return {}

    async with waiting(config.state, unlock=unlock, status=_status):
        reading = asyncio.ensure_future(_from_input(config, told))
        try:
            return cast("C", config.opened(SecretStr(await told)))
        finally:
            reading.cancel()
            await asyncio.sleep(0.1)  # whoever has unlocked it gets an answer


async def _from_input(config: OmbudsConfig | NetworkConfig, told: asyncio.Future[str]) -> None:
    """A line that is piped into the office. A thread that waits for one ends with the process."""
    line = (await asyncio.to_thread(sys.stdin.readline)).rstrip("\r\n")
    if not line or told.done():
        return
    refused = await asyncio.to_thread(refusal, config, line)
    if refused is None:
        told.set_result(line)
    else:
        log.error("%s", refused)


async def _status() -> dict[str, Any]:
    return {"pid": os.getpid(), "homeserver": LOCKED, "counts": {}, "aside": []}
