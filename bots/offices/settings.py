"""The settings of a network, and where its rooms are, as its bots are told of them. All of it may
change while the office runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bots.offices.registry import Bots, names_in
from bots.offices.spaces.places import Places
from bots.runtime.model import network as told
from bots.runtime.office.botspec import BotSpec
from config.network.parts import Initiative, TemplateRoom
from config.network.settings import NetworkConfig
from federation.model.links import server_of
from federation.model.network import Access


def network(
    config: NetworkConfig, places: Places, bots: Bots, secret: Callable[[str], bytes]
) -> Callable[[BotSpec[Any]], told.NetworkView]:
    """What each of the bots is told. `secret`: what is derived from the sealing key."""
    accounts = {role: config.user(role) for role in config.roles()}
    if config.ombuds is not None:
        accounts["ombuds"] = config.ombuds.account
    initiatives = tuple(_initiative(config, places, bots, x) for x in config.initiatives)

    def tell(spec: BotSpec[Any]) -> told.NetworkView:
        return told.NetworkView(
            bot=spec.name,
            name=config.network.name,
            languages=config.network.languages,
            timezone=config.network.timezone,
            accounts=accounts,
            places=places,
            names={key: config.room_name(key) for key in config.rooms.all},
            greeter=config.welcoming,
            open=tuple(_open(bots)),
            initiatives=initiatives,
            coordinators=config.coordinators,
            in_words=config.network.in_words,
            unsigned=timedelta(days=config.network.unsigned_days),
            rules=config.rules,
            public_url="" if config.web is None else config.web.public_url,
            mails_per_hour=0 if config.email is None else config.email.smtp.max_per_hour,
            section=getattr(config, spec.name, None) if spec.section is not None else None,
            secret=secret,
        )

    return tell


def _open(bots: Bots) -> Iterator[str]:
    for bot in bots:
        yield from (room.key for room in bot.rooms if room.access is Access.ALLIANCE)


def _initiative(
    config: NetworkConfig, places: Places, bots: Bots, initiative: Initiative
) -> told.Initiative:
    alias = initiative.space or ""
    template = config.template_of(initiative)
    return told.Initiative(
        id=initiative.id,
        name=initiative.name,
        district=initiative.district or "",
        topics=initiative.topics,
        contacts=initiative.contacts,
        access=Access.ALLIANCE if alias else Access(template.access),
        space=places.get(f"initiative/{initiative.id}", ""),
        alias=alias,
        via=initiative.via or ((server_of(alias),) if alias else ()),
        rooms=() if alias else tuple(_rooms(places, bots, initiative, template.rooms)),
    )


def _rooms(
    places: Places, bots: Bots, initiative: Initiative, rooms: tuple[TemplateRoom, ...]
) -> Iterator[told.Room]:
    for room in rooms:
        place = places.get(f"initiative/{initiative.id}/{room.id}")
        if place is not None:
            name = room.name.replace("{name}", initiative.name)
            yield told.Room(place, name, Access(room.access), names_in(room, bots))
