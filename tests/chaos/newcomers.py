"""People who come to a network: most of them without encryption, whom the server's lists tell of;
some with phones, who read what they are told."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from federation.model.errors import FederationError
from tests.bench.light import Light
from tests.chaos.alliance import Event
from tests.chaos.witness import Witness

AGREE = "✅"
POLL = 1.0
LONG_POLL_MS = 5_000
PATIENCE = 600.0
"""Seconds; the office is away for most of them, and what is due is due in the end."""
FILTER = json.dumps(
    {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {
            "timeline": {"limit": 1},
            "state": {"types": []},
            "ephemeral": {"types": []},
        },
    }
)


async def until(found: Callable[[], Awaitable[Any]], what: str) -> Any:
    """The first answer that is not empty."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(FederationError):
                    if answer := await found():
                        return answer
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise TimeoutError(f"{what} did not come within {PATIENCE:g} s") from None


class Caller(Protocol):
    async def call(self, method: str, *parts: str, body: Any = None, **query: str) -> Any: ...


async def history(client: Caller, room: str) -> list[Event]:
    """The whole room, oldest first."""
    found: list[Event] = []
    start: dict[str, str] = {}
    while True:
        query = {"dir": "b", "limit": "1000", **start}
        page = await client.call("GET", "rooms", room, "messages", **query)
        found += page["chunk"]
        if "end" not in page:
            return found[::-1]
        start = {"from": page["end"]}


async def offered(client: Light, room: str, bot: str, after: int = 0) -> str | None:
    """What the bot has put a ✅ on, as something that can be agreed to."""
    reactions = [
        event["content"]["m.relates_to"]
        for event in await history(client, room)
        if event["type"] == "m.reaction" and event["sender"] == bot and event["content"]
    ]
    found = [x["event_id"] for x in reactions if x["key"] == AGREE]
    return str(found[after]) if len(found) > after else None


async def knocking(client: Light, space: str) -> set[str]:
    """Who asks to be let in, and waits."""
    found = await client.call("GET", "rooms", space, "members", membership="knock")
    return {str(x["state_key"]) for x in found["chunk"]}


async def react(client: Light, room: str, target: str, key: str) -> None:
    relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
    place = ("rooms", room, "send", "m.reaction", secrets.token_hex(16))
    await client.call("PUT", *place, body={"m.relates_to": relation})


@dataclass
class Newcomer:
    """Joins, agrees to the rules, and takes the invitations up."""

    client: Light
    bot: str
    rooms: list[str]
    """That everybody is invited to who agrees."""
    chat: str = ""
    invited: dict[str, Event] = field(default_factory=dict)
    _since: str = ""

    async def knock(self, space: str) -> None:
        """Ask to be let in, and wait until somebody does."""
        await self.client.call("POST", "knock", space, body={"reason": "I live here"})
        await until(lambda: self._is_invited(space), "a yes")

    async def live(self, space: str) -> None:
        await self.client.join(space)
        self.chat = str(await until(self._asked_in, "a private room"))
        await self.client.join(self.chat)
        rules = await until(self._rules, "the rules")
        await react(self.client, self.chat, rules, AGREE)
        for room in self.rooms:
            await until(lambda room=room: self._is_invited(room), "an invitation")  # type: ignore[misc]
            await self.client.join(room)

    async def _look(self) -> None:
        query = {"since": self._since} if self._since else {}
        timeout = str(LONG_POLL_MS if self._since else 0)
        answer = await self.client.call("GET", "sync", timeout=timeout, filter=FILTER, **query)
        self._since = answer["next_batch"]
        for room, found in answer.get("rooms", {}).get("invite", {}).items():
            events = found["invite_state"]["events"]
            mine = [x for x in events if x.get("state_key") == self.client.user_id]
            self.invited[room] = mine[-1]

    async def _rules(self) -> str | None:
        if (found := await offered(self.client, self.chat, self.bot)) is None:
            await self._look()
        return found

    async def _asked_in(self) -> str | None:
        await self._look()
        direct = (room for room, x in self.invited.items() if x["content"].get("is_direct"))
        return next(direct, None)

    async def _is_invited(self, room: str) -> bool:
        if room not in self.invited:
            await self._look()
        return room in self.invited


@dataclass
class Phone:
    """Does the same, and reads."""

    person: Witness
    bot: str
    rooms: list[str]
    chat: str = ""

    async def knock(self, space: str) -> None:
        """Ask to be let in, and wait until somebody does."""
        target = f"/knock/{quote(space, safe='')}"
        await self.person.homeserver.call("POST", target, {"reason": "I live here"})
        await self.person.wait_until(
            lambda: self.person.invited_rooms.get(space), "a yes", timeout=PATIENCE
        )

    async def live(self, space: str) -> None:
        await self.person.join(space)
        self.chat = str(await self.person.wait_until(self._asked_in, timeout=PATIENCE))
        await self.person.join(self.chat)
        await self.says("Be kind")
        rules = next(x for x in self._said() if "Be kind" in (x.body or ""))
        await self.person.react(self.chat, rules.event_id, AGREE)
        await self.says("Which groups")
        await self.person.send(self.chat, "1")
        await self.says("decide whether to let you in")
        await self.says("has let you in")
        for room in self.rooms:
            await self.person.wait_until(
                lambda room=room: self.person.invited_rooms.get(room),  # type: ignore[misc]
                timeout=PATIENCE,
            )

    def _asked_in(self) -> str | None:
        rooms = self.person.invited_rooms.values()
        return next((x.room_id for x in rooms if x.is_direct and x.sender == self.bot), None)

    async def says(self, text: str) -> None:
        def said() -> bool | None:
            return any(text in (x.body or "") for x in self._said()) or None

        await self.person.wait_until(said, text, timeout=PATIENCE)

    def _said(self) -> list[Any]:
        return [x for x in self.person.seen(self.chat) if x.sender == self.bot]

    def told(self) -> Counter[str]:
        """How often each of the texts was said, and what could not be read."""
        texts = (
            "Hello and welcome",
            "Be kind",
            "Thank you! You are in",
            "Which groups",
            "decide whether to let you in",
            "has let you in",
        )
        bodies = [x.body or "" for x in self._said() if x.type in ("m.room.message", _SEALED)]
        found = Counter({text: sum(text in x for x in bodies) for text in texts})
        found["unreadable"] = sum(x.shield is not None for x in self._said())
        return found


_SEALED = "m.room.encrypted"
