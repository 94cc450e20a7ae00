"""How old the last backup is."""

from __future__ import annotations

from pathlib import Path

from bots.offices.checkup.finding import Finding, fault, note, ok
from bots.runtime.store.backup import STAMP, UNFINISHED

CHECK = "backup"
HOUR = 3_600
DAY = 24 * HOUR
OLD = 7 * DAY


def saved(state: Path, keyring: Path, now: float) -> Finding:
    """`keyring`: its wrapped keys, which are as old as the office, or a change of its key."""
    remedy = "Run `scripts/backup` as root, or `buendnis backup`; best once a week, by cron."
    begun = _age(state / UNFINISHED, now)
    if begun is not None:
        return _unfinished(begun)
    stamp = _age(state / STAMP, now)
    if stamp is not None:
        told = f"the last one is {_days(stamp)} old"
        return fault(CHECK, told, remedy) if stamp > OLD else ok(CHECK, told)
    age = _age(keyring, now)
    if age is not None and age > OLD:
        return fault(CHECK, f"none was ever made; the office is {_days(age)} old", remedy)
    return ok(CHECK, "none was made yet; make one each week")


def _unfinished(age: float) -> Finding:
    if age < HOUR:
        return note(CHECK, "one is being made", "Look again when it is done.")
    remedy = (
        "It is no backup, and neither is what it left behind. Run `scripts/backup` as root, or "
        "`buendnis backup`, and see that it says `Done`; often the disk is full."
    )
    return fault(CHECK, f"the last one is not whole; it was begun {_span(age)} ago", remedy)


def _span(seconds: float) -> str:
    hours = int(seconds // HOUR)
    return _days(seconds) if seconds >= DAY else f"{hours} hour{'' if hours == 1 else 's'}"


def _age(path: Path, now: float) -> float | None:
    try:
        return max(0.0, now - path.stat().st_mtime)
    except OSError:
        return None


def _days(seconds: float) -> str:
    days = int(seconds // DAY)
    return f"{days} day{'' if days == 1 else 's'}"
