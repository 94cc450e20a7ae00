"""Asking again and again until it is so."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

LONGEST_PAUSE = 0.1
"""Seconds; what is asked often asks a server, or reads a whole log."""


async def until(
    condition: Callable[[], object | Awaitable[object]],
    what: str | Callable[[], str] = "it",
    patience: float = 60,
) -> None:
    """Return once `condition()`, awaited where it must be, is true. `what` names it, at the end."""
    deadline, pause = time.monotonic() + patience, 0.01
    while time.monotonic() < deadline:
        found = condition()
        if await found if inspect.isawaitable(found) else found:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE)
    name = what if isinstance(what, str) else what()
    raise AssertionError(f"{name} was not so within {patience:g} s")
