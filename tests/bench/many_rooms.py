"""Homes with many rooms, built once and kept: see `tests.bench.place`."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.children import Child
from tests.bench.light import PASSWORD, Light
from tests.bench.place import Build, Place
from tests.bench.watched_echo import USER

AT_ONCE = 4


def home(rooms: int) -> Build:
    """A home in which the bot's account is in so many rooms, and its store knows them. `anna` is
    in the first of them, and invited into the others."""

    async def build(place: Place, folder: Path) -> dict[str, Any]:
        async with (
            await EmbeddedSynapse.start(folder / "synapse") as synapse,
            await Light.new(synapse, USER) as office,
            await Light.new(synapse, "anna") as anna,
        ):
            first = await office.create_room(anna)
            await _fill(place, office, anna, rooms - 1)
            await _warm(place, folder, synapse)
        return {"room": first}

    return build


async def _fill(place: Place, office: Light, anna: Light, rooms: int) -> None:
    numbers = itertools.count(1)
    body = {"invite": [anna.user_id]}

    async def create() -> None:
        while (number := next(numbers)) <= rooms:
            await office.call("POST", "createRoom", body=body)
            if number % 100 == 0:
                place.say(f"{number} rooms")

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(create())


async def _warm(place: Place, folder: Path, synapse: EmbeddedSynapse) -> None:
    """Let an office take its first look at all of it."""
    place.say("the office's first look at its rooms")
    child = await start(place, folder, synapse)
    try:
        await child.hear("synced", seconds=600)
    finally:
        await child.end()


async def start(place: Place, folder: Path, synapse: EmbeddedSynapse) -> Child:
    """The office of the home in `folder`."""
    environment = {
        "BENCH_HOMESERVER": synapse.url,
        "BENCH_PASSWORD": PASSWORD,
        "BENCH_STATE": str(folder / "office"),
    }
    log = place.folder / "office.log"
    return await Child.start("tests.bench.watched_echo", log=log, environment=environment)
