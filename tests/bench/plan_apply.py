"""A first `apply`, against its writing requests alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.spaces.planning import AT_ONCE
from federation.client.homeserver import Homeserver, path
from federation.model.actions import Handle, Ref
from federation.model.network import Key, Layout, Room
from federation.spaces.applying.references import replaced
from federation.spaces.state import creation, link
from tests.bench.figures import Figure
from tests.bench.light import PASSWORD
from tests.bench.networks import Applied, applied, declare, layout_of
from tests.bench.place import Place

INITIATIVES = 60
"""So many that districts hold them: there is a space between each and the alliance."""
PAIRS = 3
_NOT_WRITING = {"versions", "whoami", "sync", "members", "profile", "directory", "state"}
_ACCOUNTS = {"register/nonce", "register", "login"}

FIGURES = (
    Figure(
        "first_apply_ratio",
        "×",
        f"its writing requests alone, {AT_ONCE} at once, {INITIATIVES} initiatives; median of "
        f"{PAIRS} pairs, each run on a homeserver of its own",
        target=1.2,
    ),
    Figure(
        "first_apply_writes_beyond_need",
        "requests",
        f"all but what reads, less rooms and links, {INITIATIVES} initiatives, accounts aside",
        target=0,
    ),
    Figure("first_apply_seconds", "s", f"{INITIATIVES} initiatives, median of {PAIRS}"),
)


async def measure(place: Place) -> dict[str, float]:
    seconds: dict[str, list[float]] = {"apply": [], "alone": []}
    beyond: list[int] = []
    for pair in range(PAIRS):
        for which in ("apply", "alone") if pair % 2 else ("alone", "apply"):
            seconds[which].append(await _run(which, place.part(f"{which}-{pair}"), beyond))
        ours, alone = (seconds[which][-1] for which in ("apply", "alone"))
        place.say(f"apply {ours:.1f} s, its requests alone {alone:.1f} s")
    ratios = [ours / alone for ours, alone in zip(*seconds.values(), strict=True)]
    return {
        "first_apply_ratio": median(ratios),
        "first_apply_writes_beyond_need": max(beyond),
        "first_apply_seconds": median(seconds["apply"]),
    }


async def _run(which: str, folder: Path, beyond: list[int]) -> float:
    async with await EmbeddedSynapse.start(folder / "synapse") as synapse:
        file = declare(folder, synapse, INITIATIVES)
        if which == "alone":
            return await _alone(synapse, layout_of(file))
        begun = time.monotonic()
        done = await applied(file)
        if done.outcome.failed:
            raise RuntimeError(f"could not be applied: {done.outcome.failed[:3]}")
        seconds = time.monotonic() - begun
        beyond.append(_beyond_need(done))
        return seconds


def _beyond_need(done: Applied) -> int:
    """Whatever is not known to read, or to make accounts, counts as writing."""
    known = _NOT_WRITING | _ACCOUNTS
    requests = {name: n for name, n in done.calls.items() if not name.startswith("commit:")}
    writes = sum(number for name, number in requests.items() if name not in known)
    layout = done.plan.layout
    return abs(writes - len(layout.rooms) - len(layout.children))


async def _alone(synapse: EmbeddedSynapse, layout: Layout) -> float:
    """Seconds for the same requests by somebody who compares nothing."""
    for user in (layout.creator, *_bots(layout)):
        await synapse.register(user[1:].partition(":")[0], PASSWORD)
    server = Homeserver(synapse.url, request_timeout=300)
    who = {"type": "m.id.user", "user": layout.creator}
    body = {"type": "m.login.password", "identifier": who, "password": PASSWORD}
    try:
        server.token = (await server.call("login", "POST", path("login"), body))["access_token"]
        begun = time.monotonic()
        await _Alone(server, layout).all()
        return time.monotonic() - begun
    finally:
        await server.close()


def _bots(layout: Layout) -> set[str]:
    return {
        user for room in layout.rooms for user in room.people if not user.startswith("@kontakt-")
    }


class _Alone:
    def __init__(self, server: Homeserver, layout: Layout) -> None:
        self._server = server
        self._layout = layout
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._ids: dict[Key, Ref] = {room.key: Handle(room.key) for room in layout.rooms}

    async def all(self) -> None:
        for level in self._levels():
            await self._together(self._create(room) for room in level)
        parents = {child.parent for child in self._layout.children}
        await self._together(self._link(parent) for parent in parents)

    def _levels(self) -> Iterable[list[Room]]:
        """Rooms whose space is there already."""
        there: set[Key | None] = {None}
        rest = list(self._layout.rooms)
        while rest:
            level = [room for room in rest if room.parent in there]
            yield level
            there |= {room.key for room in level}
            rest = [room for room in rest if room not in level]

    async def _together(self, work: Iterable[Any]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for one in work:
                tasks.create_task(one)

    async def _create(self, room: Room) -> None:
        body = creation(room, self._ids, self._layout)
        answer = await self._call("createRoom", "POST", path("createRoom"), body)
        self._ids[room.key] = str(answer["room_id"])

    async def _link(self, parent: Key) -> None:
        for child in self._layout.children:
            if child.parent == parent:
                key = self._ids[child.mark.key]
                target = path("rooms", self._ids[parent], "state", "m.space.child", key)
                await self._call("state", "PUT", target, link(child))

    async def _call(self, name: str, method: str, target: str, body: Mapping[str, Any]) -> Any:
        known = {Handle(key): str(ref) for key, ref in self._ids.items()}
        async with self._slots:
            return await self._server.call(name, method, target, replaced(body, known))
