"""Tests stand by themselves: what several need is in `tests/kit`, or in a module beside them."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_no_module_imports_from_a_test() -> None:
    found = []
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{x.name}" for x in node.names]
                if any(".test_" in x for x in names if x.startswith("tests.")):
                    found.append(f"{path.relative_to(TESTS)}:{node.lineno}")
    assert found == []
