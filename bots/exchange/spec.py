"""What a network knows of the exchange bot."""

from __future__ import annotations

from collections.abc import Iterator

from bots.exchange.bot import EXCHANGE as BOT
from bots.exchange.settings import Adopted, Settings, Source
from bots.runtime.model.network import Initiative, NetworkView
from bots.runtime.office.botspec import AccountSpec, BotSpec, RoomForAll
from bots.runtime.speech.phrases import N_
from federation.client.interests import Interests
from federation.model.links import server_of


def settings(network: NetworkView) -> Settings:
    places = network.places
    return Settings(
        account=network.account,
        exchange=places["exchange"],
        languages=network.languages,
        sources=tuple(
            Source(room.id, x.name, within=_around(network, x))
            for x in network.initiatives
            for room in x.rooms
            if network.bot in room.bots
        ),
        adopted=tuple(_adopted(network)),
        spaces=frozenset(x.space for x in network.initiatives if x.space),
        coordination=places["coordination"],
        accounts=network.ours,
        creator=network.accounts["creator"],
        alliance=places["alliance"],
        greeter=network.greeter,
        unsigned=network.unsigned,
    )


def _adopted(network: NetworkView) -> Iterator[Adopted]:
    for x in network.initiatives:
        if x.alias:
            yield Adopted(
                id=x.id,
                name=x.name,
                server=server_of(x.alias),
                contacts=frozenset(x.contacts),
                space=x.space,
            )


def _around(network: NetworkView, initiative: Initiative) -> tuple[str, ...]:
    """The spaces around its rooms."""
    return tuple(filter(None, (initiative.space, network.places["alliance"])))


EXCHANGE = BotSpec(
    BOT,
    settings,
    AccountSpec(
        "austausch",
        "Austausch-Bot",
        "Carries messages from one initiative to all.",
        picture="exchange",
    ),
    rooms=(
        RoomForAll(
            "exchange",
            "#austausch",
            "Austausch",
            "The room for messages that somebody shared with all.",
            N_("What initiatives tell each other. To share a message, set 📣 on it."),
            picture="room-exchange",
        ),
    ),
    guest_in=frozenset({"coordination"}),
    shares=True,
    # Most people mark what they have just written: it need not be asked for.
    interests=lambda _: Interests(recent=50),
)
