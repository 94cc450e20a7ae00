"""The homeserver is away for ten minutes. Measured only where it is named."""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.bench.server_away import FIRST, stopped_for

AWAY = 600.0
HOW = "the homeserver is stopped for ten minutes amid 500 messages"

FIGURES = (
    Figure("server_away_long_lost", "messages", HOW, target=0),
    Figure("server_away_long_doubled", "messages", HOW, target=0),
    Figure("server_away_long_first_answer_s", "s", f"{FIRST}; {HOW}", target=3.0),
)


async def measure(place: Place) -> dict[str, float]:
    return await stopped_for(place, AWAY, "server_away_long")
