"""One request and what may come back: whose fault it is, and what to do.

Small servers on loopback answer; nothing here knows Matrix.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from federation.client.homeserver import Homeserver, path
from federation.model.errors import (
    FederationError,
    MatrixError,
    NotAHomeserver,
    RateLimited,
    TokenRevoked,
    TooOld,
    Unreachable,
)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[Homeserver]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(answer)`: a homeserver at an address where `answer` answers everything."""
    servers: list[TestServer] = []
    clients: list[Homeserver] = []

    async def start(answer: Answer, **options: Any) -> Homeserver:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        clients.append(Homeserver(str(server.make_url("")), **options))
        return clients[-1]

    yield start
    for client in clients:
        await client.close()
    for server in servers:
        await server.close()


def says(status: int, body: Any = None, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=data, headers=headers)

    return answer


HTML = b"<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>"


async def get(server: Homeserver) -> dict[str, Any]:
    return await server.call("test", "GET", path("test"))


async def test_what_is_well(serve: Serve) -> None:
    assert await get(await serve(says(200, {"a": 1}))) == {"a": 1}
    assert await get(await serve(says(200, b""))) == {}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (says(200, HTML), NotAHomeserver),
        (says(200, b"{"), NotAHomeserver),
        (says(200, b"\xff\xfe"), NotAHomeserver),
        (says(200, []), NotAHomeserver),
        (says(200, 5), NotAHomeserver),
        (says(200, b"[" * 100_000), NotAHomeserver),
        (says(301, HTML, Location="https://example.org/"), NotAHomeserver),
        (says(302, b"", Location="/elsewhere"), NotAHomeserver),
        (says(304, b""), NotAHomeserver),
        (says(400, HTML), NotAHomeserver),
        (says(401, b"", **{"WWW-Authenticate": "Basic"}), NotAHomeserver),
        (says(403, b"Forbidden"), NotAHomeserver),
        (says(404, {"message": "no Route matched"}), NotAHomeserver),
        (says(404, []), NotAHomeserver),
        (says(413, HTML), MatrixError),
        (says(429, HTML), RateLimited),
        (says(500, {"errcode": "M_UNKNOWN"}), Unreachable),
        (says(502, HTML), Unreachable),
        (says(503, b""), Unreachable),
        (says(400, {"errcode": "M_BAD_JSON"}), MatrixError),
        (says(401, {"errcode": "M_UNKNOWN_TOKEN"}), TokenRevoked),
        (says(401, {"errcode": "M_MISSING_TOKEN"}), TokenRevoked),
        (says(401, {"flows": [], "session": "s"}), MatrixError),
        (says(403, {"errcode": "M_FORBIDDEN"}), MatrixError),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED"}), RateLimited),
    ],
)
async def test_whose_fault_it_is(serve: Serve, answer: Answer, expected: type) -> None:
    with pytest.raises(FederationError) as raised:
        await get(await serve(answer))
    assert type(raised.value) is expected
    assert str(raised.value)
    assert "\n" not in str(raised.value)


async def test_no_redirect_is_followed_with_our_token(serve: Serve) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.json_response({})

    other = await serve(elsewhere)
    server = await serve(says(307, b"", Location=f"{other.url}/stolen"))
    server.token = "syt_secret"
    with pytest.raises(NotAHomeserver):
        await get(server)
    assert asked == []


async def test_the_token_goes_into_a_header_and_no_address(serve: Serve) -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request)
        return web.json_response({})

    server = await serve(answer)
    server.token = "syt_secret"
    await server.call("test", "POST", path("a b", "c/d", "?e", "ü\ud800"), {"x": "\ud800"})
    [request] = seen
    assert request.headers["Authorization"] == "Bearer syt_secret"
    assert "syt_secret" not in str(request.url)
    assert request.raw_path == "/_matrix/client/v3/a%20b/c%2Fd/%3Fe/%C3%BC%3F"


async def test_half_a_character_comes_no_further(serve: Serve) -> None:
    server = await serve(says(200, rb'{"half \ud800": ["\udfff", "\ud83d\ude00"]}'))
    assert await get(server) == {"half \ufffd": ["\ufffd", "😀"]}


async def test_nobody_there() -> None:
    server = Homeserver("http://127.0.0.1:9")
    with pytest.raises(Unreachable, match=r"Check homeserver\.url"):
        await get(server)
    await server.close()


@pytest.mark.parametrize(
    "url", ["http://nowhere.invalid", "https://127.0.0.1:9", "http://127.0.0.1:99999"]
)
async def test_an_address_that_leads_nowhere(url: str) -> None:
    server = Homeserver(url, request_timeout=5)
    with pytest.raises(Unreachable):
        await get(server)
    await server.close()


@pytest.mark.parametrize("junk", [b"", b"\x00\x01\x02", b"HTTP/9.9 abc\r\n\r\n", b"SSH-2.0-x\r\n"])
async def test_something_that_does_not_speak_http(junk: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(junk)
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    server = Homeserver(f"http://127.0.0.1:{port}", request_timeout=5)
    with pytest.raises(Unreachable):
        await get(server)
    await server.close()
    listening.close()


async def test_one_that_never_answers(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.json_response({})

    with pytest.raises(Unreachable, match="TimeoutError"):
        await get(await serve(answer, request_timeout=0.2))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}), 1.5),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED"}, **{"Retry-After": "7"}), 7),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": "soon"}), 1),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED"}, **{"Retry-After": "Wed, 21 Oct"}), 1),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": -5}), 0),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10**18}), 3600),
        (says(429, b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": Infinity}'), 3600),
        (says(429, HTML, **{"Retry-After": "7"}), 7),
    ],
)
async def test_how_long_to_wait(serve: Serve, answer: Answer, expected: float) -> None:
    with pytest.raises(RateLimited) as raised:
        await get(await serve(answer))
    assert raised.value.retry_after == expected


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (says(200, {"versions": ["v1.11"]}), None, ""),
        (says(200, {"versions": ["r0.6.1", "v1.4"]}), None, ""),
        (says(200, {"versions": ["r0.6.1", "v1.3"]}), TooOld, "v1.3"),
        (says(200, {"versions": ["later", "v2"]}), TooOld, "is needed"),
        (says(200, {"versions": []}), TooOld, r"\?"),
        (says(200, {"versions": None}), NotAHomeserver, "not a Matrix homeserver"),
        (says(200, {}), NotAHomeserver, "not a Matrix homeserver"),
        (says(200, HTML), NotAHomeserver, "reverse proxy"),
        (says(404, {"errcode": "M_UNRECOGNIZED"}), NotAHomeserver, "client API's address"),
        (says(301, b"", Location="https://x/"), NotAHomeserver, "HTTP 301"),
        (says(502, HTML), Unreachable, "HTTP 502"),
        (says(429, {"errcode": "M_LIMIT_EXCEEDED"}), RateLimited, "M_LIMIT_EXCEEDED"),
    ],
)
async def test_versions(serve: Serve, answer: Answer, expected: type | None, words: str) -> None:
    server = await serve(answer)
    if expected is None:
        assert await server.check_version()
        return
    with pytest.raises(expected, match=words) as raised:
        await server.check_version()
    assert type(raised.value) is expected


async def test_a_list_of_events(serve: Serve) -> None:
    good = {"event_id": "$e", "sender": "@a:x", "type": "x"}
    server = await serve(says(200, [good, None, "x", {"sender": 5}]))
    assert await server.call_list("state", path("state")) == [good]
    with pytest.raises(NotAHomeserver):
        await (await serve(says(200, {}))).call_list("state", path("state"))


async def test_probes_stand_around_every_call(serve: Serve) -> None:
    seen: list[tuple[str, str]] = []
    server = await serve(says(200, {}), probe=lambda stage, name: seen.append((stage, name)))
    await get(server)
    assert seen == [("before", "test"), ("after", "test")]
