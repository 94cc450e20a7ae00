"""A restart with many rooms: how soon the office has its first new event, and has answered it."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from statistics import median

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.figures import Figure
from tests.bench.light import Light, watching
from tests.bench.many_rooms import home, start
from tests.bench.place import Place

ROOMS = 1500
FEWER = 300
TIMES = 5

FIGURES = (
    Figure(
        "restart_first_event_seconds",
        "s",
        f"start of the process → decision committed, with 1,500 rooms; median of {TIMES}",
        target=1.0,
    ),
    Figure(
        "restart_office_first_event_seconds",
        "s",
        f"start of Office.run → decision committed, with 1,500 rooms; median of {TIMES}",
        target=1.0,
    ),
    Figure(
        "restart_answer_seconds",
        "s",
        f"start of the process → answer seen, with 1,500 rooms; median of {TIMES}",
    ),
    Figure(
        "restart_reply_seconds",
        "s",
        f"start of the process → answer seen, with 300 rooms; median of {TIMES}",
    ),
)
NAMES = tuple(figure.name for figure in FIGURES)


async def measure(place: Place) -> dict[str, float]:
    many = await _restarts(place, ROOMS)
    fewer = await _restarts(place, FEWER)
    return dict(zip(NAMES, (*many, fewer[2]), strict=True))


async def _restarts(place: Place, rooms: int) -> tuple[float, float, float]:
    """Medians: process → decided, `Office.run` → decided, process → answered."""
    folder, facts = await place.kept(f"rooms-{rooms}-v1", home(rooms))
    async with (
        await EmbeddedSynapse.start(folder / "synapse") as synapse,
        await Light.log_in(synapse.url, "anna") as anna,
    ):
        # The first one warms the homeserver, which did not restart.
        found = [await _once(place, folder, synapse, anna, facts["room"]) for _ in range(TIMES + 1)]
    first, second, third = zip(*found[1:], strict=True)
    return median(first), median(second), median(third)


async def _once(
    place: Place, folder: Path, synapse: EmbeddedSynapse, anna: Light, room: str
) -> tuple[float, float, float]:
    async with watching(anna) as watch:
        child = await start(place, folder, synapse)
        try:
            running = await child.hear("running")
            text = secrets.token_hex(8)
            await anna.send(room, f"!echo {text}")
            decided = await child.hear("decided")
            answered = await watch.until(text)
        finally:
            await child.end()
    await asyncio.sleep(0.5)
    found = (decided - child.started, decided - running, answered - child.started)
    place.say("  ".join(f"{seconds:.2f} s" for seconds in found))
    return found
