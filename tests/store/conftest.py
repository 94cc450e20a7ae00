"""A real store in a folder of its own, and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.runtime.process.clock import ManualClock
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store

KEY = bytes(range(32))
NOW = 1_800_000_000.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    opened = Store.open(tmp_path, Sealer(KEY), clock.now, running=clock.running)
    yield opened
    await opened.close()
