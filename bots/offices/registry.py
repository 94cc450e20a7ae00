"""The bots of a network: one line each. All else derives from what they declare."""

from __future__ import annotations

from typing import Any

from bots.announcements.spec import ANNOUNCEMENTS
from bots.exchange.spec import EXCHANGE
from bots.onboarding.spec import ONBOARDING
from bots.runtime.office.botspec import BotSpec
from config.network.bots import models
from config.network.parts import CREATOR, Account, BotEntry, CommonRoom, Rooms, TemplateRoom
from config.network.settings import NetworkFile
from config.reading.shape import keys

Bots = tuple[BotSpec[Any], ...]

BOTS: Bots = (
    ONBOARDING,
    EXCHANGE,
    ANNOUNCEMENTS,
)


def described(bots: Bots = BOTS) -> tuple[BotEntry, ...]:
    """What the settings know of them. Raises RuntimeError where two things would have one name."""
    _differ("bots", [CREATOR, *(bot.name for bot in bots)])
    _differ("rooms", [*Rooms.model_fields, *(x.key for bot in bots for x in bot.rooms)])
    sections = (bot.name for bot in bots if bot.section is not None)
    _differ("sections", [*keys(NetworkFile), *sections])
    return tuple(
        BotEntry(
            bot.name,
            bot.account.user or bot.name,
            bot.account.display_name or f"{bot.name.title()}-Bot",
            bot.account.told,
            tuple(
                CommonRoom(
                    room.key, room.alias or f"#{room.key}", room.name or room.key.title(), room.told
                )
                for room in bot.rooms
            ),
            bot.section,
            bot.welcomes,
        )
        for bot in bots
    )


def _differ(what: str, names: list[str]) -> None:
    """Each is a key of network.yaml, and bots' names are in environment variables."""
    wrong = {x for x in names if names.count(x) > 1 or not x.isidentifier()}
    if wrong:
        raise RuntimeError(f"{what} need one word each, all different; change {sorted(wrong)}")


def unwritten_accounts(bots: Bots = BOTS) -> dict[str, Account]:
    """The accounts of a network, the creator's first, where its settings say nothing of them."""
    return models(described(bots)).file.unwritten_accounts().all


def names_in(room: TemplateRoom, bots: Bots) -> frozenset[str]:
    """The bots in a room of an initiative, besides those that are everywhere."""
    return frozenset(bot.name for bot in bots if bot.shares and room.share)
