"""`buendnis doctor`: the way to the homeserver, its certificate and its clock."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bots.cli.checkup.connection import apart, clock, lasting, reach, told, unreached
from bots.offices.checkup.finding import Finding, Mark
from tests.kit.certificates import DAY, NOW, Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def serving(headers: str = "", context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Answers everything with an empty object and these headers; yields its host and port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(65_536)
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{headers}\r\n{{}}".encode())
            await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"


def seen(findings: list[Finding]) -> list[tuple[str, Mark]]:
    return [(finding.check, finding.mark) for finding in findings]


# -- the connection --------------------------------------------------------------------------------


async def test_plain_http_has_no_certificate() -> None:
    async with serving() as place:
        [found] = await reach(f"http://{place}", None)
    assert (found.mark, found.found) == (Mark.OK, f"answers at {place}")


async def test_nothing_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        [found] = await reach(f"http://127.0.0.1:{port}", None)
    assert (found.mark, found.found) == (Mark.FAULT, f"nothing listens at 127.0.0.1:{port}")


async def test_a_name_without_an_address() -> None:
    [found] = await reach("https://matrix.invalid", None)
    assert (found.mark, found.found) == (Mark.FAULT, "no address is known for matrix.invalid:443")


def test_what_else_can_be_in_the_way() -> None:
    assert unreached(TimeoutError(), "x:1").found == "x:1 does not answer"
    found = unreached(OSError(113, "No route to host"), "x:1")
    assert found.found == "x:1 can't be reached (No route to host)"


async def test_http_where_https_is_expected(authority: Authority) -> None:
    async with serving() as place:
        [found] = await reach(f"https://{place}", str(authority.file))
    assert (found.mark, found.found) == (Mark.FAULT, f"{place} answers, but not in TLS")


# -- the certificate -------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "mark"), [(90, Mark.OK), (15, Mark.OK), (10, Mark.NOTE)])
async def test_how_long_a_certificate_lasts(authority: Authority, days: int, mark: Mark) -> None:
    end = NOW + days * DAY + timedelta(hours=1)
    async with serving(context=authority.context(end)) as place:
        findings = await reach(f"https://{place}", str(authority.file))
    assert seen(findings) == [("homeserver", Mark.OK), ("certificate", mark)]
    assert findings[1].found == f"valid until {end:%Y-%m-%d} (days left: {days})"


def test_a_certificate_ends_by_the_day() -> None:
    now = NOW.timestamp()
    assert lasting(now + 14 * 86_400, now).mark is Mark.OK
    assert lasting(now + 14 * 86_400 - 1, now).mark is Mark.NOTE


async def test_an_expired_certificate(authority: Authority) -> None:
    async with serving(context=authority.context(NOW - DAY)) as place:
        [found] = await reach(f"https://{place}", str(authority.file))
    assert (found.check, found.mark) == ("certificate", Mark.FAULT)
    assert "certificate has expired" in found.found
    assert str(found.remedy).startswith("Renew it")


async def test_a_certificate_for_another_address(authority: Authority) -> None:
    context = authority.context(NOW + 90 * DAY, "127.0.0.2")
    async with serving(context=context) as place:
        [found] = await reach(f"https://{place}", str(authority.file))
    assert (found.check, found.mark) == ("certificate", Mark.FAULT)
    assert "homeserver.url" in str(found.remedy)


async def test_a_certificate_of_an_unknown_authority(authority: Authority) -> None:
    async with serving(context=authority.context(NOW + 90 * DAY)) as place:
        [found] = await reach(f"https://{place}", None)
    assert (found.check, found.mark) == ("certificate", Mark.FAULT)
    assert "homeserver.ca_file" in str(found.remedy)


# -- the clock -------------------------------------------------------------------------------------


def date(ahead: float) -> str:
    moment = datetime.now(UTC) + timedelta(seconds=ahead)
    return f"Date: {format_datetime(moment, usegmt=True)}\r\n"


@pytest.mark.parametrize(
    ("ahead", "age", "mark", "text"),
    [
        (0, "", Mark.OK, "goes with that of the homeserver"),
        (665, "", Mark.FAULT, "the homeserver's is 11 minutes ahead of ours"),
        (-7200, "", Mark.FAULT, "the homeserver's is 2 hours behind ours"),
        (-7200, "Age: 7200\r\n", Mark.OK, "goes with that of the homeserver"),
    ],
)
async def test_the_clock(ahead: float, age: str, mark: Mark, text: str) -> None:
    async with serving(date(ahead) + age) as place:
        found = await clock(f"http://{place}", None)
    assert (found.mark, found.found) == (mark, text)


@pytest.mark.parametrize("headers", ["", "Date: yesterday\r\n"])
async def test_a_homeserver_that_tells_no_time(headers: str) -> None:
    async with serving(headers) as place:
        found = await clock(f"http://{place}", None)
    assert (found.mark, found.found) == (Mark.NOTE, "the homeserver does not tell its time")


async def test_the_clock_behind_a_certificate_of_our_own(authority: Authority) -> None:
    async with serving(date(0), authority.context(NOW + 90 * DAY)) as place:
        found = await clock(f"https://{place}", str(authority.file))
    assert found.mark is Mark.OK


@pytest.mark.parametrize(
    ("ahead", "mark"),
    [(59.0, Mark.OK), (-61.0, Mark.NOTE), (299.0, Mark.NOTE), (301.0, Mark.FAULT)],
)
def test_how_far_clocks_may_be_apart(ahead: float, mark: Mark) -> None:
    assert apart(ahead).mark is mark


def test_a_date_that_tells_nothing() -> None:
    assert told("Sun, 22 Nov 2026 20:00:00 GMT", "many", 0.0) is None
    assert told("", "0", 0.0) is None
    assert told("Thu, 01 Jan 1970 00:01:40 GMT", "20", 100.0) == 20.0
