"""What a network knows of the announcements bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bots.announcements.bot import ANNOUNCEMENTS as BOT
from bots.announcements.section import Announcements, DigestDay
from bots.announcements.settings import DigestTime, Settings
from bots.runtime.model.network import NetworkView
from bots.runtime.office.botspec import AccountSpec, BotSpec, Desk, RoomForAll
from bots.runtime.speech.phrases import N_
from federation.model.network import POWER, Role

if TYPE_CHECKING:
    from bridges.web.sites import Site


def settings(network: NetworkView) -> Settings:
    when, days = network.set(Announcements), get_args(DigestDay)
    return Settings(
        account=network.account,
        room=network.places["announcements"],
        network=network.name,
        languages=network.languages,
        timezone=network.timezone,
        public_url=network.public_url,
        # Tokens in readers' links are derived from it.
        secret=network.secret("mails"),
        editors=network.coordinators,
        in_words=network.in_words,
        unsigned=network.unsigned,
        undo=when.undo,
        digest=DigestTime(
            when.digest_at.hour,
            when.digest_at.minute,
            None if when.digest_on == "daily" else days.index(when.digest_on),
        ),
        confirmations=max(1, network.mails_per_hour // 2),
    )


def pages(desk: Desk) -> Site:
    """Loaded by whoever serves them: they need what speaks HTTP."""
    from bots.announcements.site import of_office

    return of_office(desk)


ANNOUNCEMENTS = BotSpec(
    BOT,
    settings,
    AccountSpec(
        "rundbrief",
        "Rundbrief-Bot",
        "Sends announcements out.",
        picture="announcements",
    ),
    rooms=(
        RoomForAll(
            "announcements",
            "#rundbrief",
            "Rundbrief",
            "The room for announcements. Only coordinators and bots write.",
            N_("News for everybody. Only coordinators write here."),
            writers=POWER[Role.COORDINATOR],
            picture="room-announcements",
        ),
    ),
    section=Announcements,
    pages=pages,
    # Without a mail server announcements stay in their room, and no bot serves it.
    serves=lambda network: bool(network.mails_per_hour and network.public_url),
)
