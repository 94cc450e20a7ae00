"""What the documents name is there: files, modules, pages and tests."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = ("bots", "bridges", "config", "docs", "federation", "scripts", "tests")
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
MODULES = {path.relative_to(ROOT).as_posix() for top in TOP for path in (ROOT / top).rglob("*.py")}
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Why not"]


def absent(text: str, page: Path) -> Iterator[str]:
    """Whatever a page names that is not there."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for token in re.findall(r"`([^`\n]+)`", prose):
        if not _is_there(token.split()[0]):
            yield token
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
        if "://" not in link and not (page.parent / link).exists():
            yield link
    for file, test in named_tests(text):
        if not (ROOT / file).is_file() or f"def {test}(" not in (ROOT / file).read_text():
            yield f"{file}::{test}"


def _is_there(name: str) -> bool:
    """True as well of what is no name of ours."""
    if re.fullmatch(rf"({'|'.join(TOP)})/[\w/.*-]*", name):
        return any(ROOT.glob(re.sub(r"\b[A-Z]{2,}\b", "*", name)))
    if re.fullmatch(r"[\w/]+\.py", name):
        return any(f"/{module}".endswith(f"/{name}") for module in MODULES)
    if re.fullmatch(rf"({'|'.join(TOP)})(\.\w+){{2,}}", name):
        return _is_importable(name)
    return True


def _is_importable(name: str) -> bool:
    module, _, last = name.rpartition(".")
    try:
        found = importlib.import_module(module)
        return hasattr(found, last) or importlib.import_module(name) is not None
    except ImportError:
        return False


def named_tests(text: str) -> list[tuple[str, str]]:
    return re.findall(r"(tests/\S+\.py)::(\w+)", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page: Path) -> None:
    assert list(absent(page.read_text(encoding="utf-8"), page)) == []


@pytest.mark.parametrize(
    "text",
    [
        "`bots/nothing.py`",
        "`federation/nothing/`",
        "`bots/NAME/nothing/`",
        "`nothing/at/all.py`",
        "`bots.runtime.speech.words.Nothing`",
        "`bots.nothing.Words`",
        "[a page](docs/nothing.md)",
        "<!-- tests/unit/test_docs.py::test_nothing -->",
        "<!-- tests/unit/test_nothing.py::test_nothing -->",
    ],
)
def test_a_page_that_names_what_is_not_there_would_be_found(text: str) -> None:
    assert len(list(absent(text, ROOT / "README.md"))) == 1


def test_every_promise_of_security_names_its_tests() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = text.partition("## What buendnis promises\n")[2].partition("\n## ")[0]
    each = re.split(r"^- ", promises, flags=re.MULTILINE)[1:]
    assert len(each) > 5
    assert [one for one in each if not named_tests(one)] == []


def test_each_decision_is_listed_and_short() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\((0\d+-[\w-]+\.md)\)", listed) == [path.name for path in DECISIONS]
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 40, path.name
        assert re.findall("^## (.+)$", text, re.MULTILINE) == SECTIONS, path.name
