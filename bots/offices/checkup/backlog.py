"""What waits in an office, and what was set aside."""

from __future__ import annotations

from bots.offices.checkup.finding import Finding, fault, note, ok
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import HELD, Standing, Transaction

SLOW, STUCK = 600.0, 3_600.0
"""Seconds that an action may wait."""
DAY = 86_400.0


async def queue(store: Store) -> list[Finding]:
    counts, aside, standing, now = await store.run("checkup", _read)
    findings = [waiting(counts.get("outbox_ready", 0), standing.oldest, now)]
    if standing.slowed:
        findings.append(_slowed(standing.slowed))
    if standing.unread:
        findings.append(_unread(standing.unread))
    if counts.get("outbox_held", 0):
        findings.append(_held(counts["outbox_held"]))
    number = counts.get("inbox_aside", 0) + counts.get("outbox_aside", 0)
    held = counts.get("outbox_held", 0)
    others = [name for name in aside if not name.endswith(f"({HELD})")]
    findings.append(_aside(number - held, others))
    return findings


def _read(tx: Transaction) -> tuple[dict[str, int], list[str], Standing, float]:
    return tx.counts(), tx.aside(), tx.standing(tx.now - DAY), tx.now


def waiting(number: int, oldest: float | None, now: float) -> Finding:
    if not number or oldest is None:
        return ok("queue", "nothing waits to be sent")
    age = max(0.0, now - oldest)
    found = f"waiting to be sent: {number}, the oldest for {age / 60:.0f} minutes"
    remedy = "See that the homeserver answers and is not overloaded; `buendnis status` counts on."
    if age > STUCK:
        return fault("queue", found, remedy)
    return note("queue", found, remedy) if age > SLOW else ok("queue", found)


def _slowed(number: int) -> Finding:
    remedy = (
        "Exempt the account (Synapse: POST /_synapse/admin/v1/users/USER/override_ratelimit with "
        '{"messages_per_second": 0, "burst_count": 0}).'
    )
    return note("rate limit", f"actions of the last day that had to wait for it: {number}", remedy)


def _unread(number: int) -> Finding:
    found = f"messages of the last day that could not be decrypted: {number}"
    remedy = "Those who wrote are asked to write again; if it goes on, look into the log."
    return note("unreadable", found, remedy)


def _held(number: int) -> Finding:
    found = f"mails held since a backup was restored, as they may have left before: {number}"
    remedy = "If they did not leave: stop the office, `buendnis release`, start it again."
    return note("held", found, remedy)


def _aside(number: int, references: list[str]) -> Finding:
    if not number:
        return ok("set aside", "nothing")
    shown = ", ".join(references)
    more = f" and {number - len(references)} more" if number > len(references) else ""
    remedy = "Look for these references in the log, and report what you find there."
    return note("set aside", f"{number}: {shown}{more}", remedy)
