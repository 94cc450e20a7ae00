"""The settings of a network → the network as declared, in plain values."""

from __future__ import annotations

from collections.abc import Iterator

from bots.offices.registry import BOTS, Bots, names_in
from bots.offices.spaces import topics
from bots.offices.spaces.way_in import way_in
from config.network.parts import (
    CREATOR,
    Initiative,
    TemplateRoom,
    district_alias,
    district_id,
    room_alias,
)
from config.network.settings import NetworkConfig
from federation.model import network as declared
from federation.model.network import Access

COORDINATION = "coordination"


def network(config: NetworkConfig, bots: Bots = BOTS) -> declared.Network:
    """What `plan` and `apply` need to know of the settings."""
    return declared.Network(
        server=config.server_name,
        creator=config.user(CREATOR),
        bots=tuple(
            declared.Bot(bot.name, config.user(bot.name), bot.power, bot.everywhere) for bot in bots
        ),
        alliance=_words(config, "alliance", topics.ALLIANCE),
        common=tuple(_common(config, bots)),
        initiatives=tuple(_initiative(config, bots, x) for x in config.initiatives),
        coordinators=config.coordinators,
        ombuds=None if config.ombuds is None else config.ombuds.account,
        listed=config.network.listed,
        room_version=config.rooms.version,
    )


def _common(config: NetworkConfig, bots: Bots) -> Iterator[declared.Common]:
    guests = {key: {x.name for x in bots if key in x.guest_in} for key in config.rooms.all}
    yield declared.Common(
        COORDINATION,
        _words(config, COORDINATION, topics.COORDINATION),
        Access.INVITE,
        frozenset(guests[COORDINATION]),
        encrypted=True,
        contacts=True,
        picture="room-coordination",
    )
    for bot in bots:
        for room in bot.rooms:
            yield declared.Common(
                room.key,
                _words(config, room.key, room.topic),
                room.access,
                frozenset({bot.name} | guests[room.key]),
                writers=room.writers,
                picture=room.picture,
            )


def _words(config: NetworkConfig, key: str, topic: str) -> declared.Words:
    entry = config.rooms.all[key]
    spare = topics.of_common(topic, config.network.languages[0], way_in(config)) if topic else ""
    return declared.Words(entry.alias, config.room_name(key), entry.topic or "", spare)


def _initiative(config: NetworkConfig, bots: Bots, initiative: Initiative) -> declared.Initiative:
    return declared.Initiative(
        initiative.id,
        _adopted(initiative) if initiative.space else _made(config, bots, initiative),
        initiative.contacts,
        _district(initiative.district),
    )


def _district(name: str | None) -> declared.District | None:
    if name is None:
        return None
    return declared.District(district_id(name), declared.Words(district_alias(name), name))


def _adopted(initiative: Initiative) -> declared.Adopted:
    alias = initiative.space or ""
    return declared.Adopted(alias, initiative.via or (alias.partition(":")[2],))


def _made(config: NetworkConfig, bots: Bots, initiative: Initiative) -> declared.Made:
    template = config.template_of(initiative)
    spare = topics.of_initiative(initiative.name, config.network.languages[0])
    words = declared.Words(f"#{initiative.id}", initiative.name, spare_topic=spare)
    rooms = tuple(_room(config, bots, initiative, room) for room in template.rooms)
    return declared.Made(words, Access(template.access), rooms)


def _room(
    config: NetworkConfig, bots: Bots, initiative: Initiative, room: TemplateRoom
) -> declared.InitiativeRoom:
    name = room.name.replace("{name}", initiative.name)
    spare = topics.of_room(room, initiative.name, config.network.languages[0])
    words = declared.Words(room_alias(initiative.id, room.id), name, room.topic or "", spare)
    serving = names_in(room, bots)
    return declared.InitiativeRoom(
        room.id, words, room.encrypted, Access(room.access), serving, room.flags
    )
