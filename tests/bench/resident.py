"""How much memory an ombuds office holds after 1,000 messages."""

from __future__ import annotations

import asyncio
import secrets

from bots.lab.people.person import Person
from tests.bench.figures import Figure
from tests.bench.ombuds import Scene, scene
from tests.bench.place import Place

MESSAGES = 1000
REPORTERS = 4
FIGURES = (
    Figure(
        "resident_mb",
        "MB",
        f"resident set of an ombuds office after {MESSAGES} encrypted private messages",
        target=150,
    ),
    Figure("resident_idle_mb", "MB", "resident set of the same office before them"),
)


async def measure(place: Place) -> dict[str, float]:
    async with scene(place, REPORTERS) as playing:
        before = playing.office.resident_mb()
        async with asyncio.TaskGroup() as tasks:
            for person, chat in zip(playing.reporters, playing.chats, strict=True):
                tasks.create_task(_write(place, playing, person, chat))
        return {"resident_mb": playing.office.resident_mb(), "resident_idle_mb": before}


async def _write(place: Place, playing: Scene, person: Person, chat: str) -> None:
    """One reporter's share of the messages, until the last was passed on."""
    texts = [secrets.token_hex(8) for _ in range(MESSAGES // REPORTERS)]
    for number, text in enumerate(texts):
        await person.send(chat, text)
        if number % 100 == 99:
            place.say(f"{number + 1} of one reporter, {playing.office.resident_mb():.0f} MB")
    await playing.passed_on(texts[-1])
