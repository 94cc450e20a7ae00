"""Many trials, a few at a time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tests.chaos.audit import Findings
from tests.chaos.ground import Ground, say
from tests.chaos.trials import Circumstance, Trial

AT_ONCE = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Wanted:
    circumstance: Circumstance
    point: str

    def __str__(self) -> str:
        return f"{self.circumstance.__name__} {self.point}"


@dataclass(slots=True)
class Result:
    findings: Findings
    trials: int = 0
    missed: int = 0
    """Trials in which the point was not reached."""


async def run_all(ground: Ground, wanted: Iterable[Wanted]) -> Result:
    queue = list(wanted)[::-1]
    total = Result(Findings())
    say(f"{len(queue)} trials, {AT_ONCE} at once")
    async with asyncio.TaskGroup() as group:
        for number in range(AT_ONCE):
            group.create_task(_work(ground, f"anna{number}", queue, total))
    return total


async def _work(ground: Ground, name: str, queue: list[Wanted], total: Result) -> None:
    person = await ground.person(name)
    while queue:
        wanted = queue.pop()
        begun = time.monotonic()
        try:
            findings = await wanted.circumstance(Trial(ground, person, (wanted.point,)))
        except Exception as error:
            error.add_note(f"at {wanted}")
            raise
        missed = [detail for detail in findings.details if detail.startswith("never reached")]
        total.trials += 1
        total.missed += len(missed)
        findings.details = [f"{wanted}: {detail}" for detail in findings.details]
        total.findings += findings
        if findings.details:
            say("\n  ".join(findings.details))
        elif total.trials % 10 == 0:
            say(f"{total.trials} done, {len(queue)} to come ({time.monotonic() - begun:.1f} s)")
