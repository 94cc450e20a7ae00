"""Requests to one homeserver (client-server API): JSON in, JSON out, errors as exceptions.

Every external call passes through `Homeserver.call`, with a probe before and after it.
"""

from __future__ import annotations

import json
import math
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp

from federation.model.errors import (
    MatrixError,
    NotAHomeserver,
    RateLimited,
    TokenRevoked,
    TooOld,
    Unreachable,
)
from federation.model.ports import Probe, RawEvent, no_probe
from federation.model.shapes import events, is_text, parse

CLIENT = "/_matrix/client/v3"
OLDEST = (1, 4)
"""Version of the specification that we need at least (private read markers, threads)."""


LONGEST_PAUSE = 3600.0
"""Seconds; nobody means more by it."""

CONNECTING = 4.0
"""Seconds that a connection may take to be made."""
SILENCE = 5
"""Seconds of silence on a connection after which it is asked whether anybody is there. Else a long
poll would go on for a minute and a half after a cable was cut, or a machine started anew."""
DEAD = 15
"""Seconds without an answer to that after which nobody is."""


def _attentive_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    values = {"TCP_KEEPIDLE": SILENCE, "TCP_KEEPINTVL": SILENCE, "TCP_KEEPCNT": DEAD // SILENCE}
    values["TCP_USER_TIMEOUT"] = 1000 * DEAD
    for name, value in values.items():
        if hasattr(socket, name):  # each system has some of them
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made


def path(*parts: str) -> str:
    """Join path segments under the client API, each percent-encoded."""
    return CLIENT + "".join("/" + quote(part, safe="", errors="replace") for part in parts)


class Homeserver:
    """A connection pool to one homeserver, and the access token of one account."""

    def __init__(
        self,
        url: str,
        *,
        ca_file: str | None = None,
        request_timeout: float = 60,
        probe: Probe = no_probe,
    ) -> None:
        self.url = url.rstrip("/")
        self.token: str | None = None
        self._timeout = request_timeout
        self._probe = probe
        self._ssl = ssl.create_default_context(cafile=ca_file) if ca_file else None
        self._http: aiohttp.ClientSession | None = None

    async def call(
        self,
        name: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  (a long poll needs its own)
    ) -> dict[str, Any]:
        """One request; `name` is what tests call it.

        Raises Unreachable, NotAHomeserver, RateLimited, TokenRevoked, MatrixError.
        """
        answer = await self._request(name, method, path, body, query, timeout)
        if not isinstance(answer, dict):
            raise _not_matrix(200)
        return answer

    async def call_list(self, name: str, path: str) -> list[RawEvent]:
        """A GET that answers with a list of events: a room's whole state."""
        answer = await self._request(name, "GET", path, None, None, None)
        if not isinstance(answer, list):
            raise _not_matrix(200)
        return events(answer)

    async def upload(self, content: bytes, type_: str) -> str:
        """Where a file is once it was uploaded: `mxc://…`. Raises as `call` does."""
        target = "/_matrix/media/v3/upload"
        answer = await self._request("upload", "POST", target, _File(content, type_), None, None)
        if not isinstance(answer, dict):
            raise _not_matrix(200)
        return told(answer, "content_uri")

    async def _request(
        self,
        name: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | _File | None,
        query: Mapping[str, str] | None,
        timeout: float | None,  # noqa: ASYNC109
    ) -> Any:
        self._probe("before", name)
        url = self.url + path + ("?" + urlencode(query) if query else "")
        try:
            async with self._session().request(
                method,
                url,
                data=None if body is None else _encode(body),
                headers=self._headers(body.type if isinstance(body, _File) else _JSON),
                timeout=aiohttp.ClientTimeout(timeout or self._timeout, sock_connect=CONNECTING),
                allow_redirects=False,
            ) as response:
                status, text = response.status, await response.read()
                retry_header = response.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(
                f"No answer from the homeserver ({type(error).__name__}). Check homeserver.url "
                "and that the server runs; the office tries again by itself."
            ) from None
        self._probe("after", name)
        return _understand(status, text, retry_header)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            connector = aiohttp.TCPConnector(
                limit=32, ssl=self._ssl or True, socket_factory=_attentive_socket
            )
            self._http = aiohttp.ClientSession(connector=connector)
            # aiohttp would repeat a PUT by itself, at once, while the first is still under way.
            self._http._retry_connection = False
        return self._http

    def _headers(self, type_: str) -> dict[str, str]:
        headers = {"Content-Type": type_, "User-Agent": "buendnis"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    async def check_version(self) -> tuple[str, ...]:
        """The versions of the specification that the homeserver speaks (`/versions`).

        Raises TooOld, NotAHomeserver, Unreachable.
        """
        try:
            answer = await self.call("versions", "GET", "/_matrix/client/versions", timeout=15)
        except RateLimited:
            raise
        except MatrixError as error:
            raise NotAHomeserver(
                f"{self.url} answers, but not as a Matrix homeserver (HTTP {error.status}). "
                "Check homeserver.url: it is the client API's address, without a path."
            ) from None
        versions = tuple(str(version) for version in told_all(answer, "versions"))
        if not any(_parse(version) >= OLDEST for version in versions):
            raise TooOld(
                f"The homeserver speaks Matrix only up to {versions[-1] if versions else '?'}; "
                f"v{OLDEST[0]}.{OLDEST[1]} is needed. Ask its admin to update it."
            )
        return versions

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()


def _parse(version: str) -> tuple[int, int]:
    major, _, minor = version.removeprefix("v").partition(".")
    try:
        return int(major), int(minor)
    except ValueError:
        return (0, 0)


_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes = field(repr=False)
    type: str


def _encode(body: Mapping[str, Any] | _File) -> bytes:
    if isinstance(body, _File):
        return body.content
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _understand(status: int, text: bytes, retry_header: str | None) -> Any:
    try:
        answer = parse(text) if text else {}
    except (ValueError, RecursionError):
        answer = None
    if status >= 500:
        raise Unreachable(
            f"The homeserver has a fault of its own (HTTP {status}); the office tries again.",
            status,
            _seconds(retry_header),
            str(answer["errcode"]) if isinstance(answer, dict) and "errcode" in answer else None,
        )
    if answer is not None and status < 300:
        return answer
    if isinstance(answer, dict) and status >= 400 and ("errcode" in answer or "flows" in answer):
        raise _error(status, answer, retry_header)
    if status == 413:  # by a reverse proxy: the same body will never get through
        raise MatrixError(status, "M_TOO_LARGE")
    if status == 429:
        raise RateLimited(status, "M_LIMIT_EXCEEDED", _retry_after({}, retry_header))
    raise _not_matrix(status)


# What lacks that which every such answer holds was not said by a homeserver, and nothing was done:
# a proxy that answers `{}` in its place must not be taken for it.


def told(answer: Mapping[str, Any], name: str) -> str:
    """A text that the answer must hold. Raises NotAHomeserver."""
    value = answer.get(name)
    if not is_text(value):
        raise _not_matrix(200)
    return value


def told_all(answer: Mapping[str, Any], name: str) -> list[Any]:
    """A list that the answer must hold. Raises NotAHomeserver."""
    value = answer.get(name)
    if not isinstance(value, list):
        raise _not_matrix(200)
    return value


def told_by_name(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A mapping that the answer must hold. Raises NotAHomeserver."""
    value = answer.get(name)
    if not isinstance(value, Mapping):
        raise _not_matrix(200)
    return value


def _not_matrix(status: int) -> NotAHomeserver:
    return NotAHomeserver(
        f"Something answered that is not a Matrix homeserver (HTTP {status}). "
        "Check homeserver.url and the reverse proxy in front of it."
    )


def _error(status: int, answer: dict[str, Any], retry_header: str | None) -> MatrixError:
    code = str(answer.get("errcode", "M_UNKNOWN"))
    if status == 429:
        return RateLimited(status, code, _retry_after(answer, retry_header))
    if status == 401 and code in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}:
        return TokenRevoked(status, code)
    return MatrixError(status, code, answer=answer)


def _retry_after(answer: dict[str, Any], header: str | None) -> float:
    """Seconds; `retry_after_ms` is deprecated in favour of the header (§ Rate limiting)."""
    milliseconds = answer.get("retry_after_ms")
    if isinstance(milliseconds, int | float):
        return _bounded(milliseconds / 1000)
    seconds = _seconds(header)
    return 1.0 if seconds is None else seconds


def _seconds(header: str | None) -> float | None:
    """Of a `Retry-After`; None for a date, and for nothing."""
    try:
        return _bounded(float(header)) if header else None
    except ValueError:
        return None


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST_PAUSE) if math.isfinite(seconds) else LONGEST_PAUSE
