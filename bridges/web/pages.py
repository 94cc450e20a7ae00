"""The pages that every network has, and those that are handed in. A GET changes nothing, whoever
follows the link: a person or a mail scanner."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from bridges.web.models import Ports, Settings
from bridges.web.pacing import Paces
from bridges.web.reading import FOREVER, readable
from bridges.web.rendering import View, asset, page, prefix, style_path
from bridges.web.sites import Route, Site, Visit


class Pages:
    """The routes of the whole web site, for an aiohttp application."""

    def __init__(self, settings: Settings, ports: Ports, sites: Sequence[Site]) -> None:
        self._settings = settings
        self._ports = ports
        self._sites = sites
        self._paces = Paces(time.monotonic)

    def add_to(self, app: web.Application) -> None:
        """Under the path of the public address too: some proxies keep it, others cut it off."""
        for base in {prefix(self._settings), ""}:
            app.router.add_routes(self._always(base))
            app.router.add_routes(self._handed_in(base))

    def _always(self, base: str) -> list[web.RouteDef]:
        return [
            web.get(f"{base}/", self.start),
            web.get(f"{base}/imprint", self.imprint),
            web.get(f"{base}/privacy", self.privacy),
            web.get(base + style_path(), self.style),
            web.get(f"{base}/icon.svg", self.icon),
            web.get(f"{base}/favicon.ico", self.icon),
            web.get(f"{base}/robots.txt", self.robots),
        ]

    def _handed_in(self, base: str) -> Iterator[web.RouteDef]:
        for site in self._sites:
            for route in site.routes:
                add = web.get if route.method == "GET" else web.post
                yield add(base + route.path, self._answering(site, route))

    def _answering(self, site: Site, route: Route) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            return await route.answer(Visit(request, self.view(request), site, self._paces))

        return answer

    def view(self, request: web.BaseRequest) -> View:
        return View(self._settings, self._ports.texts, request)

    async def start(self, request: web.Request) -> web.Response:
        cards = [site.card for site in self._sites if site.card is not None]
        return readable(page("start.html", self.view(request), values={"cards": cards}))

    async def imprint(self, request: web.Request) -> web.Response:
        return self._owned("imprint.html", request)

    async def privacy(self, request: web.Request) -> web.Response:
        return self._owned("privacy.html", request)

    def _owned(self, template: str, request: web.Request) -> web.Response:
        if self._settings.imprint is None:
            raise web.HTTPNotFound
        values = {"imprint": self._settings.imprint}
        return readable(page(template, self.view(request), values=values))

    async def style(self, _: web.Request) -> web.Response:
        return _kept_for_good(asset("style.css"), "text/css")

    async def icon(self, _: web.Request) -> web.Response:
        return _kept_for_good(asset("icon.svg"), "image/svg+xml")

    async def robots(self, _: web.Request) -> web.Response:
        private = (path for site in self._sites for path in site.private)
        lines = "".join(f"Disallow: {prefix(self._settings)}{path}\n" for path in private)
        return readable(web.Response(text=f"User-agent: *\n{lines}"))


def _kept_for_good(content: bytes, kind: str) -> web.Response:
    return readable(web.Response(body=content, content_type=kind, charset="utf-8"), FOREVER)
