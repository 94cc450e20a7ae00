"""🚩 → its removal, seen by somebody else in the room; the decision → the case, seen by staff."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.case import PAUSE, raw_pair
from tests.bench.figures import Figure
from tests.bench.light import Light, Watch
from tests.bench.ombuds import Scene, scene
from tests.bench.place import Place

PAIRS = 30
UNCOUNTED = 3
"""The first pairs: everybody's caches are cold."""

_AGAINST = f"raw send → sync in the same run; medians of {PAIRS} interleaved pairs"
FIGURES = (
    Figure("flag_removed_ratio", "×", _AGAINST, target=3.5),
    Figure("flag_to_case_ratio", "×", f"{_AGAINST}; from the decision on", target=4.5),
    Figure("flag_removed_ms", "ms", f"a watch; median of {PAIRS}"),
    Figure("flag_to_case_ms", "ms", f"a watch; median of {PAIRS}"),
)


class Removals(Watch):
    """Notes the ids of what was removed, too."""

    def _note(self, answer: dict[str, Any], now: float) -> None:
        for room in answer.get("rooms", {}).get("join", {}).values():
            for event in room["timeline"]["events"]:
                gone = event["content"].get("redacts", event.get("redacts"))
                if gone is not None:
                    self.seen.setdefault(gone, now)
        super()._note(answer, now)


@asynccontextmanager
async def watching(client: Light) -> AsyncIterator[Removals]:
    watch = Removals(client)
    task = asyncio.create_task(watch.listen())
    await asyncio.sleep(0.3)
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@dataclass(frozen=True, slots=True)
class Meadow:
    """A room with flags: its moderator writes, somebody flags, somebody watches."""

    playing: Scene
    moderator: Light
    watch: Watch
    room: str

    async def flag(self) -> tuple[float, str]:
        """Seconds until the removal is seen, and what was flagged."""
        event = await self.moderator.send(self.room, "words")
        await asyncio.sleep(PAUSE)
        reporter, chat = self.playing.reporters[0], self.playing.chats[0]
        begun = time.monotonic()
        reaction = await reporter.react(self.room, event, "🚩")
        took = await self.watch.until(reaction) - begun
        about = re.compile(re.escape(event) + r"(.|\n)*💬")
        await reporter.wait_for(room_id=chat, body=about)
        await asyncio.sleep(PAUSE)
        return took, event

    async def decide(self, event: str) -> float:
        """Seconds until staff can read the case."""
        reporter, chat = self.playing.reporters[0], self.playing.chats[0]
        staff, room = self.playing.staff, self.playing.room
        begun = time.monotonic()
        sending = asyncio.create_task(reporter.send(chat, "2"))
        case = await staff.wait_for(room_id=room, body=re.compile(re.escape(event)))
        took = self.playing.noted.readable_since[case.event_id] - begun
        await sending
        since = len(reporter.timeline)
        await reporter.send(chat, "nein")
        await reporter.wait_until(
            lambda: any(x.body for x in reporter.timeline[since:]) or None, "an answer"
        )
        await asyncio.sleep(PAUSE)
        return took


async def measure(place: Place) -> dict[str, float]:
    async with (
        scene(place) as playing,
        await Light.new(playing.synapse, "moderator") as moderator,
        await Light.new(playing.synapse, "reader") as reader,
        watching(reader) as watch,
    ):
        plain = await moderator.create_room(reader)
        meadow = Meadow(playing, moderator, watch, await _room(playing, moderator, reader))
        return await _pairs(place, meadow, plain)


async def _room(playing: Scene, moderator: Light, reader: Light) -> str:
    reporter, account = playing.reporters[0], playing.account
    levels = {"users": {account: 50}}
    room = await moderator.create_room(reader, power_level_content_override=levels)
    for user in (reporter.user_id, account):
        await moderator.call("POST", "rooms", room, "invite", body={"user_id": user})
    await reporter.join(room)
    for text, told in ((None, "!flaggen an"), ("!flaggen an", "!flaggen aus")):
        if text is not None:
            await moderator.send(room, text)
        await reporter.wait_for(room_id=room, sender=account, body=re.compile(told), timeout=30)
    return room


async def _pairs(place: Place, meadow: Meadow, plain: str) -> dict[str, float]:
    raw: list[float] = []
    removed: list[float] = []
    cases: list[float] = []
    playing = meadow.playing
    for number in range(PAIRS + UNCOUNTED):
        raw.append(await raw_pair(meadow.moderator, plain, meadow.watch))
        await playing.new_matter(playing.reporters[0], playing.chats[0])
        seconds, event = await meadow.flag()
        removed.append(seconds)
        cases.append(await meadow.decide(event))
        if number % 10 == 9:
            place.say(f"{number + 1} pairs; last {removed[-1]:.3f} s removed, {cases[-1]:.3f} s")
    raw_median, removed_median, case_median = (median(x[UNCOUNTED:]) for x in (raw, removed, cases))
    return {
        "flag_removed_ratio": removed_median / raw_median,
        "flag_to_case_ratio": case_median / raw_median,
        "flag_removed_ms": 1000 * removed_median,
        "flag_to_case_ms": 1000 * case_median,
    }
