"""Networks of many initiatives, to be planned and applied."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.reading import load_network
from bots.offices.spaces.declared import network
from bots.offices.spaces.planning import planning
from federation.model.actions import Handle
from federation.model.network import Layout
from federation.spaces.applying.apply import Outcome
from federation.spaces.layout import lay_out
from federation.spaces.planning.plan import Plan
from federation.spaces.state import creation, link
from tests.bench.place import Build, Place

DISTRICTS = 12
CONTACTS = 2


def declare(folder: Path, synapse: EmbeddedSynapse, initiatives: int) -> Path:
    """Write the `network.yaml` of so many initiatives, each with contacts, in twelve districts."""
    secret = folder / "registration-secret"
    secret.touch(mode=0o600)
    secret.write_text(synapse.registration_secret)
    data: dict[str, Any] = {
        "network": {"name": "Bündnis", "state": "./state"},
        "homeserver": {"url": synapse.url, "server_name": synapse.server_name},
        "accounts": {"registration_secret_file": f"./{secret.name}"},
        "initiatives": [_initiative(number, synapse.server_name) for number in range(initiatives)],
    }
    file = folder / "network.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


def _initiative(number: int, server: str) -> dict[str, Any]:
    contacts = [f"@kontakt-{number}-{each}:{server}" for each in range(CONTACTS)]
    return {
        "id": f"initiative-{number}",
        "name": f"Initiative {number}",
        "district": f"Bezirk {number % DISTRICTS}",
        "contacts": contacts,
    }


def layout_of(file: Path) -> Layout:
    return lay_out(network(load_network(file)))


@dataclass(frozen=True, slots=True)
class Applied:
    plan: Plan
    outcome: Outcome
    calls: Counter[str]


async def applied(file: Path) -> Applied:
    """Carry out what a file declares, in this process."""
    calls: Counter[str] = Counter()

    def count(stage: str, name: str) -> None:
        calls[name] += stage == "before"

    async with planning(load_network(file), count) as opened:
        planned = await opened.plan()
        outcome = await opened.apply(planned, lambda change, error: None)
    return Applied(planned, outcome, calls)


def home(initiatives: int) -> Build:
    """A home in which the first apply was made."""

    async def build(place: Place, folder: Path) -> dict[str, Any]:
        async with await EmbeddedSynapse.start(folder / "synapse") as synapse:
            done = await applied(declare(folder, synapse, initiatives))
        if done.outcome.failed:
            raise RuntimeError(f"could not be applied: {done.outcome.failed[:3]}")
        return {"rooms": len(done.plan.layout.rooms)}

    return build


def fingerprint(layout: Layout) -> str:
    """Another one whenever rooms are made otherwise: then a kept home would show drift."""
    ids = {room.key: Handle(room.key) for room in layout.rooms}
    bodies = [creation(room, ids, layout) for room in layout.rooms]
    links = [link(child) for child in layout.children]
    return hashlib.sha256(json.dumps([bodies, links], sort_keys=True).encode()).hexdigest()[:8]
