"""Debian 12 has Python 3.11.2, which puts what an `except*` raises into a group again."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bots", "bridges", "config", "federation")


def test_nothing_is_raised_where_a_group_is_caught() -> None:
    groups = [
        (file.name, handler)
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.TryStar)
        for handler in node.handlers
    ]
    assert groups
    raising = [
        f"{name}:{handler.lineno}"
        for name, handler in groups
        if any(isinstance(x, ast.Raise) for x in ast.walk(handler))
    ]
    assert raising == []
