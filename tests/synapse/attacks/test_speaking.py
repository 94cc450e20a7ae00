"""Who speaks: the admin in the name of staff."""

from __future__ import annotations

import pytest

from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Json, Liar, timelines
from tests.synapse.attacks.scene import House, begun, chief, house, lies, mark, told
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["chief", "house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def two_cases(h: House) -> tuple[str, str, str]:
    """Leyla's chat, and the threads of two cases of hers."""
    chat, first = await begun(h)
    await h.leyla.send(chat, "!new")
    await h.leyla_sees(chat, "new matter")
    await h.leyla.send(chat, "The guard shouts.")
    return chat, first.event_id, (await h.staff_see("The guard shouts")).event_id


async def test_a_new_password_gives_the_admin_no_word(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """The admin sets a new password for Anna, logs in on a device that she never signed, answers
    the reporter in her name, and has a friend of the operator join the team: proposed as Anna,
    confirmed as Bilal. No word reaches the reporter, the friend is not asked in, and the team is
    told in whose name somebody spoke. Anna's own phone goes on working."""
    async with house() as h:
        chat, root = await begun(h)
        friend = await make_person("friend")
        as_anna = await chief.ghost(make_person, h.anna.user_id)
        as_bilal = await chief.ghost(make_person, h.bilal.user_id)
        since = mark(h.anna)
        await as_anna.send(h.room, "!answer It is settled.", thread=root.event_id)
        await told(h, since, h.anna.user_id)
        await as_anna.send(h.room, f"!team add {friend.user_id}")
        await as_bilal.send(h.room, "!confirm")
        await told(h, since, h.bilal.user_id)
        await h.anna.send(h.room, "!answer We look after it.", thread=root.event_id)
        await h.leyla_sees(chat, "We look after it")
        assert not [x for x in h.told_to_leyla(chat) if "It is settled" in x]
        assert not friend.invited_rooms
        assert not [x for x in as_anna.seen(h.room) if "heating" in (x.body or "")]


async def test_a_command_in_clear_is_nobodys(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """The admin needs no password to write as Anna, only not encrypted. Nothing of that is a
    command, and the room is told that it was not carried out."""
    async with house() as h:
        chat, root = await begun(h)
        friend = await make_person("friend")
        relation = {"rel_type": "m.thread", "event_id": root.event_id}
        since = mark(h.anna)
        await chief.says_as(
            h.anna.user_id, h.room, "!answer It is settled.", **{"m.relates_to": relation}
        )
        await told(h, since, "encrypted")
        await chief.says_as(h.anna.user_id, h.room, f"!team add {friend.user_id}")
        await chief.says_as(h.bilal.user_id, h.room, "!confirm")
        await h.anna.send(h.room, "!answer We look after it.", thread=root.event_id)
        await h.leyla_sees(chat, "We look after it")
        assert not [x for x in h.told_to_leyla(chat) if "It is settled" in x]
        assert not friend.invited_rooms


async def test_an_answer_stays_with_its_case(house: OpenHouse, lies: Liar) -> None:
    """On the way to the office the homeserver moves Anna's answer from the thread of one case to
    that of the other. It goes to nobody, and the room is asked which case was meant."""
    async with house(homeserver=lies.url) as h:
        chat, first, second = await two_cases(h)

        def move(answer: Json) -> None:
            for events in timelines(answer):
                for event in events:
                    relation = event["content"].get("m.relates_to", {})
                    if event["sender"] == h.anna.user_id and relation.get("event_id") == first:
                        relation["event_id"] = second

        lies.lies.append(move)
        since = mark(h.anna)
        await h.anna.send(h.room, "!answer About the heating.", thread=first)
        await told(h, since, "number of the case")
        lies.lies.clear()
        await h.anna.send(h.room, "!answer About the guard.", thread=second)
        await h.leyla_sees(chat, "About the guard")
        assert not [x for x in h.told_to_leyla(chat) if "About the heating" in x]
