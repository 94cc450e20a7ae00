"""The pages. A GET changes nothing, whoever follows the link: a person or a mail scanner; a form
is answered only once it is kept for good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from bridges.email.addresses import Fault, fault
from bridges.web import forms, wording
from bridges.web.links import TOKEN
from bridges.web.models import News, Ports, Settings
from bridges.web.pacing import Paces, visitor
from bridges.web.reading import FOREVER, readable
from bridges.web.rendering import View, answer, asset, fill_page, page, prefix, style_path

BODY_PATIENCE = 15.0
"""Seconds in which a form must have arrived."""


class Pages:
    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._settings = settings
        self._ports = ports
        self._paces = Paces(time.monotonic)
        self._news: Sequence[News] = ()
        self._filled: dict[tuple[str, str], str] = {}
        """The page of news as it was filled last, by its language and where it links to."""

    def add_to(self, app: web.Application) -> None:
        """Under the path of the public address too: some proxies keep it, others cut it off."""
        for base in {prefix(self._settings), ""}:
            app.router.add_routes(self._always(base))
            if self._settings.mails:
                app.router.add_routes(self._of_mails(base))

    def _of_mails(self, base: str) -> list[web.RouteDef]:
        token = f"{{token:{TOKEN}}}"
        return [
            web.get(f"{base}/subscribe", self.ask_subscribe),
            web.post(f"{base}/subscribe", self.subscribe),
            web.get(f"{base}/subscribe/sent", self._telling("sent.html")),
            web.get(f"{base}/c/{token}", self._telling("confirm.html")),
            web.post(f"{base}/c/{token}", self.confirm),
            web.get(f"{base}/confirmed", self._telling("confirmed.html")),
            web.get(f"{base}/u/{token}", self._telling("unsubscribe.html")),
            web.post(f"{base}/u/{token}", self.unsubscribe),
            web.get(f"{base}/unsubscribed", self._telling("unsubscribed.html")),
            web.get(f"{base}/news", self.news),
        ]

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

    def view(self, request: web.BaseRequest) -> View:
        return View(self._settings, self._ports.texts, request)

    # -- to read -------------------------------------------------------------------------------

    async def start(self, request: web.Request) -> web.Response:
        return readable(page("start.html", self.view(request)))

    async def news(self, request: web.Request) -> web.Response:
        view, news = self.view(request), await self._ports.news()
        if news is not self._news:
            self._news, self._filled = news, {}
        key = view.language, view.here()
        if key not in self._filled:
            self._filled[key] = fill_page("news.html", view, {"news": news})
        return readable(answer(self._filled[key], view))

    def _telling(self, template: str) -> Handler:
        async def tell(request: web.Request) -> web.Response:
            values = {"nonce": forms.new_nonce()}
            return _unlisted(page(template, self.view(request), values=values))

        return tell

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
        private = "".join(f"Disallow: {prefix(self._settings)}/{x}/\n" for x in ("c", "u"))
        return readable(web.Response(text=f"User-agent: *\n{private}"))

    # -- to send -------------------------------------------------------------------------------

    async def ask_subscribe(self, request: web.Request) -> web.Response:
        return self._subscription(self.view(request), {})

    async def subscribe(self, request: web.Request) -> web.Response:
        view = self.view(request)
        sent = await _sent(request)
        language = forms.one_of(
            sent.get("language", ""), [view.language, *self._settings.languages]
        )
        fields = {
            "address": forms.cleaned(sent.get("address", "")),
            "language": language,
            "kind": forms.one_of(sent.get("kind", ""), forms.KINDS),
            "consent": view.say(wording.CONSENT),
            "consent_language": view.language,
        }
        if (wrong := fault(fields["address"])) is not None:  # nothing could be sent there
            return self._subscription(view, fields, wrong)
        # Told by the fingerprint that paces are kept under: what one asks for delays nobody else.
        whom = {"visitor": self._paces.mark(visitor(request)).hex()[:16]}
        await self._submit(request, "subscribe", fields, sent.get("nonce"), whom)
        raise web.HTTPSeeOther(view.link("/subscribe/sent"))

    def _subscription(
        self, view: View, fields: Mapping[str, str], wrong: Fault | None = None
    ) -> web.Response:
        values = {
            "address": fields.get("address", ""),
            "language": fields.get("language", view.language),
            "kind": fields.get("kind", forms.KINDS[0]),
            "kinds": {"immediate": wording.IMMEDIATE, "digest": wording.DIGEST},
            "longest": forms.LONGEST_ADDRESS,
            "nonce": forms.new_nonce(),
            "wrong": wording.FAULTS[wrong] if wrong is not None else "",
        }
        return page("subscribe.html", view, 422 if wrong else 200, values)

    async def confirm(self, request: web.Request) -> web.Response:
        sent = await _sent(request)
        fields = {"token": request.match_info["token"]}
        await self._submit(request, "confirm", fields, sent.get("nonce"))
        raise web.HTTPSeeOther(self.view(request).link("/confirmed"))

    async def unsubscribe(self, request: web.Request) -> web.Response:
        """By the page's button, or by a mail program's (RFC 8058), which follows no redirect."""
        sent = await _sent(request)
        fields = {"token": request.match_info["token"]}
        await self._submit(request, "unsubscribe", fields, sent.get("nonce"))
        if "nonce" not in sent:
            return _unlisted(page("unsubscribed.html", self.view(request)))
        raise web.HTTPSeeOther(self.view(request).link("/unsubscribed"))

    async def _submit(
        self,
        request: web.Request,
        form: str,
        fields: Mapping[str, str],
        nonce: str | None,
        besides: Mapping[str, str] | None = None,
    ) -> None:
        """`besides`: what is told, and makes no other form of it."""
        await self._paces.wait(request)
        key = forms.key(form, fields, nonce)
        await self._ports.submit(form, {**fields, **(besides or {})}, key)


async def _sent(request: web.Request) -> dict[str, str]:
    """The fields of a form; files are none of ours."""
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            posted = await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.HTTPException:
        raise
    except Exception:  # noqa: BLE001  (whatever a stranger's bytes do in aiohttp's parsers)
        raise web.HTTPBadRequest from None
    return {name: value for name, value in posted.items() if isinstance(value, str)}


def _unlisted(response: web.Response) -> web.Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _kept_for_good(content: bytes, kind: str) -> web.Response:
    return readable(web.Response(body=content, content_type=kind, charset="utf-8"), FOREVER)
