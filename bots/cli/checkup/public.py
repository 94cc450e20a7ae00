"""What the world reaches of an installation: the chat in the browser, how others find the
homeserver, and the legal pages that the chat links. Only where the settings name a chat."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp

from bots.cli.checkup.connection import PATIENCE, Endpoint, reach
from bots.offices.checkup.finding import Finding, fault, has_fault, ok

CHAT = Endpoint(
    check="chat",
    key="network.chat_url",
    certificate="certificate",
    start="Start the reverse proxy, and let the name lead to this machine.",
    trust=(
        "There is no certificate yet: `docker-compose logs --tail=50 proxy` says why; the name has "
        "to lead here, and port 80 has to be open."
    ),
    lapse="after that day browsers warn of the chat, and people can't come in",
)
PUBLIC = Endpoint(
    check="matrix",
    key="the address in .well-known",
    certificate="certificate",
    start=CHAT.start,
    trust=CHAT.trust,
    lapse="after that day no app and no other homeserver reaches ours",
)
KEYS = "/_matrix/key/v2/server"
"""§ Publishing keys: what a homeserver calls itself, which others ask it first."""
CLIENT, SERVER = "/.well-known/matrix/client", "/.well-known/matrix/server"


async def public(
    chat_url: str, server_name: str, homeserver: str, ca_file: str | None = None
) -> list[Finding]:
    """`homeserver`: where the office reaches it."""
    found = await reach(chat_url, ca_file, CHAT)
    if not has_fault(found):
        found += await _legal(chat_url.rstrip("/"), ca_file)
    return [*found, *await _discovery(server_name, homeserver, ca_file)]


async def _discovery(server_name: str, homeserver: str, ca_file: str | None) -> list[Finding]:
    url = server_name if "://" in server_name else f"https://{server_name}"
    answers = await asyncio.gather(
        _json(f"{url}{CLIENT}", ca_file), _json(f"{url}{SERVER}", ca_file)
    )
    base = _base(answers[0])
    missing = [
        x for x, there in ((CLIENT, base), (SERVER, answers[1].get("m.server"))) if not there
    ]
    if missing:
        told = f"{url} does not show {', '.join(missing)}"
        remedy = "See dns.txt: the website of the domain has to show these files, by https."
        return [fault("well-known", told, remedy)]
    reached = await reach(base, ca_file, PUBLIC)
    if has_fault(reached):
        return [ok("well-known", f"others are led to {base}"), *reached]
    return [
        *await _ours(base, CLIENT, server_name, ca_file),
        *reached,
        *await _led_on(homeserver, base, ca_file),
        *await _ours(str(answers[1]["m.server"]), SERVER, server_name, ca_file),
    ]


def _base(answer: Mapping[str, Any]) -> str:
    found = answer.get("m.homeserver")
    return str(found.get("base_url") or "") if isinstance(found, dict) else ""


async def _led_on(homeserver: str, base: str, ca_file: str | None) -> list[Finding]:
    """Where the homeserver itself sends apps, which follow it at each login; it may not say."""
    told = _base(await _json(homeserver.rstrip("/") + CLIENT, ca_file))
    if not told or told.rstrip("/").lower() == base.rstrip("/").lower():
        return []
    remedy = (
        f"Write `public_baseurl: {base}` into Synapse's homeserver.yaml, and restart Synapse. If "
        f"that address is the wrong one: mend {CLIENT}."
    )
    return [fault("well-known", f"the homeserver sends apps to {told}, {CLIENT} to {base}", remedy)]


async def _ours(place: str, shown: str, server_name: str, ca_file: str | None) -> list[Finding]:
    """Whether the homeserver that people and servers are led to is this one, by its own name."""
    url = place.rstrip("/") if "://" in place else f"https://{place}"
    named = server_name.partition("://")[2] or server_name
    told = (await _json(url + KEYS, ca_file)).get("server_name")
    if told == named:
        return [ok("well-known", f"{shown} leads to {place}")]
    remedy = (
        f"{url}{KEYS} has to answer with {named}: write there where the homeserver is, and let its "
        "proxy pass on everything below /_matrix."
    )
    found = f"{told} answers" if told else "no homeserver tells its name"
    return [fault("well-known", f"{shown} leads to {place}, where {found}", remedy)]


async def _legal(chat_url: str, ca_file: str | None) -> list[Finding]:
    """Imprint and privacy, as the chat's first page links them."""
    links = (await _json(f"{chat_url}/config.json", ca_file)).get("terms_and_conditions_links")
    urls = [str(x["url"]) for x in links or () if isinstance(x, dict) and "url" in x]
    statuses = await asyncio.gather(*(_status(url, ca_file) for url in urls))
    return list(_told(zip(urls, statuses, strict=True)))


def _told(pages: Iterable[tuple[str, str]]) -> Iterable[Finding]:
    for url, status in pages:
        if status == "200":
            yield ok("legal", f"{url} answers")
            continue
        remedy = (
            "The law wants it. Set `web` and `imprint` in network.yaml, see that the office runs, "
            "and restart it; or let element/config.json link your own imprint."
        )
        yield fault("legal", f"{url} does not answer ({status})", remedy)


async def _json(url: str, ca_file: str | None) -> dict[str, Any]:
    status, text = await _get(url, ca_file)
    try:
        found = json.loads(text) if status == "200" else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _status(url: str, ca_file: str | None) -> str:
    return (await _get(url, ca_file))[0]


async def _get(url: str, ca_file: str | None) -> tuple[str, str]:
    """The status, or what went wrong, and the text."""
    context = ssl.create_default_context(cafile=ca_file) if ca_file else True
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http,
            http.get(url, ssl=context) as answer,
        ):
            return str(answer.status), await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError, ValueError) as error:
        return type(error).__name__, ""
