"""The web pages as readers reach them: through the proxy in front of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import aiohttp

from bots.cli.checkup.connection import PATIENCE, Endpoint, reach
from bots.offices.checkup.finding import Finding, Mark, fault, has_fault, note, ok

ENDPOINT = Endpoint(
    check="pages",
    key="web.public_url",
    certificate="pages",
    start="Start the reverse proxy, or check web.public_url.",
    trust="Have the reverse proxy send its whole chain, from an authority that browsers know.",
    lapse="after that day browsers warn of the pages, and nobody can end a subscription",
)
MISLED = (
    "Have the reverse proxy pass web.public_url on to web.listen; if this machine can't reach its "
    "own public name, look from another one."
)


async def pages(url: str, *, running: bool, ca_file: str | None = None) -> list[Finding]:
    """`running`: whether the office is; else nothing that is missing is a fault yet."""
    found = await reach(url, ca_file, ENDPOINT)
    if not has_fault(found):
        found.append(await _answered(f"{url.rstrip('/')}/healthz"))
    return found if running else list(_soft(found))


def _soft(found: Iterable[Finding]) -> Iterable[Finding]:
    for one in found:
        yield replace(one, mark=Mark.NOTE) if one.mark is Mark.FAULT else one


async def _answered(url: str) -> Finding:
    patience = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as http,
            http.get(url, allow_redirects=False) as answer,
        ):
            status, told = answer.status, await answer.content.read(1_000)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return fault(ENDPOINT.check, f"no answer ({type(error).__name__})", MISLED)
    if status == 200 and b'"ready"' in told:
        return ok(ENDPOINT.check, "the office answers through its proxy")
    if status == 503 and b'"not ready"' in told:
        remedy = "It takes forms once its accounts are logged in; see what is said of them."
        return note(ENDPOINT.check, "the office answers, but is not ready yet", remedy)
    if status in (502, 503, 504):
        remedy = "Start the office, and have the reverse proxy pass requests on to web.listen."
        return fault(ENDPOINT.check, f"the proxy does not reach the office ({status})", remedy)
    return fault(ENDPOINT.check, f"something else than the office answers ({status})", MISLED)
