"""The server that takes our mails: whether it answers, and lets us in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from bots.cli.checkup.connection import PATIENCE, Endpoint, unreached
from bots.offices.checkup.finding import Finding, fault, note, ok
from bridges.email.dkim import Key
from bridges.email.smtp import Away, Pool, Server

SERVER = Endpoint(
    check="mail server",
    key="email.smtp",
    certificate="mail server",
    start="Start it, or check email.smtp.host and email.smtp.port.",
    trust="Have it send its whole chain, from an authority that this machine knows.",
    lapse="after that day no mail leaves",
)
LOGIN = frozenset({432, 454, 530, 534, 535, 538})
"""What a server answers to a login that it does not take (RFC 4954 § 6)."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How mails leave."""

    server: Server
    domain: str
    """The sender's."""
    key: Key | None


async def taken(server: Server, endpoint: Endpoint = SERVER) -> Finding:
    """Connects, greets and logs in; sends nothing."""
    where = f"{server.host}:{server.port}"
    if server.user is not None and server.password is None:
        remedy = "Run doctor in the environment in which the office runs."
        return note(endpoint.check, "this environment names no password for it", remedy)
    try:
        await Pool(replace(server, timeout=PATIENCE)).check()
    except Away as error:
        return await _why(error, server, endpoint)
    told = "takes our login" if server.user is not None else "answers; it asks for no login"
    return ok(endpoint.check, f"{where} {told}")


async def _why(error: Away, server: Server, endpoint: Endpoint) -> Finding:
    where, check = f"{server.host}:{server.port}", endpoint.check
    if error.code in LOGIN:
        remedy = f"Check {endpoint.key}.user and the password in its secret file."
        return fault(check, f"{where} refuses our login ({error.code})", remedy)
    if error.code:
        remedy = "Ask whoever runs it whether this machine may send through it."
        return fault(check, f"{where} wants nothing from us ({error.code})", remedy)
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(server.host, server.port)
    except OSError as found:
        return unreached(found, where, endpoint)
    writer.close()
    remedy = (
        f"See that {endpoint.key}.tls ({server.security}) fits its port: starttls 587, tls 465; "
        "that its certificate is valid for that name; and, where a user is named, that it takes "
        "logins."
    )
    return fault(check, f"{where} answers, but not as it should", remedy)
