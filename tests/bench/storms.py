"""One loud voice: forged subscriptions, knocks, and a 📣 that is put on and taken off, all within a
minute; and beside them somebody who shares a message and somebody who wants mails."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from bots.lab.synapse.embedded import EmbeddedSynapse
from federation.model.errors import Unreachable
from tests.bench.children import Child
from tests.bench.figures import Figure
from tests.bench.light import Light, Watch, watching
from tests.bench.mailsink import Sink, sink
from tests.bench.networks import applied
from tests.bench.place import Place
from tests.bench.share import mark

SUBSCRIPTIONS, KNOCKS, MARKS, FINDS = 1_000, 500, 300, 60
MINUTE = 60.0
SHARE_EVERY = 5.0
MAILS_AN_HOUR = 500
"""As settings have it by default."""
_HOW = (
    f"{SUBSCRIPTIONS} forged subscriptions, {KNOCKS} knocks, {MARKS} marks put on or taken off and"
    f" {FINDS} searches in a minute, all at once"
)

FIGURES = (
    Figure("share_beside_storms", "s", f"the slowest beside {_HOW}", target=2.0),
    Figure("message_beside_storms", "s", "the slowest plain message, at the same moments"),
    Figure("confirmation_beside_storms", "s", f"the slower of two beside {_HOW}", target=60.0),
    Figure("rings_for_coordinators", "messages", f"no edits; {_HOW}", target=3.0),
    Figure("copies_of_one_mark", "copies", "that were sent of the message marked again and again"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    author: Light
    loud: Light
    coordinator: Light
    watch: Watch
    crowd: list[Light]
    ids: dict[str, str]
    pages: str
    mails: Sink


async def measure(place: Place) -> dict[str, float]:
    async with scene(place) as playing:
        place.say("the storm begins")
        before = await _told(playing, "coordination")
        async with asyncio.TaskGroup() as tasks:
            for storm in (_subscriptions, _knocks, _marks, _finds):
                tasks.create_task(storm(playing))
            shares = tasks.create_task(_shares(playing, place))
            mails = [
                tasks.create_task(_confirmation(playing, MINUTE * when)) for when in (0.5, 1.0)
            ]
        await asyncio.sleep(10)  # what was put off comes
        copies = [x for x in await _told(playing, "exchange") if "again and again" in x or not x]
        rings = len(await _told(playing, "coordination")) - len(before)
        return {
            "share_beside_storms": max(x for x, _ in shares.result()),
            "message_beside_storms": max(x for _, x in shares.result()),
            "confirmation_beside_storms": max(x.result() for x in mails),
            "rings_for_coordinators": float(rings),
            "copies_of_one_mark": float(len(copies)),
        }


# -- the storm -------------------------------------------------------------------------------------


async def _spread(number: int, work: Callable[[int], Awaitable[object]]) -> None:
    """So many, evenly spread over the minute, whether earlier ones are answered or not."""
    begun = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for one in range(number):
            await asyncio.sleep(begun + one * MINUTE / number - time.monotonic())
            tasks.create_task(_done(work(one)))


async def _done(work: Awaitable[object]) -> None:
    """A homeserver that is too busy to answer one of the crowd is part of the storm."""
    with suppress(Unreachable):
        await work


async def _subscriptions(playing: Scene) -> None:
    async def forge(number: int) -> None:
        await _ask(playing.pages, f"forged-{number}@mail.example", f"198.51.100.{number % 20}")

    await _spread(SUBSCRIPTIONS, forge)


async def _ask(pages: str, address: str, visitor_at: str) -> None:
    """Through the proxy, which tells where a visitor comes from."""
    form = {"address": address, "language": "de", "kind": "immediate"}
    seen = {"X-Forwarded-For": visitor_at}
    async with (
        aiohttp.ClientSession() as visitor,
        visitor.post(
            f"{pages}/subscribe", data=form, headers=seen, allow_redirects=False
        ) as answer,
    ):
        assert answer.status < 400, answer.status


async def _knocks(playing: Scene) -> None:
    async def knock(number: int) -> None:
        body = {"reason": f"let me in, {number}"}
        await playing.crowd[number].call("POST", "knock", playing.ids["alliance"], body=body)

    await _spread(KNOCKS, knock)


async def _marks(playing: Scene) -> None:
    room = playing.ids["source"]
    event = await playing.loud.send(room, "again and again")
    begun, marked = time.monotonic(), ""
    for number in range(MARKS):
        await asyncio.sleep(begun + number * MINUTE / MARKS - time.monotonic())
        if number % 2 == 0:
            marked = await mark(playing.loud, room, event)
        else:
            place = ("rooms", room, "redact", marked, secrets.token_hex(16))
            await playing.loud.call("PUT", *place, body={})


async def _finds(playing: Scene) -> None:
    await asyncio.sleep(MINUTE / 4)
    for _ in range(FINDS):
        await playing.loud.send(playing.ids["exchange"], "!find leiter")


# -- beside it -------------------------------------------------------------------------------------


async def _shares(playing: Scene, place: Place) -> list[tuple[float, float]]:
    """From before a 📣 is sent to when another client has the copy; and the way of a message."""
    took: list[tuple[float, float]] = []
    for number in range(int(MINUTE / SHARE_EVERY)):
        await asyncio.sleep(SHARE_EVERY)
        text = f"Leiter {number} {secrets.token_hex(8)}"
        begun = time.monotonic()
        event = await playing.author.send(playing.ids["source"], text)
        raw = await playing.watch.until(text, 120) - begun
        begun = time.monotonic()
        await mark(playing.author, playing.ids["source"], event)
        took.append((await playing.watch.until_within(text, 120) - begun, raw))
        place.say(f"share {number + 1}: {took[-1][0]:.2f} s, plain {raw:.2f} s")
    return took


async def _confirmation(playing: Scene, after: float) -> float:
    """From before the form is sent to when the mail server has the mail."""
    await asyncio.sleep(after)
    address, begun = f"honest-{after:.0f}@mail.example", time.monotonic()
    await _ask(playing.pages, address, f"203.0.113.{after:.0f}")
    async with asyncio.timeout(3600):
        while address not in {x.recipient for x in playing.mails.mails}:
            playing.mails.arrived.clear()
            await playing.mails.arrived.wait()
    return time.monotonic() - begun


async def _told(playing: Scene, room: str) -> list[str]:
    """What bots have said there as messages of their own."""
    found: list[str] = []
    start: dict[str, str] = {}
    place = ("rooms", playing.ids[room], "messages")
    while True:
        query = {"dir": "b", "limit": "1000", **start}
        page = await playing.coordinator.call("GET", *place, **query)
        for event in page["chunk"]:
            relation = event["content"].get("m.relates_to", {}).get("rel_type")
            ours = event["sender"] not in {playing.loud.user_id, playing.coordinator.user_id}
            message = event["type"] in ("m.room.message", "m.room.encrypted")
            if ours and message and relation != "m.replace":
                found.append(str(event["content"].get("body", "")))
        if "end" not in page:
            return found
        start = {"from": str(page["end"])}


# -- the scene -------------------------------------------------------------------------------------


@asynccontextmanager
async def scene(place: Place) -> AsyncIterator[Scene]:
    """A network as `buendnis apply` makes it, and its office as admins run it."""
    async with AsyncExitStack() as ends:
        synapse = await EmbeddedSynapse.start(place.part("synapse"))
        ends.push_async_callback(synapse.stop)
        mails = await ends.enter_async_context(sink())
        names = ("author", "loud", "coordinator")
        author, loud, coordinator = [
            await ends.enter_async_context(await Light.new(synapse, x)) for x in names
        ]
        pages = _free_port()
        file = _declare(place.folder, synapse, mails.port, pages, author, coordinator)
        await applied(file)
        aliases = {"alliance": "alliance", "source": "north-offen"}
        aliases |= {"exchange": "austausch", "coordination": "koordination"}
        ids = {x: await _find(author, alias, synapse) for x, alias in aliases.items()}
        for room in ("alliance", "coordination"):
            await coordinator.join(ids[room])
        await coordinator.call("POST", "rooms", ids["alliance"], "invite", body=_who(loud))
        for room in ("alliance", "source", "exchange"):
            await author.join(ids[room])
        for client in (coordinator, loud):
            await author.call("POST", "rooms", ids["source"], "invite", body=_who(client))
            for room in ("alliance", "source", "exchange"):
                await client.join(ids[room])
        watch = await ends.enter_async_context(watching(coordinator))
        crowd = await _crowd(ends, synapse)
        place.say(f"{len(crowd)} accounts are there")
        office = await Child.start("bots", "run", str(file), log=place.folder / "office.log")
        ends.push_async_callback(office.end)
        await _introduced(author, ids["source"])
        address = f"http://127.0.0.1:{pages}"
        await _served(address)
        yield Scene(author, loud, coordinator, watch, crowd, ids, address, mails)


async def _crowd(ends: AsyncExitStack, synapse: EmbeddedSynapse) -> list[Light]:
    numbers = itertools.count()
    found: list[Light] = []

    async def make() -> None:
        while (number := next(numbers)) < KNOCKS:
            client = await Light.new(synapse, f"crowd-{number}")
            found.append(await ends.enter_async_context(client))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(make())
    return found


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _who(client: Light) -> dict[str, str]:
    return {"user_id": client.user_id}


async def _find(client: Light, alias: str, synapse: EmbeddedSynapse) -> str:
    answer = await client.call("GET", "directory", "room", f"#{alias}:{synapse.server_name}")
    return str(answer["room_id"])


def _declare(
    folder: Path,
    synapse: EmbeddedSynapse,
    smtp: int,
    pages: int,
    author: Light,
    coordinator: Light,
) -> Path:
    secret = folder / "registration-secret"
    secret.touch(mode=0o600)
    secret.write_text(synapse.registration_secret)
    server = {"host": "127.0.0.1", "port": smtp, "tls": "none", "max_per_hour": MAILS_AN_HOUR}
    file = folder / "network.yaml"
    data = {
        "network": {"name": "Bündnis", "state": "./state", "languages": ["de", "en"]},
        "homeserver": {"url": synapse.url, "server_name": synapse.server_name},
        "accounts": {"registration_secret_file": f"./{secret.name}"},
        "rooms": {
            "alliance": "#alliance",
            "exchange": "#austausch",
            "coordination": "#koordination",
        },
        "coordinators": [coordinator.user_id],
        "initiatives": [{"id": "north", "name": "Nord", "contacts": [author.user_id]}],
        "email": {"from": "News <news@net.example>", "smtp": server},
        "web": {"listen": f"127.0.0.1:{pages}", "public_url": "https://net.example"},
        "imprint": {"name": "A", "address": "B", "responsible": "C", "privacy": "D"},
    }
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


async def _served(address: str) -> None:
    """Wait until the pages are there."""
    async with asyncio.timeout(120), aiohttp.ClientSession() as client:
        while True:
            with suppress(aiohttp.ClientError):
                async with client.get(f"{address}/subscribe") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.3)


async def _introduced(client: Light, room: str) -> None:
    """Wait until the bot has said that one can share from here."""
    async with asyncio.timeout(120):
        while True:
            page = await client.call("GET", "rooms", room, "messages", dir="b", limit="50")
            if any("📣" in str(event["content"]) for event in page["chunk"]):
                return
            await asyncio.sleep(0.3)
