"""Whose command counts, and for which case, on a real Synapse: the homeserver chooses neither."""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bots.lab.people.client import message, room_path
from bots.lab.people.person import Person
from tests.kit.founders import confirms
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import House, NewAccount, OpenHouse, house

__all__ = ["house"]

pytestmark = pytest.mark.synapse


async def _sealed(person: Person, room: str, text: str, thread: str | None) -> dict[str, Any]:
    """What a client sends that keeps of the relation what is `thread` inside the ciphertext."""
    audience = await person._audience(room)
    content = message(text, thread=thread)
    return await person._keys.encrypt(room, audience, "m.room.message", content)


async def _put(person: Person, room: str, content: dict[str, Any], thread: str) -> None:
    relation = {"rel_type": "m.thread", "event_id": thread}
    path = room_path(room, "send", "m.room.encrypted", secrets.token_hex(16))
    await person.homeserver.call("PUT", path, {**content, "m.relates_to": relation})


async def _two_cases(h: House) -> tuple[str, str, str]:
    chat, _ = await h.leyla.write_privately(h.account, "The heating is broken.")
    first = await h.staff_see("The heating is broken")
    await h.leyla_sees(chat, "Your number is")
    await h.leyla.send(chat, "!new")
    await h.leyla_sees(chat, "new matter")
    await h.leyla.send(chat, "The guard shouts.")
    second = await h.staff_see("The guard shouts")
    return chat, first.event_id, second.event_id


async def _number(h: House, root: str) -> str:
    """Of the case whose thread this begins."""
    seen = await h.anna.wait_for(event_id=root)
    found = re.search(r"\d+", seen.body or "")
    assert found is not None
    return found[0]


async def test_a_thread_outside_of_the_ciphertext_alone_is_asked_about(house: OpenHouse) -> None:
    async with house() as h:
        chat, first, second = await _two_cases(h)
        content = await _sealed(h.anna, h.room, "!answer It is not sealed.", None)
        await _put(h.anna, h.room, content, first)
        await h.staff_see("Please write the number of the case")
        number = await _number(h, second)
        content = await _sealed(h.anna, h.room, f"!answer {number} With its number.", None)
        await _put(h.anna, h.room, content, second)
        await h.leyla_sees(chat, "With its number")
        assert not [x for x in h.told_to_leyla(chat) if "not sealed" in x]


async def test_a_thread_that_was_changed_on_the_way_is_asked_about(house: OpenHouse) -> None:
    async with house() as h:
        chat, first, second = await _two_cases(h)
        content = await _sealed(h.anna, h.room, "!answer It was moved.", first)
        await _put(h.anna, h.room, content, second)
        await h.staff_see("Please write the number of the case")
        await h.anna.send(h.room, "!answer In its own thread.", thread=second)
        number = await _number(h, second)
        pending = await h.staff_see(rf"^To case {number} \(.*The guard")
        assert pending.body is not None
        await h.leyla_sees(chat, "In its own thread")
        assert not [x for x in h.told_to_leyla(chat) if "was moved" in x]


async def test_a_command_from_a_device_that_its_owner_has_not_signed(
    house: OpenHouse, new_account: NewAccount, make_person: MakePerson
) -> None:
    account = await new_account("cem")
    phone = await make_person(account=account)
    async with house(more_staff=(account.user_id,)) as h:
        await phone.wait_until(lambda: h.room in phone.invited_rooms, "the invitation")
        await phone.join(h.room)
        await confirms(phone, h.room)
        chat, root, _ = await _two_cases(h)
        ghost = await make_person(account=account, cross_signed=False)
        await ghost.send(h.room, "!answer from the ghost", thread=root)
        refused = await h.staff_see(f"{re.escape(account.user_id)}.{{0,2}} was not carried out")
        assert "Verify this device" in (refused.body or "")
        await phone.send(h.room, "!answer from the phone", thread=root)
        await h.leyla_sees(chat, "from the phone")
        assert not [x for x in h.told_to_leyla(chat) if "the ghost" in x]


async def test_a_new_device_of_staff_is_told_what_can_not_be_read_on_it(
    house: OpenHouse, new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    account = await new_account("cem")
    phone = await make_person(account=account, directory=tmp_path / "phone")
    async with house(more_staff=(account.user_id,)) as h:
        await phone.wait_until(lambda: h.room in phone.invited_rooms, "the invitation")
        await phone.join(h.room)
        await confirms(phone, h.room)
        await _two_cases(h)
        told = re.compile(f"{re.escape(account.user_id)}.{{0,2}} has a new device")

        async def newest() -> Person:
            """One more, signed by the same person, until it is told: the first that the office
            sees of somebody are no news, and which these are depends on who is quicker."""
            for number in range(9):
                directory = tmp_path / f"tablet-{number}"
                directory.mkdir()
                shutil.copy(tmp_path / "phone" / "identity.json", directory)
                tablet = await make_person(account=account, directory=directory)
                with suppress(TimeoutError):
                    await h.anna.wait_for(room_id=h.room, body=told, timeout=20)
                    return tablet
            raise AssertionError("nobody was told")

        tablet = await newest()
        await tablet.wait_for(room_id=h.room, body=told)
