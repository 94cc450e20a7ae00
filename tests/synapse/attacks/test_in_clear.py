"""What would be said in a chat that anybody on the way can read."""

from __future__ import annotations

from functools import partial

import pytest

from bots.lab.people.person import Person
from tests.synapse.attacks.scene import HIT, house
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def test_nothing_goes_into_a_chat_in_clear(house: OpenHouse) -> None:
    """The reporter's client wrote to the office in a chat without encryption. What staff answer is
    never said there in clear: she reads it encrypted, and is told where."""
    async with house() as h:
        body = {"preset": "private_chat", "invite": [h.account], "is_direct": True}
        answer = await h.leyla.homeserver.call("POST", "/createRoom", body)
        chat = str(answer["room_id"])
        await h.leyla.send_event(chat, "m.room.message", {"msgtype": "m.text", "body": HIT})
        root = await h.staff_see(HIT)
        await h.leyla_sees(chat, "another chat")
        there = await h.leyla.wait_until(partial(asked_by, h.leyla, h.account), "the other chat")
        await h.leyla.join(there)
        await h.anna.send(h.room, "!answer For you alone.", thread=root.event_id)
        assert (await h.leyla_sees(there, "For you alone")).encrypted
        assert not [x for x in h.told_to_leyla(chat) if "For you alone" in x or HIT in x]


def asked_by(person: Person, user: str) -> str | None:
    return next((x.room_id for x in person.invited_rooms.values() if x.sender == user), None)
