"""The real ombuds office, killed in the middle of a complaint.

What must stand in its rooms is what stands there after the same story without a kill.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.chaos import names
from tests.chaos.audit import Findings, transcript
from tests.chaos.failpoints import NASTY, figures
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.pool import Wanted, run_all
from tests.chaos.process import Keeper
from tests.chaos.story import PATIENCE
from tests.chaos.trials import Trial, full_id
from tests.chaos.witness import Witness
from tests.kit.founders import confirms

PLACES = (0.0, 0.25, 0.5, 0.75)
"""Where in the course of things to kill, of all times that a point is reached."""
MORE = frozenset({"commit:claimed", "commit:wrap", "invite", "redact", "state"})
_NUMBERS = re.compile(r"\d+")

Said = Mapping[str, Counter[str]]
"""Room, as `staff` or `private` → what the office said and did there."""


async def run(ground: Ground) -> list[Figure]:
    complaint = Complaint()
    person, file = await ground.person("anna"), ground.folder / "record-complaint"
    calm = await complaint.complaint(Trial(ground, person, record=file))
    again = await complaint.complaint(Trial(ground, person))
    say(f"without a kill: {' '.join(calm.details + again.details) or 'the same each time'}")
    wanted = [Wanted(complaint.complaint, point) for point in _points(names.recorded(file))]
    result = await run_all(ground, wanted)
    against = f"{result.trials} kills of the ombuds office during a complaint"
    missed = Figure("complaint_missed", result.missed, "kills", f"{result.trials} planned", None)
    return [missed, *figures("complaint", calm + again + result.findings, against)]


def _points(counted: Counter[str]) -> Iterator[str]:
    for name in sorted((NASTY | MORE) & counted.keys()):
        for count in sorted({int(counted[name] * place) + 1 for place in PLACES}):
            yield f"before:{name}:{count}"
            yield f"after:{name}:{count}"


class Complaint:
    def __init__(self) -> None:
        self.expected: Said | None = None

    async def complaint(self, trial: Trial) -> Findings:
        async with _on_stage(trial) as scene:
            lost = ""
            try:
                await _play(scene)
            except TimeoutError as error:
                lost = str(error).partition("\n")[0]
            await self._settle(scene)
            await scene.keeper.steady(1.5)
            found = self._compare(await scene.said())
            found.details += [lost] if lost else []
            found.crashes, found.errors = len(scene.keeper.crashes), len(scene.keeper.errors())
            found.details += scene.keeper.errors()
            found.details += [f"never reached {x}" for x in scene.keeper.points]
            return found

    async def _settle(self, scene: Scene) -> None:
        end = time.monotonic() + (30 if self.expected else 3)
        while time.monotonic() < end:
            if self.expected and not _missing(self.expected, await scene.said()):
                return
            await asyncio.sleep(0.3)

    def _compare(self, said: Said) -> Findings:
        if self.expected is None:
            self.expected = said
        missing, extra = _missing(self.expected, said), _missing(said, self.expected)
        unreadable = [key for key in extra if key == "unreadable"]
        return Findings(
            unhandled=len(missing),
            doubled=len(extra) - len(unreadable),
            unreadable=len(unreadable),
            details=[f"missing {key}" for key in missing] + [f"too much {key}" for key in extra],
        )


def _missing(wanted: Said, said: Said) -> list[str]:
    return [key for room in wanted for key in (wanted[room] - said[room]).elements()]


@dataclass(slots=True)
class Scene:
    account: str
    word: str
    keeper: Keeper
    anna: Witness
    bilal: Witness
    leyla: Witness
    room: str = ""
    chat: str = ""

    async def staff_see(self, text: str, **fields: Any) -> str:
        seen = await self.anna.wait_for(
            room_id=self.room, body=re.compile(text), timeout=PATIENCE, **fields
        )
        return seen.event_id

    async def leyla_sees(self, text: str) -> None:
        await self.leyla.wait_for(
            room_id=self.chat, sender=self.account, body=re.compile(text), timeout=PATIENCE
        )

    async def said(self) -> Said:
        found: dict[str, Counter[str]] = {"staff": Counter(), "private": Counter()}
        for name, person, room in (
            ("staff", self.anna, self.room),
            ("private", self.leyla, self.chat),
        ):
            if room:
                keys = (await transcript(person, room, self.account)).keys
                found[name] = Counter(self._plain(key) for key in keys)
        return found

    def _plain(self, key: str) -> str:
        """Without what differs from one story to the next."""
        people = {"anna": self.anna, "bilal": self.bilal, "leyla": self.leyla}
        for name, person in people.items():
            key = key.replace(person.user_id, f"@{name}").replace(self.word, "WORD")
        return _NUMBERS.sub("0", key.replace(self.account, "@office"))


@asynccontextmanager
async def _on_stage(trial: Trial) -> AsyncIterator[Scene]:
    ground = trial.ground
    bilal, leyla = await ground.person("bilal"), await ground.person("leyla")
    staff = (trial.person.user_id, bilal.user_id)
    told = await ground.told("ombuds")
    told = told.with_(bot="ombuds", staff=staff, undo=1.0)
    account = full_id(ground, told)
    word = told.user.rpartition("-")[2].partition(":")[0]
    async with ground.keeper(trial.watched(told), trial.points) as keeper:
        yield Scene(account, word, keeper, trial.person, bilal, leyla)
    for person in (bilal, leyla):
        await ground.send_off(person)


async def _play(scene: Scene) -> None:
    await scene.keeper.ready()
    await _assemble(scene)
    word, anna, bilal, leyla = scene.word, scene.anna, scene.bilal, scene.leyla
    scene.chat, _ = await leyla.write_privately(scene.account, f"The heating is broken {word}.")
    root = await scene.staff_see(f"The heating is broken {word}")
    await scene.leyla_sees("Your number is 1")
    await anna.send(scene.room, f"a note among us {word}", thread=root)
    more = await leyla.send(scene.chat, f"And the lift {word}.")
    await scene.staff_see(f"And the lift {word}", thread=root)
    await leyla.edit(scene.chat, more, f"And the stairs {word}.")
    await scene.staff_see(f"And the stairs {word}")
    await leyla.redact(scene.chat, more)
    await scene.staff_see("was taken back")
    await bilal.send(scene.room, f"!answer On Monday {word}.", thread=root)
    await scene.leyla_sees(f"On Monday {word}")
    await scene.staff_see("Sent ")


async def _assemble(scene: Scene) -> None:
    """Staff come into the room that the office has made for them."""
    for person in (scene.anna, scene.bilal):
        invited = await person.wait_until(
            lambda person=person: _invitation(person, scene.account),  # type: ignore[misc]
            timeout=PATIENCE,
        )
        scene.room = await person.join(invited)
        await confirms(person, scene.room)
    await scene.staff_see("Welcome")


def _invitation(person: Witness, user: str) -> str | None:
    rooms = (x.room_id for x in person.invited_rooms.values() if x.sender == user)
    return next(rooms, None)
