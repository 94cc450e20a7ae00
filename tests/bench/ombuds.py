"""An ombuds office at work: in a process of its own, with staff and people who write to it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bots.lab.people.client import Seen, Timeline
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.children import Child
from tests.bench.light import PASSWORD
from tests.bench.place import Place
from tests.kit.founders import hand_out, joins


class Noted(Timeline):
    """A timeline that notes when each event could be read."""

    def __init__(self) -> None:
        super().__init__()
        self.readable_since: dict[str, float] = {}

    def note(self, seen: Seen) -> None:
        if seen.body is not None:
            self.readable_since.setdefault(seen.event_id, time.monotonic())
        super().note(seen)


@dataclass(frozen=True, slots=True)
class Scene:
    synapse: EmbeddedSynapse
    office: Child
    account: str
    room: str
    """The ombuds room."""
    staff: Person
    noted: Noted
    """The timeline of the staff."""
    reporters: Sequence[Person]
    chats: Sequence[str]
    """The private room of each reporter, with one case begun."""

    async def passed_on(self, text: str, seconds: float = 120) -> None:
        """Wait until staff can read this text of a reporter."""
        await self.staff.wait_until(
            lambda: _in(self.staff, self.room, text), "what was passed on", timeout=seconds
        )

    async def new_matter(self, reporter: Person, chat: str) -> None:
        """What the reporter writes next opens a new case."""
        since = len(reporter.timeline)
        await reporter.send(chat, "!new")

        def answered() -> bool | None:
            news = reporter.timeline[since:]
            return any(x.sender == self.account and x.body for x in news) or None

        await reporter.wait_until(answered, "the answer to !new")


@asynccontextmanager
async def scene(place: Place, reporters: int = 1, *, beating: bool = False) -> AsyncIterator[Scene]:
    """`beating`: the office has a heartbeat; else it is run as admins run it."""
    async with AsyncExitStack() as ends:
        synapse = await EmbeddedSynapse.start(place.part("synapse"))
        ends.push_async_callback(synapse.stop)
        account = await synapse.register("ombuds", PASSWORD)
        noted = Noted()
        staff, *people = [
            await _person(place, synapse, name, ends)
            for name in ("staff", *(f"reporter-{n}" for n in range(reporters)))
        ]
        staff.timeline = noted
        settings = _settings(place, synapse, account, staff.user_id)
        office = await _office(place, settings, beating=beating)
        ends.push_async_callback(office.end)
        room = await joins(staff)
        chats = [await _first_case(account, room, staff, person) for person in people]
        yield Scene(synapse, office, account, room, staff, noted, people, chats)


def _settings(place: Place, synapse: EmbeddedSynapse, account: str, staff: str) -> Path:
    settings = {
        "office": {"name": "Ombudsstelle", "state": str(place.folder / "office")},
        "homeserver": {"url": synapse.url},
        "account": {"user": account},
        "staff": [staff],
    }
    path = place.folder / "ombuds.yaml"
    path.write_text(json.dumps(settings))  # JSON is YAML
    hand_out(place.folder / "office", staff)
    return path


async def _office(place: Place, settings: Path, *, beating: bool) -> Child:
    command = ["tests.bench.beating_office"] if beating else ["bots", "run"]
    log = place.folder / "office.log"
    environment = {"BUENDNIS_OMBUDS_PASSWORD": PASSWORD}
    return await Child.start(*command, str(settings), log=log, environment=environment)


async def _person(
    place: Place, synapse: EmbeddedSynapse, name: str, ends: AsyncExitStack
) -> Person:
    await synapse.register(name, PASSWORD)
    person = await Person.create(synapse.url, name, PASSWORD, place.folder / name)
    ends.push_async_callback(person.close)
    await person.start()
    return person


async def _first_case(account: str, room: str, staff: Person, person: Person) -> str:
    text = secrets.token_hex(8)
    chat, _ = await person.write_privately(account, text)
    await staff.wait_until(lambda: _in(staff, room, text), "the first case", timeout=30)
    return chat


def _in(person: Person, room: str, text: str) -> bool | None:
    return any(text in (x.body or "") for x in person.timeline if x.room_id == room) or None
