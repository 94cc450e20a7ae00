"""A web site on loopback for tests, and somebody who notes what forms it hands on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bots.announcements.site import News
from bots.announcements.site import site as announced
from bots.runtime.speech.words import Words
from bridges.web.models import Imprint, NotReady, Ports, Settings
from bridges.web.server import Listening, serving

LANGUAGES = ("de", "de-simple", "en", "ar", "fa", "uk", "ru", "fr", "tr", "ti")
IMPRINT = Imprint(
    "Bündnis der Initiativen e. V.",
    "Musterweg 1\n12345 Musterstadt",
    "Anna Muster",
    "post@example.org",
    "Verantwortlich: <Bündnis> & Co.",
)
TOKEN = "tEsT-_0123456789abcdef"


def settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "name": "Bündnis der Initiativen",
        "public_url": "http://127.0.0.1",
        "listen": "127.0.0.1:0",
        "languages": LANGUAGES,
        "imprint": IMPRINT,
        "metrics_listen": "127.0.0.1:0",
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@dataclass
class Recorder:
    """Takes forms as an office would."""

    submitted: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    ready: bool = True
    failing: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def submit(self, form: str, fields: Mapping[str, str], key: str) -> None:
        if not self.ready:
            raise NotReady
        if self.failing is not None:
            raise self.failing
        await self.gate.wait()
        self.submitted.append((form, dict(fields), key))

    async def numbers(self) -> Mapping[str, float]:
        return {"inbox_ready": 3.0, "@anna:example.org": 1.0}


async def nothing() -> Sequence[News]:
    """No news yet."""
    return ()


@asynccontextmanager
async def site(recorder: Recorder, **changes: object) -> AsyncIterator[Listening]:
    """Unless `mails` is false, with the pages about news by mail."""
    mails = changes.pop("mails", True)
    ports = Ports(Words(), lambda: recorder.ready, recorder.numbers)
    sites = [announced(recorder.submit, nothing)] if mails else []
    async with serving(settings(**changes), ports, sites) as running:
        yield running
