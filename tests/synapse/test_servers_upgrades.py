"""Spaces and rooms of the network are upgraded while people of three homeservers use them."""

from __future__ import annotations

import pytest

from bots.lab.people.person import Person
from tests.synapse.alliance import private_chat
from tests.synapse.servers import NAMES, League, arrives, home, servers
from tests.synapse.waiting import until

__all__ = ["home", "servers"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]


async def test_the_alliances_space_is_upgraded(home: League) -> None:
    sara = await home.person(home.servers.sued, "sara")
    willi = await home.person(home.servers.west, "willi")
    chat = await arrives(home, sara)
    await arrives(home, willi)
    coordination = await home.room(home.anna, "coordination")
    old, new = await home.upgrade("alliance")

    # Whoever is on her way just then, by the old address or by the new one.
    mina = await home.person(home.servers.sued, "mina")
    knock = {"reason": "I knocked at the old one"}
    await mina.homeserver.call("POST", f"/knock/{old}?server_name={NAMES[0]}", knock)
    wish = await home.says(home.anna, "onboarding", "at the old one", coordination)
    await home.anna.react(coordination, wish.event_id, "✅")
    await home.says(home.anna, "onboarding", "has let the person in", coordination)
    await home.says(home.anna, "onboarding", "was replaced by another room", coordination)
    rules = await home.says(sara, "onboarding", "Be kind", chat)
    await sara.react(chat, rules.event_id, "✅")
    exchange = await home.id_of("exchange")
    await home.comes_in(sara, exchange)

    await home.applied()
    for person in (sara, willi, mina):
        await home.comes_in(person, new)
    assert (await home.declared.plan()).lines == []
    assert await willi.join(await home.id_of("announcements"), NAMES[0])
    assert await willi.join(exchange, NAMES[0])
    allowed = await willi.state(exchange, "m.room.join_rules")
    assert allowed is not None
    assert [x["room_id"] for x in allowed["allow"]] == [new]
    await private_chat(mina, home.declared.user("onboarding"))
    assert home.told(home.anna, "onboarding", "was replaced by another room", coordination) == 1
    assert home.told(home.anna, "onboarding", "could not be invited", coordination) == 0

    # Nobody who went is fetched back.
    await willi.leave(new)
    assert (await home.declared.apply()).writes == 0


async def test_the_exchange_room_is_upgraded(home: League) -> None:
    sara = await home.person(home.servers.sued, "sara")
    await arrives(home, sara)
    room, before = await home.sharing(), await home.room(home.anna, "exchange")
    await home.room(home.anna, "coordination")
    coordination = await home.id_of("coordination")
    await sara.join(before, NAMES[0])
    kept = await home.shares(room, "Long before")
    copy = await home.says(sara, "exchange", "Long before", before)
    await home.shares(room, "Just before")
    _, new = await home.upgrade("exchange")
    said = await home.shares(room, "Just after")
    await home.says(home.anna, "exchange", "was replaced by another room", coordination)
    await home.shares(room, "Much later")
    await home.nora.redact(room, kept)
    await sara.wait_for(room_id=before, redacts=copy.event_id)
    await home.applied()
    for person in (sara, home.anna):
        await home.comes_in(person, new)
    for text in ("Just before", "Just after", "Much later"):
        await home.says(home.anna, "exchange", text, new)
    await home.nora.redact(room, said)
    await until(lambda: _is_gone(home.anna, new, "Just after"), "the copy gone")
    await home.shares(room, "Everything as usual")
    await home.says(sara, "exchange", "Everything as usual", new)
    assert home.told(home.nora, "exchange", "could not be shared", room) == 0
    assert home.told(home.anna, "exchange", "was replaced by another room", coordination) == 1
    assert (await home.running.office.status())["aside"] == []


def _is_gone(person: Person, room: str, text: str) -> bool:
    return not [x for x in person.seen(room) if text in (x.body or "")]
