"""The web pages joined to an office: a form becomes an event of the bot whose page it was on, and
is answered after that event's commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bots.offices.spaces.way_in import way_in
from bots.runtime.model.decision import FormSubmitted
from bots.runtime.office.botspec import Desk, Pages
from bots.runtime.office.office import Office
from bots.runtime.speech.words import Words
from bridges.web.models import Imprint, NotReady, Ports, Settings, Submit
from bridges.web.server import Listening, serving

if TYPE_CHECKING:
    from config.network.settings import NetworkConfig

PATIENCE = 10.0
"""Seconds that a form waits for an office which is just starting."""


@asynccontextmanager
async def pages(
    office: Office, settings: Settings, words: Words, of: Mapping[str, Pages]
) -> AsyncIterator[Listening]:
    """Answer requests while the block runs. `of`: the pages of bots, by the bots' names. Raises
    CannotListen."""
    sites = [make(Desk(_submitting(office, bot), office.store, words)) for bot, make in of.items()]

    async def numbers() -> Mapping[str, float]:
        status = await office.status()
        reachable = status["homeserver"] == "reachable"
        decided = {f"decided_{bot}": number for bot, number in status["decided"].items()}
        return {**status["counts"], **decided, "homeserver_reachable": float(reachable)}

    async with serving(settings, Ports(words, office.ready.is_set, numbers), sites) as listening:
        yield listening


def _submitting(office: Office, bot: str) -> Submit:
    async def submit(form: str, fields: Mapping[str, str], key: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await office.ready.wait()
        except TimeoutError:
            raise NotReady from None
        await office.submit(f"form/{key}", bot, FormSubmitted(form, fields))

    return submit


def settings_of(config: NetworkConfig) -> Settings | None:
    """What the pages need of a network's settings; None if it has no pages."""
    if config.web is None:
        return None
    return Settings(
        name=config.network.name,
        public_url=config.web.public_url,
        listen=config.web.listen,
        languages=config.network.languages,
        chat_url=way_in(config),
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
