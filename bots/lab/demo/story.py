"""The story: the whole network at work, observed from outside at every step.

What is told here was seen in somebody's own client, in the bytes of a mail, by HTTP, or in what the
homeserver holds.
"""

from __future__ import annotations

import asyncio

from bots.lab.demo.acts import adoption, complaint, flag, network, newcomer, news, sharing
from bots.lab.demo.stage import Stage
from bots.lab.demo.telling import (
    CONTACT,
    COORDINATOR,
    GUEST,
    GUEST_COORDINATOR,
    GUEST_STAFF,
    NEIGHBOUR,
    NEWCOMER,
    STAFF,
    Act,
    Scene,
    Teller,
)

ACTS: tuple[Act, ...] = (
    network.play,
    newcomer.play,
    adoption.play,
    sharing.play,
    complaint.play,
    flag.play,
    news.play,
)


async def play(stage: Stage, tell: Teller) -> None:
    """Raises NotSeen, TimeoutError where a step was not observed, SynapseFailed at once."""
    tasks = [
        asyncio.ensure_future(x)
        for x in (_acts(Scene(stage, tell)), stage.here.watched(), stage.there.watched())
    ]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _acts(scene: Scene) -> None:
    await cast(scene)
    for act in ACTS:
        await act(scene)


async def cast(scene: Scene) -> None:
    """Everybody's account and phone."""
    stage = scene.stage
    names = (COORDINATOR, CONTACT, NEWCOMER, *STAFF)
    found = await asyncio.gather(
        *(stage.person(name) for name in names),
        stage.person(NEIGHBOUR, stage.there),
    )
    for guest in (GUEST, GUEST_STAFF, GUEST_COORDINATOR):
        await stage.account(guest)
    scene.people = dict(zip((*names, NEIGHBOUR), found, strict=True))
