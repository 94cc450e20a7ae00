"""Edits that were removed, on a real Synapse: the ombuds room's events hold none of their words."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from bots.lab.people.client import room_path
from tests.synapse.lost_house import House, begins, house

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]

SECRET = "the man upstairs"


async def holding(h: House, room: str) -> list[str]:
    """Events of the office in which staff read the words, edits among them."""
    await h.reads(room, SECRET)
    found = [x for x in h.anna.seen(room) if SECRET in json.dumps(x.raw)]
    return [x.event_id for x in found if x.sender == h.account.user_id]


async def emptied(h: House, room: str, events: list[str]) -> None:
    """On the server, too, where whoever comes later would read them."""
    assert events
    for event in events:
        await h.anna.wait_for(room_id=room, redacts=event)
        raw = await h.anna.homeserver.call("GET", room_path(room, "event", event))
        assert "ciphertext" not in raw["content"]
    assert SECRET not in json.dumps([x.raw for x in h.anna.seen(room)])


@pytest.mark.parametrize("down", [False, True])
async def test_the_rest_of_a_message_stays_with_the_case(house: House, down: bool) -> None:
    async with house.open():
        room, chat = await begins(house)
        event = await house.leyla.send(chat, "It is cold.")
        root = await house.reads(room, "It is cold")
        edit = await house.leyla.edit(chat, event, f"It is cold. It was {SECRET}.")
        events = await holding(house, room)
        if not down:
            await house.leyla.redact(chat, edit)
            await emptied(house, room, events)
    if down:
        await house.leyla.redact(chat, edit)
    async with house.open():
        await emptied(house, room, events)
        again = await house.anna.wait_for(
            lambda x: x.event_id != root.event_id, room_id=room, body=re.compile("It is cold")
        )
        assert again.thread == root.thread
        await house.leyla.redact(chat, event)
        await house.anna.wait_for(room_id=room, redacts=again.event_id)


@pytest.mark.parametrize("down", [False, True])
async def test_an_answer_is_not_sent_with_words_that_were_removed(house: House, down: bool) -> None:
    house.undo = timedelta(seconds=4)
    async with house.open():
        room, chat = await begins(house)
        root = await house.reads(room, "The heating is broken")
        event = await house.anna.send(room, "!answer On Monday.", thread=root.event_id)
        await house.anna.wait_for(
            room_id=room, sender=house.account.user_id, body=re.compile("On Monday")
        )
        edit = await house.anna.edit(room, event, f"!answer Ask {SECRET}.")
        await house.anna.wait_for(
            room_id=room, sender=house.account.user_id, body=re.compile(SECRET)
        )
        events = await holding(house, room)
        if not down:
            await house.anna.redact(room, edit)
            await emptied(house, room, events)
    if down:
        await house.anna.redact(room, edit)
    async with house.open():
        await emptied(house, room, events)
        await house.reads(room, "This answer is not sent")
        await house.anna.send(room, "!answer On Tuesday.", thread=root.event_id)
        await house.leyla.wait_for(room_id=chat, body=re.compile("On Tuesday"))
        told = [x.body or "" for x in house.leyla.seen(chat) if x.sender == house.account.user_id]
        assert not [x for x in told if SECRET in x or "On Monday" in x]
