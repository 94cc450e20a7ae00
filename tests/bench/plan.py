"""`plan` with nothing to do over 300 initiatives, on a homeserver that has just started."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from pathlib import Path

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.figures import Figure
from tests.bench.networks import declare, fingerprint, home, layout_of
from tests.bench.place import Place

INITIATIVES = 300
REQUESTS = 5

FIGURES = (
    Figure(
        "plan_nothing_to_do_requests",
        "requests",
        f"`buendnis plan`, {INITIATIVES} initiatives with 2 rooms each",
        target=REQUESTS,
    ),
    Figure(
        "plan_nothing_to_do_cold_seconds",
        "s",
        f"`buendnis plan` from its start to its end, {INITIATIVES} initiatives, Synapse just up",
        target=10,
    ),
)
_ASKED = re.compile(r"^Nothing to do: (\d+) .*\((\d+) requests", re.MULTILINE)


class NotNothing(Exception):
    """The plan had something to do; the message is what it printed."""


async def measure(place: Place) -> dict[str, float]:
    name = f"network-{INITIATIVES}-{await _fingerprint(place)}"
    folder, _ = await place.kept(name, home(INITIATIVES))
    async with await EmbeddedSynapse.start(folder / "synapse") as synapse:
        file = declare(folder, synapse, INITIATIVES)
        begun = time.monotonic()
        rooms, requests = await _plan(file)
        seconds = time.monotonic() - begun
    place.say(f"{rooms} rooms: {requests} requests, {seconds:.1f} s")
    return {
        "plan_nothing_to_do_requests": requests,
        "plan_nothing_to_do_cold_seconds": seconds,
    }


async def _fingerprint(place: Place) -> str:
    folder = place.part("fingerprint")
    async with await EmbeddedSynapse.start(folder / "synapse") as synapse:
        return fingerprint(layout_of(declare(folder, synapse, INITIATIVES)))


async def _plan(file: Path) -> tuple[int, int]:
    """Rooms, and how many requests it took."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bots", "plan", str(file)),
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # `_ASKED` is English
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    found = _ASKED.search(output.decode())
    if found is None:
        raise NotNothing(output.decode()[-2000:])
    return int(found[1]), int(found[2])
