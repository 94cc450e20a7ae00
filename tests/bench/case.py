"""A private, encrypted message → the case, decrypted by staff, in the encrypted ombuds room."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from statistics import median

from bots.lab.people.person import Person
from tests.bench.figures import Figure
from tests.bench.light import Light, Watch, watching
from tests.bench.ombuds import Scene, scene
from tests.bench.place import Place

PAIRS = 40
UNCOUNTED = 3
"""The first pairs: everybody's caches are cold."""
PAUSE = 0.3

FIGURES = (
    Figure(
        "private_message_to_case_ratio",
        "×",
        f"raw send → sync in the same run; medians of {PAIRS} interleaved pairs",
        target=2.5,
    ),
    Figure("private_message_to_case_ms", "ms", f"a watch; median of {PAIRS}"),
    Figure("raw_send_to_sync_ms", "ms", f"a watch; median of {PAIRS}"),
)


async def measure(place: Place) -> dict[str, float]:
    async with (
        scene(place) as playing,
        await Light.new(playing.synapse, "sender") as sender,
        await Light.new(playing.synapse, "reader") as reader,
        watching(reader) as watch,
    ):
        room = await sender.create_room(reader)
        return await _pairs(place, playing, sender, room, watch)


async def _pairs(
    place: Place, playing: Scene, sender: Light, room: str, watch: Watch
) -> dict[str, float]:
    raw: list[float] = []
    cases: list[float] = []
    for number in range(PAIRS + UNCOUNTED):
        raw.append(await raw_pair(sender, room, watch))
        cases.append(await _case(playing))
        if number % 10 == 9:
            place.say(f"{number + 1} pairs; last {raw[-1]:.3f} s raw, {cases[-1]:.3f} s a case")
    raw_median, case_median = median(raw[UNCOUNTED:]), median(cases[UNCOUNTED:])
    return {
        "private_message_to_case_ratio": case_median / raw_median,
        "private_message_to_case_ms": 1000 * case_median,
        "raw_send_to_sync_ms": 1000 * raw_median,
    }


async def raw_pair(sender: Light, room: str, watch: Watch) -> float:
    """One plain message, from before it is sent to when another client has it; then a pause."""
    text = secrets.token_hex(8)
    begun = time.monotonic()
    await sender.send(room, text)
    took = await watch.until(text) - begun
    await asyncio.sleep(PAUSE)
    return took


async def _case(playing: Scene) -> float:
    reporter, chat = playing.reporters[0], playing.chats[0]
    await playing.new_matter(reporter, chat)
    await asyncio.sleep(PAUSE)
    text = secrets.token_hex(8)
    receipts = _from(reporter, playing.account)
    begun = time.monotonic()
    sending = asyncio.create_task(reporter.send(chat, text))
    case = await playing.staff.wait_for(room_id=playing.room, body=re.compile(text), decrypted=True)
    took = playing.noted.readable_since[case.event_id] - begun
    await sending
    await reporter.wait_until(
        lambda: _from(reporter, playing.account) > receipts or None, "the receipt"
    )
    await asyncio.sleep(PAUSE)
    return took


def _from(person: Person, sender: str) -> int:
    return sum(1 for seen in person.timeline if seen.sender == sender and seen.body)
