"""Durations as people write them: `60s`, `10m`, `24h`, `3d`."""

from __future__ import annotations

import re
from datetime import timedelta

PATTERN = r"^[0-9]+[smhd]$"
REMEDY = 'write a number and a unit (s, m, h or d), as "60s", "10m", "24h" or "3d"'

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta:
    """`90s` → 90 seconds. Raises ValueError that says what to write."""
    match = re.fullmatch(r"([0-9]{1,9}) ?([smhd])", text)
    if match is None:
        raise ValueError(f"is not a duration; {REMEDY}")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def format_duration(duration: timedelta) -> str:
    """In the largest unit that fits without a rest: 60 seconds → `1m`. Parts of seconds go."""
    seconds = int(duration.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"
