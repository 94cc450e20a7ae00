"""1,000 messages to ten rooms while the bot is up."""

from __future__ import annotations

from tests.bench.echoing import echoing, numbered
from tests.bench.figures import Figure
from tests.bench.place import Place

MESSAGES = 1000
FIGURES = (
    Figure("burst_lost", "messages", "1,000 to ten rooms, a reply due to each", target=0),
    Figure("burst_doubled", "messages", "1,000 to ten rooms, a reply due to each", target=0),
)


async def measure(place: Place) -> dict[str, float]:
    async with echoing(place) as scene:
        await scene.begin()
        texts = numbered("burst", MESSAGES)
        await scene.ask(texts)
        return (await scene.settled(texts)).figures("burst")
