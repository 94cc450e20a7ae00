"""One complaint goes all the way, without a name."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from bots.lab.demo import papers
from bots.lab.demo.telling import NEWCOMER, STAFF, NotSeen, Scene, want
from bots.lab.people.client import Seen, room_path
from bots.lab.people.person import Person

COMPLAINT = "السلام عليكم. الحمام في الطابق الثاني معطّل منذ ثلاثة أسابيع ولا أحد يصلحه."
AFTER_KILL = "وأيضًا لا يوجد ماء ساخن منذ أمس."
NOTE = "Intern: Das ist das dritte Bad in diesem Haus. Wer ruft bei der Leitung an?"
HASTY = "Bitte rufen Sie selbst bei der Leitung an."
ANSWER = "Wir haben heute mit der Leitung gesprochen. Die Handwerker kommen am Montag um 9 Uhr."


async def play(scene: Scene) -> None:
    scene.tell.act("A complaint, without a name")
    complaint = _Complaint(scene)
    for part in (
        complaint.arrives,
        complaint.is_read_without_a_name,
        complaint.is_told_that_it_arrived,
        complaint.survives_a_kill,
        complaint.gets_a_note,
        complaint.is_answered_too_hastily,
        complaint.is_answered,
        complaint.is_closed,
    ):
        await part()


@dataclass
class _Complaint:
    scene: Scene
    room: str = ""
    """The staff's."""
    chat: str = ""
    root: str = ""

    async def _office(self, person: str, room: str, pattern: str, **fields: Any) -> Seen:
        return await self.scene.says(person, papers.OMBUDS, room, pattern, **fields)

    async def arrives(self) -> None:
        bilal, clara = (self.scene[name] for name in STAFF)
        for person in (bilal, clara):
            self.room = await person.join(
                await person.wait_until(partial(_first, person.invited_rooms), "the staff's room")
            )
            await self._confirms(person)
        self.scene.rooms[papers.OMBUDS] = self.room
        leyla = self.scene[NEWCOMER]
        ombuds = self.scene.stage.user(papers.OMBUDS)
        self.chat, _ = await leyla.write_privately(ombuds, COMPLAINT)
        seen = await self.scene.step(
            "Leyla writes to the ombuds office, in Arabic: a case opens",
            "Bilal",
            self._office("bilal", self.room, re.escape(COMPLAINT[:40])),
        )
        self.root = seen.event_id

    async def _confirms(self, person: Person) -> None:
        """She types the code that she was handed, and the office knows whose keys are hers."""
        await person.wait_for(room_id=self.room, encrypted=True, decrypted=True)
        await person.send(self.room, self.scene.stage.handed[person.user_id])
        told = re.compile(rf"{re.escape(person.user_id)}.? ist bestätigt")
        await person.wait_for(room_id=self.room, body=told)

    async def is_read_without_a_name(self) -> None:
        """Every event of the room, state included, as the homeserver and as staff hold it."""
        await self.scene.step(
            "No event of the room names her, her chat or her message", "homeserver", self._search()
        )

    async def _search(self) -> None:
        await nothing_tells(self.scene, self.room, NEWCOMER, self.chat)

    async def is_told_that_it_arrived(self) -> None:
        await self.scene.step(
            "She is told in her language that it has arrived, and a number",
            "Leyla",
            self._office(NEWCOMER, self.chat, r"شكر[\s\S]*\d"),
        )

    async def survives_a_kill(self) -> None:
        office = self.scene.stage.ombuds
        await office.kill()
        await self.scene[NEWCOMER].send(self.chat, AFTER_KILL)
        seen = self._office("clara", self.room, re.escape(AFTER_KILL), thread=self.root)

        async def both() -> Seen:
            _, found = await asyncio.gather(office.start(), seen)
            return found

        await self.scene.step(
            "The office is killed; what she writes meanwhile is in the thread after its restart",
            "Clara",
            both(),
        )

    async def gets_a_note(self) -> None:
        bilal, clara = self.scene["bilal"], self.scene["clara"]
        await bilal.send(self.room, NOTE, thread=self.root)
        await self.scene.step(
            "Bilal writes a note in the thread; it stays among staff",
            "Clara",
            clara.wait_for(room_id=self.room, body=NOTE, sender=bilal.user_id),
        )

    async def is_answered_too_hastily(self) -> None:
        bilal, clara = self.scene["bilal"], self.scene["clara"]
        await bilal.send(self.room, f"!antwort {HASTY}", thread=self.root)
        notice = await self._office("clara", self.room, re.escape(HASTY), thread=self.root)
        await clara.react(self.room, notice.event_id, "❌")
        await self.scene.step(
            "Bilal answers too hastily; Clara takes it back with ❌",
            "Bilal",
            self._office("bilal", self.room, re.escape(HASTY), edits=notice.event_id),
        )

    async def is_answered(self) -> None:
        await self.scene["clara"].send(self.room, f"!antwort {ANSWER}", thread=self.root)
        await self.scene.step(
            f"Clara answers; after {papers.UNDO} s to take it back, the answer reaches her",
            "Leyla",
            self._office(NEWCOMER, self.chat, re.escape(ANSWER)),
        )

    async def is_closed(self) -> None:
        await self.scene["bilal"].send(self.room, "!schließen", thread=self.root)
        await self.scene.step(
            "Bilal closes the case; Leyla got the one answer, and nothing else",
            "Clara",
            self._office("clara", self.room, "geschlossen", thread=self.root),
        )
        with suppress(TimeoutError):
            await self.scene[NEWCOMER].wait_for(room_id=self.chat, body=NOTE, timeout=1)
            raise NotSeen("a note of the staff reached the person")
        self._exactly_once()

    def _exactly_once(self) -> None:
        chat = [seen.body or "" for seen in self.scene[NEWCOMER].seen(self.chat)]
        thread = [seen.body or "" for seen in self.scene["bilal"].seen(self.room)]
        for text, bodies in ((ANSWER, chat), (AFTER_KILL, thread)):
            times = sum(text in body for body in bodies if not body.startswith("!"))
            want(times == 1, "something arrived not exactly once")
        kept_back = any(HASTY in body or NOTE in body for body in chat)
        want(not kept_back, "something reached the person that staff had kept back")


async def nothing_tells(scene: Scene, room: str, *secrets: str) -> None:
    """Search what the homeserver holds of the staff's room, and what they can read of it."""
    target = room_path(room, "messages") + "?dir=b&limit=1000"
    held = await scene["bilal"].homeserver.call("GET", target)
    read = [[seen.raw for seen in scene[name].seen(room)] for name in STAFF]
    found = json.dumps([held, read], ensure_ascii=False)
    for secret in secrets:
        want(secret not in found, "something in the staff's room tells who wrote")


def _first(names: Mapping[str, object]) -> str | None:
    return next(iter(names), None)
