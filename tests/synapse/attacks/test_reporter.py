"""Ghosts of the reporter: the admin writes in her name."""

from __future__ import annotations

import re

import pytest

from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Json, Liar
from tests.synapse.attacks.scene import HIT, House, chief, complaint, house, lies, mark, told
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["chief", "house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


async def test_a_forged_word_erases_nothing(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """An encrypted `!delete` of hers erases at once. The admin writes it in clear, and encrypted on
    a device that she never signed. Neither is her word."""
    async with house() as h:
        chat, event, thread = await complaint(h)
        ghost = await chief.ghost(make_person, h.leyla.user_id)
        since = mark(h.anna)
        await chief.redacts_as(h.leyla.user_id, chat, event)
        await told(h, since, "taken back")
        await chief.says_as(h.leyla.user_id, chat, "!delete")
        await ghost.send(chat, "!delete")
        await h.leyla.send(chat, "I am still here.")
        await told(h, since, "I am still here")
        await h.anna.send(h.room, "!hold 14 She says that it was not her.", thread=thread)
        await told(h, since, HIT)


async def test_a_ghost_of_the_reporter_is_not_read_as_her(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """The admin logs in as the reporter and writes into her chat, encrypted, that she made it up.
    Staff see that this did not come from her, or do not see it; what they answer then, the ghost
    does not read."""
    async with house() as h:
        chat, _, thread = await complaint(h)
        ghost = await chief.ghost(make_person, h.leyla.user_id)
        await ghost.send(chat, "I made this up.")
        await h.leyla.send(chat, "I am still here.")
        await h.staff_see("I am still here")
        shown = [x.body for x in h.anna.seen(h.room) if x.body and "made this up" in x.body]
        honest = [x.body for x in h.anna.seen(h.room) if x.body and "still here" in x.body]
        assert not shown or _head(shown[0], "I made") != _head(honest[0], "I am")
        await h.anna.send(h.room, "!answer For you alone.", thread=thread)
        await h.leyla_sees(chat, "For you alone")
        assert not [x for x in ghost.seen(chat) if x.body and "For you alone" in x.body]


async def test_nothing_counts_before_it_is_known_who_writes(
    house: OpenHouse, chief: Admin, lies: Liar, make_person: MakePerson
) -> None:
    """The admin is logged in as Leyla before she ever writes, and her homeserver says nothing about
    her keys until they have had their say. What she tells is a case at once. What the ghost tells
    is marked; its deletion and its `!delete` erase nothing, before and after that."""
    async with house(homeserver=lies.url) as h:
        ghost = await chief.ghost(make_person, h.leyla.user_id)
        silent = True

        def say_nothing(answer: Json) -> None:
            if silent and h.leyla.user_id in answer["device_keys"]:
                answer["failures"] = {h.leyla.user_id.partition(":")[2]: {}}

        lies.keys(say_nothing)
        chat, event = await h.leyla.write_privately(h.account, HIT)
        thread = (await h.staff_see(HIT)).event_id
        await ghost.wait_until(lambda: chat in ghost.joined_rooms or None, "the chat")
        await ghost.send(chat, "I made this up.")
        lie = await h.staff_see("made this up")
        since = mark(h.anna)
        await chief.redacts_as(h.leyla.user_id, chat, event)
        await told(h, since, "taken back")
        await ghost.send(chat, "!delete")
        await h.leyla.send(chat, "I can still write.")
        await h.staff_see("I can still write")
        silent = False
        await h.leyla_sees(chat, "Your number is")
        await ghost.send(chat, "!delete")
        await _is_known(h, chat, _head(lie.body or "", "I made"))
        since = mark(h.anna)
        await h.anna.send(h.room, "!hold 14 She says that it was not her.", thread=thread)
        await told(h, since, HIT)
        await h.leyla.send(chat, "!delete")
        await h.leyla_sees(chat, "The office keeps")


async def _is_known(h: House, chat: str, doubted: str) -> None:
    """Wait until staff are told what she writes without a doubt."""
    for number in range(100, 200):
        await h.leyla.send(chat, f"Room {number} is cold.")  # no answer to any question of ours
        seen = await h.staff_see(f"Room {number} is cold")
        if _head(seen.body or "", "Room") != doubted:
            return
    raise AssertionError("she stays unknown")


def _head(body: str, words: str) -> str:
    """What stands around somebody's words, but for the time."""
    return re.sub(r"\d", "0", re.sub(rf"{words}.*", "", body))
