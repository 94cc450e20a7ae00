"""The list of attacks: no row without a test, no attack without a row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.synapse.attacks.rows import FOLDER, KIN, ROWS, files

ROOT = Path(__file__).parents[2]


def stories_in(file: Path) -> dict[str, str | None]:
    """Names of tests → what their docstrings tell."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (x for x in tree.body if isinstance(x, ast.FunctionDef | ast.AsyncFunctionDef))
    return {x.name: ast.get_docstring(x) for x in functions if x.name.startswith("test_")}


def test_every_row_names_tests_that_are_there() -> None:
    assert list(ROWS) == list(range(1, 17))
    assert all(row.attack and row.tests for row in (*ROWS.values(), *KIN))
    for test in files():
        file, _, name = test.partition("::")
        assert name in stories_in(ROOT / file), test


def test_every_attack_is_in_a_row_and_tells_its_story() -> None:
    named = files()
    for file in sorted((ROOT / FOLDER).glob("test_*.py")):
        for name, story in stories_in(file).items():
            assert f"{FOLDER}/{file.name}::{name}" in named
            assert story, f"{name} tells nothing"


def test_the_threat_model_names_tests_that_are_there() -> None:
    attacks = {x for file in (ROOT / FOLDER).glob("test_*.py") for x in stories_in(file)}
    told = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    named, files = set(re.findall(r"`(test_\w+)`", told)), set(re.findall(r"`([\w/]+\.py)`", told))
    assert len(named) > 10
    assert named <= attacks
    assert all((ROOT / x).exists() or (ROOT / FOLDER / x).exists() for x in files)
