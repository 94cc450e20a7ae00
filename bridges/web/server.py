"""The listeners: one for people, and, where wanted, one for Prometheus.

No access log, no cookies, and nothing of a request in any log: what people read or send is nobody's
business.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bridges.web import wording
from bridges.web.headers import secure
from bridges.web.metrics import Metrics
from bridges.web.models import NotReady, Ports, Settings
from bridges.web.pages import Pages
from bridges.web.reading import lightly
from bridges.web.rendering import page, prefix
from bridges.web.sites import Site

log = logging.getLogger(__name__)

LARGEST = 16 * 1024
"""Bytes of a form."""
PATIENCE = 45.0
"""Seconds for one answer."""
IDLE = 30.0
"""Seconds that a connection without a request stays open."""

_silent = logging.getLogger(f"{__name__}.silent")
_silent.disabled = True
"""For aiohttp, whose lines would hold addresses of visitors."""


class CannotListen(Exception):
    """The address is taken or not ours; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the pages are."""

    address: str
    """`http://127.0.0.1:8080`"""
    metrics_address: str | None


@asynccontextmanager
async def serving(
    settings: Settings, ports: Ports, sites: Sequence[Site] = ()
) -> AsyncIterator[Listening]:
    """Answer requests while the block runs. Raises CannotListen."""
    metrics = Metrics(ports)
    runners = [web_runner(application(Pages(settings, ports, sites), settings, ports, metrics))]
    listens = [settings.listen]
    if settings.metrics_listen is not None:
        runners.append(web_runner(metrics_application(metrics)))
        listens.append(settings.metrics_listen)
    try:
        found = [
            await listen(runner, where) for runner, where in zip(runners, listens, strict=True)
        ]
        yield Listening(found[0], found[1] if len(found) > 1 else None)
    finally:
        for runner in runners:
            await runner.cleanup()


def application(
    pages: Pages, settings: Settings, ports: Ports, metrics: Metrics
) -> web.Application:
    """The web site as an aiohttp application, with its headers, limits and `/healthz`."""
    app = web.Application(
        client_max_size=LARGEST, middlewares=[metrics.counting(), _in_words(pages), lightly]
    )
    secure(app, https=settings.public_url.startswith("https:"))
    pages.add_to(app)
    for base in {prefix(settings), ""}:
        app.router.add_get(f"{base}/healthz", _health(ports))
    return app


def metrics_application(metrics: Metrics) -> web.Application:
    app = web.Application()
    secure(app, https=False)
    app.router.add_get("/metrics", metrics.answer)
    return app


def web_runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(
        app,
        access_log=None,
        logger=_silent,
        keepalive_timeout=IDLE,
        shutdown_timeout=2.0,
        handle_signals=False,
    )


async def listen(runner: web.AppRunner, where: str) -> str:
    """Start to listen; the address as a browser takes it. Raises CannotListen."""
    host, _, port = where.rpartition(":")
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
    except OSError as error:
        raise CannotListen(
            f"Nothing can listen on {where} ({error.strerror or type(error).__name__}). Stop what "
            "listens there, or name another address and port in the settings."
        ) from None
    return f"http://{host}:{runner.addresses[-1][1]}"


def _health(ports: Ports) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        if ports.ready():
            return web.json_response({"status": "ready"})
        return web.json_response({"status": "not ready"}, status=503)

    return answer


def _in_words(pages: Pages) -> Middleware:
    """Whatever goes wrong is told in words, and logged without anything of the request."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            async with asyncio.timeout(PATIENCE):
                return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                return web.Response(status=error.status, headers=_plain(error))
            status, headers = error.status, _plain(error)
        except (NotReady, TimeoutError):
            status, headers = 503, {"Retry-After": "60"}
        except Exception as error:  # noqa: BLE001  (a fault of ours is told to nobody but the log)
            log.error("a page failed (%s)", type(error).__name__)
            status, headers = 500, {}
        response = page("error.html", pages.view(request), status, {"told": _told(status)})
        response.headers.update(headers)
        return response

    return answer


def _plain(error: web.HTTPException) -> dict[str, str]:
    return {name: error.headers[name] for name in ("Location", "Allow") if name in error.headers}


def _told(status: int) -> tuple[str, str]:
    """Heading and text."""
    if status >= 500:
        return wording.BROKEN, wording.BROKEN_MORE
    if status == 404:
        return wording.NOT_FOUND, wording.NOT_FOUND_MORE
    return wording.UNCLEAR, wording.UNCLEAR_MORE
