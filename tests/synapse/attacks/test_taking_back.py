"""What the admin deletes, marks or sets in other people's names."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from bots.runtime.process.clock import ManualClock
from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.scene import HIT, House, begun, chief, complaint, house, mark, told
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["chief", "house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


def standing(h: House) -> list[str]:
    """Where staff can read the complaint now."""
    return [x.event_id for x in h.anna.seen(h.room) if x.body and HIT in x.body]


async def test_a_forged_deletion_erases_no_complaint(house: OpenHouse, chief: Admin) -> None:
    """The admin deletes the complaint in the reporter's name. It disappears from staff's eyes, and
    they are told; it is not erased, and whoever doubts reads it again. Nothing of that shows on the
    reporter's phone, where others may be looking on."""
    async with house() as h:
        chat, event, thread = await complaint(h)
        await h.leyla_sees(chat, "110")
        since, before = mark(h.anna), h.told_to_leyla(chat)
        await chief.redacts_as(h.leyla.user_id, chat, event)
        await told(h, since, "taken back")
        await h.anna.wait_for(room_id=h.room, redacts=thread)
        assert not standing(h)
        await h.anna.send(h.room, "!hold 14 She says that it was not her.", thread=thread)
        await told(h, since, HIT)
        assert not [x for x in h.told_to_leyla(chat) if x not in before and "secret" not in x]
        await h.anna.send(h.room, "!answer Was that you?", thread=thread)
        await h.leyla_sees(chat, "Was that you")


async def test_marks_add_nobody_to_the_team(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """Anna proposes somebody. The admin sets a ✅ on it in Bilal's name, who never agreed. She is
    not asked in, and the room is told what it takes."""
    async with house() as h:
        friend = await make_person("friend")
        await h.anna.send(h.room, f"!team add {friend.user_id}")
        proposal = await h.staff_see(re.escape(friend.user_id), sender=h.account)
        since = mark(h.anna)
        await chief.reacts_as(h.bilal.user_id, h.room, proposal.event_id, "✅")
        await told(h, since, "confirm")
        await begun(h)
        assert not friend.invited_rooms


async def test_marks_stop_no_answer_in_silence(house: OpenHouse, chief: Admin) -> None:
    """A ❌ stops an answer, whoever sets it. That the admin can; but all of the team hear whose it
    seems to be, and the answer is not lost."""
    async with house(undo=timedelta(minutes=30)) as h:
        chat, root = await begun(h)
        await h.anna.send(h.room, "!answer On Monday.", thread=root.event_id)
        notice = await h.staff_see("On Monday", sender=h.account)
        since = mark(h.anna)
        await chief.reacts_as(h.bilal.user_id, h.room, notice.event_id, "❌")
        await told(h, since, h.bilal.user_id)
        assert [x for x in h.anna.seen(h.room)[-4:] if "On Monday" in (x.body or "")]
        assert not [x for x in h.told_to_leyla(chat) if "On Monday" in x]


async def test_a_clock_that_is_set_sends_nothing(house: OpenHouse) -> None:
    """Whoever runs the machine sets its clock ahead by six hours while an answer waits. It goes on
    waiting for the rest of its time, and can be stopped."""
    clock = ManualClock(time.time())
    async with house(undo=timedelta(minutes=30), clock=clock) as h:
        chat, root = await begun(h)
        await h.anna.send(h.room, "!answer Too hasty.", thread=root.event_id)
        notice = await h.staff_see("Too hasty", sender=h.account)
        clock.jump(6 * 3600)
        await h.leyla.send(chat, "Are you there?")
        await h.staff_see("Are you there")
        clock.advance(60)
        await h.leyla.send(chat, "Hello?")
        await h.staff_see(re.escape("Hello?"))
        await h.bilal.react(h.room, notice.event_id, "❌")
        await h.staff_see("Taken back")
        clock.advance(3600)
        await h.leyla.send(chat, "Nobody?")
        await h.staff_see(re.escape("Nobody?"))
        assert not [x for x in h.told_to_leyla(chat) if "Too hasty" in x]
