"""Captured mails as pages, for the demo: what a reader gets, and the bytes as they left.

The mail's HTML is in a frame that may run nothing, load nothing and send nothing. For the
machine of whoever plays the demo, so in English alone.
"""

from __future__ import annotations

import email
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

from aiohttp import web

from bridges.web.headers import POLICY, secure
from bridges.web.rendering import asset, fill, style_path
from bridges.web.server import listen, web_runner

FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
VIEWER_POLICY = f"{POLICY}; frame-src 'self'"
_LINK = re.compile(r"https?://[^\s<>\"'\]]+")
_SHOWN = ("From", "To", "Subject", "Date")

Mails = Callable[[], Sequence[bytes]]
"""All mails that were captured, the oldest first."""


def in_folder(folder: Path) -> Mails:
    """Each file `*.eml` of a folder is a mail; their names give the order."""
    return lambda: [path.read_bytes() for path in sorted(folder.glob("*.eml"))]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the pages show it."""

    fields: dict[str, str]
    raw_headers: str
    text: str
    html: str
    links: tuple[str, ...]


def read(raw: bytes) -> Mail:
    parsed = email.message_from_bytes(raw, policy=default)
    headers = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0].decode("utf-8", "replace")
    text, html = _body(parsed, "plain"), _body(parsed, "html")
    found = _LINK.findall(f"{_unfolded(parsed, 'List-Unsubscribe')}\n{text}")
    fields = {name: _unfolded(parsed, name) for name in _SHOWN}
    return Mail(fields, headers, text, html, tuple(dict.fromkeys(found)))


def _unfolded(message: Message, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, LookupError, AttributeError, IndexError):
        return "(can't be read)"  # the header parser of Python 3.11 has such cases


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        return "" if part is None else str(part.get_content())
    except (ValueError, LookupError, AttributeError, TypeError):
        return "(can't be read)"


@asynccontextmanager
async def showing(mails: Mails, where: str = "127.0.0.1:0") -> AsyncIterator[str]:
    """Show the mails while the block runs; gives the address. Raises CannotListen."""
    runner = web_runner(application(mails))
    try:
        yield await listen(runner, where)
    finally:
        await runner.cleanup()


def application(mails: Mails) -> web.Application:
    app = web.Application()
    secure(app, https=False)
    box = _Box(mails)
    app.router.add_get("/", box.all)
    app.router.add_get(r"/{number:\d{1,6}}", box.one)
    app.router.add_get(r"/{number:\d{1,6}}/html", box.html)
    app.router.add_get(style_path(), box.style)
    return app


class _Box:
    def __init__(self, mails: Mails) -> None:
        self._mails = mails

    async def all(self, _: web.Request) -> web.Response:
        mails = [(number, read(raw)) for number, raw in enumerate(self._mails())]
        return _page("mailbox.html", mails=list(reversed(mails)))

    async def one(self, request: web.Request) -> web.Response:
        number, raw = self._wanted(request)
        return _page("mail.html", number=number, mail=read(raw))

    async def html(self, request: web.Request) -> web.Response:
        _, raw = self._wanted(request)
        response = web.Response(text=read(raw).html, content_type="text/html")
        response.headers["Content-Security-Policy"] = FRAME_POLICY
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    async def style(self, _: web.Request) -> web.Response:
        return web.Response(body=asset("style.css"), content_type="text/css", charset="utf-8")

    def _wanted(self, request: web.Request) -> tuple[int, bytes]:
        number, mails = int(request.match_info["number"]), self._mails()
        if number >= len(mails):
            raise web.HTTPNotFound
        return number, mails[number]


def _page(template: str, **values: object) -> web.Response:
    filled = fill(template, {"style": style_path(), **values})
    response = web.Response(text=filled, content_type="text/html")
    response.headers["Content-Security-Policy"] = VIEWER_POLICY
    return response
