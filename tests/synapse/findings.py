"""What `doctor` finds, as tests read it."""

from __future__ import annotations

import asyncio
from typing import Any

from bots.runtime.process.control import ask
from tests.synapse.processes import Installation

Findings = dict[str, list[dict[str, Any]]]


async def checkup(here: Installation) -> Findings:
    """What the running office says of itself, which is a part of what doctor tells."""
    answer = await asyncio.to_thread(ask, here.state, "checkup")
    return by_check(answer["findings"])


def by_check(findings: list[dict[str, Any]]) -> Findings:
    found: Findings = {}
    for one in findings:
        found.setdefault(one["check"], []).append(one)
    return found


def marks(findings: Findings) -> dict[str, list[str]]:
    return {check: [one["mark"] for one in found] for check, found in findings.items()}
