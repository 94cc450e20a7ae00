"""A chat that is not encrypted, on a real homeserver."""

from __future__ import annotations

import re
from functools import partial

import pytest

from tests.synapse.lost_house import House, house

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def clear(house: House, **more: object) -> str:
    """A room for her and the office, which nobody has encrypted."""
    account = house.account.user_id
    body = {"preset": "private_chat", "is_direct": True, "invite": [account], **more}
    answer = await house.leyla.homeserver.call("POST", "/createRoom", body)
    return str(answer["room_id"])


def told(house: House, room: str) -> list[str]:
    seen = (x for x in house.leyla.seen(room) if x.sender == house.account.user_id)
    return [x.body for x in seen if x.body]


async def test_nothing_of_her_matter_is_said_in_clear(house: House) -> None:
    async with house.open():
        room = await house.enter()
        chat = await clear(house)
        await house.leyla.wait_for(room_id=chat, body=re.compile("This chat is not encrypted"))
        await house.leyla.send(chat, "The heating is broken.")
        root = await house.reads(room, "The heating is broken")
        await house.reads(room, "Not encrypted: servers on the way could read this")
        invited = partial(lambda x: next(iter(x.invited_rooms), None), house.leyla)
        sealed = await house.leyla.join(await house.leyla.wait_until(invited, "the invitation"))
        arrived = await house.leyla.wait_for(room_id=sealed, body=re.compile("Your number is"))
        assert arrived.encrypted
        await house.anna.send(room, "!answer On Monday.", thread=root.event_id)
        answer = await house.leyla.wait_for(room_id=sealed, body=re.compile("On Monday"))
        assert answer.encrypted
        await house.leyla.send(sealed, "Thank you.")
        await house.anna.wait_for(room_id=room, body=re.compile("Thank you"), thread=root.event_id)
        assert ["not encrypted" in x for x in told(house, chat)] == [True]


async def test_where_the_office_has_the_power_it_turns_encryption_on(house: House) -> None:
    async with house.open():
        room = await house.enter()
        chat = await clear(house, preset="trusted_private_chat")
        notice = await house.leyla.wait_for(room_id=chat, body=re.compile("the ombuds office"))
        assert notice.encrypted
        await house.leyla.send(chat, "The heating is broken.")
        await house.reads(room, "The heating is broken")
        arrived = await house.leyla.wait_for(room_id=chat, body=re.compile("Your number is"))
        assert arrived.encrypted
