"""One event, decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bots.runtime.kit.bot import Bot
from bots.runtime.model.decision import Event, Request
from bots.runtime.store import recording, viewing
from bots.runtime.store.transaction import Transaction


def ruled(tx: Transaction, bot: Bot, event: Event, now: datetime) -> Sequence[Request]:
    """What the bot asks for; what it keeps is changed."""
    with viewing.view(tx) as view:
        decided = bot.rule(view, event, now)
    viewing.apply(tx, decided.changes)
    recording.append(tx, decided.records)
    return decided.requests
