"""The registry with one more line: the bot of CONTRIBUTING.md."""

from __future__ import annotations

from bots.offices.registry import BOTS
from bots.runtime.office.botspec import BotSpec, RoomForAll
from tests.kit.lending.bot import LENDING, Settings

# fmt: off
MORE = (
    *BOTS,
    BotSpec(LENDING, lambda net: Settings(net.places["lending"]), rooms=(RoomForAll("lending"),)),
)
