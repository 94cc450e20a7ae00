"""What can be interrupted, by name: in the source, and in what a dry run recorded."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import bots.runtime
import federation
from federation.performing.perform import _MEMBERSHIP

EXTERNAL = frozenset({"call", "call_list"})
ELSEWHERE = frozenset({"commit:status"})
"""What only somebody at the control socket can bring about; it changes nothing."""


def in_source() -> set[str]:
    """Every external call and every commit that the source names."""
    folders = [Path(str(package.__file__)).parent for package in (federation, bots.runtime)]
    files = [file for folder in folders for file in folder.rglob("*.py") if not _is_apart(file)]
    found = {name for file in files for name in _names(ast.parse(file.read_text()))}
    # The one place that takes its name from a table.
    found |= {verb for verb, _, _ in _MEMBERSHIP.values()}
    return found - ELSEWHERE


def _is_apart(file: Path) -> bool:
    """What an admin's commands do (`plan`, `apply`): no office does it."""
    return file.parent.name == "spaces"


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        first = node.args[0] if node.args else None
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            continue
        if node.func.attr in EXTERNAL:
            yield first.value
        elif node.func.attr == "run" and len(node.args) > 1:
            yield f"commit:{first.value}"


def recorded(file: Path) -> Counter[str]:
    """Name → how often it was reached."""
    lines = file.read_text().splitlines()
    passed = (line.removeprefix("before:") for line in lines if line.startswith("before:"))
    return Counter(passed)


def points(counted: Counter[str]) -> Iterator[str]:
    """Where to kill: before and after each name, the first time and once later on."""
    for name, number in sorted(counted.items()):
        for stage in ("before", "after"):
            yield f"{stage}:{name}:1"
            if number > 2:
                yield f"{stage}:{name}:{number * 2 // 3}"
