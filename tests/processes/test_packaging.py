"""What ships, and what must not."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"federation", "bridges", "bots", "config", "tests"}
LOCK_FILES = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json"}

# Bracketed letters keep the patterns from matching themselves.
REGISTRY = re.compile(r"py[p]i\.org|python[h]osted\.|registry\.np[m]js|crates\.i[o]\b|/simpl[e]/")
MACHINE_PATH = re.compile(r"(?<![\w.*}-])/(?:roo[t]|wor[k]|Users|home/\w+)/|file:[/]{3}\w")


def tracked_files() -> list[Path]:
    """Everything that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def project() -> dict[str, object]:
    loaded = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(loaded, dict)
    return loaded


def constraints() -> list[str]:
    return (ROOT / "constraints.txt").read_text().splitlines()


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_dependency_brings_a_module_of_our_names() -> None:
    brought_by = packages_distributions()
    foreign = {name: set(brought_by.get(name, [])) - {"buendnis"} for name in OURS}
    assert {name: by for name, by in foreign.items() if by} == {}


def test_constraints_pin_names_and_versions_only() -> None:
    pin = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.!+]*")
    assert [line for line in constraints() if not pin.fullmatch(line)] == []


def test_every_declared_dependency_is_pinned() -> None:
    declared = project()
    extras = declared["optional-dependencies"]
    assert isinstance(extras, dict)
    wanted = [declared["dependencies"], *extras.values()]
    names = {re.split(r"[\[<>=!~;, ]", one)[0] for group in wanted for one in group}
    pinned = {normalised(line.partition("==")[0]) for line in constraints()}
    assert {normalised(name) for name in names} - pinned == set()


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry", "machine path"])
def test_no_file_names_a_registry_or_a_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked_files()
        for number, line in enumerate(path.read_bytes().decode(errors="replace").split("\n"), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_there_is_no_lock_file() -> None:
    assert [path.name for path in tracked_files() if path.name in LOCK_FILES] == []


@pytest.mark.parametrize("package", sorted(OURS - {"tests"}))
def test_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
