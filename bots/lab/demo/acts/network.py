"""The network from its YAML: planned, made, and not made twice."""

from __future__ import annotations

import asyncio
import re

from bots.lab.demo import papers
from bots.lab.demo.telling import CONTACT, COORDINATOR, Scene, want

COMMON = ("buendnis", "koordination", "austausch", "rundbrief")
OWN = (papers.INITIATIVE, f"{papers.INITIATIVE}-treffpunkt", f"{papers.INITIATIVE}-offen")
_WRITING = re.compile(r'\{@dienst:[^}]*\} Processed request.*?"(?:PUT|POST|DELETE) ')
_READING = re.compile(r'\{@dienst:[^}]*\} Processed request.*?"GET ')


async def play(scene: Scene) -> None:
    scene.tell.act("The network, from network.yaml")
    planned = await scene.step(
        "`buendnis plan` tells what is missing", "the terminal", scene.stage.admin("plan")
    )
    want("spaces and rooms to make: 7" in planned, f"the plan says:\n{planned}")
    await scene.step(
        "`buendnis apply` makes spaces and rooms; Anna and Nora are invited, and join",
        "Anna, Nora",
        _made(scene),
    )
    written = await scene.step(
        "A second `apply` changes nothing: 0 writing requests", "access log", _again(scene)
    )
    want(written == 0, f"{written} writing requests of an apply that had nothing to do")
    await scene.step(
        "Both offices start; the bots introduce themselves where they serve",
        "Nora",
        _started(scene),
    )


async def _made(scene: Scene) -> None:
    await scene.stage.admin("apply")
    await asyncio.gather(
        *(scene.room(COORDINATOR, name) for name in COMMON),
        *(scene.room(CONTACT, name) for name in ("buendnis", "koordination", *OWN)),
    )


async def _again(scene: Scene) -> int:
    """How often the account that makes rooms wrote something, as the homeserver tells."""
    before = scene.stage.access.read_text()
    await scene.stage.admin("apply")
    news = scene.stage.access.read_text()[len(before) :]
    want(_READING.search(news), "the homeserver's access log does not tell of the apply")
    return len(_WRITING.findall(news))


async def _started(scene: Scene) -> None:
    stage = scene.stage
    await asyncio.gather(stage.network.start(), stage.ombuds.start())
    await scene.says(CONTACT, papers.EXCHANGE, scene.rooms[OWN[2]], "📣")
