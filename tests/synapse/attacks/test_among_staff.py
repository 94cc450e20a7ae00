"""What the admin deletes in the staff's room."""

from __future__ import annotations

import pytest

from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.scene import HIT, chief, complaint, house, lies, mark, told
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["chief", "house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def test_what_the_admin_deletes_among_staff_is_there_again(
    house: OpenHouse, chief: Admin
) -> None:
    """In the office's own name the admin deletes the case in the staff's room. It is posted anew,
    and the room is told; answers about it still reach the reporter."""
    async with house() as h:
        chat, _, thread = await complaint(h)
        since = mark(h.anna)
        await chief.redacts_as(h.account, h.room, thread)
        await h.anna.wait_for(room_id=h.room, redacts=thread)
        again = await told(h, since, HIT)
        await told(h, since, "delete")
        await h.anna.send(h.room, "!answer We have it.", thread=again.thread or again.event_id)
        await h.leyla_sees(chat, "We have it")


async def test_what_the_admin_deletes_of_staff_is_not_silent(
    house: OpenHouse, chief: Admin
) -> None:
    """In Bilal's name the admin deletes what Anna has noted, and what the office has copied from
    the reporter. The copy is there again, and the room is told of both."""
    async with house() as h:
        chat, _, thread = await complaint(h)
        await h.leyla.send(chat, "And on Sundays.")
        copy = await h.staff_see("And on Sundays")
        note = await h.anna.send(h.room, "I know that guard.", thread=thread)
        await chief.makes_admin(h.room, h.bilal.user_id)
        since = mark(h.anna)
        await chief.redacts_as(h.bilal.user_id, h.room, copy.event_id)
        await told(h, since, "And on Sundays")
        await chief.redacts_as(h.bilal.user_id, h.room, note)
        await told(h, since, "deleted")
