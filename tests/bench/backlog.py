"""5,000 events that wait on the server, taken in durably, against a loop that only counts them."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from statistics import median
from typing import Any

from nio import AsyncClient, RoomMessagesResponse, SyncResponse

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.client.homeserver import Homeserver
from federation.client.interests import TIMELINE_LIMIT, Interests
from federation.client.login import Credentials
from federation.client.sync import PAGE
from federation.syncing.session import Session
from tests.bench.echoing import numbered
from tests.bench.figures import Figure
from tests.bench.light import PASSWORD, Light, flood
from tests.bench.place import Place

EVENTS = 5000
ROOMS = 10
TIMES = 5
KEY = bytes(range(32))

FIGURES = (
    Figure(
        "backlog_intake_ratio",
        "×",
        "rate of a bare nio loop that fills the same gaps and only counts; "
        f"medians of {TIMES} of each in turn",
        target=0.40,
        better="higher",
    ),
    Figure(
        "backlog_intake_rate", "events/s", "5,000 events in ten rooms, committed", better="higher"
    ),
)


async def measure(place: Place) -> dict[str, float]:
    folder, facts = await place.kept("backlog-v1", _build)
    extra = {"caches": {"sync_response_cache_duration": 10}}  # milliseconds
    ours: list[float] = []
    bare: list[float] = []
    async with await EmbeddedSynapse.start(folder / "synapse", extra=extra) as synapse:
        for number in range(TIMES + 1):
            bare.append(await _bare(synapse, facts))
            ours.append(await _ours(place, folder, synapse, number))
            place.say(f"{ours[-1]:.2f} s, the bare loop {bare[-1]:.2f} s")
    rate = EVENTS / median(ours[1:])
    return {
        "backlog_intake_ratio": rate / (EVENTS / median(bare[1:])),
        "backlog_intake_rate": rate,
    }


async def _build(place: Place, folder: Path) -> dict[str, Any]:
    async with (
        await EmbeddedSynapse.start(folder / "synapse") as synapse,
        await Light.new(synapse, "anna") as anna,
        await Light.new(synapse, "office") as office,
        await Light.new(synapse, "bare") as bare,
    ):
        rooms = [await anna.create_room(office, bare) for _ in range(ROOMS)]
        session, store = await _session(folder / "office", synapse)
        await session.sync_once(0)
        await _close(session, store)
        since = (await bare.call("GET", "sync", timeout="0"))["next_batch"]
        place.say(f"sending {EVENTS} events")
        await flood(anna, rooms, numbered("waiting", EVENTS), at_once=20)
    login = {"user_id": bare.user_id, "device_id": bare.device_id, "access_token": bare.token}
    return {"login": login, "since": since}


async def _session(folder: Path, synapse: EmbeddedSynapse) -> tuple[Session, Store]:
    store = Store.open(folder, Sealer(KEY))
    session = Session(
        Credentials("office", password=PASSWORD),
        Homeserver(synapse.url),
        store,
        interests=Interests(),
        secret=store.sealer.secret,
        now=time.time,
    )
    await session.open()
    return session, store


async def _close(session: Session, store: Store) -> None:
    await session.server.close()
    await store.close()


async def _ours(place: Place, folder: Path, synapse: EmbeddedSynapse, number: int) -> float:
    """Seconds until everything that waited is committed in a store that knew nothing of it."""
    state = place.folder / f"office-{number}"
    shutil.copytree(folder / "office", state)
    session, store = await _session(state, synapse)
    try:
        before = await _received(store)
        begun = time.monotonic()
        await session.sync_once(0)
        took = time.monotonic() - begun
        arrived = await _received(store) - before
    finally:
        await _close(session, store)
    if arrived != EVENTS:
        raise RuntimeError(f"{arrived} events in the inbox, not {EVENTS}")
    return took


async def _received(store: Store) -> int:
    counts = await store.run("counts", Transaction.counts)
    return counts.get("inbox_ready", 0)


async def _bare(synapse: EmbeddedSynapse, facts: dict[str, Any]) -> float:
    """Seconds until nio's client has seen everything that waited."""
    client = AsyncClient(synapse.url)
    client.restore_login(**facts["login"])
    begun = time.monotonic()
    try:
        wanted = {"room": {"timeline": {"limit": TIMELINE_LIMIT}}}
        answer = await client.sync(timeout=0, since=facts["since"], sync_filter=wanted)
        if not isinstance(answer, SyncResponse):
            raise RuntimeError(str(answer))
        counted = 0
        for room_id, room in answer.rooms.join.items():
            counted += len(room.timeline.events)
            if room.timeline.limited:
                before = room.timeline.prev_batch
                counted += await _fill(client, room_id, before, facts["since"])
    finally:
        await client.close()
    if counted != EVENTS:
        raise RuntimeError(f"nio saw {counted} events, not {EVENTS}")
    return time.monotonic() - begun


async def _fill(client: AsyncClient, room_id: str, before: str, since: str) -> int:
    counted, start = 0, before
    while True:
        page = await client.room_messages(room_id, start, end=since, limit=PAGE)
        if not isinstance(page, RoomMessagesResponse):
            raise RuntimeError(str(page))
        counted += len(page.chunk)
        if not page.chunk or page.end is None:
            return counted
        start = page.end
