"""The room of the ombuds office is deleted or upgraded by a homeserver's admin: no case is lost."""

from __future__ import annotations

import re

import pytest

from tests.synapse.lost_house import House, begins, house

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def goes_on(house: House, chat: str) -> None:
    """All that came before and comes after can be read, and is answered once."""
    room = await house.enter()
    await house.reads(room, "This is a new room")
    root = await house.reads(room, "The heating is broken")
    await house.reads(room, "And the stairs")
    assert root.shield is None
    assert root.encrypted
    await house.leyla.send(chat, "And now the roof.")
    await house.reads(room, "And now the roof")
    await house.bilal.send(room, "!answer It is repaired.", thread=root.event_id)
    await house.reads(room, "Sent ")
    await house.leyla.wait_for(room_id=chat, body=re.compile("It is repaired"))
    told = [x.body or "" for x in house.leyla.seen(chat) if x.sender == house.account.user_id]
    assert sum("It is repaired" in x for x in told) == 1
    assert sum("Your number is" in x for x in told) == 1


@pytest.mark.parametrize("how", ["delete", "upgrade"])
async def test_the_room_goes_while_the_office_runs(house: House, how: str) -> None:
    async with house.open():
        room, chat = await begins(house)
        await getattr(house, how)(room)
        await goes_on(house, chat)


@pytest.mark.parametrize("how", ["delete", "upgrade"])
async def test_the_room_goes_while_the_office_is_down(house: House, how: str) -> None:
    async with house.open():
        room, chat = await begins(house)
    await getattr(house, how)(room)
    async with house.open():
        await goes_on(house, chat)
