"""How old the last backup is."""

from __future__ import annotations

from pathlib import Path

from bots.checkup.finding import Finding, fault, ok
from bots.runtime.backup import STAMP

CHECK = "backup"
DAY = 86_400
OLD = 7 * DAY


def saved(state: Path, key: Path, now: float) -> Finding:
    """`key`: the sealing key, which is as old as the office."""
    remedy = "Run `scripts/backup` as root, or `buendnis backup`; best once a week, by cron."
    stamp = _age(state / STAMP, now)
    if stamp is not None:
        told = f"the last one is {_days(stamp)} old"
        return fault(CHECK, told, remedy) if stamp > OLD else ok(CHECK, told)
    age = _age(key, now)
    if age is not None and age > OLD:
        return fault(CHECK, f"none was ever made; the office is {_days(age)} old", remedy)
    return ok(CHECK, "none was made yet; make one each week")


def _age(path: Path, now: float) -> float | None:
    try:
        return max(0.0, now - path.stat().st_mtime)
    except OSError:
        return None


def _days(seconds: float) -> str:
    days = int(seconds // DAY)
    return f"{days} day{'' if days == 1 else 's'}"
