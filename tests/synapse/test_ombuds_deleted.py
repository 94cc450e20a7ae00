"""A homeserver's admin deletes in somebody's name: no complaint goes, and somebody is told."""

from __future__ import annotations

import re

import pytest

from bots.lab.people.client import Seen
from tests.synapse.lost_house import House, begins, house

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]
HEATING, STAIRS = "The heating is broken", "And the stairs"


async def again(house: House, room: str, text: str, before: Seen) -> Seen:
    """What says the same once more."""
    return await house.anna.wait_for(
        lambda x: x.event_id != before.event_id, room_id=room, body=re.compile(text)
    )


async def test_a_complaint_that_is_deleted_in_her_name_can_be_read_again(house: House) -> None:
    async with house.open():
        room, chat = await begins(house)
        root = await house.reads(room, HEATING)
        hers = [x for x in house.leyla.seen(chat) if x.body and HEATING in x.body]
        await house.redact_as(house.leyla.user_id, chat, *(x.event_id for x in hers))
        await house.anna.wait_for(room_id=room, redacts=root.event_id)
        told = await house.reads(room, "was taken back")
        assert told.thread == root.event_id
        assert not [x for x in house.anna.seen(room) if HEATING in (x.body or "")]
        await house.anna.send(room, "!hold 14 She says that it was not her.", thread=root.event_id)
        held = await house.reads(room, HEATING)
        assert held.encrypted
        await house.reads(room, "The reason: .?She says that it was not her")
        said = [x.body or "" for x in house.leyla.seen(chat) if x.sender == house.account.user_id]
        assert not [x for x in said if "taken back" in x]


async def test_she_has_it_erased_at_once(house: House) -> None:
    async with house.open():
        room, chat = await begins(house)
        root = await house.reads(room, HEATING)
        stairs = await house.reads(room, STAIRS)
        hers = [x for x in house.leyla.seen(chat) if x.body and STAIRS in x.body]
        await house.leyla.redact(chat, hers[0].event_id)
        await house.anna.wait_for(room_id=room, redacts=stairs.event_id)
        await house.leyla.send(chat, "!delete")
        await house.leyla.wait_for(room_id=chat, body=re.compile("is erased"))
        await house.anna.send(room, "!hold 14 We want to read it.", thread=root.event_id)
        await house.reads(room, "Nothing is kept here")


async def test_what_is_deleted_in_the_staffs_room_is_there_again(house: House) -> None:
    """In the name of the office, or of a member of the team."""
    async with house.open():
        room, chat = await begins(house)
        root, stairs = await house.reads(room, HEATING), await house.reads(room, STAIRS)
        await house.redact_as(house.account.user_id, room, root.event_id, stairs.event_id)
        await house.anna.wait_for(room_id=room, redacts=root.event_id)
        header = await again(house, room, HEATING, root)
        assert header.thread == root.event_id
        assert header.encrypted
        await again(house, room, STAIRS, stairs)
        await house.reads(room, "Somebody has deleted here what the office wrote")
        await house.bilal.send(room, "!answer It is repaired.", thread=root.event_id)
        await house.leyla.wait_for(room_id=chat, body=re.compile("It is repaired"))
        note = await house.bilal.send(room, "A note among us.", thread=root.event_id)
        await house.redact_as(house.account.user_id, room, note)
        await house.reads(room, "the office cannot post it again")
