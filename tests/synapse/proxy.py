"""A reverse proxy that can fail, delay and hold back what passes, and remembers it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

Forward = Callable[..., Awaitable[web.Response]]
"""`await forward()`, or `forward(change)` where `change` alters the body that is passed on."""
Hook = Callable[[Forward], Awaitable[web.Response]]


READING = re.compile(r"/_matrix/client/[^/]+/(login|keys/query)(\?|$)")
"""What is asked by POST and changes nothing that anybody else sees."""


@dataclass
class Passed:
    method: str
    path: str
    body: Any
    status: int
    answer: Any

    @property
    def writes(self) -> bool:
        """Whether it may change something, going by its method alone."""
        return self.method not in ("GET", "HEAD", "OPTIONS") and not READING.match(self.path)


@dataclass
class _Rule:
    pattern: re.Pattern[str]
    hook: Hook
    left: int


@dataclass
class Proxy:
    """`async with Proxy(synapse.url) as proxy:` and give `proxy.url` to who is to be troubled."""

    upstream: str
    log: list[Passed] = field(default_factory=list)
    url: str = ""
    _rules: list[_Rule] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{rest:.*}", self._handle)
        self._server = TestServer(app)
        await self._server.start_server(shutdown_timeout=0.1)
        self.url = str(self._server.make_url("")).rstrip("/")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._server.close()

    def on(self, pattern: str, hook: Hook, times: int = 1) -> None:
        """The next requests, so many, whose `METHOD /path` fits go through `hook`."""
        self._rules.append(_Rule(re.compile(pattern), hook, times))

    def forget(self) -> None:
        """Let everything pass from now on."""
        self._rules.clear()

    def passed(self, pattern: str) -> list[Passed]:
        return [one for one in self.log if re.search(pattern, f"{one.method} {one.path}")]

    def written(self) -> list[str]:
        """The writing requests, as method and path."""
        return [f"{one.method} {one.path}" for one in self.log if one.writes]

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.read()

        async def forward(change: Callable[[Any], Any] | None = None) -> web.Response:
            headers = {
                name: request.headers[name]
                for name in ("Authorization", "Content-Type")
                if name in request.headers
            }
            url = URL(self.upstream + request.raw_path, encoded=True)
            async with self._http.request(
                request.method, url, data=_changed(body, change), headers=headers
            ) as answer:
                text = await answer.read()
                return web.Response(
                    status=answer.status, body=text, content_type="application/json"
                )

        path = unquote(request.raw_path)
        response = await self._through(f"{request.method} {path}", forward)
        answer = _json(response.body if isinstance(response.body, bytes) else b"")
        self.log.append(Passed(request.method, path, _json(body), response.status, answer))
        return response

    async def _through(self, line: str, forward: Forward) -> web.Response:
        for rule in self._rules:
            if rule.left and rule.pattern.search(line):
                rule.left -= 1
                return await rule.hook(forward)
        return await forward()


def _changed(body: bytes, change: Callable[[Any], Any] | None) -> bytes | None:
    return json.dumps(change(json.loads(body))).encode() if change else body or None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body


def failing(status: int, **answer: Any) -> Hook:
    """Answer so, and forward nothing."""

    async def hook(forward: Forward) -> web.Response:
        return web.json_response({"errcode": "M_UNKNOWN", **answer}, status=status)

    return hook


def limited(milliseconds: int) -> Hook:
    return failing(429, errcode="M_LIMIT_EXCEEDED", retry_after_ms=milliseconds)


def breaking_off(change: Callable[[Any], Any] | None = None) -> Hook:
    """Pass it on, and then answer as if nothing had come of it."""

    async def hook(forward: Forward) -> web.Response:
        await forward(change)
        return web.json_response({"errcode": "M_UNKNOWN"}, status=502)

    return hook


def lying(change: Callable[[Any], None]) -> Hook:
    """Pass it on, and let `change` alter what the homeserver answers."""

    async def hook(forward: Forward) -> web.Response:
        answer = await forward()
        assert isinstance(answer.body, bytes)
        told = json.loads(answer.body)
        if answer.status == 200:
            change(told)
        return web.json_response(told, status=answer.status)

    return hook


class Held:
    """A hook that answers at once and forwards only when it is told to."""

    def __init__(self) -> None:
        self._waiting: list[Forward] = []

    async def __call__(self, forward: Forward) -> web.Response:
        self._waiting.append(forward)
        return web.json_response({})

    def __len__(self) -> int:
        return len(self._waiting)

    async def release(self) -> None:
        while self._waiting:
            response = await self._waiting.pop(0)()
            assert response.status == 200, response.body
