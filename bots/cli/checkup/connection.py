"""The way to a server: name, port and certificate; and the homeserver's clock."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from bots.offices.checkup.finding import Finding, fault, note, ok

PATIENCE = 10.0
DAYS_LEFT = 14
FAR_APART, APART = 300.0, 60.0
"""Seconds between two clocks."""
EXPIRED, WRONG_HOST, WRONG_ADDRESS = 10, 62, 64
"""X509_V_ERR_… of OpenSSL."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is connected to, and how is mended what is wrong there."""

    check: str
    key: str
    """Where the settings name it."""
    certificate: str
    """What findings about its certificate are called."""
    start: str
    trust: str
    lapse: str


HOMESERVER = Endpoint(
    check="homeserver",
    key="homeserver.url",
    certificate="certificate",
    start="Start the homeserver or its reverse proxy, or check homeserver.url.",
    trust=(
        "Have the homeserver send its whole chain; if the certificate is of your own making, name "
        "its authority in homeserver.ca_file."
    ),
    lapse="after that day nobody reaches the homeserver, the office included",
)


async def reach(url: str, ca_file: str | None, endpoint: Endpoint = HOMESERVER) -> list[Finding]:
    """Connect, and look at the certificate where there is one."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    context = ssl.create_default_context(cafile=ca_file) if secure else None
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except OSError as error:
        return [unreached(error, f"{host}:{port}", endpoint)]
    certificate = writer.get_extra_info("peercert")
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    reached = ok(endpoint.check, f"answers at {host}:{port}")
    if not secure:
        return [reached]
    end = ssl.cert_time_to_seconds(certificate["notAfter"])
    return [reached, lasting(end, time.time(), endpoint)]


def unreached(error: OSError, where: str, endpoint: Endpoint = HOMESERVER) -> Finding:
    check, key = endpoint.check, endpoint.key
    match error:
        case ssl.SSLCertVerificationError():
            return _distrusted(error, endpoint)
        case ssl.SSLError():
            remedy = f"See that {key} names the port at which it speaks https."
            return fault(check, f"{where} answers, but not in TLS", remedy)
        case socket.gaierror():
            remedy = f"Check {key} and this machine's name server."
            return fault(check, f"no address is known for {where}", remedy)
        case ConnectionRefusedError():
            return fault(check, f"nothing listens at {where}", endpoint.start)
        case TimeoutError():
            remedy = f"Check {key}, the network between, and firewalls."
            return fault(check, f"{where} does not answer", remedy)
    remedy = f"Check {key}, and that the {check} runs."
    return fault(check, f"{where} can't be reached ({error.strerror or error})", remedy)


def _distrusted(error: ssl.SSLCertVerificationError, endpoint: Endpoint) -> Finding:
    found = f"its certificate is not valid: {error.verify_message}"
    if error.verify_code == EXPIRED:
        remedy = "Renew it, and see why that did not happen by itself."
        return fault(endpoint.certificate, found, remedy)
    if error.verify_code in (WRONG_HOST, WRONG_ADDRESS):
        remedy = f"Write the name that the certificate is for in {endpoint.key}, or renew it."
        return fault(endpoint.certificate, found, remedy)
    return fault(endpoint.certificate, found, endpoint.trust)


def lasting(end: float, now: float, endpoint: Endpoint = HOMESERVER) -> Finding:
    """`end`: until when the certificate is valid; both in seconds since the epoch."""
    days = int((end - now) // 86_400)
    found = f"valid until {datetime.fromtimestamp(end, UTC):%Y-%m-%d} (days left: {days})"
    if days >= DAYS_LEFT:
        return ok(endpoint.certificate, found)
    return note(endpoint.certificate, found, f"Renew it; {endpoint.lapse}.")


async def clock(url: str, ca_file: str | None) -> Finding:
    """How far this machine's clock and the homeserver's are apart (RFC 9110, § Date)."""
    context = ssl.create_default_context(cafile=ca_file) if ca_file else True
    patience = aiohttp.ClientTimeout(total=PATIENCE)
    begun = time.time()
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as http,
            http.get(f"{url}/_matrix/client/versions", ssl=context) as answer,
        ):
            date, age = answer.headers.get("Date", ""), answer.headers.get("Age", "0")
    except (aiohttp.ClientError, TimeoutError, OSError):
        return apart(None)
    return apart(told(date, age, (begun + time.time()) / 2))


def told(date: str, age: str, now: float) -> float | None:
    """Seconds by which the other clock is ahead; None if the headers do not tell."""
    try:
        return parsedate_to_datetime(date).timestamp() + float(age) - now
    except ValueError:
        return None


def apart(ahead: float | None) -> Finding:
    if ahead is None:
        return note("clock", "the homeserver does not tell its time")
    if abs(ahead) < APART:
        return ok("clock", "goes with that of the homeserver")
    direction = "ahead of" if ahead > 0 else "behind"
    found = f"the homeserver's is {_spoken(abs(ahead))} {direction} ours"
    remedy = (
        "Have both machines set by time servers (`timedatectl set-ntp true`): deadlines, undo "
        "windows and what is read again after a lost store go by the clock."
    )
    return (fault if abs(ahead) > FAR_APART else note)("clock", found, remedy)


def _spoken(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
