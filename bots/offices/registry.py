"""The bots of a network: one line each. All else derives from what they declare."""

from __future__ import annotations

from typing import Any

from bots.announcements.spec import ANNOUNCEMENTS
from bots.exchange.spec import EXCHANGE
from bots.onboarding.spec import ONBOARDING
from bots.runtime.office.botspec import BotSpec
from config.network.bots import models
from config.network.parts import Account, BotEntry, CommonRoom, TemplateRoom

Bots = tuple[BotSpec[Any], ...]

BOTS: Bots = (
    ONBOARDING,
    EXCHANGE,
    ANNOUNCEMENTS,
)


def described(bots: Bots = BOTS) -> tuple[BotEntry, ...]:
    """What the settings know of them."""
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


def unwritten_accounts(bots: Bots = BOTS) -> dict[str, Account]:
    """The accounts of a network, the creator's first, where its settings say nothing of them."""
    return models(described(bots)).file.unwritten_accounts().all


def names_in(room: TemplateRoom, bots: Bots) -> frozenset[str]:
    """The bots in a room of an initiative, besides those that are everywhere."""
    return frozenset(bot.name for bot in bots if bot.shares and room.share)
