"""Processes that are measured."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bench.children import Child, ChildFailed


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
