"""The story: one complaint goes all the way, observed from outside at every step.

What is told here was seen in somebody's own client, or in the bytes that the homeserver holds.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bots.demo import Seen, room_path
from bots.demo.person import Person
from bots.demo.stage import OFFICE, Stage

STAFF = ("anna", "bilal")
GUEST_STAFF, GUEST = "gast-team", "gast"
"""Accounts without a device, for whoever watches and wants to log in with Element."""
RESIDENT = "leyla-rahimi"
UNDO = 3
"""Seconds to take an answer back, in the demo."""

COMPLAINT = "السلام عليكم. الحمام في الطابق الثاني معطّل منذ ثلاثة أسابيع ولا أحد يصلحه."
AFTER_KILL = "وأيضًا لا يوجد ماء ساخن منذ أمس."
NOTE = "Intern: Das ist das dritte Bad in diesem Haus. Wer ruft bei der Leitung an?"
HASTY = "!antwort Bitte rufen Sie selbst bei der Leitung an."
ANSWER = "Wir haben heute mit der Leitung gesprochen. Die Handwerker kommen am Montag um 9 Uhr."


class NotSeen(AssertionError):
    """A step was not observed from outside."""


@dataclass
class Story:
    stage: Stage
    told: Callable[[str, str, float], None]
    """Called for every step: what happened, who saw it, after how many seconds."""
    room: str = ""
    """The staff's room."""
    chat: str = ""
    root: str = ""
    people: dict[str, Person] = field(default_factory=dict)

    async def play(self) -> None:
        """Raises NotSeen, TimeoutError where a step was not observed."""
        for step in (
            self._open_the_office,
            self._complain,
            self._read_without_a_name,
            self._receive,
            self._survive_a_kill,
            self._take_note,
            self._take_back,
            self._answer,
            self._close,
        ):
            await step()

    async def _timed(self, what: str, who: str, seen: Awaitable[Seen]) -> Seen:
        start = asyncio.get_running_loop().time()
        found = await seen
        if found.shield is not None:
            raise NotSeen(f"{who} sees a warning beside the message: {found.shield}")
        self.told(what, who, asyncio.get_running_loop().time() - start)
        return found

    def _office(self, person: str, room: str, pattern: str, **fields: Any) -> Awaitable[Seen]:
        """What the office's account says in a room, as this person's client shows it."""
        return self.people[person].wait_for(
            room_id=room,
            sender=self.stage.user(OFFICE),
            body=re.compile(pattern),
            timeout=20,
            **fields,
        )

    # -- the steps -----------------------------------------------------------------------------

    async def _open_the_office(self) -> None:
        for name in (*STAFF, RESIDENT):
            self.people[name] = await self.stage.person(name)
        for name in (GUEST_STAFF, GUEST):
            await self.stage.account(name)
        start = asyncio.get_running_loop().time()
        await self.stage.start_office()
        for name in STAFF:
            person = self.people[name]
            invitation = await person.wait_until(partial(_first, person.invited_rooms), "the room")
            self.room = await person.join(invitation)
        seconds = asyncio.get_running_loop().time() - start
        self.told(
            "The ombuds office opens its encrypted room and invites its staff",
            "Anna, Bilal",
            seconds,
        )

    async def _complain(self) -> None:
        leyla = self.people[RESIDENT]
        self.chat, _ = await leyla.write_privately(self.stage.user(OFFICE), COMPLAINT)
        seen = await self._timed(
            "Leyla writes to it privately, in Arabic; her matter stands as a case",
            "Anna",
            self._office("anna", self.room, re.escape(COMPLAINT[:40])),
        )
        self.root = seen.event_id

    async def _read_without_a_name(self) -> None:
        """Every event of the room, state included, as the homeserver and as staff hold it."""
        start = asyncio.get_running_loop().time()
        for name in STAFF:
            events = [seen.raw for seen in self.people[name].seen(self.room)]
            self._refuse(json.dumps(events, ensure_ascii=False))
        target = room_path(self.room, "messages") + "?dir=b&limit=1000"
        answer = await self.people["anna"].homeserver.call("GET", target)
        self._refuse(json.dumps(answer, ensure_ascii=False))
        seconds = asyncio.get_running_loop().time() - start
        self.told("No event of the room names her, her chat or her message", "the server", seconds)

    def _refuse(self, text: str) -> None:
        for secret in (RESIDENT, self.chat):
            if secret in text:
                raise NotSeen("something in the staff's room tells who wrote")

    async def _receive(self) -> None:
        await self._timed(
            "She has a receipt in her language, with a number",
            "Leyla",
            self._office(RESIDENT, self.chat, r"شكر[\s\S]*1"),
        )

    async def _survive_a_kill(self) -> None:
        await self.stage.kill_office()
        await self.people[RESIDENT].send(self.chat, AFTER_KILL)
        start = self.stage.start_office()
        seen = self._office("bilal", self.room, re.escape(AFTER_KILL), thread=self.root)

        async def both() -> Seen:
            await start
            return await seen

        await self._timed(
            "The office is killed; what she writes meanwhile is in the thread after its restart",
            "Bilal",
            both(),
        )

    async def _take_note(self) -> None:
        anna, bilal = self.people["anna"], self.people["bilal"]
        await anna.send(self.room, NOTE, thread=self.root)
        await self._timed(
            "Anna writes a note in the thread; it stays among staff",
            "Bilal",
            bilal.wait_for(room_id=self.room, body=NOTE, sender=anna.user_id),
        )

    async def _take_back(self) -> None:
        anna, bilal = self.people["anna"], self.people["bilal"]
        await anna.send(self.room, HASTY, thread=self.root)
        text = re.escape(HASTY.removeprefix("!antwort "))
        notice = await self._office("bilal", self.room, text, thread=self.root)
        await bilal.react(self.room, notice.event_id, "❌")
        await self._timed(
            "Anna answers too hastily; Bilal takes it back with ❌",
            "Anna",
            self._office("anna", self.room, text, edits=notice.event_id),
        )

    async def _answer(self) -> None:
        bilal = self.people["bilal"]
        await bilal.send(self.room, f"!antwort {ANSWER}", thread=self.root)
        await self._timed(
            f"Bilal answers; after {UNDO} s to take it back, the answer reaches her",
            "Leyla",
            self._office(RESIDENT, self.chat, re.escape(ANSWER)),
        )

    async def _close(self) -> None:
        anna = self.people["anna"]
        await anna.send(self.room, "!schließen", thread=self.root)
        await self._timed(
            "Anna closes the case; Leyla got the one answer, and nothing else",
            "Bilal",
            self._office("bilal", self.room, "geschlossen", thread=self.root),
        )
        with suppress(TimeoutError):
            await self.people[RESIDENT].wait_for(body=NOTE, timeout=1)
            raise NotSeen("a note of the staff reached the person")
        self._exactly_once()

    def _exactly_once(self) -> None:
        chat = [seen.body or "" for seen in self.people[RESIDENT].seen(self.chat)]
        thread = [seen.body or "" for seen in self.people["anna"].seen(self.room)]
        for text, bodies in ((ANSWER, chat), (AFTER_KILL, thread)):
            if sum(text in body for body in bodies) - _own_command(text, bodies) != 1:
                raise NotSeen("something arrived not exactly once")
        if any(HASTY.removeprefix("!antwort ") in body or NOTE in body for body in chat):
            raise NotSeen("something reached the person that staff had kept back")


def _first(names: Mapping[str, object]) -> str | None:
    return next(iter(names), None)


def _own_command(text: str, bodies: list[str]) -> int:
    return sum(body.startswith("!") and text in body for body in bodies)
