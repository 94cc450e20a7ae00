"""For how long the event loop of an office at work keeps everything else waiting."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time

from tests.bench.children import Child
from tests.bench.figures import Figure
from tests.bench.ombuds import Scene, scene
from tests.bench.place import Place

RATE = 20
SECONDS = 20
REPORTERS = 3
SETTLING = 2.0
HOW = f"a beat every millisecond during {RATE} encrypted messages/s for {SECONDS} s"
IDLE = "the same beat in a process that does nothing else, in the same run"

FIGURES = (
    Figure("loop_blocked_ms_max", "ms", HOW, target=50),
    Figure("loop_blocked_ms_p99", "ms", HOW),
    Figure("idle_loop_blocked_ms_max", "ms", IDLE),
    Figure("idle_loop_blocked_ms_p99", "ms", IDLE),
)


async def measure(place: Place) -> dict[str, float]:
    async with scene(place, REPORTERS, beating=True) as playing:
        idle = await Child.start("tests.bench.heartbeat", log=place.folder / "idle.log")
        try:
            return await _measure(place, playing, idle)
        finally:
            await idle.end()


async def _measure(place: Place, playing: Scene, idle: Child) -> dict[str, float]:
    await asyncio.sleep(SETTLING)
    for child in (playing.office, idle):
        child.tell("start")
        await child.hear("beating")
    await _stream(playing)
    for child in (playing.office, idle):
        child.tell("stop")
    busy, calm = await playing.office.hear("beats"), await idle.hear("beats")
    place.say(f"office {busy}, idle {calm}")
    return {
        "loop_blocked_ms_max": busy["max"],
        "loop_blocked_ms_p99": busy["p99"],
        "idle_loop_blocked_ms_max": calm["max"],
        "idle_loop_blocked_ms_p99": calm["p99"],
    }


async def _stream(playing: Scene) -> None:
    """Messages at a steady rate: to the office from several people, and notes of its staff."""
    chats = zip(playing.reporters, playing.chats, strict=True)
    writers = itertools.cycle([*chats, (playing.staff, playing.room)])
    begun = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            person, room = next(writers)
            tasks.create_task(person.send(room, f"{number}"))
        last = secrets.token_hex(8)
        await playing.reporters[0].send(playing.chats[0], last)
    await playing.passed_on(last)
