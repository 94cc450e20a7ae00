"""Which of those who decide in the network have no verified device, and until when it is borne."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.offices.checkup.account import query
from bots.offices.checkup.finding import Finding, note, ok
from bots.runtime.kit.standing.documents import KNOWN, Known
from bots.runtime.store.transaction import Transaction
from federation.encryption.identities import devices, identity
from federation.syncing.session import Session

CHECK = "verified"


async def deciders(session: Session, users: Collection[str], span: timedelta) -> list[Finding]:
    """`span`: how long their commands count from devices that are not verified."""
    if not users:
        return []

    def read(tx: Transaction) -> tuple[dict[str, Known], float]:
        found = ((x, tx.document(KNOWN, x)) for x in users)
        return {user: known for user, known in found if known is not None}, tx.now

    known, now = await session.store.run("checkup", read)
    answer = await query(session, users)
    blind = [x for x in users if not _has_signed(x, answer)]
    return [*judged(blind, known, len(users), now, span)]


def _has_signed(user: str, answer: Mapping[str, Any]) -> bool:
    signed = identity(user, answer).signed
    return any(name in signed for name in devices(user, answer))


def judged(
    blind: Collection[str], known: Mapping[str, Known], all_: int, now: float, span: timedelta
) -> Iterator[Finding]:
    """`blind`: those without a verified device."""
    changed = sum(bool(x.changed) for x in known.values())
    if changed:
        remedy = (
            "Ask them, in person or on the phone. If all is well, another coordinator writes "
            "`!confirm` with the person's name in the room; else remove the account from there."
        )
        yield note(
            CHECK,
            f"coordinators with changed keys, so that commands wait: {changed}",
            remedy,
        )
    since = [known[x].since if x in known else now for x in blind]
    ends = [x + span.total_seconds() for x in since]
    over = sum(end <= now for end in ends)
    remedy = (
        "Have them set up recovery in Element (Settings, Encryption), and verify each further "
        "device there."
    )
    if over:
        yield note(
            CHECK, f"coordinators without a verified device, so that commands wait: {over}", remedy
        )
    if left := [end for end in ends if end > now]:
        first = datetime.fromtimestamp(min(left), UTC)
        told = (
            f"coordinators without a verified device: {len(left)}; "
            f"commands wait from {first:%Y-%m-%d} on"
        )
        yield note(CHECK, told, remedy)
    if not (changed or over or left):
        yield ok(CHECK, f"coordinators with a verified device: {all_ - len(blind)} of {all_}")
