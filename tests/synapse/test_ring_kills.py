"""Content comes silently, and what rings holds none of it: an office that is killed between the two
rings once, and never not at all. Each life ends behind one message, or behind its being noted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import pytest

from bots.lab.people.person import Person
from tests.synapse.ombuds_process import Install, install, joined
from tests.synapse.processes import PATIENCE, Installation, Running
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.chaos, pytest.mark.timeout(600)]

POINTS = ("after:send", "after:send", "after:commit:performed")
COMPLAINT, ANSWER = "The heating is broken.", "It is repaired on Monday."
MOST = 40
"""Lives in which one scene has to come to its end."""

__all__ = ["install"]


async def killed_until(here: Installation, done: Callable[[], bool]) -> int:
    """Lives that it took, each killed after its first message."""
    for number, point in enumerate(itertools.islice(itertools.cycle(POINTS), MOST)):
        office = await here.start(failpoint=point)
        await until(partial(_over, office, done), "a kill, or the end")
        await office.kill()
        if done():
            return number
    raise AssertionError(f"not done in {MOST} lives")


def _over(office: Running, done: Callable[[], bool]) -> bool:
    return office.is_over or done()


def times(person: Person, room: str, account: str, text: str, msgtype: str) -> int:
    """How often the office said it there; edits aside."""
    return sum(
        text in (x.body or "") and x.msgtype == msgtype and x.edits is None
        for x in person.seen(room)
        if x.sender == account
    )


@dataclass
class Scene:
    """One office, one of its staff, and somebody who writes to it."""

    here: Installation
    anna: Person
    leyla: Person
    room: str
    chat: str = ""

    def staff_heard(self, text: str, msgtype: str) -> int:
        return times(self.anna, self.room, self.here.account, text, msgtype)

    def leyla_heard(self, text: str, msgtype: str) -> int:
        return times(self.leyla, self.chat, self.here.account, text, msgtype)

    @property
    def cases(self) -> list[str]:
        """What stands in no thread: further on a case is named by its first words."""
        found = (x for x in self.anna.seen(self.room) if x.thread is None and x.edits is None)
        return [x.event_id for x in found if COMPLAINT in (x.body or "")]

    def is_reported(self) -> bool:
        receipts = (x for x in self.leyla.seen(self.chat) if "Your number is" in (x.body or ""))
        return self.staff_heard("New: case", "m.text") > 0 and any(receipts)

    def is_answered(self) -> bool:
        return self.leyla_heard("You have an answer.", "m.text") > 0

    async def all_said(self) -> None:
        """What is asked now is answered behind all that waited."""
        await self.here.ready()
        await self.anna.send(self.room, "!help")
        await self.leyla.send(self.chat, "!help")
        for person, room, text in (
            (self.anna, self.room, "stays among you"),
            (self.leyla, self.chat, "!new"),
        ):
            await person.wait_for(
                room_id=room, sender=self.here.account, body=re.compile(text), timeout=PATIENCE
            )


@pytest.fixture
async def scene(install: Install, make_person: Callable[..., Awaitable[Person]]) -> Scene:
    anna, leyla = await make_person("anna"), await make_person("leyla")
    here = install(anna.user_id)
    here.settings["office"]["languages"] = ["en", "de"]
    here.write()
    office = await here.ready()
    scene = Scene(here, anna, leyla, await joined(anna, here))
    await anna.wait_for(room_id=scene.room, sender=here.account, body=re.compile("Welcome"))
    await office.kill()
    return scene


async def test_between_content_and_ring(scene: Scene) -> None:
    scene.chat, _ = await scene.leyla.write_privately(scene.here.account, COMPLAINT)
    assert await killed_until(scene.here, scene.is_reported) > 0, "it was killed on the way"
    (case,) = scene.cases
    await scene.anna.send(scene.room, f"!answer {ANSWER}", thread=case)
    assert await killed_until(scene.here, scene.is_answered) > 1
    await scene.all_said()
    assert scene.cases == [case]
    assert scene.staff_heard("New: case", "m.text") == 1
    assert scene.staff_heard("New: case", "m.notice") == 0
    assert scene.leyla_heard(ANSWER, "m.notice") == 1
    assert scene.leyla_heard("You have an answer.", "m.text") == 1
