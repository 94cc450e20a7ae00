"""What an office answers while it still waits for what it needs to be assembled."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from bots.offices.checkup.finding import note
from bots.runtime.process.control import Command, listening
from bots.runtime.store.store import LOCK, locked

UNREACHED = "not reached yet"


@asynccontextmanager
async def waiting(folder: Path, **more: Command) -> AsyncIterator[None]:
    """Keep other offices away from the store and answer the command line, with `more` commands;
    `stop` cancels the current task. Raises AlreadyRunning, OSError."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101
    with _taken(folder):
        commands = {"status": _status, "checkup": _checkup, "reload": _reload}
        async with listening(folder, {**commands, "stop": lambda: _stop(task), **more}):
            yield


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder / LOCK):
        yield


async def _status() -> dict[str, Any]:
    return {"pid": os.getpid(), "homeserver": UNREACHED, "counts": {}, "aside": []}


async def _checkup() -> dict[str, Any]:
    remedy = (
        "It tries again by itself; see what is said of the homeserver, and whether a `plan` or "
        "`apply` is under way."
    )
    return {"findings": [note("office", "waits until it can look up its rooms", remedy).as_json()]}


async def _reload() -> dict[str, Any]:
    raise ValueError("The office has not started yet; stop it and start it again.")


async def _stop(task: asyncio.Task[Any]) -> dict[str, Any]:
    task.get_loop().call_later(0.1, task.cancel)
    return {}
