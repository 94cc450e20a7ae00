"""An ombuds office between a homeserver that lies and an admin who is curious."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bots.lab.people.client import Json, Seen, room_path
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Liar, liar
from tests.synapse.ombuds_house import House, house

__all__ = [
    "HIT",
    "House",
    "begun",
    "chief",
    "complaint",
    "house",
    "lies",
    "mark",
    "settled",
    "told",
    "wire",
]

HIT = "He hit me."


@pytest.fixture
async def chief(synapse: EmbeddedSynapse) -> AsyncIterator[Admin]:
    """The homeserver's admin."""
    admin = await Admin.of(synapse)
    yield admin
    await admin.close()


@pytest.fixture
async def lies(synapse: EmbeddedSynapse) -> AsyncIterator[Liar]:
    """What stands between the office and its homeserver."""
    async with liar(synapse.url) as one:
        yield one


async def begun(h: House, text: str = "The heating is broken.") -> tuple[str, Seen]:
    """Leyla's chat with its first case, and the case as staff see it."""
    chat, _ = await h.leyla.write_privately(h.account, text)
    root = await h.staff_see(re.escape(text))
    await h.leyla_sees(chat, "Your number is")
    return chat, root


async def complaint(h: House) -> tuple[str, str, str]:
    """Leyla's chat, what she wrote there, and the case."""
    chat, event = await h.leyla.write_privately(h.account, HIT)
    root = await h.staff_see(HIT)
    await h.leyla_sees(chat, "Your number is")
    return chat, event, root.event_id


def mark(person: Person) -> int:
    """How much she has seen by now."""
    return len(person.timeline)


async def told(h: House, since: int, about: str) -> Seen:
    """What the office tells its staff behind `since` about that."""
    return await h.anna.wait_for(
        lambda seen: h.anna.timeline.index(seen) >= since,
        room_id=h.room,
        sender=h.account,
        body=re.compile(about),
    )


async def wire(person: Person, room: str, event: str) -> Json:
    """An event as the homeserver has it: sealed."""
    return await person.homeserver.call("GET", room_path(room, "event", event))


async def settled(h: House, chat: str, word: str) -> None:
    """What went before has been decided, and what waited has gone."""
    await h.leyla.send(chat, f"Still there? {word}")
    root = await h.staff_see(re.escape(f"Still there? {word}"))
    await h.bilal.send(h.room, f"!answer Yes. {word}", thread=root.thread or root.event_id)
    await h.leyla_sees(chat, re.escape(f"Yes. {word}"))
