"""Whatever comes over the socket: no visitor is told of a fault of ours."""

from __future__ import annotations

import asyncio
import random
from urllib.parse import urlencode

import pytest

from tests.synapse.web import TOKEN, Recorder, site

MUTATIONS = 150
AT_ONCE = 15
PATIENCE = 3.0
"""Seconds for an answer. Many of the requests have no end, and are waited for by the site."""
FORM = {"address": "anna@example.org", "language": "ar", "kind": "digest", "nonce": "n" * 22}


def _get(path: str) -> bytes:
    accepts = "Accept-Language: ar, de;q=0.8\r\nAccept-Encoding: gzip\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: site.example\r\n{accepts}\r\n".encode()


def _post(path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: site.example\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


SEEDS = (
    *(_get(path) for path in ("/", "/news?lang=fa", "/icon.svg", f"/c/{TOKEN}", "/imprint")),
    _post("/subscribe", urlencode(FORM).encode()),
    _post(f"/u/{TOKEN}", b"List-Unsubscribe=One-Click"),
    _post(
        "/subscribe", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    ).replace(b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"),
)
PIECES = (
    *(b"\0", b"\xff\xfe", b"%00", b"%", b"%ff%fe", b"\r\n", b"\n", b" ", b"\t", b";", b"&", b"="),
    *(b"\xe2\x80\xae", b"../", b"//", b"?", b"#", b"[]", b"{{1}}", b"'\"<>", b"9" * 400),
    *(b"Content-Length: 7\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Range: bytes=9-1\r\n", b'If-None-Match: "\r\n', b"Expect: 100-continue\r\n"),
    *(b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"Cookie: =;\r\n", b"Host: \r\n"),
    *(b"Accept-Language: *;q=x,,-;q=\r\n", b"Content-Encoding: gzip\r\n", b"a" * 20_000),
)


def mutated(seed: int) -> bytes:
    """One of the requests, with up to four places changed."""
    chance = random.Random(seed)
    request = bytearray(SEEDS[seed % len(SEEDS)])
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(request))
        until = at + chance.choice((0, 0, 1, 1, 5, 40))
        lines = request.find(b"\r\n") + 2
        match chance.randrange(4):
            case 0:
                request[at:until] = chance.choice(PIECES)
            case 1:  # between two headers
                request[lines:lines] = chance.choice(PIECES)
            case 2:
                request[at:until] = bytes(chance.randrange(256) for _ in range(until - at))
            case 3:
                request[at:until] = request[at:until] * 2
    return bytes(request)


async def answered(address: str, request: bytes) -> bytes:
    """What comes back; nothing, where the site closes without a word or waits for more."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(PATIENCE):
            return await reader.read(100)
    except (ConnectionError, TimeoutError):
        return b""
    finally:
        writer.close()


@pytest.mark.timeout(300)
async def test_whatever_is_sent_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()
    async with site(recorder) as running:
        first = [await answered(running.address, request) for request in SEEDS]
        assert {x[9:10] for x in first} == {b"2", b"3", b"4"}
        slots = asyncio.Semaphore(AT_ONCE)

        async def tried(seed: int) -> bytes:
            async with slots:
                return await answered(running.address, mutated(seed))

        told = await asyncio.gather(*map(tried, range(MUTATIONS)))
        again = [await answered(running.address, request) for request in SEEDS]
    statuses = [x[9:10] for x in told]
    assert [seed for seed, x in enumerate(statuses) if x == b"5"] == []
    assert {b"2", b"4"} <= set(statuses)
    assert [x[:12] for x in again] == [x[:12] for x in first], "it goes on as before"
    assert "Traceback" not in caplog.text
    assert "anna@example.org" not in caplog.text
