"""Homes that are built once, and a loop that is measured."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

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
