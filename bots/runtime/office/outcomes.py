"""What came of an action, on its way back to the rule that asked for it."""

from __future__ import annotations

from bots.runtime.model.decision import Deliver, Performed, SetAside
from bots.runtime.office import asking
from bots.runtime.store.records import Order, Told
from bots.runtime.store.transaction import Transaction
from federation.model.actions import (
    Action,
    AskNow,
    Handle,
    Invite,
    Join,
    Kick,
    Leave,
    Redact,
    SetState,
)
from federation.performing.perform import Outcome


def tell(tx: Transaction, action_id: str, order: Order, event: Performed | SetAside) -> None:
    """Put the event into the inbox of the bot that asked."""
    tx.enter(Told(f"performed/{action_id}", order.bot, event, order.was))


def report(
    tx: Transaction, action_id: str, order: Order, outcome: Outcome | None, error: str | None
) -> None:
    """Tell the bot that asked how it went."""
    if isinstance(order.action, AskNow):
        asking.answer(tx, action_id, order, order.action, outcome, error)
    else:
        tell(tx, action_id, order, performed(order.action, outcome, error))


def performed(action: Action | Deliver, outcome: Outcome | None, error: str | None) -> Performed:
    """What a rule hears of an action that was carried out, or failed with `error`."""
    outcome = outcome or nothing(action)
    return Performed(
        type(action).__name__,
        getattr(action, "handle", None),
        outcome.room_id or None,
        outcome.event_id,
        error,
        user=getattr(action, "user", None),
    )


def nothing(action: Action | Deliver) -> Outcome:
    """Of what has no handle, the room at least tells which one failed."""
    told = Invite | Join | Kick | Leave | Redact | SetState
    if isinstance(action, told) and not isinstance(action.room, Handle):
        return Outcome(action.room)
    return Outcome("")
