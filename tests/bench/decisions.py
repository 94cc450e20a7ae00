"""What a decision costs, however much there is: the same events, over small and large stores.

A store of 10² and one of 10⁵ documents of each kind, a real one each, on the disk; CPU of the
thread that decides, from the view's opening to the last change. Nothing is said to a homeserver.
"""

from __future__ import annotations

import itertools
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bots.exchange import documents as kept
from bots.exchange import keys
from bots.exchange.bot import ExchangeBot
from bots.exchange.settings import Settings, Source
from bots.runtime.decision import Due, Event, Started
from bots.runtime.kit.messages import MessageNow
from bots.runtime.ruling import ruled
from bots.runtime.sealing import Sealer
from bots.runtime.store import Store
from bots.runtime.transaction import Transaction
from bots.runtime.words import Words
from federation.events import Edit, Origin, Reaction, Redaction, RoomView, TextMessage
from tests.bench.figures import Figure
from tests.bench.place import Place

SMALL, LARGE = 100, 100_000
ROUNDS = 60
"""Of all kinds of events."""
AT_ONCE = 2_000
"""Documents that are put in by one transaction."""
FIGURES = (
    Figure(
        "decision_cpu_ratio",
        "×",
        f"p95 over a store of {LARGE:,} documents of each kind, against {SMALL}; exchange",
        target=1.5,
    ),
)
BOT, NORTH, EXCHANGE = "@exchange:a.example", "!north", "!exchange"
SETTINGS = Settings(BOT, EXCHANGE, ("en",), (Source(NORTH, "North"),))
NOW = datetime(2026, 3, 5, tzinfo=UTC)
VOCABULARY = tuple(f"word{i}" for i in range(2_000))


async def measure(place: Place) -> Mapping[str, float]:
    folder = place.folder / "decisions"
    costs = {n: await _p95(folder / str(n), n, place) for n in (SMALL, LARGE)}
    shutil.rmtree(folder)
    return {"decision_cpu_ratio": costs[LARGE] / costs[SMALL]}


async def _p95(folder: Path, n: int, place: Place) -> float:
    store = Store.open(folder, Sealer(bytes(32)), NOW.timestamp)
    try:
        for first in range(0, n, AT_ONCE):
            numbers = range(first, min(n, first + AT_ONCE))
            await store.run("fill", lambda tx, x=numbers: _fill(tx, x))  # type: ignore[misc]
        bot, costs = ExchangeBot(SETTINGS, Words()), list[float]()
        for event in _events(n):
            costs.append(await store.run("decide", lambda tx, x=event: _cost(tx, bot, x)))  # type: ignore[misc]
    finally:
        await store.close()
    found = sorted(costs)[int(len(costs) * 0.95)]
    place.say(f"{n:,} documents of each kind: p95 {found * 1000:.2f} ms of {len(costs)} decisions")
    return found


def _cost(tx: Transaction, bot: ExchangeBot, event: Event) -> float:
    begun = time.thread_time()
    ruled(tx, bot, event, NOW)
    return time.thread_time() - begun


# -- what there is ---------------------------------------------------------------------------------


def _fill(tx: Transaction, numbers: range) -> None:
    for i in numbers:
        dice = random.Random(i)
        text = " ".join(dice.sample(VOCABULARY, 12))
        shared = kept.Shared(
            f"$message-{i}",
            NORTH,
            kept.ShareState.SHARED,
            (kept.Mark(f"$mark-{i}", f"@person-{i}:a.example"),),
            number=i + 1,
            into=EXCHANGE,
            author=f"@person-{i}:a.example",
            initiative="North",
            text=text,
        )
        tx.keep(kept.SHARES, shared)
        tx.fill(keys.COPY(number=i + 1), EXCHANGE, f"$copy-{i}", f"{i}")
        tx.keep(kept.ANSWERS, kept.Answer(i + 1, f"$answer-{i}"))
        tx.keep(kept.PEOPLE, kept.Person(f"@person-{i}:a.example", named=True))
        tx.keep(kept.PLACES, kept.Place(f"!room-{i}", joined=True))
        tx.keep(kept.REMOVED, kept.Removed(f"$removed-{i}"))
        tx.keep(kept.RESTLESS, kept.Restless(f"$restless-{i}", 1, NOW.timestamp()))
    tx.keep(kept.OFFICE, kept.Office(shares=numbers[-1] + 1))


# -- what happens ----------------------------------------------------------------------------------

_ids = itertools.count()


@dataclass(frozen=True, slots=True)
class _Person:
    user: str

    def origin(self, room: str) -> Origin:
        return Origin(BOT, room, f"$event-{next(_ids)}", self.user, 0, encrypted=False)


def _events(n: int) -> Iterator[Event]:
    yield Started(BOT, 1)
    dice = random.Random(n)
    for number in dice.sample(range(n), ROUNDS):
        yield from _round(number, dice)


def _round(i: int, dice: random.Random) -> Iterator[Event]:
    """A message is shared, edited, answered, looked for and taken back."""
    who, view = _Person(f"@person-{i}:a.example"), RoomView()
    message, mark = who.origin(NORTH), who.origin(NORTH)
    text = " ".join(dice.sample(VOCABULARY, 12))
    said = TextMessage(message, view, text)
    yield said
    yield Reaction(mark, view, message.event_id, "📣")
    yield MessageNow(NORTH, message.event_id, keys.SHARE(), said, who.user)
    yield Edit(who.origin(NORTH), view, message.event_id, text + " at last")
    yield TextMessage(who.origin(EXCHANGE), view, "Here!", thread=f"$copy-{i}")
    yield Redaction(who.origin(EXCHANGE), view, f"$answer-{i}")
    yield TextMessage(who.origin(NORTH), view, f"!find {dice.choice(VOCABULARY)}")
    yield TextMessage(who.origin(NORTH), view, f"!find {' '.join(dice.sample(VOCABULARY, 2))}")
    yield TextMessage(who.origin(NORTH), view, "!name off")
    yield Redaction(who.origin(NORTH), view, f"$unknown-{i}")
    yield Redaction(who.origin(NORTH), view, mark.event_id)
    yield Due(keys.REST(source=message.event_id))
    yield Due(keys.NOTE(number=i + 1))
