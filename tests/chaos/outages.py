"""A homeserver that is away, overloaded or unwell, and a network that breaks at the worst moment.

The office sees its homeserver through `tests.chaos.proxy`; the people do not.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.chaos import proxy
from tests.chaos.audit import Findings
from tests.chaos.failpoints import figures
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.process import Keeper
from tests.chaos.proxy import Failing, Fault, Proxy
from tests.chaos.story import Story, everything
from tests.chaos.trials import full_id
from tests.chaos.witness import Witness

KILLS = 5
SECONDS = 3.0
"""Of an outage that has no other measure."""
HTML = {"Content_Type": "text/html"}
AWAY = '{"failures": {"localhost": {}}, "%s": {}}'


@dataclass(frozen=True, slots=True)
class Scene:
    ground: Ground
    proxy: Proxy
    keeper: Keeper


Outage = Callable[[Scene], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Begins some time within the block, and is over by its end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await task


def refused(scene: Scene) -> AbstractAsyncContextManager[None]:
    """Nobody listens, for a while."""

    async def outage() -> None:
        await asyncio.sleep(random.uniform(0.1, 1.0))
        await scene.proxy.down()
        await asyncio.sleep(SECONDS)
        await scene.proxy.up()

    return meanwhile(outage())


def everywhere(failing: Failing, where: str = ".") -> Outage:
    """Every request fails so, for a while."""

    async def outage(scene: Scene) -> None:
        await asyncio.sleep(random.uniform(0.1, 1.0))
        async with scene.proxy.failing(Fault(failing, where)):
            await asyncio.sleep(SECONDS)

    return lambda scene: meanwhile(outage(scene))


def at(where: str, failing: Failing, times: int = 2) -> Outage:
    """The first few of these requests fail so."""

    @asynccontextmanager
    async def outage(scene: Scene) -> AsyncIterator[None]:
        fault = Fault(failing, where, times)
        async with scene.proxy.failing(fault):
            yield
            if not fault.hits:
                raise RuntimeError(f"nothing was asked of {where}")

    return outage


@asynccontextmanager
async def everything_at_random(scene: Scene) -> AsyncIterator[None]:
    """Each request may meet any fault."""
    ways = [
        proxy.cuts_before(),
        proxy.cuts_after(),
        proxy.cuts_meanwhile(),
        proxy.delays(0.5),
        proxy.truncates(honestly=True),
        proxy.truncates(honestly=False),
        proxy.says(502, "<h1>502 Bad Gateway</h1>", **HTML),
        proxy.too_many(100),
    ]

    async def fail(request: web.Request, forward: proxy.Forward) -> web.StreamResponse:
        if random.random() < 0.7:
            return proxy._told(await forward())
        return await random.choice(ways)(request, forward)

    async with scene.proxy.failing(Fault(fail)):
        yield


DOES = {
    "send": r"PUT .*/send/m\.room\.(message|encrypted)/",
    "redact": r"PUT .*/redact/",
    "react": r"PUT .*/send/m\.reaction/",
    "create": r"POST .*/createRoom",
    "join": r"POST .*/join/",
    "invite": r"POST .*/invite",
    "kick": r"POST .*/kick",
    "leave": r"POST .*/leave",
    "state": r"PUT .*/state/",
    "sync": r"GET .*/sync",
    "to_device": r"PUT .*/sendToDevice/m\.room\.encrypted",
    "claim": r"POST .*/keys/claim",
    "query": r"POST .*/keys/query",
    "members": r"GET .*/members",
    "room_state": r"GET .*/state$",
}
"""What an office asks of its homeserver once it runs."""

TELLING = r"^(?!.*/(sendToDevice|invite|kick|leave|account_data|signatures)\b)"
"""Requests whose answer says something: `{}` can't be taken for it."""

ANSWERS: dict[str, Failing] = {
    "429_with_milliseconds": proxy.too_many(700),
    "429_with_header": proxy.too_many(None, Retry_After="1"),
    "429_without_a_word": proxy.too_many(None),
    "429_by_a_proxy": proxy.says(429, "<h1>429 Too Many Requests</h1>", Retry_After="1", **HTML),
    "500": proxy.unwell(),
    "502_by_a_proxy": proxy.says(502, "<h1>502 Bad Gateway</h1>", **HTML),
    "503_by_a_proxy": proxy.says(503, "<h1>503</h1>", Retry_After="1", **HTML),
    "404_by_a_proxy": proxy.says(404, "<h1>404 Not Found</h1>", **HTML),
    "list": proxy.says(200, "[]"),
    "cut_before": proxy.cuts_before(),
    "cut_after": proxy.cuts_after(),
}

OUTAGES: dict[str, Outage] = {
    "refused": refused,
    **{name: everywhere(failing) for name, failing in ANSWERS.items()},
    "empty": everywhere(proxy.says(200, "{}"), TELLING),
    **{f"cut_after_{name}": at(where, proxy.cuts_after()) for name, where in DOES.items()},
    **{f"cut_amid_{name}": at(where, proxy.cuts_meanwhile()) for name, where in DOES.items()},
    **{f"late_{name}": at(where, proxy.delays(2.0)) for name, where in DOES.items()},
    **{f"half_{name}": at(where, proxy.truncates(honestly=True)) for name, where in DOES.items()},
    **{f"torn_{name}": at(where, proxy.truncates(honestly=False)) for name, where in DOES.items()},
    "claim_500": at(DOES["claim"], proxy.unwell(), 4),
    "claim_silent": at(DOES["claim"], proxy.says(200, AWAY % "one_time_keys"), 4),
    "query_500": at(DOES["query"], proxy.unwell(), 4),
    "query_silent": at(DOES["query"], proxy.says(200, AWAY % "device_keys"), 4),
    "to_device_500": at(DOES["to_device"], proxy.unwell(), 4),
    "to_device_limited": at(DOES["to_device"], proxy.too_many(None), 2),
    "random": everything_at_random,
}


async def run(ground: Ground) -> list[Figure]:
    person = await ground.person("anna")
    total = Findings()
    for name, outage in OUTAGES.items():
        found = await scene(ground, person, name, outage)
        found.details = [f"{name}: {detail}" for detail in found.details]
        say("\n  ".join([f"{name} {'is clean' if found.clean else 'FAILS'}", *found.details]))
        total += found
    total += await homeserver_killed(ground, person)
    return figures("outages", total, f"{len(OUTAGES) + 1} kinds of outage, each in a story")


async def scene(ground: Ground, person: Witness, name: str, *outages: Outage) -> Findings:
    """One story through outages, which begin when the office is in step."""
    proxy = Proxy(ground.synapse.url)
    await proxy.up()
    try:
        told = (await ground.told()).with_(homeserver=proxy.url, request_timeout=1.0)
        story = Story(ground, person, full_id(ground, told), name)
        async with ground.keeper(told) as keeper:
            await keeper.ready()
            async with AsyncExitStack() as stack:
                for outage in outages:
                    await stack.enter_async_context(outage(Scene(ground, proxy, keeper)))
                await everything(story, keeper)
            await story.settle(60)
            await keeper.steady(1.5)
            found = await story.findings()
            found.crashes, found.errors = len(keeper.crashes), len(keeper.errors())
            found.details += keeper.errors()
            return found
    finally:
        await proxy.down()


async def homeserver_killed(ground: Ground, person: Witness) -> Findings:
    """The homeserver itself is killed again and again, in the middle of what it is asked to do."""
    told = await ground.told()
    story = Story(ground, person, full_id(ground, told), "killed")
    async with ground.keeper(told) as keeper:
        await keeper.ready()
        room, plain = await story.private("hello"), await story.plain()
        await story.answered(room, "hello")
        for number in range(KILLS):
            for n in range(5):
                await story.ask(room, f"say {number} {n}")
                await story.ask(plain, f"say {number} {n}")
            await asyncio.sleep(random.uniform(0.0, 0.3))
            await ground.synapse.kill()
            await asyncio.sleep(random.uniform(0.2, 2.0))
            await ground.synapse.restart()
            await story.settle(60)
        await keeper.steady(1.5)
        found = await story.findings()
        found.crashes, found.errors = len(keeper.crashes), len(keeper.errors())
        found.details += keeper.errors()
        say("\n  ".join([f"killed {'is clean' if found.clean else 'FAILS'}", *found.details]))
        return found
