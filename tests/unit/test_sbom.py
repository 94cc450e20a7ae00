"""The bill of materials: everything that runs, nothing else, and no address of a registry."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

from scripts.sbom import ROOT, bill

HOME = Path(__file__).parents[2]


def test_everything_that_runs_is_listed_as_it_is_pinned() -> None:
    lines = (HOME / "constraints.txt").read_text().splitlines()
    pins = {re.sub(r"[._]", "-", name).lower(): pin for name, pin in (x.split("==") for x in lines)}
    listed = {x["name"]: x["version"] for x in bill()["components"]}
    assert {"aiohttp", "cryptography", "matrix-nio", "pydantic", "vodozemac"} <= set(listed)
    assert not {"pytest", "ruff", "mypy", "hypothesis", "matrix-synapse"} & set(listed)
    pinned = {name: pin for name, pin in listed.items() if name in pins}
    assert pinned == {name: pins[name] for name in pinned}
    assert set(listed) - set(pinned) <= {"pip", "setuptools"}


def test_all_hangs_together() -> None:
    made = bill()
    refs = {x["bom-ref"] for x in made["components"]}
    whole = made["metadata"]["component"]
    assert (whole["name"], whole["version"]) == (ROOT, version(ROOT))
    assert len(refs) == len(made["components"])
    edges = {x["ref"]: set(x["dependsOn"]) for x in made["dependencies"]}
    assert set(edges) == refs | {whole["bom-ref"]}
    reached, waiting = set[str](), {whole["bom-ref"]}
    while waiting:
        reached |= waiting
        waiting = {x for one in waiting for x in edges[one]} - reached
    assert reached == set(edges), "nothing is listed that nobody needs"


def test_it_is_the_same_each_time_and_names_no_registry() -> None:
    text = json.dumps(bill())
    assert text == json.dumps(bill())
    assert "://" not in text
