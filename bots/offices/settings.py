"""What the rules of the network's bots need of its settings, and of where its rooms are. All of it
may change while the office runs."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import get_args

from bots.announcements import models as announcements
from bots.exchange import settings as exchange
from bots.offices.spaces.places import Places
from bots.onboarding import models as onboarding
from config.network.office import DigestDay, Web
from config.network.parts import NAMES, ROLES, Common, Initiative, Template, TemplateRoom
from config.network.settings import NetworkConfig
from federation.model import membership
from federation.model.links import link, server_of
from federation.model.network import Access, Kind

log = logging.getLogger(__name__)

_SPACE = re.compile(rf"{Kind.INITIATIVE}/[^/]+")
"""The key of an initiative's space."""


def accounts(config: NetworkConfig) -> frozenset[str]:
    """Bots and service accounts."""
    ombuds = () if config.ombuds is None else (config.ombuds.account,)
    return frozenset((*(config.user(role) for role in ROLES), *ombuds))


# -- onboarding ------------------------------------------------------------------------------------


def of_onboarding(config: NetworkConfig, places: Places) -> onboarding.Settings:
    return onboarding.Settings(
        account=config.user("onboarding"),
        network=config.network.name,
        space=places["alliance"],
        coordination=places["coordination"],
        languages=config.network.languages,
        rules=config.rules,
        rules_version=rules_version(config.rules),
        rooms=(places["announcements"], places["exchange"]),
        districts=tuple(x for key, x in places.items() if key.startswith(f"{Kind.DISTRICT}/")),
        exchange=places["exchange"],
        names=dict(_names(config, places)),
        initiatives=tuple(_initiative(config, places, x) for x in config.initiatives),
        coordinators=config.coordinators,
        accounts=accounts(config),
        creator=config.user("creator"),
    )


def _names(config: NetworkConfig, places: Places) -> Iterator[tuple[str, str]]:
    """Room id → what people find it under in their list of rooms."""
    yield places["alliance"], config.rooms.alliance.name or config.network.name
    everybody: tuple[Common, ...] = ("announcements", "exchange")
    for common in everybody:
        yield places[common], config.rooms.all[common].name or NAMES[common]
    for initiative in config.initiatives:
        space = places.get(f"initiative/{initiative.id}")
        if space is not None:
            yield space, initiative.name
        for room, place in _rooms(config, places, initiative):
            yield place, room.name.replace("{name}", initiative.name)


def rules_version(rules: Mapping[str, str]) -> str:
    """Another one whenever a text changes, whichever: everybody is asked again."""
    text = json.dumps(sorted(rules.items()), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _initiative(
    config: NetworkConfig, places: Places, initiative: Initiative
) -> onboarding.Initiative:
    made = tuple(_places(config, places, initiative))
    access = Access.ALLIANCE if initiative.space else _template(config, initiative).access
    return onboarding.Initiative(
        id=initiative.id,
        name=initiative.name,
        district=initiative.district or "",
        topics=initiative.topics,
        rooms=membership.Premises(made).given(made[0].room) if made else (),
        access=Access(access),
        places=made,
        contacts=initiative.contacts,
        server=server_of(initiative.space or ""),
        alias=initiative.space or "",
        link=_link(initiative) if f"initiative/{initiative.id}" in places else "",
    )


def _link(initiative: Initiative) -> str:
    """To its own space: by the alias, which follows where the space moves."""
    alias = initiative.space or ""
    return link(alias, via=initiative.via or (server_of(alias),)) if alias else ""


def _places(
    config: NetworkConfig, places: Places, initiative: Initiative
) -> Iterator[membership.Place]:
    """Its space and what lies in it, as far as it was made here."""
    space = places.get(f"initiative/{initiative.id}")
    if space is None or initiative.space is not None:
        return
    seats = frozenset(initiative.contacts)
    access = Access(_template(config, initiative).access)
    yield membership.Place(space, places["alliance"], access, seats)
    for room, place in _rooms(config, places, initiative):
        yield membership.Place(place, space, Access(room.access), seats)


def _template(config: NetworkConfig, initiative: Initiative) -> Template:
    return config.template(initiative.template or "initiative")


def _rooms(
    config: NetworkConfig, places: Places, initiative: Initiative
) -> Iterator[tuple[TemplateRoom, str]]:
    if initiative.space is not None:
        return
    for room in _template(config, initiative).rooms:
        place = places.get(f"initiative/{initiative.id}/{room.id}")
        if place is not None:
            yield room, place


# -- exchange --------------------------------------------------------------------------------------


def of_exchange(config: NetworkConfig, places: Places) -> exchange.Settings:
    return exchange.Settings(
        account=config.user("exchange"),
        exchange=places["exchange"],
        languages=config.network.languages,
        sources=tuple(
            exchange.Source(place, initiative.name, within=_around(places, initiative))
            for initiative in config.initiatives
            for room, place in _rooms(config, places, initiative)
            if room.share
        ),
        adopted=tuple(_adopted(config, places)),
        spaces=frozenset(x for key, x in places.items() if _SPACE.fullmatch(key)),
        coordination=places["coordination"],
        accounts=accounts(config),
        creator=config.user("creator"),
        alliance=places["alliance"],
        greeter=config.user("onboarding"),
    )


def _adopted(config: NetworkConfig, places: Places) -> Iterator[exchange.Adopted]:
    for initiative in config.initiatives:
        if initiative.space is not None:
            yield exchange.Adopted(
                id=initiative.id,
                name=initiative.name,
                server=server_of(initiative.space),
                contacts=frozenset(initiative.contacts),
                space=places.get(f"initiative/{initiative.id}", ""),
            )


def _around(places: Places, initiative: Initiative) -> tuple[str, ...]:
    """The spaces around its rooms."""
    found = (places.get(key) for key in (f"initiative/{initiative.id}", "alliance"))
    return tuple(x for x in found if x is not None)


# -- announcements ---------------------------------------------------------------------------------


def of_announcements(
    config: NetworkConfig, web: Web, places: Places, secret: bytes
) -> announcements.Settings:
    """`secret`: what the tokens in readers' links are derived from."""
    when, email = config.announcements, config.email
    days = get_args(DigestDay)
    return announcements.Settings(
        account=config.user("announcements"),
        room=places["announcements"],
        network=config.network.name,
        languages=config.network.languages,
        timezone=config.network.timezone,
        public_url=web.public_url,
        secret=secret,
        editors=config.coordinators,
        undo=when.undo,
        digest=announcements.DigestTime(
            when.digest_at.hour,
            when.digest_at.minute,
            None if when.digest_on == "daily" else days.index(when.digest_on),
        ),
        confirmations=3_600 if email is None else max(1, email.smtp.max_per_hour // 2),
    )
