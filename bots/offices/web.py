"""The web pages joined to an office: a form becomes an event of a bot, and is answered after that
event's commit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bots.announcements.kinds import PAGE
from bots.announcements.models import Published
from bots.announcements.store import published
from bots.offices.spaces.way_in import way_in
from bots.runtime.model.decision import FormSubmitted
from bots.runtime.office.office import Office
from bridges.email.direction import in_html
from bridges.email.markup import shown
from bridges.web.models import Imprint, News, NotReady, Ports, Settings, Texts
from bridges.web.server import Site, serving

if TYPE_CHECKING:
    from config.network.settings import NetworkConfig

_HEADING = re.compile(r"(</?h)([1-6])(?=[\s>])")
PATIENCE = 10.0
"""Seconds that a form waits for an office which is just starting."""


@asynccontextmanager
async def pages(
    office: Office, settings: Settings, texts: Texts, bot: str = "announcements"
) -> AsyncIterator[Site]:
    """Answer requests while the block runs; forms go to `bot`. Raises CannotListen."""
    joined = _Joined(office, bot, texts)
    ports = Ports(texts, joined.submit, joined.ready, joined.numbers, joined.news)
    async with serving(settings, ports) as site:
        yield site


class _Joined:
    def __init__(self, office: Office, bot: str, texts: Texts) -> None:
        self._office = office
        self._texts = texts
        self._bot = bot
        self._news: dict[Published, News] = {}
        self._shown: tuple[News, ...] = ()
        self._reading = asyncio.Lock()
        self._written = -1
        """How often a page had been written before they were read."""

    def ready(self) -> bool:
        return self._office.ready.is_set()

    async def submit(self, form: str, fields: Mapping[str, str], key: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._office.ready.wait()
        except TimeoutError:
            raise NotReady from None
        await self._office.submit(f"form/{key}", self._bot, FormSubmitted(form, fields))

    async def news(self) -> Sequence[News]:
        async with self._reading:
            written = self._office.store.written[PAGE]
            if written != self._written:
                await self._read()
                self._written = written
        return self._shown

    async def _read(self) -> None:
        found = await self._office.store.run("news", published)
        new = [x for x in found if x not in self._news]
        made = dict(zip(new, await asyncio.to_thread(_rendered, new, self._texts), strict=True))
        # What was taken back is not kept here, either.
        self._news = {x: self._news.get(x) or made[x] for x in found}
        self._shown = tuple(self._news.values())

    async def numbers(self) -> Mapping[str, float]:
        status = await self._office.status()
        reachable = status["homeserver"] == "reachable"
        return {**status["counts"], "homeserver_reachable": float(reachable)}


def _rendered(found: Sequence[Published], texts: Texts) -> list[News]:
    return [
        News(
            str(x.number),
            datetime.fromtimestamp(x.released, UTC),
            tuple(_readings(x, texts)),
        )
        for x in found
    ]


def _readings(found: Published, texts: Texts) -> Iterator[tuple[str, str]]:
    html = (*found.html, *[""] * len(found.texts))
    for (language, text), formatted in zip(found.texts, html, strict=False):
        clean = in_html(shown(text, formatted), texts.direction(language))
        # Headings stand below those of the page.
        yield language, _HEADING.sub(lambda x: f"{x[1]}{min(6, int(x[2]) + 1)}", clean)


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
        mails=config.email is not None,
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
