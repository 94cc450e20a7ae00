"""What a decision costs, however much there is: the same events, over small and large stores.

A store of 10² and one of 10⁵ documents of each kind, a real one each, on the disk; CPU of the
thread that decides, from the view's opening to the last change. Nothing is said to a homeserver.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from bots.runtime.model.decision import Event
from bots.runtime.office.ruling import ruled
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.bench.subjects import EXCHANGE, OMBUDS, ONBOARDING, Subject

SMALL, LARGE = 100, 100_000
ROUNDS = 60
"""Of all kinds of events."""
AT_ONCE = 2_000
"""Documents of a kind that are put in by one transaction."""
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOW = f"p95 over {LARGE:,} documents of each kind, against {SMALL}"
FIGURES = (
    Figure("decision_cpu_exchange_ratio", "×", HOW, target=1.5),
    Figure("decision_cpu_ombuds_ratio", "×", HOW, target=1.5),
    Figure("decision_cpu_onboarding_ratio", "×", HOW, target=1.5),
)


async def measure(place: Place) -> Mapping[str, float]:
    return {
        "decision_cpu_exchange_ratio": await _ratio(EXCHANGE, place),
        "decision_cpu_ombuds_ratio": await _ratio(OMBUDS, place),
        "decision_cpu_onboarding_ratio": await _ratio(ONBOARDING, place),
    }


async def _ratio(subject: Subject, place: Place) -> float:
    small = await _p95(subject, SMALL, place)
    return await _p95(subject, LARGE, place) / small


async def _p95(subject: Subject, n: int, place: Place) -> float:
    folder = place.folder / subject.bot.name
    store = Store.open(folder, Sealer(bytes(32)), NOW.timestamp)
    try:
        for first in range(0, n, AT_ONCE):
            numbers = range(first, min(n, first + AT_ONCE))
            await store.run("fill", lambda tx, x=numbers: subject.fill(tx, x))  # type: ignore[misc]
        found = sorted([await _cost(store, subject, x) for x in _events(subject, n)])
    finally:
        await store.close()
        shutil.rmtree(folder)
    cost = found[int(len(found) * 0.95)]
    place.say(
        f"{subject.bot.name}, {n:,} documents of each kind: "
        f"p95 {cost * 1000:.2f} ms of {len(found)} decisions"
    )
    return cost


def _events(subject: Subject, n: int) -> list[Event]:
    dice = random.Random(n)
    return [x for number in dice.sample(range(n), ROUNDS) for x in subject.happens(number, dice)]


async def _cost(store: Store, subject: Subject, event: Event) -> float:
    def decide(tx: Transaction) -> float:
        begun = time.thread_time()
        ruled(tx, subject.bot, event, NOW)
        return time.thread_time() - begun

    return await store.run("decide", decide)
