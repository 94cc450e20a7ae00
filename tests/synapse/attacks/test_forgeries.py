"""What nobody wrote: plaintext in encrypted rooms, moved relations, invented people."""

from __future__ import annotations

import re

import pytest

from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Json, Liar, forged, timelines
from tests.synapse.attacks.scene import begun, chief, house, lies, mark, told
from tests.synapse.ombuds_house import House, OpenHouse

__all__ = ["chief", "house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]
LIE = "I made this up."
TEXT = {"msgtype": "m.text", "body": LIE}


def staff_read(h: House, text: str) -> list[str]:
    """What stands in the room with these words, as if the reporter had said it."""
    seen = [x for x in h.anna.seen(h.room) if x.sender == h.account]
    return [x.body for x in seen if x.body and re.search(text, x.body)]


@pytest.mark.parametrize("by", ["a lying homeserver", "its admin"])
async def test_plaintext_in_her_chat_is_not_hers(
    house: OpenHouse, lies: Liar, chief: Admin, by: str
) -> None:
    """In the encrypted chat a message of the reporter appears that was never encrypted: that she
    made it up. It could be hers, so staff read it, and read with it that it was not encrypted."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        if by == "its admin":
            await chief.says_as(h.leyla.user_id, chat, LIE)
        else:
            lies.shows(chat, forged(h.leyla.user_id, "m.room.message", TEXT))
        await h.staff_see("made this up")
        await h.leyla.send(chat, "And the stairs.")
        await h.staff_see("And the stairs")
        assert all("Not encrypted" in x for x in staff_read(h, "made this up"))
        assert not any("Not encrypted" in x for x in staff_read(h, "And the stairs"))


async def test_an_edit_in_clear_changes_nothing(house: OpenHouse, lies: Liar) -> None:
    """The homeserver edits the complaint, in clear. What staff read stays as she wrote it."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        said = await h.leyla.send(chat, "He hit me.")
        await h.staff_see("He hit me")
        relation = {"rel_type": "m.replace", "event_id": said}
        content = {**TEXT, "m.new_content": TEXT, "m.relates_to": relation}
        lies.shows(chat, forged(h.leyla.user_id, "m.room.message", content))
        await lies.told()
        await h.leyla.send(chat, "And the stairs.")
        await h.staff_see("And the stairs")
        assert not staff_read(h, "made this up")
        assert staff_read(h, "He hit me")


async def test_a_message_does_not_become_an_edit(house: OpenHouse, lies: Liar) -> None:
    """The reporter writes on. Outside of the ciphertext the homeserver says that this replaces what
    she wrote before. That stays as it is; staff are told, and she is asked to write it again."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        said = await h.leyla.send(chat, "He hit me.")
        await h.staff_see("He hit me")

        def replace(answer: Json) -> None:
            for events in timelines(answer):
                for event in (x for x in events if x["sender"] == h.leyla.user_id):
                    relation = {"rel_type": "m.replace", "event_id": said}
                    event["content"]["m.relates_to"] = relation

        lies.lies.append(replace)
        since = mark(h.anna)
        await h.leyla.send(chat, "Today all is quiet.")
        await told(h, since, "could not be read")
        await h.leyla_sees(chat, "again")
        lies.lies.clear()
        await h.leyla.send(chat, "Today all is quiet.")
        await h.staff_see("Today all is quiet")
        assert staff_read(h, "He hit me")


async def test_an_edit_of_one_answer_does_not_change_another(house: OpenHouse, lies: Liar) -> None:
    """Two answers wait for two people. Anna corrects the one; the homeserver makes it a correction
    of the other. Neither reporter gets words that were meant for the other."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        first = await h.anna.send(h.room, "!answer To the first.", thread=root.event_id)
        await h.leyla_sees(chat, "To the first")
        await h.leyla.send(chat, "!new")
        await h.leyla_sees(chat, "new matter")
        await h.leyla.send(chat, "The guard shouts.")
        other = await h.staff_see("The guard shouts")
        second = await h.anna.send(h.room, "!answer To the second.", thread=other.event_id)
        await h.leyla_sees(chat, "To the second")

        def move(answer: Json) -> None:
            for events in timelines(answer):
                for event in (x for x in events if x["sender"] == h.anna.user_id):
                    relation = event["content"].get("m.relates_to", {})
                    if relation.get("event_id") == first:
                        relation["event_id"] = second

        lies.lies.append(move)
        since = mark(h.anna)
        await h.anna.edit(h.room, first, "!answer A secret of the first.")
        await told(h, since, "")
        lies.lies.clear()
        await h.anna.send(h.room, "!answer And on.", thread=other.event_id)
        await h.leyla_sees(chat, "And on")
        assert not [x for x in h.told_to_leyla(chat) if "A secret of the first" in x]


@pytest.mark.parametrize("name", ["@\u0430nn\u0430-{}", "@anna-{}", "@ann\u00e0-{}", "@Anna-{}"])
async def test_somebody_invented_is_nobody(house: OpenHouse, lies: Liar, name: str) -> None:
    """The homeserver shows the office a member of its room whose id reads like Anna's, with her
    name: joined, and commanding. Nothing is obeyed, and the room is told."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        rest = h.anna.user_id.partition("-")[2]
        ghost = name.format(rest if name != "@anna-{}" else f"x{rest}")
        shown = {"membership": "join", "displayname": "anna"}
        since = mark(h.anna)
        lies.shows(
            h.room,
            forged(ghost, "m.room.member", shown, state_key=ghost),
            forged(ghost, "m.room.message", {"msgtype": "m.text", "body": "!answer 1 Settled."}),
        )
        await told(h, since, "not in the team|not belong|removed")
        await h.anna.send(h.room, "!answer We look after it.", thread=root.event_id)
        await h.leyla_sees(chat, "We look after it")
        assert not [x for x in h.told_to_leyla(chat) if "Settled" in x]
