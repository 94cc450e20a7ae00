"""What is said sparingly: each sentence once in a while, however often there is a reason for it.

Whoever may hear such a sentence has a document that keeps when each of them was said last, by its
phrase. So none of them silences another.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

PAUSE = 600.0
"""Seconds, where nothing else is said."""
Heard = Mapping[str, float]
"""Phrase → when it was last said, in seconds since the epoch."""


class Keep(Protocol):
    """Changes the document."""

    def __call__(self, *, heard: Heard) -> object: ...


def lately(at: float, now: float, pause: float = PAUSE) -> bool:
    """Whether that was just before. A clock that was set back silences nothing."""
    return 0 <= now - at < pause


def left(at: float, now: float, pause: float = PAUSE) -> timedelta:
    """What is left of the pause that began then."""
    return timedelta(seconds=pause - (now - at) if lately(at, now, pause) else 0.0)


def may_say(key: str, heard: Heard, now: float, keep: Keep, pause: float = PAUSE) -> bool:
    """Whether this was not said lately. It is noted at once, since it is said now."""
    if key in heard and lately(heard[key], now, pause):
        return False
    keep(heard={**heard, key: now})
    return True
