"""Pages and forms that somebody hands in, and one request to them.

A form is answered only once it is kept for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from bridges.web import forms
from bridges.web.models import Submit, Templates
from bridges.web.pacing import Paces, visitor
from bridges.web.rendering import View, page

BODY_PATIENCE = 15.0
"""Seconds in which a form must have arrived."""


@dataclass(frozen=True, slots=True)
class Route:
    method: Literal["GET", "POST"]
    path: str
    """`/u/{token:[a-z]{8}}`: a name and a pattern, as aiohttp has them."""
    answer: Callable[[Visit], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Card:
    """What the start page says of some pages, and where it leads. All texts are for the
    catalogues."""

    title: str
    text: str
    button: tuple[str, str]
    """Its text and its path."""
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Site(Templates):
    """Pages and forms of somebody who hands them in."""

    routes: tuple[Route, ...]
    submit: Submit
    """Takes its forms."""
    card: Card | None = None
    private: tuple[str, ...] = field(default=())
    """Paths that no search engine needs to know: `/u/`."""


class Visit:
    """One request: what came with it, and ways to answer."""

    def __init__(self, request: web.Request, view: View, site: Site, paces: Paces) -> None:
        self.view = view
        self._request = request
        self.site = site
        self._paces = paces

    @property
    def visitor(self) -> str:
        """The same for the same visitor, and no address: what one asks for delays nobody else."""
        return self._paces.mark(visitor(self._request)).hex()[:16]

    def part(self, name: str) -> str:
        """What the path has where the route has this name."""
        return self._request.match_info[name]

    async def sent(self) -> dict[str, str]:
        """The fields of a form; files are none of ours."""
        try:
            async with asyncio.timeout(BODY_PATIENCE):
                posted = await self._request.post()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001  (whatever a stranger's bytes do in aiohttp's parsers)
            raise web.HTTPBadRequest from None
        return {name: value for name, value in posted.items() if isinstance(value, str)}

    async def submit(
        self,
        form: str,
        fields: Mapping[str, str],
        nonce: str | None,
        besides: Mapping[str, str] | None = None,
    ) -> None:
        """`besides`: what is told, and makes no other form of it. Raises NotReady."""
        await self._paces.wait(self._request)
        key = forms.key(form, fields, nonce)
        await self.site.submit(form, {**fields, **(besides or {})}, key)

    def page(
        self, template: str, values: Mapping[str, object] | None = None, status: int = 200
    ) -> web.Response:
        """One of the site's templates, with a nonce for a form in it."""
        values = {"nonce": forms.new_nonce(), **(values or {})}
        return page(template, self.view, status, values, self.site)

    def unlisted(self, template: str) -> web.Response:
        """The same, for no search engine."""
        response = self.page(template)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def go(self, path: str) -> web.Response:
        """To another page, in the same language."""
        return web.Response(status=303, headers={"Location": self.view.link(path)})
