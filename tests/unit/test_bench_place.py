"""Homes that are built once, and processes that are measured."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.bench.children import Child, ChildFailed
from tests.bench.heartbeat import Heartbeat
from tests.bench.place import Place


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "buendnis" / "bench"


def place(tmp_path: Path, name: str) -> Place:
    folder = tmp_path / name
    folder.mkdir()
    return Place(folder, name)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_home_is_built_once_and_used_as_a_copy(tmp_path: Path, cache: Path) -> None:
    built = []

    async def build(_: Place, folder: Path) -> dict[str, Any]:
        built.append(folder)
        (folder / "database").write_text("as built")
        return {"room": "!a"}

    first, facts = await place(tmp_path, "first").kept("home-v1", build)
    (first / "database").write_text("used")
    second, again = await place(tmp_path, "second").kept("home-v1", build)
    assert len(built) == 1
    assert facts == again == {"room": "!a"}
    assert (second / "database").read_text() == "as built"


async def test_a_home_that_could_not_be_built_is_not_kept(tmp_path: Path, cache: Path) -> None:
    async def build(_: Place, folder: Path) -> dict[str, Any]:
        (folder / "database").write_text("half")
        raise RuntimeError("as asked")

    with pytest.raises(RuntimeError, match="as asked"):
        await place(tmp_path, "first").kept("home-v1", build)
    assert names_in(cache) == []


async def test_a_blocked_loop_is_noticed() -> None:
    heart = Heartbeat()
    heart.start()
    await asyncio.sleep(0.05)
    time.sleep(0.08)  # noqa: ASYNC251  (what is to be noticed)
    await asyncio.sleep(0.05)
    late = heart.stop()
    assert late["max"] >= 75
    assert late["p50"] < late["max"]


async def test_a_child_beats_and_ends_when_it_is_told(tmp_path: Path) -> None:
    child = await Child.start("tests.bench.heartbeat", log=tmp_path / "log")
    try:
        child.tell("start")
        assert await child.hear("beating") is True
        await asyncio.sleep(0.1)
        child.tell("stop")
        assert set(await child.hear("beats")) == {"max", "p99", "p50"}
        assert 1 < child.resident_mb() < 1000
    finally:
        await child.end()
    assert child.process.returncode is not None


async def test_a_child_that_fails_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = await Child.start("tests.bench.no_such_module", log=tmp_path / "log")
    with pytest.raises(ChildFailed, match="no_such_module"):
        await child.hear("ready")
