"""Asking again and again until it is so."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def until(
    condition: Callable[[], object | Awaitable[object]],
    what: str | Callable[[], str] = "it",
    patience: float = 60,
) -> None:
    """Return once `condition()`, awaited where it must be, is true. `what` names it, at the end."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = condition()
        if await found if inspect.isawaitable(found) else found:
            return
        await asyncio.sleep(0.03)
    name = what if isinstance(what, str) else what()
    raise AssertionError(f"{name} was not so within {patience:g} s")
