"""How long an echo takes, as a ratio to a message that nobody works on."""

from __future__ import annotations

import asyncio
import secrets
import time
from statistics import median

from tests.bench.case import PAUSE, raw_pair
from tests.bench.echoing import Echoing, echoing
from tests.bench.figures import Figure
from tests.bench.light import Light, Watch, watching
from tests.bench.place import Place

PAIRS = 40
UNCOUNTED = 3
FIGURES = (
    Figure(
        "echo_reply_ratio",
        "×",
        f"raw send → sync in the same run; medians of {PAIRS} interleaved pairs",
    ),
)


async def measure(place: Place) -> dict[str, float]:
    async with (
        echoing(place) as scene,
        await Light.new(scene.synapse, "reader") as reader,
        watching(reader) as watch,
    ):
        await scene.begin()
        room = await scene.anna.create_room(reader)
        await reader.join(await _opened(scene))
        return {"echo_reply_ratio": await _ratio(scene, room, watch)}


async def _opened(scene: Echoing) -> str:
    """One of the bot's rooms that everybody may join."""
    await scene.anna.call(
        "PUT", "rooms", scene.rooms[0], "state", "m.room.join_rules", body={"join_rule": "public"}
    )
    return scene.rooms[0]


async def _ratio(scene: Echoing, room: str, watch: Watch) -> float:
    raw: list[float] = []
    echoes: list[float] = []
    for _ in range(PAIRS + UNCOUNTED):
        raw.append(await raw_pair(scene.anna, room, watch))
        text = secrets.token_hex(8)
        begun = time.monotonic()
        await scene.anna.send(scene.rooms[0], f"!echo {text}")
        echoes.append(await watch.until(text) - begun)
        await asyncio.sleep(PAUSE)
    return median(echoes[UNCOUNTED:]) / median(raw[UNCOUNTED:])
