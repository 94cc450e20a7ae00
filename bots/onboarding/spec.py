"""What a network knows of the onboarding bot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping

from bots.onboarding.bot import ONBOARDING as BOT
from bots.onboarding.settings import Initiative, Settings
from bots.runtime.model import network as told
from bots.runtime.model.network import NetworkView
from bots.runtime.office.botspec import AccountSpec, BotSpec
from federation.client.interests import Interests
from federation.model.links import link, server_of
from federation.model.membership import Place, Premises


def settings(network: NetworkView) -> Settings:
    places = network.places
    return Settings(
        account=network.account,
        network=network.name,
        space=places["alliance"],
        coordination=places["coordination"],
        languages=network.languages,
        rules=network.rules,
        rules_version=rules_version(network.rules),
        rooms=tuple(places[key] for key in network.open),
        districts=network.districts,
        exchange=places["exchange"],
        names=dict(_names(network)),
        initiatives=tuple(_initiative(x, places["alliance"]) for x in network.initiatives),
        coordinators=network.coordinators,
        accounts=network.ours,
        creator=network.accounts["creator"],
        in_words=network.in_words,
        unsigned=network.unsigned,
    )


def _names(network: NetworkView) -> Iterator[tuple[str, str]]:
    """Room id → what people find it under in their list of rooms."""
    for key in ("alliance", *network.open):
        yield network.places[key], network.names[key]
    for x in network.initiatives:
        if x.space:
            yield x.space, x.name
        yield from ((room.id, room.name) for room in x.rooms)


def rules_version(rules: Mapping[str, str]) -> str:
    """Another one whenever a text changes, whichever: everybody is asked again."""
    text = json.dumps(sorted(rules.items()), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _initiative(x: told.Initiative, alliance: str) -> Initiative:
    made = tuple(_places(x, alliance))
    return Initiative(
        id=x.id,
        name=x.name,
        district=x.district,
        topics=x.topics,
        rooms=Premises(made).given(made[0].room) if made else (),
        access=x.access,
        places=made,
        contacts=x.contacts,
        server=server_of(x.alias),
        alias=x.alias,
        # By the alias, which follows where the space moves.
        link=link(x.alias, via=x.via) if x.alias and x.space else "",
    )


def _places(x: told.Initiative, alliance: str) -> Iterator[Place]:
    """Its space and what lies in it, as far as it was made here."""
    if not x.space or x.alias:
        return
    seats = frozenset(x.contacts)
    yield Place(x.space, alliance, x.access, seats)
    for room in x.rooms:
        yield Place(room.id, x.space, room.access, seats)


def _interests(now: Callable[[], Settings]) -> Interests:
    """Members of every room count; what they say, in private and where it is coordinated."""
    return Interests(names=True, overheard=lambda: now().overheard)


ONBOARDING = BotSpec(
    BOT,
    settings,
    AccountSpec(
        "willkommen",
        "Willkommen",
        "Welcomes people and invites them.",
        findable=True,
        picture="onboarding",
    ),
    everywhere=True,
    welcomes=True,
    power=100,
    interests=_interests,
)
