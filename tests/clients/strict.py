"""A person with Element's engine (`person.mjs`), and what she sees: names, words, what rings."""
# ruff: noqa: ASYNC109 - how long to wait is part of what is asked

from __future__ import annotations

import asyncio
import json
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, Self, TypeVar

from tests.clients.engines import Engine
from tests.conftest import Account

T = TypeVar("T")
LONGEST = 2**24
"""Bytes of a line."""
ENCRYPTION = {"algorithm": "m.megolm.v1.aes-sha2"}
UNREADABLE = "Unable to decrypt message"
"""What Element shows instead of words."""


class Failed(RuntimeError):
    """The client refused what it was asked to do."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message, or what stands in its place."""

    room: str
    id: str
    sender: str
    name: str | None
    type: str
    body: str
    """As it is read; of an edit the new words."""
    html: str
    encrypted: bool
    failure: str | None
    """Why it can't be read."""
    shield: int | None
    rings: bool
    edits: str | None
    thread: str | None
    target: str | None
    """What a reaction is on."""
    key: str | None
    """Of a reaction."""
    redacted: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """A line of the room list."""

    room: str
    name: str
    topic: str
    mine: str
    """Her membership."""
    inviter: str | None
    """Who asked her into a private chat."""
    space: bool


class StrictPerson:
    """Made by `opened`."""

    def __init__(self, engine: Engine, account: Account) -> None:
        self.version = engine.version
        self.user_id = account.user_id
        self.name = account.localpart
        self.rooms: dict[str, Chat] = {}
        self.names: set[str] = set()
        """Every name that stood in her list at some time."""
        self._engine = engine
        self.account = account
        self._events: dict[str, Shown] = {}
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready = False

    @classmethod
    async def opened(cls, engine: Engine, account: Account) -> Self:
        """Logged in on a device of her own, which she has signed."""
        person = cls(engine, account)
        person._process = await asyncio.create_subprocess_exec(
            engine.node,
            engine.script,
            account.homeserver,
            account.localpart,
            account.password,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=LONGEST,
        )
        person._reading = asyncio.create_task(person._read())
        try:
            await person.wait_until(lambda: person._ready or None, "her homeserver", timeout=60)
        except BaseException:
            await person.close()
            raise
        return person

    async def close(self) -> None:
        """Switch the phone off."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._reading is not None:
            await asyncio.wait([self._reading])

    # -- what she does -------------------------------------------------------------------------

    async def _do(self, what: str, **more: Any) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"n": number, "do": what, **more}) + "\n"
        self._process.stdin.write(line.encode())
        await self._process.stdin.drain()
        async with asyncio.timeout(60):
            return await answer

    async def knock(self, room: str, reason: str = "") -> None:
        await self._do("knock", room=room, reason=reason)

    async def join(self, room: str) -> str:
        """Its id; she is in it as far as her own client knows."""
        found = str(await self._do("join", room=room))
        await self.wait_until(lambda: self._mine(found) == "join" or None, f"{room} from within")
        return found

    async def invite(self, room: str, user: str) -> None:
        await self._do("invite", room=room, user=user)

    async def leave(self, room: str) -> None:
        await self._do("leave", room=room)

    async def send(
        self, room: str, body: str, *, thread: str | None = None, reply_to: str | None = None
    ) -> str:
        """Returns the id, as everything that sends does."""
        return str(await self._do("send", room=room, body=body, thread=thread, reply_to=reply_to))

    async def react(self, room: str, event: str, key: str) -> str:
        return str(await self._do("react", room=room, event=event, key=key))

    async def edit(self, room: str, event: str, body: str) -> str:
        return str(await self._do("edit", room=room, event=event, body=body))

    async def redact(self, room: str, event: str) -> str:
        return str(await self._do("redact", room=room, event=event))

    async def verify(self, user: str, room: str | None = None) -> dict[str, Any]:
        """Ask to compare emoji, in a chat or from device to device: how her dialog ended."""
        ended: dict[str, Any] = await self._do("verify", user=user, room=room)
        return ended

    async def write_privately(self, user: str, body: str) -> str:
        """Open a chat with its first message, as Element does; the room's id."""
        return str(await self._do("dm", user=user, body=body))

    async def create(self, **body: Any) -> str:
        """An encrypted room of hers."""
        state = {"type": "m.room.encryption", "state_key": "", "content": ENCRYPTION}
        return str(await self._do("create", body={"initial_state": [state], **body}))

    # -- what she sees -------------------------------------------------------------------------

    def seen(self, room: str | None = None) -> list[Shown]:
        """What stands in the room, or in all; in order."""
        return [x for x in self._events.values() if room in (None, x.room)]

    def unreadable(self) -> list[Shown]:
        """Where "Unable to decrypt message" stands now."""
        return [x for x in self.seen() if x.failure is not None]

    def _mine(self, room: str) -> str | None:
        return self.rooms[room].mine if room in self.rooms else None

    async def sees(
        self,
        text: str,
        *,
        room: str | None = None,
        wanted: Callable[[Shown], bool] | None = None,
        timeout: float = 60,
        **fields: object,
    ) -> Shown:
        """The first message, there or to come, in which this can be read."""
        pattern = re.compile(text)

        def find() -> Shown | None:
            for one in self.seen(room):
                fits = all(getattr(one, name) == value for name, value in fields.items())
                if fits and pattern.search(one.body) and (wanted is None or wanted(one)):
                    return one
            return None

        return await self.wait_until(find, f"{text!r}", timeout=timeout)

    async def loses(self, shown: Shown) -> None:
        """Wait until this is deleted."""
        await self.wait_until(
            lambda: self._events[shown.id].redacted or None, f"{shown.body!r} deleted"
        )

    async def invited_to(self, room: str) -> str:
        """Wait for an invitation and accept it."""
        await self.wait_until(lambda: self._mine(room) in ("invite", "join") or None, room)
        return await self.join(room)

    async def asked_by(self, user: str) -> Chat:
        """The private chat into which somebody asks her."""
        return await self.wait_until(
            lambda: next(
                (x for x in self.rooms.values() if x.inviter == user and x.mine == "invite"), None
            ),
            f"a chat from {user}",
        )

    async def wait_until(
        self, find: Callable[[], T | None], what: str = "it", *, timeout: float = 60
    ) -> T:
        try:
            async with asyncio.timeout(timeout):
                while (found := find()) is None:
                    if self._reading is None or self._reading.done():
                        raise RuntimeError(f"The client of {self.user_id} has ended.")
                    await self._news.wait()
                return found
        except TimeoutError:
            shown = [f"  {x.sender}: {x.body or x.key} ({x.failure})" for x in self.seen()[-8:]]
            last = "\n".join([*shown, *(f"  {x}" for x in self.rooms.values())])
            message = f"{self.user_id} did not see {what} within {timeout:g} s, but:\n{last}"
            raise TimeoutError(message) from None

    # -- what her client tells -----------------------------------------------------------------

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._take(json.loads(line))
                self._tell()
        finally:
            self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _take(self, told: dict[str, Any]) -> None:
        match told["is"]:
            case "ready":
                self._ready = True
            case "done":
                self._answers.pop(told["n"]).set_result(told["answer"])
            case "failed":
                self._answers.pop(told["n"]).set_exception(Failed(told["error"]))
            case "rooms":
                fields = Chat.__dataclass_fields__
                chats = [Chat(**{name: x[name] for name in fields}) for x in told["rooms"]]
                self.rooms = {chat.room: chat for chat in chats}
                self.names |= {chat.name for chat in chats}
            case "event":
                shown = _shown(told)
                if not shown.id.startswith("~"):  # her own words before they were sent
                    self._events[shown.id] = shown


def _shown(told: dict[str, Any]) -> Shown:
    relation = told["relation"] or {}
    kind, content = relation.get("rel_type"), told["content"]
    words = content.get("m.new_content", content) if kind == "m.replace" else content
    target = relation.get("event_id")
    failed = told["failure"] is not None
    return Shown(
        room=told["room"],
        id=told["id"],
        sender=told["sender"],
        name=told.get("name"),
        type=told["type"],
        body=UNREADABLE if failed else str(words.get("body", "")),
        html="" if failed else str(words.get("formatted_body", "")),
        encrypted=told["encrypted"],
        failure=told["failure"],
        shield=told["shield"],
        rings=told["rings"],
        edits=target if kind == "m.replace" else None,
        thread=target if kind == "m.thread" else None,
        target=target if kind == "m.annotation" else None,
        key=relation.get("key"),
        redacted=told["redacted"],
    )
