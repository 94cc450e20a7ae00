"""A client without encryption and without a store: light enough to hold a watch to."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from bots.lab.synapse.embedded import EmbeddedSynapse
from federation.client.homeserver import Homeserver, path
from federation.model.errors import NotAHomeserver, Unreachable

FILTER = json.dumps(
    {
        "room": {"timeline": {"limit": 100}, "ephemeral": {"types": []}},
        "presence": {"types": []},
    }
)
PASSWORD = "a password for the bench"


class Light:
    """Made by `new` or `log_in`; a context that ends its connections."""

    def __init__(self, server: Homeserver, login: dict[str, Any]) -> None:
        self.user_id = str(login["user_id"])
        self.device_id = str(login["device_id"])
        self.token = str(login["access_token"])
        self._server = server
        self._server.token = self.token

    @classmethod
    async def new(cls, synapse: EmbeddedSynapse, name: str) -> Self:
        """Register, and log in."""
        await synapse.register(name, PASSWORD)
        return await cls.log_in(synapse.url, name)

    @classmethod
    async def log_in(cls, url: str, name: str) -> Self:
        server = Homeserver(url)
        who = {"type": "m.id.user", "user": name}
        body = {"type": "m.login.password", "identifier": who, "password": PASSWORD}
        return cls(server, await server.call("login", "POST", path("login"), body))

    async def call(self, method: str, *parts: str, body: Any = None, **query: str) -> Any:
        return await self._server.call(parts[0], method, path(*parts), body, query=query)

    async def create_room(self, *invited: Light, **body: Any) -> str:
        """A room that all of these are in."""
        body |= {"invite": [guest.user_id for guest in invited]}
        room_id = str((await self.call("POST", "createRoom", body=body))["room_id"])
        for guest in invited:
            await guest.join(room_id)
        return room_id

    async def join(self, room_id: str) -> None:
        await self.call("POST", "join", room_id, body={})

    async def send(self, room_id: str, text: str, transaction: str | None = None) -> str:
        """Send a message as it is; its event id."""
        place = ("rooms", room_id, "send", "m.room.message", transaction or secrets.token_hex(16))
        answer = await self.call("PUT", *place, body={"msgtype": "m.text", "body": text})
        return str(answer["event_id"])

    async def send_surely(self, room_id: str, text: str) -> str:
        """Send, and again with the same transaction id for as long as nobody answers."""
        transaction = secrets.token_hex(16)
        while True:
            try:
                return await self.send(room_id, text, transaction)
            except (Unreachable, NotAHomeserver):
                await asyncio.sleep(0.5)

    async def texts(self, room_id: str, sender: str) -> list[str]:
        """All messages of somebody in a room, newest first."""
        return [event["content"].get("body", "") for event in await self.messages(room_id, sender)]

    async def messages(self, room_id: str, sender: str) -> list[dict[str, Any]]:
        """The same as events."""
        found: list[dict[str, Any]] = []
        start: str | None = None
        while True:
            query = {"dir": "b", "limit": "1000"} | ({"from": start} if start else {})
            page = await self.call("GET", "rooms", room_id, "messages", **query)
            found += [
                event
                for event in page["chunk"]
                if (event["sender"], event["type"]) == (sender, "m.room.message")
            ]
            start = page.get("end")
            if start is None:
                return found

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._server.close()


class Watch:
    """Who listens to a client's rooms and notes when which text came."""

    def __init__(self, client: Light) -> None:
        self._client = client
        self.seen: dict[str, float] = {}
        """Text → seconds of the monotonic clock."""
        self._news = asyncio.Event()

    async def until(self, text: str, seconds: float = 30.0) -> float:
        """When this text came."""
        async with asyncio.timeout(seconds):
            while text not in self.seen:
                await self._news.wait()
        return self.seen[text]

    async def until_within(self, text: str, seconds: float = 30.0) -> float:
        """When a longer text came that holds this one."""
        async with asyncio.timeout(seconds):
            while (found := self._holding(text)) is None:
                await self._news.wait()
        return self.seen[found]

    def _holding(self, text: str) -> str | None:
        return next((x for x in reversed(self.seen) if text in x and x != text), None)

    async def listen(self) -> None:
        since = (await self._sync(0))["next_batch"]
        # Never twice the same: Synapse would repeat its answer to the same question.
        for more in itertools.count():
            answer = await self._sync(30_000 + more % 1000, since=since)
            self._note(answer, time.monotonic())
            since = answer["next_batch"]

    async def _sync(self, milliseconds: int, **query: str) -> dict[str, Any]:
        query |= {"timeout": str(milliseconds), "filter": FILTER}
        answer: dict[str, Any] = await self._client.call("GET", "sync", **query)
        return answer

    def _note(self, answer: dict[str, Any], now: float) -> None:
        for room in answer.get("rooms", {}).get("join", {}).values():
            for event in room["timeline"]["events"]:
                self.seen.setdefault(event["content"].get("body", ""), now)
        self._news.set()
        self._news = asyncio.Event()


@asynccontextmanager
async def watching(client: Light) -> AsyncIterator[Watch]:
    """A watch that listens for as long as the block lasts."""
    watch = Watch(client)
    task = asyncio.create_task(watch.listen())
    await asyncio.sleep(0.3)
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def flood(
    client: Light,
    rooms: Sequence[str],
    texts: Sequence[str],
    at_once: int,
    per_second: float = math.inf,
) -> None:
    """Send the texts to the rooms in turn: so many at a time, and no more than so many a second."""
    work = iter(zip(itertools.count(), texts, itertools.cycle(rooms)))
    begun = time.monotonic()

    async def send() -> None:
        for number, text, room_id in work:
            await asyncio.sleep(begun + number / per_second - time.monotonic())
            await client.send_surely(room_id, text)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(send())
