"""Rooms that are upgraded or deleted under the network office, and links that nobody was sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bots.cli.checkup.spaces import spaces
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import network_office
from bots.offices.reading import load_network
from tests.synapse.alliance import PUBLIC_URL, founded, text_of
from tests.synapse.conftest import MakePerson
from tests.synapse.network_house import House
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


@pytest.fixture
async def house(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> AsyncIterator[House]:
    async with founded(tmp_path, synapse, make_person) as found:
        found.declared.initiative("south", found.nora.user_id)
        assert (await found.declared.apply()).failures == []
        running = await network_office(load_network(found.declared.write()))
        async with started(running.office), running.beside():
            told = (found.declared, found.anna, found.nora, found.sink)
            yield House(*told, running, synapse)


async def test_the_exchange_room_is_upgraded(house: House) -> None:
    room = await house.sharing()
    old = await house.room(house.anna, "exchange")
    first = await house.shares(room, "Before the move")
    copy = await house.says(house.anna, "exchange", "Before the move", old)
    new = await house.upgrade("exchange", "exchange")
    await house.anna.join(new)
    await until(lambda: house.is_in(new, "exchange"), "the bot in the new room")
    await house.shares(room, "After the move")
    await house.says(house.anna, "exchange", "After the move", new)
    await house.nora.redact(room, first)
    await house.anna.wait_for(room_id=old, redacts=copy.event_id)


async def test_the_announcements_room_is_upgraded(house: House) -> None:
    await house.subscribes("reader@mail.example")
    new = await house.upgrade("announcements", "announcements")
    await house.anna.join(new)
    await until(lambda: house.is_in(new, "announcements"), "the bot in the new room")
    await house.announces(new, "# Meeting\n\nOn Tuesday.")
    await house.mail("On Tuesday")


async def test_an_initiatives_room_is_deleted(house: House) -> None:
    exchange = await house.room(house.anna, "exchange")
    north, south = await house.sharing("north"), await house.sharing("south")
    await house.shares(north, "From the north")
    await house.says(house.anna, "exchange", "From the north", exchange)
    await house.delete("north/offen")
    await house.shares(south, "From the south")
    await house.says(house.anna, "exchange", "From the south", exchange)
    assert house.told(house.anna, "exchange", "From the north", exchange) == 1


async def test_the_exchange_room_is_deleted(house: House) -> None:
    room = await house.sharing()
    await house.delete("exchange")
    said = await house.shares(room, "Into the void")
    await house.says(house.nora, "exchange", "could not be shared", room, thread=said)
    await house.nora.send(room, "!find void")
    await house.says(house.nora, "exchange", "Only people who are in the exchange room", room)


async def test_the_announcements_room_is_deleted_while_mails_wait(house: House) -> None:
    await house.subscribes("reader@mail.example")
    room = await house.room(house.anna, "announcements")
    offer = await house.announces(room, "# Meeting\n\nOn Friday.")
    await house.says(house.anna, "announcements", "goes out by mail at", room, edits=offer)
    await house.delete("announcements")
    await house.mail("On Friday")
    await house.shares(await house.sharing(), "still shared")
    exchange = await house.room(house.anna, "exchange")
    await house.says(house.anna, "exchange", "still shared", exchange)


async def test_space_and_coordination_are_deleted_and_made_again(
    house: House, make_person: MakePerson
) -> None:
    leyla, mina = await make_person("leyla"), await make_person("mina")
    chat = await house.welcomed(leyla)
    await house.agrees(leyla, chat)
    sharing = await house.sharing()
    gone = {"alliance", "coordination"}
    for name in gone:
        await house.delete(name)
    hers = await asks_in(house, mina)
    await house.shares(sharing, "It goes on")
    exchange = await house.room(house.anna, "exchange")
    await house.says(house.anna, "exchange", "It goes on", exchange)
    await house.quiet()
    assert await house.faults() == {"present"}
    assert await house.not_there() == {house.declared.alias(x).partition(":")[0] for x in gone}
    await house.made_again()
    await admits(house, mina)
    await comes_back(house, leyla)
    await leyla.send(chat, "!topics")
    await house.says(leyla, "onboarding", "groups or topics", chat)
    assert house.told(leyla, "onboarding", "Be kind", chat) == 1
    assert house.told(mina, "onboarding", "Be kind", hers) == 1
    assert await house.faults() == set()


async def asks_in(house: House, person: Person) -> str:
    """She writes to the bot by herself, and agrees to the rules."""
    chat, _ = await person.write_privately(house.declared.user("onboarding"), "Hello!")
    rules = await house.says(person, "onboarding", "Be kind", chat)
    await person.react(chat, rules.event_id, "✅")
    await house.says(person, "onboarding", "will decide", chat)
    return chat


async def admits(house: House, person: Person) -> None:
    """A coordinator hears of her in the room that is there now, and lets her in."""
    room = await house.room(house.anna, "coordination")
    asked = await house.says(house.anna, "onboarding", "would like to join", room)
    await house.anna.react(room, asked.event_id, "✅")
    space = await house.id_of("alliance")
    await person.wait_until(lambda: person.invited_rooms.get(space), "the space")
    await house.says(house.anna, "onboarding", "has let the person in", room)
    assert house.told(house.anna, "onboarding", "would like to join", room) == 1


async def comes_back(house: House, person: Person) -> None:
    space = await house.room(house.anna, "alliance")
    await house.anna.invite(space, person.user_id)
    await person.wait_until(lambda: person.invited_rooms.get(space), "the space")
    await person.join(space)


async def test_rooms_are_deleted_and_made_again(house: House, make_person: MakePerson) -> None:
    await house.subscribes("reader@mail.example")
    gone = {"exchange", "announcements", "north/offen"}
    before = {name: await house.id_of(name) for name in gone}
    await house.sharing()
    for name in gone:
        await house.delete(name)
    await house.made_again()
    assert all([await house.id_of(name) != before[name] for name in gone])
    exchange = await house.room(house.anna, "exchange")
    await house.shares(await house.sharing(), "From a new room")
    await house.says(house.anna, "exchange", "From a new room", exchange)
    await house.announces(await house.room(house.anna, "announcements"), "# New\n\nOn Sunday.")
    await house.mail("On Sunday")
    leyla = await make_person("leyla")
    await house.agrees(leyla, await house.welcomed(leyla))
    await house.quiet()
    assert await house.faults() == set()


async def test_coordination_and_an_initiatives_room_are_upgraded(
    house: House, make_person: MakePerson
) -> None:
    exchange, north = await house.room(house.anna, "exchange"), await house.sharing()
    first = await house.shares(north, "Before the move")
    copy = await house.says(house.anna, "exchange", "Before the move", exchange)
    await house.room(house.anna, "coordination")
    mina = await make_person("mina")
    await asks_in(house, mina)
    coordination = await house.upgrade("coordination", "onboarding", "exchange")
    moved = await house.upgrade("north/offen", "onboarding", "exchange")
    await house.anna.join(coordination)
    await until(lambda: house.is_in(coordination, "onboarding"), "onboarding in the new room")
    await house.nora.join(moved)
    await until(lambda: house.is_in(moved, "exchange", house.nora), "exchange in the new room")
    await house.shares(moved, "After the move")
    await house.says(house.anna, "exchange", "After the move", exchange)
    await house.nora.redact(north, first)
    await house.anna.wait_for(room_id=exchange, redacts=copy.event_id)
    await admits(house, mina)
    await house.quiet()
    assert await house.faults() == set()
    await house.made_again()
    assert (await house.declared.plan()).lines == []
    await house.shares(moved, "Still there")
    await house.says(house.anna, "exchange", "Still there", exchange)


async def test_an_upgraded_room_into_which_nobody_asks_the_bots(house: House) -> None:
    exchange = await house.room(house.anna, "exchange")
    await house.sharing("south")
    moved = await house.upgrade("south/offen")
    await house.nora.join(moved)
    assert "rooms" in {x.check for x in spaces((await house.declared.plan()).plan, "") if x.remedy}
    await house.made_again()
    await until(lambda: house.is_in(moved, "exchange", house.nora), "exchange in the new room")
    await house.shares(moved, "From the south")
    await house.says(house.anna, "exchange", "From the south", exchange)
    await house.quiet()
    assert await house.faults() == set()
    assert (await house.declared.plan()).lines == []


async def test_a_forged_link_ends_nobodys_mails(house: House) -> None:
    await house.subscribes("reader@mail.example")
    room = await house.room(house.anna, "announcements")
    await house.announces(room, "# First\n\nOn Monday.")
    await house.mail("On Monday")
    token = await house.mail(rf"{re.escape(PUBLIC_URL)}/u/([\w-]{{22}})")
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    answers = [await unsubscribes(house, x) for x in (forged, "x" * 22)]
    await house.announces(room, "# Second\n\nOn Tuesday.")
    await house.mail("On Tuesday")
    assert await unsubscribes(house, token) in answers, "who guesses learns nothing"
    await house.announces(room, "# Third\n\nOn Wednesday.")
    await until(lambda: house.told(house.anna, "announcements", "has asked", room), "no reader")
    assert not any("On Wednesday" in text_of(mail) for mail in house.sink.mails)


async def unsubscribes(house: House, token: str) -> tuple[int, str]:
    """By one click, as mail programs do."""
    form = {"List-Unsubscribe": "One-Click"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{house.pages}/u/{token}", data=form) as answer,
    ):
        page = await answer.text()
        return answer.status, page.replace(token, "")
