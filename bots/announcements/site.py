"""The bot's pages: what was released, and how to get it by mail and to end that."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from bots.announcements import keys
from bots.announcements.documents.news import PAGES, Published
from bots.announcements.pages import published
from bots.announcements.wording import site as wording
from bots.runtime.office.botspec import Desk
from bots.runtime.store import viewing
from bots.runtime.store.transaction import Transaction
from bridges.email.addresses import Fault, fault
from bridges.email.direction import in_html
from bridges.email.markup import shown
from bridges.web import forms
from bridges.web.models import Submit, Texts
from bridges.web.reading import readable
from bridges.web.rendering import answer, fill_page
from bridges.web.sites import Card, Route, Site, Visit

TOKEN = r"{token:[A-Za-z0-9_-]{8,64}}"  # noqa: S105  (a pattern)
"""Short: a header with a longer link would be folded, and one-click unsubscribing with it."""
KINDS = ("immediate", "digest")
LONGEST_ADDRESS = 254
_HEADING = re.compile(r"(</?h)([1-6])(?=[\s>])")


@dataclass(frozen=True, slots=True)
class News:
    """Something that everybody can read."""

    key: str
    """Its place on the page."""
    released: datetime
    texts: tuple[tuple[str, str], ...]
    """Languages and the text in each, as cleaned HTML; the original first."""


Newest = Callable[[], Awaitable[Sequence[News]]]
"""The newest first, as it is at this moment; the same object while nothing has changed."""


def of_office(desk: Desk) -> Site:
    return site(desk.submit, _Reading(desk).news)


def site(submit: Submit, news: Newest) -> Site:
    pages = _Pages(news)
    routes = (
        Route("GET", "/subscribe", pages.ask_subscribe),
        Route("POST", "/subscribe", pages.subscribe),
        Route("GET", "/subscribe/sent", _telling("sent.html")),
        Route("GET", f"/c/{TOKEN}", _telling("confirm.html")),
        Route("POST", f"/c/{TOKEN}", pages.confirm),
        Route("GET", "/confirmed", _telling("confirmed.html")),
        Route("GET", f"/u/{TOKEN}", _telling("unsubscribe.html")),
        Route("POST", f"/u/{TOKEN}", pages.unsubscribe),
        Route("GET", "/unsubscribed", _telling("unsubscribed.html")),
        Route("GET", "/news", pages.news),
    )
    card = Card(
        wording.NEWS,
        wording.NEWS_MORE,
        (wording.GET_NEWS, "/subscribe"),
        ((wording.READ_NEWS, "/news"),),
    )
    return Site("bots.announcements", vars(wording), routes, submit, card, ("/c/", "/u/"))


def _telling(template: str) -> Callable[[Visit], Awaitable[web.Response]]:
    async def tell(visit: Visit) -> web.Response:
        return visit.unlisted(template)

    return tell


class _Pages:
    def __init__(self, news: Newest) -> None:
        self._newest = news
        self._news: Sequence[News] = ()
        self._filled: dict[tuple[str, str], str] = {}
        """The page of news as it was filled last, by its language and where it links to."""

    async def news(self, visit: Visit) -> web.Response:
        view, news = visit.view, await self._newest()
        if news is not self._news:
            self._news, self._filled = news, {}
        key = view.language, view.here()
        if key not in self._filled:
            self._filled[key] = fill_page("news.html", view, {"news": news}, visit.site)
        return readable(answer(self._filled[key], view))

    async def ask_subscribe(self, visit: Visit) -> web.Response:
        return _subscription(visit, {})

    async def subscribe(self, visit: Visit) -> web.Response:
        view, sent = visit.view, await visit.sent()
        languages = [view.language, *view.settings.languages]
        fields = {
            "address": forms.cleaned(sent.get("address", "")),
            "language": forms.one_of(sent.get("language", ""), languages),
            "kind": forms.one_of(sent.get("kind", ""), KINDS),
            "consent": view.say(wording.CONSENT),
            "consent_language": view.language,
        }
        if (wrong := fault(fields["address"])) is not None:  # nothing could be sent there
            return _subscription(visit, fields, wrong)
        whom = {"visitor": visit.visitor}
        await visit.submit(keys.SUBSCRIBING, fields, sent.get("nonce"), whom)
        return visit.go("/subscribe/sent")

    async def confirm(self, visit: Visit) -> web.Response:
        sent = await visit.sent()
        await visit.submit(keys.CONFIRMATION, {"token": visit.part("token")}, sent.get("nonce"))
        return visit.go("/confirmed")

    async def unsubscribe(self, visit: Visit) -> web.Response:
        """By the page's button, or by a mail program's (RFC 8058), which follows no redirect."""
        sent = await visit.sent()
        await visit.submit(keys.UNSUBSCRIBING, {"token": visit.part("token")}, sent.get("nonce"))
        if "nonce" not in sent:
            return visit.unlisted("unsubscribed.html")
        return visit.go("/unsubscribed")


def _subscription(
    visit: Visit, fields: Mapping[str, str], wrong: Fault | None = None
) -> web.Response:
    values = {
        "address": fields.get("address", ""),
        "language": fields.get("language", visit.view.language),
        "kind": fields.get("kind", KINDS[0]),
        "kinds": {"immediate": wording.IMMEDIATE, "digest": wording.DIGEST},
        "longest": LONGEST_ADDRESS,
        "wrong": wording.FAULTS[wrong] if wrong is not None else "",
    }
    return visit.page("subscribe.html", values, 422 if wrong else 200)


# -- what was released -----------------------------------------------------------------------------


class _Reading:
    """Released announcements as they are shown, kept until something changes them."""

    def __init__(self, desk: Desk) -> None:
        self._store, self._texts = desk.store, desk.texts
        self._news: dict[Published, News] = {}
        self._shown: tuple[News, ...] = ()
        self._reading = asyncio.Lock()
        self._written = -1
        """How often a page had been written before they were read."""

    async def news(self) -> Sequence[News]:
        async with self._reading:
            written = self._store.written[PAGES.kind]
            if written != self._written:
                await self._read()
                self._written = written
        return self._shown

    async def _read(self) -> None:
        found = await self._store.run("news", _published)
        new = [x for x in found if x not in self._news]
        made = dict(zip(new, await asyncio.to_thread(rendered, new, self._texts), strict=True))
        # What was taken back is not kept here, either.
        self._news = {x: self._news.get(x) or made[x] for x in found}
        self._shown = tuple(self._news.values())


def _published(tx: Transaction) -> Sequence[Published]:
    with viewing.view(tx) as view:
        return published(view)


def rendered(found: Sequence[Published], texts: Texts) -> list[News]:
    return [
        News(
            str(x.number),
            datetime.fromtimestamp(x.released, UTC),
            tuple(_readings(x, texts)),
        )
        for x in found
    ]


def _readings(found: Published, texts: Texts) -> Iterator[tuple[str, str]]:
    html = (*found.html, *[""] * len(found.texts))
    for (language, text), formatted in zip(found.texts, html, strict=False):
        clean = in_html(shown(text, formatted), texts.direction(language))
        # Headings are a level below those of the page.
        yield language, _HEADING.sub(lambda x: f"{x[1]}{min(6, int(x[2]) + 1)}", clean)
