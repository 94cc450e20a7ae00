"""What was decided and waits, and is not needed any more.

A message for somebody who never comes rests in the outbox (see `federation.performing.perform`).
When a rule withdraws it, it goes in the commit of that decision: it is either still there, and
never said, or was said before.
"""

from __future__ import annotations

from bots.runtime.office.heads import references
from bots.runtime.store.transaction import Transaction


def withdraw(tx: Transaction, handle: str) -> None:
    """What would fill this handle, and what names it."""
    made = tx.coming(handle)
    if made is None:
        return
    for row in tx.in_lane(made.lane):
        if row.id == made.id or handle in references(row.order().action).values():
            tx.drop(row)
