"""The settings of a network → the network as declared, in plain values."""

from __future__ import annotations

from bots.offices.spaces import topics
from bots.offices.spaces.way_in import way_in
from config.network.parts import (
    NAMES,
    Common,
    Initiative,
    TemplateRoom,
    district_alias,
    district_id,
    room_alias,
)
from config.network.settings import NetworkConfig
from federation.model import network as declared
from federation.model.network import Access, Role


def network(config: NetworkConfig) -> declared.Network:
    """What `plan` and `apply` need to know of the settings."""
    return declared.Network(
        server=config.server_name,
        accounts={
            Role.CREATOR: config.user("creator"),
            Role.ONBOARDING: config.user("onboarding"),
            Role.EXCHANGE: config.user("exchange"),
            Role.ANNOUNCEMENTS: config.user("announcements"),
        },
        alliance=_common(config, "alliance"),
        coordination=_common(config, "coordination"),
        exchange=_common(config, "exchange"),
        announcements=_common(config, "announcements"),
        initiatives=tuple(_initiative(config, initiative) for initiative in config.initiatives),
        coordinators=config.coordinators,
        ombuds=None if config.ombuds is None else config.ombuds.account,
        listed=config.network.listed,
        room_version=config.rooms.version,
    )


def _common(config: NetworkConfig, common: Common) -> declared.Words:
    entry = config.rooms.all[common]
    name = entry.name or NAMES.get(common, config.network.name)
    spare = topics.of_common(common, config.network.languages[0], way_in(config))
    return declared.Words(entry.alias, name, entry.topic or "", spare)


def _initiative(config: NetworkConfig, initiative: Initiative) -> declared.Initiative:
    return declared.Initiative(
        initiative.id,
        _adopted(initiative) if initiative.space else _made(config, initiative),
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


def _made(config: NetworkConfig, initiative: Initiative) -> declared.Made:
    template = config.template(initiative.template or "initiative")
    spare = topics.of_initiative(initiative.name, config.network.languages[0])
    words = declared.Words(f"#{initiative.id}", initiative.name, spare_topic=spare)
    rooms = tuple(_room(config, initiative, room) for room in template.rooms)
    return declared.Made(words, Access(template.access), rooms)


def _room(
    config: NetworkConfig, initiative: Initiative, room: TemplateRoom
) -> declared.InitiativeRoom:
    name = room.name.replace("{name}", initiative.name)
    spare = topics.of_room(room, initiative.name, config.network.languages[0])
    words = declared.Words(room_alias(initiative.id, room.id), name, room.topic or "", spare)
    return declared.InitiativeRoom(
        room.id, words, room.encrypted, Access(room.access), room.share, room.flags
    )
