"""What a store knows of having been restored from a backup.

Between the backup and the restoring lies a time that the store knows nothing of, though things
were done in it. In rooms our own events tell what was done; keys of the old device are never used
again; what was forgotten leaves fingerprints; what may have left by mail waits for a decision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bots.runtime.model.decision import Deliver
from bots.runtime.store.transaction import HELD, Transaction
from federation.encryption import handover

STALE = "device list"
"""Whose devices we know: must be asked for again."""
RENEWED = ("office", "renewed")
"""Kept until the office has said that its keys were compromised."""


@dataclass(frozen=True, slots=True)
class Restored:
    made: float
    """When the backup was made: seconds since the epoch."""
    at: float
    """When it was restored."""
    settled: bool = False
    """Whether the homeserver was asked for what was forgotten since."""


def read_restored(tx: Transaction) -> Restored | None:
    found = tx.read("office", "restored")
    return None if found is None else Restored(**json.loads(found))


def begin(tx: Transaction, made: float, erased: Mapping[str, float]) -> int:
    """Make a restored store fit to start; how many rows are held that may have left already."""
    handover.retire(tx)
    tx.erase_kind(STALE)
    held = 0
    for seq, order in tx.waiting():
        if isinstance(order.action, Deliver) and not order.action.harmless:
            tx.put_aside(seq, HELD)
            held += 1
    tx.forget_again(erased, made)
    _write(tx, Restored(made, tx.now))
    return held


def renew(tx: Transaction) -> None:
    """Let an office whose keys were compromised start as somebody new, and say so."""
    handover.retire(tx)
    tx.write(*RENEWED, b"")


def settle(tx: Transaction, restored: Restored, erased: Mapping[str, float]) -> None:
    tx.forget_again(erased, restored.made)
    _write(tx, Restored(restored.made, restored.at, settled=True))


def _write(tx: Transaction, restored: Restored) -> None:
    tx.write("office", "restored", json.dumps(asdict(restored)).encode())
