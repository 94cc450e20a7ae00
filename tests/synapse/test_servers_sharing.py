"""People of an initiative that runs its rooms itself, on a homeserver of its own, share from
there."""

from __future__ import annotations

import re

import pytest

from bots.lab.people.person import Person
from federation.model.links import link
from tests.conftest import unique
from tests.synapse.servers import NAMES, League, arrives, home, servers
from tests.synapse.waiting import until

__all__ = ["home", "servers"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]

ENCRYPTED = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


async def test_people_of_an_adopted_initiative_share_from_their_own_room(home: League) -> None:
    sara = await home.person(home.servers.sued, "sara")
    mina = await home.person(home.servers.sued, "mina")
    name = unique("start")
    space = {"creation_content": {"type": "m.space"}, "room_alias_name": name}
    await _makes(sara, preset="public_chat", **space)
    home.declared.initiative("sued", sara.user_id, space=f"#{name}:{NAMES[1]}")
    await home.applied()

    await _chooses(home, mina, link(f"#{name}:{NAMES[1]}", via=(NAMES[1],)))
    await _asks_in_vain(home, mina)
    room = await _makes(sara, initial_state=[ENCRYPTED], invite=[mina.user_id])
    await home.comes_in(mina, room)
    # Behind her: a server that has not heard yet of her joining shares no key with her.
    await sara.invite(room, _bot(home))
    await home.says(mina, "exchange", "📣", room)
    exchange = await home.room(home.anna, "exchange")
    await _shares_and_takes_back(home, mina, room, exchange)
    await _shares_nothing_being_banned(home, mina, sara, room)

    # Put out of the room that came instead, the bot can look after nothing there any more.
    room = await _upgrades(home, sara, room)
    said = await sara.send(room, "The last word")
    await sara.react(room, said, "📣")
    copy = await home.says(home.anna, "exchange", "The last word", exchange)
    assert home.told(home.anna, "exchange", "Shout", exchange) == 0
    await sara.homeserver.call("POST", f"/rooms/{room}/kick", {"user_id": _bot(home)})
    await home.anna.wait_for(room_id=exchange, redacts=copy.event_id)


def _bot(home: League) -> str:
    return home.declared.user("exchange")


async def _makes(host: Person, **body: object) -> str:
    """A room, closed if nothing is said."""
    answer = await host.homeserver.call("POST", "/createRoom", {"preset": "private_chat", **body})
    return str(answer["room_id"])


async def _chooses(home: League, person: Person, there: str) -> None:
    """As a member of the alliance she is shown the way."""
    chat = await arrives(home, person)
    await person.send(chat, "yes")
    await home.says(person, "onboarding", "You are in now", chat)
    await person.send(chat, "Sued")
    await home.says(person, "onboarding", re.escape(there), chat)


async def _asks_in_vain(home: League, person: Person) -> None:
    """Who is no contact is told so."""
    room = await _makes(person, invite=[_bot(home)])

    async def declined() -> bool:
        there = await person.state(room, "m.room.member", _bot(home)) or {}
        assert there.get("membership") != "join"
        return there.get("membership") == "leave" and "contacts" in there.get("reason", "")

    await until(declined, "an invitation that is declined with a reason")


async def _shares_and_takes_back(home: League, person: Person, room: str, exchange: str) -> None:
    said = await person.send(room, "Who has a sofa?")
    await person.react(room, said, "📣")
    copy = await home.says(home.anna, "exchange", "From .*Sued.*\n*.*Who has a sofa", exchange)
    await person.edit(room, said, "Who has a bed?")
    await home.says(home.anna, "exchange", "Who has a bed", exchange)
    await person.redact(room, said)
    await home.anna.wait_for(room_id=exchange, redacts=copy.event_id)


async def _upgrades(home: League, host: Person, room: str) -> str:
    """As Element does it: whoever was in the old room is asked into the new one."""
    target = f"/rooms/{room}/upgrade"
    answer = await host.homeserver.call("POST", target, {"new_version": "12"})
    new = str(answer["replacement_room"])
    await host.invite(new, _bot(home))
    await home.says(host, "exchange", "📣", new)
    return new


async def _shares_nothing_being_banned(
    home: League, person: Person, sara: Person, room: str
) -> None:
    """Nobody of the network can put her out of that room."""
    alliance = await home.room(home.anna, "alliance")
    ban = {"user_id": person.user_id}
    await home.anna.homeserver.call("POST", f"/rooms/{alliance}/ban", ban)
    said = await person.send(room, "Shout")
    await person.react(room, said, "📣")
    await home.says(sara, "exchange", "is banned", room)
