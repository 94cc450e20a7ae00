"""One event, decided: by a bot of the kit, or by one that still is four functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bots.runtime.kit.bot import KitBot
from bots.runtime.model.bot import Bot
from bots.runtime.model.decision import Event, Request
from bots.runtime.store import viewing
from bots.runtime.store.transaction import Transaction

AnyBot = Bot[Any] | KitBot[Any, Any]


def ruled(tx: Transaction, bot: AnyBot, event: Event, now: datetime) -> Sequence[Request]:
    """What the bot asks for; what it keeps is changed."""
    if isinstance(bot, KitBot):
        with viewing.view(tx) as view:
            decided = bot.rule(view, event, now)
        viewing.apply(tx, decided.changes)
        return decided.requests
    state = bot.load(tx, event)
    decision = bot.rule(state, event, now)
    bot.save(tx, decision.state)
    return decision.requests
