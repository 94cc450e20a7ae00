"""A reverse proxy between an office and its homeserver that fails on purpose."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web

HOP = frozenset({"connection", "content-length", "content-encoding", "transfer-encoding", "host"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


Forward = Callable[[], Awaitable[Answer]]
Failing = Callable[[web.Request, Forward], Awaitable[web.StreamResponse]]
"""What becomes of a request; `Forward` lets the homeserver have it, and gives its answer."""


@dataclass(slots=True)
class Fault:
    failing: Failing
    where: str = "."
    """A pattern that is searched for in `METHOD path`."""
    times: int | None = None
    """So often, and no more; None: until it is taken away."""
    hits: int = 0

    def strikes(self, request: web.Request) -> bool:
        if self.times is not None and self.hits >= self.times:
            return False
        if not re.search(self.where, f"{request.method} {request.path}"):
            return False
        self.hits += 1
        return True


class Proxy:
    def __init__(self, target: str) -> None:
        self._target = target
        self._port = 0
        self._runner: web.AppRunner | None = None
        self.faults: list[Fault] = []
        self.passed: list[str] = []
        """`METHOD path` of everything that the homeserver was let have."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def up(self) -> None:
        """Listen, on the same port as before."""
        application = web.Application(client_max_size=1 << 26)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._http = aiohttp.ClientSession(auto_decompress=True)

    async def down(self) -> None:
        """Refuse every connection, and cut those that stand."""
        if self._runner is not None:
            await self._runner.cleanup()
            await self._http.close()
            self._runner = None

    @asynccontextmanager
    async def failing(self, *faults: Fault) -> AsyncIterator[None]:
        self.faults += faults
        try:
            yield
        finally:
            self.faults = [fault for fault in self.faults if fault not in faults]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        fault = next((fault for fault in self.faults if fault.strikes(request)), None)

        async def forward() -> Answer:
            return await self._forward(request)

        if fault is not None:
            return await fault.failing(request, forward)
        return _told(await forward())

    async def _forward(self, request: web.Request) -> Answer:
        body = await request.read()
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP}
        self.passed.append(f"{request.method} {request.path}")
        try:
            async with self._http.request(
                request.method, self._target + request.raw_path, data=body, headers=headers
            ) as answer:
                kept = {k: v for k, v in answer.headers.items() if k.lower() not in HOP}
                return Answer(answer.status, kept, await answer.read())
        except (aiohttp.ClientError, OSError):
            return Answer(502, {"Content-Type": "text/html"}, b"<h1>502 Bad Gateway</h1>")


def _told(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


# -- ways to fail ------------------------------------------------------------------------------


def says(status: int, body: str, **headers: str) -> Failing:
    """Answers itself; the homeserver never hears of it. `Retry_After` is a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Type", "application/json")

    async def fail(request: web.Request, forward: Forward) -> web.StreamResponse:
        await request.read()
        return web.Response(status=status, body=body.encode(), headers=named)

    return fail


def too_many(milliseconds: int | None = 300, **headers: str) -> Failing:
    """429 (§ Rate limiting), with `retry_after_ms` or without it."""
    body: dict[str, object] = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
    if milliseconds is not None:
        body["retry_after_ms"] = milliseconds
    return says(429, json.dumps(body), **headers)


def unwell() -> Failing:
    """500, as the homeserver itself says it."""
    return says(500, json.dumps({"errcode": "M_UNKNOWN", "error": "Internal server error"}))


def cuts_before() -> Failing:
    """The connection breaks before the homeserver has the request."""

    async def fail(request: web.Request, forward: Forward) -> web.StreamResponse:
        _cut(request)
        return web.Response()

    return fail


def cuts_after() -> Failing:
    """The homeserver does it, and the answer is lost."""

    async def fail(request: web.Request, forward: Forward) -> web.StreamResponse:
        await forward()
        _cut(request)
        return web.Response()

    return fail


def cuts_meanwhile() -> Failing:
    """The connection breaks at once, while the homeserver is still at it."""
    running: set[asyncio.Future[Answer]] = set()

    async def fail(request: web.Request, forward: Forward) -> web.StreamResponse:
        await request.read()
        task = asyncio.ensure_future(forward())
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.sleep(0.005)
        _cut(request)
        return web.Response()

    return fail


def delays(seconds: float) -> Failing:
    """The homeserver does it at once, and its answer comes late."""

    async def fail(request: web.Request, forward: Forward) -> web.StreamResponse:
        answer = await forward()
        await asyncio.sleep(seconds)
        return _told(answer)

    return fail


def truncates(*, honestly: bool) -> Failing:
    """Half of the answer comes; `honestly`: and the rest never was announced."""

    async def fail(request: web.Request, forward: Forward) -> web.StreamResponse:
        answer = await forward()
        half = answer.body[: len(answer.body) // 2]
        length = len(half if honestly else answer.body)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_length = length
        await response.prepare(request)
        await response.write(half)
        if not honestly:
            _cut(request)
        return response

    return fail


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
