"""A store that hears and decides by itself, for stories about spans of time."""

from __future__ import annotations

from bots.runtime.office.deciding import Deciding
from bots.runtime.store.store import Store
from tests.store.bots import Obedient
from tests.store.events import BOT, ROOM


async def hear(store: Store, event: dict[str, object], account: str = BOT) -> None:
    await store.run("sync", lambda tx: tx.receive(account, ROOM, event, encrypted=False))


async def decide(store: Store, bot: Obedient, deciding: Deciding | None = None) -> list[str]:
    """Which timers have rung so far."""
    deciding = deciding or Deciding({BOT: bot})
    while (await store.run("decide", deciding.some)).more:
        pass
    return bot.due


async def left(store: Store) -> float | None:
    """Seconds until the next timer rings."""
    return await store.run("look", lambda tx: (tx.next_timer() or tx.now) - tx.now)
