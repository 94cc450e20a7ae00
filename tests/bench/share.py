"""A 📣 → the copy of the message, as another client gets it in the exchange room."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.bench.case import raw_pair
from tests.bench.children import Child
from tests.bench.figures import Figure
from tests.bench.light import Light, Watch, watching
from tests.bench.networks import applied
from tests.bench.place import Place

PAIRS = 40
UNCOUNTED = 3
"""The first pairs: everybody's caches are cold."""
PAUSE = 0.3

FIGURES = (
    Figure(
        "share_to_copy_ratio",
        "×",
        f"raw send → sync in the same run; medians of {PAIRS} interleaved pairs",
        target=2.5,
    ),
    Figure("share_to_copy_ms", "ms", f"a watch; median of {PAIRS}"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    author: Light
    watch: Watch
    """Of somebody who reads along in every room."""
    source: str
    """The room of an initiative."""
    plain: str
    """A room without bots."""


async def measure(place: Place) -> dict[str, float]:
    async with scene(place) as playing:
        raw: list[float] = []
        shares: list[float] = []
        for number in range(PAIRS + UNCOUNTED):
            raw.append(await raw_pair(playing.author, playing.plain, playing.watch))
            shares.append(await share(playing))
            if number % 10 == 9:
                place.say(f"{number + 1} pairs; last {raw[-1]:.3f} s raw, {shares[-1]:.3f} s")
        raw_median, share_median = median(raw[UNCOUNTED:]), median(shares[UNCOUNTED:])
        return {
            "share_to_copy_ratio": share_median / raw_median,
            "share_to_copy_ms": 1000 * share_median,
        }


async def share(playing: Scene) -> float:
    """From before the 📣 is sent to when another client has the copy; then a pause."""
    text = secrets.token_hex(8)
    event = await playing.author.send(playing.source, text)
    await asyncio.sleep(PAUSE)
    begun = time.monotonic()
    await mark(playing.author, playing.source, event)
    took = await playing.watch.until_within(text) - begun
    await asyncio.sleep(PAUSE)
    return took


async def mark(client: Light, room: str, event: str) -> str:
    relation = {"rel_type": "m.annotation", "event_id": event, "key": "📣"}
    place = ("rooms", room, "send", "m.reaction", secrets.token_hex(16))
    answer = await client.call("PUT", *place, body={"m.relates_to": relation})
    return str(answer["event_id"])


@asynccontextmanager
async def scene(place: Place) -> AsyncIterator[Scene]:
    """A network as `buendnis apply` makes it, and its office as admins run it."""
    async with AsyncExitStack() as ends:
        synapse = await EmbeddedSynapse.start(place.part("synapse"))
        ends.push_async_callback(synapse.stop)
        author = await ends.enter_async_context(await Light.new(synapse, "author"))
        reader = await ends.enter_async_context(await Light.new(synapse, "reader"))
        file = _declare(place.folder, synapse, author, reader)
        await applied(file)
        plain = await author.create_room(reader)
        source = await _joined(author, f"#north-offen:{synapse.server_name}")
        await _joined(reader, f"#austausch:{synapse.server_name}")
        watch = await ends.enter_async_context(watching(reader))
        office = await Child.start("bots", "run", str(file), log=place.folder / "office.log")
        ends.push_async_callback(office.end)
        await _introduced(author, source)
        yield Scene(author, watch, source, plain)


def _declare(folder: Path, synapse: EmbeddedSynapse, author: Light, reader: Light) -> Path:
    secret = folder / "registration-secret"
    secret.touch(mode=0o600)
    secret.write_text(synapse.registration_secret)
    file = folder / "network.yaml"
    data = {
        "network": {"name": "Bündnis", "state": "./state"},
        "homeserver": {"url": synapse.url, "server_name": synapse.server_name},
        "accounts": {"registration_secret_file": f"./{secret.name}"},
        "rooms": {"exchange": "#austausch"},
        "coordinators": [reader.user_id],
        "initiatives": [{"id": "north", "name": "Nord", "contacts": [author.user_id]}],
    }
    file.write_text(json.dumps(data))  # JSON is YAML
    return file


async def _joined(client: Light, alias: str) -> str:
    room_id = str((await client.call("GET", "directory", "room", alias))["room_id"])
    await client.join(room_id)
    return room_id


async def _introduced(client: Light, room: str) -> None:
    """Wait until the bot has said that one can share from here."""
    async with asyncio.timeout(60):
        while True:
            page = await client.call("GET", "rooms", room, "messages", dir="b", limit="50")
            if any("📣" in str(event["content"]) for event in page["chunk"]):
                return
            await asyncio.sleep(0.3)
