"""What an installation of buendnis consists of, as CycloneDX JSON: `python -m scripts.sbom >FILE`.

Read from what is installed: each package that the offices need when they run, its version, its
licence and what it needs itself. The same installation gives the same file.
"""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = "buendnis"


def installed(root: str = ROOT) -> dict[str, set[str]]:
    """What is needed, and what each of them needs; packages for other systems are not there."""
    found: dict[str, set[str]] = {}
    seen, waiting = set(), [(root, frozenset[str]())]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            others = list(needs(distribution(one[0]), one[1]))
            found.setdefault(one[0], set()).update(name for name, _ in others)
            waiting += others
    return dict(sorted(found.items()))


def needs(dist: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Names and extras. Raises PackageNotFoundError if something is missing here."""
    for line in dist.requires or ():
        wanted = Requirement(line)
        asked = extras or frozenset({""})
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": x}) for x in asked):
            yield canonicalize_name(wanted.name), frozenset(wanted.extras)


def licence(dist: Distribution) -> list[dict[str, Any]]:
    """As an SPDX expression, or in the package's own words."""
    meta = dist.metadata
    if expression := meta.get("License-Expression"):
        return [{"expression": str(expression)}]
    told = [x.rpartition(" :: ")[2] for x in meta.get_all("Classifier") or () if "License" in x]
    told = told or str(meta.get("License") or "").splitlines()[:1]
    return [{"license": {"name": x}} for x in told if x]


def component(name: str, kind: str = "library") -> dict[str, Any]:
    dist = distribution(name)
    purl = f"pkg:pypi/{name}@{dist.version}"
    named = {"name": name, "version": dist.version, "purl": purl}
    return {"type": kind, "bom-ref": purl, **named, "licenses": licence(dist)}


def bill() -> dict[str, Any]:
    found = installed()
    listed = {name: component(name) for name in found if name != ROOT}
    whole = component(ROOT, "application")
    refs = {name: x["bom-ref"] for name, x in {**listed, ROOT: whole}.items()}
    depend = [
        {"ref": refs[name], "dependsOn": sorted(refs[x] for x in others)}
        for name, others in found.items()
    ]
    body = {
        "metadata": {"component": whole},
        "components": list(listed.values()),
        "dependencies": depend,
    }
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(digest[:32], version=4)}",
        "version": 1,
        **body,
    }


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{json.dumps(bill(), indent=1)}\n")
    except PackageNotFoundError as error:
        sys.exit(f"{error.name} is not installed: run make setup")
