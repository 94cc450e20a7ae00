"""The web pages joined to an office: a form becomes an event of a bot, and is answered after that
event's commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bots.runtime.decision import FormSubmitted
from bots.runtime.office import Office
from bridges.web.models import Imprint, NotReady, Ports, Settings, Texts
from bridges.web.server import Site, serving

if TYPE_CHECKING:
    from config.network import NetworkConfig

PATIENCE = 10.0
"""Seconds that a form waits for an office which is just starting."""


@asynccontextmanager
async def pages(
    office: Office, settings: Settings, texts: Texts, bot: str = "announcements"
) -> AsyncIterator[Site]:
    """Answer requests while the block runs; forms go to `bot`. Raises CannotListen."""
    joined = _Joined(office, bot)
    ports = Ports(texts, joined.submit, joined.ready, joined.numbers)
    async with serving(settings, ports) as site:
        yield site


class _Joined:
    def __init__(self, office: Office, bot: str) -> None:
        self._office = office
        self._bot = bot

    def ready(self) -> bool:
        return self._office.ready.is_set()

    async def submit(self, form: str, fields: Mapping[str, str], key: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._office.ready.wait()
        except TimeoutError:
            raise NotReady from None
        await self._office.submit(f"form/{key}", self._bot, FormSubmitted(form, fields))

    async def numbers(self) -> Mapping[str, float]:
        status = await self._office.status()
        reachable = status["homeserver"] == "reachable"
        return {**status["counts"], "homeserver_reachable": float(reachable)}


def settings_of(config: NetworkConfig) -> Settings | None:
    """What the pages need of a network's settings; None if it has no pages."""
    if config.web is None:
        return None
    return Settings(
        name=config.network.name,
        public_url=config.web.public_url,
        listen=config.web.listen,
        languages=config.network.languages,
        imprint=_imprint(config),
        metrics_listen=config.web.metrics,
    )


def _imprint(config: NetworkConfig) -> Imprint | None:
    found = config.imprint
    if found is None:
        return None
    sender = None if config.email is None else config.email.sender
    return Imprint(
        found.name, found.address, found.responsible, found.contact or sender, found.privacy
    )
