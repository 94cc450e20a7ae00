"""A stranger comes by while 250 connections ask the pages as fast as they are answered.

Each form is kept in a real store, with a commit of its own, before it is answered.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bots.announcements.documents.news import Published
from bots.announcements.site import News, rendered
from bots.announcements.site import site as announced
from bots.runtime.speech.words import Words
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bridges.web.models import Ports
from bridges.web.server import serving
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.synapse.web import settings

BUSY = 250
STRANGERS = 10
_HOW = f"the median of {STRANGERS} visits beside {BUSY} connections that never pause"
FIGURES = (
    Figure("news_beside_crowd", "ms", _HOW, target=1000.0),
    Figure("form_beside_crowd", "ms", _HOW, target=1000.0),
)
FORM = {"address": "anna@example.org", "language": "de", "kind": "digest"}
TEXT = "Am Freitag treffen wir uns im Haus am See.\n\n" * 20


async def measure(place: Place) -> Mapping[str, float]:
    store = Store.open(place.folder / "pages", Sealer(b"s" * 32))
    found = rendered(
        [Published(x, float(x), (("de", TEXT), ("ar", TEXT))) for x in range(20)], Words()
    )

    async def news() -> Sequence[News]:
        return found

    async def submit(form: str, fields: Mapping[str, str], key: str) -> None:
        await store.run("submit", lambda tx: tx.put("bench/form", key, dict(fields)))

    async def numbers() -> Mapping[str, float]:
        return {}

    ports = Ports(Words(), lambda: True, numbers)
    try:
        async with serving(settings(metrics_listen=None), ports, [announced(submit, news)]) as site:
            return {
                "news_beside_crowd": await _beside_crowd(site.address, "GET", "/news"),
                "form_beside_crowd": await _beside_crowd(site.address, "POST", "/subscribe"),
            }
    finally:
        await store.close()


async def _beside_crowd(address: str, method: str, path: str) -> float:
    """Milliseconds."""
    async with (
        aiohttp.ClientSession(address, connector=aiohttp.TCPConnector(limit=0)) as crowd,
        aiohttp.ClientSession(address) as stranger,
        asyncio.TaskGroup() as tasks,
    ):
        busy = [tasks.create_task(_without_pause(crowd, method, path)) for _ in range(BUSY)]
        await asyncio.sleep(2)
        waits = [await _ask(stranger, method, path) for _ in range(STRANGERS)]
        for one in busy:
            one.cancel()
    return statistics.median(waits) * 1000


async def _without_pause(client: aiohttp.ClientSession, method: str, path: str) -> None:
    while True:
        await _ask(client, method, path)


async def _ask(client: aiohttp.ClientSession, method: str, path: str) -> float:
    begun = time.monotonic()
    form: Any = FORM if method == "POST" else None
    async with client.request(method, path, data=form, allow_redirects=False) as answer:
        await answer.read()
        assert answer.status < 400
    return time.monotonic() - begun
