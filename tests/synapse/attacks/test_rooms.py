"""Rooms as traps: what an admin does to a room, or shows of it."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from functools import partial

import pytest

from bots.lab.people.client import MatrixError, room_path
from bots.lab.people.person import Person
from bots.runtime.process.clock import ManualClock
from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Json, Liar, forged
from tests.synapse.attacks.scene import House, begun, chief, house, lies, mark, told
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["chief", "house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]


def read_by(spy: Person, text: str) -> list[str]:
    return [x.body for x in spy.timeline if x.body and text in x.body]


async def trap(h: House, spy: Person, *others: str) -> str:
    """A room of the admin's, in which a spy waits, that looks like what comes after."""
    state = [{"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
    body = {"invite": [h.account, *others], "preset": "private_chat", "initial_state": state}
    return str((await spy.homeserver.call("POST", "/createRoom", body))["room_id"])


async def other_room(h: House, person: Person) -> str:
    """Where the office has asked her in, after its room was lost."""

    def found() -> str | None:
        asked = person.invited_rooms.values()
        return next((x.room_id for x in asked if x.sender == h.account), None)

    return await person.join(await person.wait_until(found, "the invitation"))


async def test_a_room_that_is_purged_in_silence_is_missed_within_the_hour(
    house: OpenHouse, chief: Admin, lies: Liar
) -> None:
    """The admin purges it so fast that the office's account is not told, and nobody writes."""
    clock = ManualClock(time.time())
    async with house(homeserver=lies.url, clock=clock) as h:
        await begun(h)
        lies.lies.append(lambda answer: answer.get("rooms", {}).pop("leave", None))
        await chief.deletes(h.room)
        clock.advance(3600)
        new = await other_room(h, h.anna)
        assert new != h.room
        await h.anna.wait_for(room_id=new, sender=h.account, body=re.compile("heating"))


async def test_the_ombuds_room_is_upgraded_into_a_trap(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """The admin writes a tombstone into the office's room; what it points to is a room in which a
    spy waits. The office does not go there: it makes a room of its own, brings the case along, and
    the spy reads nothing."""
    async with house() as h:
        _, root = await begun(h)
        spy = await make_person("spy")
        there = await trap(h, spy, h.anna.user_id)
        await chief.makes_admin(h.room, h.anna.user_id)
        tombstone = {"body": "This room has been replaced.", "replacement_room": there}
        target = room_path(h.room, "state", "m.room.tombstone", "")
        await chief.call_as(h.anna.user_id, "PUT", target, tombstone)
        new = await other_room(h, h.anna)
        assert new not in (h.room, there)
        again = await h.anna.wait_for(
            lambda x: "The heating is broken" in (x.body or ""), room_id=new, sender=h.account
        )
        assert again.encrypted
        assert again.event_id != root.event_id
        assert spy.user_id not in await spy_free(h, new)
        assert not read_by(spy, "heating")


async def spy_free(h: House, room: str) -> set[str]:
    members = await h.anna.homeserver.members(room)
    return {user for user, membership in members.items() if membership in ("join", "invite")}


async def test_her_chat_is_upgraded_into_a_trap(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """In the reporter's name the admin replaces her chat by one in which a spy sits as well. What
    staff answer is not read by the spy, and does not get lost: staff are told."""
    async with house() as h:
        chat, root = await begun(h)
        spy = await make_person("spy")
        there = await trap(h, spy, h.leyla.user_id)
        tombstone = {"body": "This room has been replaced.", "replacement_room": there}
        target = room_path(chat, "state", "m.room.tombstone", "")
        await chief.call_as(h.leyla.user_id, "PUT", target, tombstone)
        await chief.call_as(h.leyla.user_id, "POST", room_path(there, "join"), {})
        await chief.says_as(h.leyla.user_id, there, "I go on here.")
        since = mark(h.anna)
        await h.anna.send(h.room, "!answer For her alone.", thread=root.event_id)
        await told(h, since, "Sent |Not sent|not sent")
        await h.leyla_sees(chat, "For her alone")
        assert not read_by(spy, "For her alone")


async def test_a_spy_is_put_into_her_chat(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """The admin asks a spy into the reporter's chat, in her name, and joins. Answers wait, and
    staff know why; the spy has read nothing."""
    async with house() as h:
        chat, root = await begun(h)
        spy = await make_person("spy")
        since = mark(h.anna)
        await chief.call_as(
            h.leyla.user_id, "POST", room_path(chat, "invite"), {"user_id": spy.user_id}
        )
        await spy.wait_until(lambda: chat in spy.invited_rooms or None, "the invitation")
        await spy.join(chat)
        await told(h, since, "[Ss]omebody else")
        await h.anna.send(h.room, "!answer For her alone.", thread=root.event_id)
        await told(h, since, "Not sent")
        assert not read_by(spy, "For her alone")


async def test_a_spy_whom_the_office_is_not_shown_reads_nothing(
    house: OpenHouse, chief: Admin, lies: Liar, make_person: MakePerson
) -> None:
    """The homeserver puts a spy into the office's room and hides that from the office's sync.
    The next case is encrypted for the team alone."""
    async with house(homeserver=lies.url) as h:
        await begun(h)
        spy = await make_person("spy")

        def hide(answer: Json) -> None:
            for room in answer.get("rooms", {}).get("join", {}).values():
                for part in ("timeline", "state"):
                    events = room.get(part, {}).get("events", [])
                    events[:] = [x for x in events if x.get("state_key") != spy.user_id]

        lies.lies.append(hide)
        await chief.makes_admin(h.room, spy.user_id)
        await spy.wait_until(lambda: h.room in spy.invited_rooms or None, "the invitation")
        with suppress(MatrixError):
            await spy.join(h.room)
        await h.leyla.write_privately(h.account, "Not for spies.")
        await h.staff_see("Not for spies")
        assert not read_by(spy, "Not for spies")


async def test_a_forged_departure_of_the_reporter_loses_nothing(
    house: OpenHouse, lies: Liar
) -> None:
    """The homeserver shows the office that the reporter has left. She has not: what she writes on
    is still a part of her case, and is answered."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        gone = {"membership": "leave"}
        user = h.leyla.user_id
        since = mark(h.anna)
        lies.shows(chat, forged(user, "m.room.member", gone, state_key=user))
        await told(h, since, "left")
        await h.leyla.send(chat, "I am still here.")
        await h.staff_see("I am still here")
        here = {"membership": "join"}
        lies.shows(chat, forged(user, "m.room.member", here, state_key=user))
        await told(h, since, "back|returned|again")
        await h.anna.send(h.room, "!answer So are we.", thread=root.event_id)
        await h.leyla_sees(chat, "So are we")


async def test_a_spy_at_founding_reads_nothing(
    house: OpenHouse, chief: Admin, make_person: MakePerson
) -> None:
    """Before anybody has looked in, the admin has put a spy into the new room. Neither the first
    case nor a later one is for her eyes."""
    async with house() as h:
        spy = await make_person("spy")
        await chief.makes_admin(h.room, spy.user_id)
        with suppress(TimeoutError, MatrixError):
            invited = partial(spy.invited_rooms.get, h.room)
            await spy.wait_until(invited, "the invitation", timeout=10)
            await spy.join(h.room)
        await h.leyla.write_privately(h.account, "The first case.")
        await h.staff_see("The first case")
        await spy.wait_until(lambda: h.room not in spy.joined_rooms or None, "being removed")
        assert not read_by(spy, "The first case")
