"""What came of an action, on its way back to the rule that asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.runtime import asking, codec
from bots.runtime.decision import Deliver, Event, Performed
from bots.runtime.transaction import Transaction
from federation.actions import (
    Action,
    AskNow,
    Handle,
    Invite,
    Join,
    Kick,
    Redact,
    SetState,
)
from federation.perform import Outcome


def tell(tx: Transaction, action_id: str, data: Mapping[str, Any], event: Event) -> None:
    """Put the event into the inbox of the bot that asked; `data`: the outbox row's."""
    payload = {"bot": data["bot"], "data": codec.dumps(event).decode()}
    if "was" in data:
        payload["was"] = data["was"]
    tx.enter(f"performed/{action_id}", payload)


def report(
    tx: Transaction,
    action_id: str,
    data: Mapping[str, Any],
    outcome: Outcome | None,
    error: str | None,
) -> None:
    """Tell the bot that asked how it went; `data`: the outbox row's."""
    action = data["action"]
    if isinstance(action, AskNow):
        asking.answer(tx, action_id, data, outcome, error)
    else:
        tell(tx, action_id, data, performed(action, outcome, error))


def performed(action: Action | Deliver, outcome: Outcome | None, error: str | None) -> Performed:
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
    told = Invite | Join | Kick | Redact | SetState
    if isinstance(action, told) and not isinstance(action.room, Handle):
        return Outcome(action.room)
    return Outcome("")
