"""Whose keys they are: the admin replaces them, leaves them out, or was there first."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from bots.runtime.process.clock import ManualClock
from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Json, Liar
from tests.synapse.attacks.scene import House, begun, chief, house, lies, mark, told
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import NewAccount, OpenHouse
from tests.synapse.proxy import failing

__all__ = ["chief", "house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]
SECRET = "The guard shouts at night."


def read_by(ghost: Person, text: str) -> list[str]:
    return [x.body for x in ghost.timeline if x.body and text in x.body]


async def says_more(h: House, chat: str) -> None:
    await h.leyla.send(chat, SECRET)
    await h.staff_see(SECRET)


async def asked_anew(h: House, person: Person) -> str:
    """The room that the office makes in place of one that was lost."""

    def found() -> str | None:
        asked = (x for x in person.invited_rooms.values() if x.sender == h.account)
        return next((x.room_id for x in asked if x.room_id != h.room), None)

    return await person.wait_until(found, "the invitation")


async def test_replaced_keys_read_nothing(
    house: OpenHouse, chief: Admin, make_person: MakePerson, tmp_path: Path
) -> None:
    """The admin replaces Bilal's cross-signing keys by his own and signs a device with them. That
    device reads nothing, its commands count for nothing, and Anna is told of Bilal's keys."""
    async with house() as h:
        chat, root = await begun(h)
        since = mark(h.anna)
        ghost = await chief.reborn(make_person, h.bilal.user_id, tmp_path)
        await says_more(h, chat)
        await told(h, since, re.escape(h.bilal.user_id))
        await ghost.send(h.room, "!answer It is settled.", thread=root.event_id)
        await h.anna.send(h.room, "!answer We look after it.", thread=root.event_id)
        await h.leyla_sees(chat, "We look after it")
        assert not [x for x in h.told_to_leyla(chat) if "It is settled" in x]
        assert not read_by(ghost, SECRET)


async def test_keys_that_are_left_out_read_nothing(
    house: OpenHouse, chief: Admin, lies: Liar, make_person: MakePerson
) -> None:
    """The homeserver shows Bilal as somebody without cross-signing keys, and a device of the
    admin's as his. It reads nothing, and Anna is told."""
    async with house(homeserver=lies.url) as h:
        chat, _ = await begun(h)
        since = mark(h.anna)

        def leave_out(answer: Json) -> None:
            for kind in ("master_keys", "self_signing_keys", "user_signing_keys"):
                answer.get(kind, {}).pop(h.bilal.user_id, None)

        lies.keys(leave_out)
        ghost = await chief.ghost(make_person, h.bilal.user_id)
        await says_more(h, chat)
        await told(h, since, re.escape(h.bilal.user_id))
        await h.leyla.send(chat, "And on Sundays.")
        await h.staff_see("And on Sundays")
        assert not read_by(ghost, SECRET)
        assert not read_by(ghost, "And on Sundays")


async def test_a_query_that_fails_changes_nobody(
    house: OpenHouse, lies: Liar, chief: Admin, make_person: MakePerson
) -> None:
    """The homeserver refuses for a while to say anything about keys, when Bilal has a new device.
    That is no reset: nobody's words are held against them, and all goes on behind it."""
    async with house(homeserver=lies.url) as h:
        chat, root = await begun(h)
        since = mark(h.anna)
        lies.proxy.on("POST .*/keys/query", failing(500), times=4)
        await chief.ghost(make_person, h.bilal.user_id)
        await h.bilal.send(h.room, "!answer On Monday.", thread=root.event_id)
        await h.leyla_sees(chat, "On Monday")
        asked = lies.proxy.passed("POST .*/keys/query")
        assert [x for x in asked if x.status == 500], "nobody was asked for"
        warned = [x for x in h.anna.timeline[since:] if x.sender == h.account]
        assert not [x for x in warned if x.body and "keys" in x.body and h.bilal.user_id in x.body]


async def test_a_lost_room_asks_in_no_ghost(
    house: OpenHouse, chief: Admin, make_person: MakePerson, tmp_path: Path
) -> None:
    """With Bilal's keys replaced, the admin deletes the room, so that the office posts every open
    case anew. The ghost, who goes in as Bilal, reads none of it."""
    async with house() as h:
        chat, _ = await begun(h)
        await says_more(h, chat)
        ghost = await chief.reborn(make_person, h.bilal.user_id, tmp_path)
        await chief.deletes(h.room)
        new = await h.anna.join(await asked_anew(h, h.anna))
        await h.anna.wait_for(room_id=new, sender=h.account, body=re.compile("heating"))
        if new in ghost.invited_rooms:
            await ghost.join(new)
        await h.leyla.send(chat, "And on Sundays.")
        await h.anna.wait_for(room_id=new, sender=h.account, body=re.compile("on Sundays"))
        for words in ("heating", SECRET, "on Sundays"):
            assert not read_by(ghost, words)


async def test_two_ghosts_do_not_vouch_for_each_other(
    house: OpenHouse, chief: Admin, make_person: MakePerson, tmp_path: Path
) -> None:
    """The admin replaces the keys of both. What the office gives either of them to be read out to
    the other is worth nothing between two whom it does not know; no answer leaves."""
    async with house(undo=timedelta(0)) as h:  # what leaves at all leaves before the help
        chat, root = await begun(h)
        one = await chief.reborn(make_person, h.anna.user_id, tmp_path)
        other = await chief.reborn(make_person, h.bilal.user_id, tmp_path)
        for ghost in (one, other):
            await ghost.send(h.room, "!answer It is settled.", thread=root.event_id)
        codes = {x: await code_of(h, x) for x in (one, other)}
        for giver, taker in ((one, other), (other, one)):
            await taker.send(h.room, codes[giver])
        for ghost in (one, other):
            await ghost.send(h.room, "!answer It is settled.", thread=root.event_id)
        await h.leyla.send(chat, SECRET)
        await h.leyla.send(chat, "!help")
        await h.leyla_sees(chat, "!new")
        assert not [x for x in h.told_to_leyla(chat) if "It is settled" in x]
        assert not read_by(one, SECRET)
        assert not read_by(other, SECRET)


CODE = re.compile(r"\b\w{3,}(?:-\w{3,})+\b")


async def code_of(h: House, ghost: Person) -> str:
    """What the office gives this device to be read out to somebody of the team. A device may be too
    new to read the first; another comes for a word that is written later."""
    for _ in range(5):
        with suppress(TimeoutError):
            seen = await ghost.wait_for(
                sender=h.account, type="m.room.message", body=CODE, timeout=25
            )
            return str(CODE.findall(seen.body or "")[-1])
        await ghost.send(h.room, "It is me.")
    raise AssertionError("no code")


async def test_who_was_there_first_is_nobody_yet(
    house: OpenHouse, chief: Admin, new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    """Cem is named as a founder. Before he ever looks in, the admin logs in as him, with keys of
    his own, and accepts the invitation. Without the code that Cem has in his hand, the ghost reads
    no case and commands nothing."""
    account = await new_account("cem")
    ghost = await chief.reborn(make_person, account.user_id, tmp_path)
    async with house(more_staff=(account.user_id,)) as h:
        await ghost.wait_until(lambda: h.room in ghost.invited_rooms or None, "the invitation")
        await ghost.join(h.room)
        chat, root = await begun(h)
        await ghost.send(h.room, "!answer It is settled.", thread=root.event_id)
        await h.anna.send(h.room, "!answer We look after it.", thread=root.event_id)
        await h.leyla_sees(chat, "We look after it")
        assert not [x for x in h.told_to_leyla(chat) if "It is settled" in x]
        assert not read_by(ghost, "heating")


async def test_who_has_left_is_not_asked_in_again(house: OpenHouse, chief: Admin) -> None:
    """Bilal leaves the team. A minute later the admin deletes the room. The new one is for Anna,
    not for him. Deleted so fast, the office may not even be told: then it finds out with the next
    word that is for the room."""
    clock = ManualClock(time.time())
    async with house(clock=clock) as h:
        chat, _ = await begun(h)
        since = mark(h.anna)
        await h.bilal.leave(h.room)
        await told(h, since, re.escape(h.bilal.user_id))
        clock.advance(60)
        await chief.deletes(h.room)
        await h.leyla.send(chat, "And on Sundays.")
        new = await h.anna.join(await asked_anew(h, h.anna))
        await h.anna.wait_for(room_id=new, sender=h.account, body=re.compile("heating"))
        assert new not in h.bilal.invited_rooms
        members = await h.anna.homeserver.members(new)
        assert members.get(h.bilal.user_id) not in ("join", "invite")
