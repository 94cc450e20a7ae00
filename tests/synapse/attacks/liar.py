"""A homeserver that lies to the office: it stands in between, and changes what is answered."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.synapse.proxy import Forward, Proxy, lying

Json = dict[str, Any]
Change = Callable[[Json], None]


class Liar:
    """`async with liar(synapse.url) as one`, and `one.url` is the office's homeserver."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.url = proxy.url
        self.lies: list[Change] = []
        """What becomes of each true answer to a sync."""
        self._since = ""
        self._invented: Json = {}
        self._news, self._taken = asyncio.Event(), asyncio.Event()
        proxy.on("GET .*/sync", self._sync, times=sys.maxsize)

    def keys(self, change: Change) -> None:
        """Change from now on what is told of people's keys."""
        self.proxy.on("POST .*/keys/query", lying(change), times=sys.maxsize)

    def shows(self, room: str, *events: Json) -> None:
        """Events that nobody sent."""
        rooms = self._invented.setdefault("rooms", {}).setdefault("join", {})
        timeline = rooms.setdefault(room, {}).setdefault("timeline", {"events": []})
        timeline["events"] += events
        self._invent()

    def hands(self, *messages: Json) -> None:
        """To-device messages that were never sent, or were handed over before."""
        self._invented.setdefault("to_device", {"events": []})["events"] += messages
        self._invent()

    def _invent(self) -> None:
        self._taken.clear()
        self._news.set()

    async def told(self) -> None:
        """Wait until the office has been given what was invented."""
        await self._taken.wait()

    async def _sync(self, forward: Forward) -> web.Response:
        real, news = asyncio.ensure_future(forward()), asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({real, news}, return_when=asyncio.FIRST_COMPLETED)
            if not (news.done() and self._since):
                return self._changed(await real)
        finally:
            real.cancel()
            news.cancel()
        invented, self._invented = self._invented, {}
        self._news.clear()
        self._taken.set()
        return web.json_response({"next_batch": self._since, **invented})

    def _changed(self, answer: web.Response) -> web.Response:
        if answer.status != 200:
            return answer
        assert isinstance(answer.body, bytes)
        body = json.loads(answer.body)
        for lie in self.lies:
            lie(body)
        self._since = str(body["next_batch"])
        return web.json_response(body)


@asynccontextmanager
async def liar(upstream: str) -> AsyncIterator[Liar]:
    async with Proxy(upstream) as proxy:
        yield Liar(proxy)


def event_id() -> str:
    return "$" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def forged(sender: str, kind: str, content: Json, **more: Any) -> Json:
    """An event in somebody's name."""
    now = int(time.time() * 1000)
    base = {"type": kind, "sender": sender, "content": content, "origin_server_ts": now}
    return {**base, "event_id": event_id(), "unsigned": {}, **more}


def timelines(answer: Json) -> list[list[Json]]:
    joined = answer.get("rooms", {}).get("join", {})
    return [room["timeline"]["events"] for room in joined.values() if "timeline" in room]


def hold(answer: Json, sender: str, held: list[Json]) -> None:
    """Keep from the office what somebody says."""
    for events in timelines(answer):
        theirs = [x for x in events if x["sender"] == sender]
        held.extend(theirs)
        events[:] = [x for x in events if x not in theirs]
