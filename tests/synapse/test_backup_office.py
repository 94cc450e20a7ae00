"""An office that comes back from a backup which is older than what it did: seen from outside."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.lab.people.person import Person
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.settings import Settings
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account
from bots.runtime.speech.words import Words
from bots.runtime.store.transaction import Transaction
from federation.encryption import machine
from federation.model.errors import DeviceLost
from tests.chaos.olm import new_room_key
from tests.conftest import Account as HomeserverAccount
from tests.kit.founders import given, joins
from tests.synapse.conftest import MakePerson
from tests.synapse.mirror import Mirror
from tests.synapse.office_backups import back_up, bring_back, lose
from tests.synapse.offices import running
from tests.synapse.raw import Raw, raw
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[HomeserverAccount]]


def told(person: Person, room: str, bot: HomeserverAccount) -> list[str]:
    return [event.body for event in person.seen(room) if event.sender == bot.user_id and event.body]


async def test_nothing_is_answered_twice_and_nothing_is_left_out(
    new_account: NewAccount,
    make_person: MakePerson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A backup while messages flow; more of them; the store is lost; more still; restored.

    Anna's phone begins a new session now and then, so the restored store can't read what the lost
    one read last, nor what came while there was none.
    """
    monkeypatch.setattr(machine, "ROTATE_AFTER", 25)
    bot = await new_account("mirror")
    anna = await make_person("anna", strict=True)
    account = Account(bot.homeserver, bot.user_id, bot.password)
    folder = tmp_path / "state"
    async with running(folder, [(Mirror(), account)]):
        room, _ = await anna.write_privately(bot.user_id, "0")
        await anna.wait_for(room_id=room, body="encrypted: 0")
        await say(anna, room, range(1, 20))
        making = asyncio.create_task(asyncio.to_thread(back_up, folder))
        await say(anna, room, range(20, 50), new_key_at=25)
        new_room_key(anna, room)
        await anna.send(room, "later 1")
        for text in ("encrypted: 49", "due"):
            await anna.wait_for(room_id=room, body=text, timeout=30)
    lose(folder)
    await say(anna, room, range(50, 60))
    bring_back(await making, folder)
    async with running(folder, [(Mirror(), account)]) as office:
        office.store.patience = 1.0
        await anna.send(room, "60")
        answer = await anna.wait_for(room_id=room, body="encrypted: 60", timeout=30)
        assert (answer.encrypted, answer.shield) == (True, None)
        await anna.wait_until(lambda: len(told(anna, room, bot)) >= 63 or None, timeout=30)
        await asyncio.sleep(3)  # whatever is doubled comes now
    found = told(anna, room, bot)
    answered = [f"encrypted: {number}" for number in (*range(50), 60)]
    # Asked for again: 50 to 59, and "later 1", which was not answered by a message of its own.
    asked = [text for text in found if text.startswith("unreadable")]
    assert Counter(found) == Counter([*answered, "due", *asked])
    assert len(asked) == 11


async def say(person: Person, room: str, numbers: range, new_key_at: int | None = None) -> None:
    for number in numbers:
        if number == new_key_at:
            new_room_key(person, room)
        await person.send(room, str(number))


async def test_what_was_written_while_it_was_lost_is_read(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    """The key of a message that was sent meanwhile waits for the old device, which takes it in
    before it is given up."""
    bot = await new_account("mirror")
    phone = await new_account("berta")
    berta = await make_person(account=phone, directory=tmp_path / "phone", strict=True)
    account = Account(bot.homeserver, bot.user_id, bot.password)
    folder = tmp_path / "state"
    async with running(folder, [(Mirror(), account)]):
        room, _ = await berta.write_privately(bot.user_id, "before")
        await berta.wait_for(room_id=room, body="encrypted: before")
        archive = back_up(folder)
    before = await devices(bot)
    lose(folder)
    await berta.close()  # who starts anew begins a new session
    berta = await make_person(account=phone, directory=tmp_path / "phone", strict=True)
    await berta.send(room, "meanwhile")
    bring_back(archive, folder)
    async with running(folder, [(Mirror(), account)]):
        answer = await berta.wait_for(room_id=room, body="encrypted: meanwhile")
        assert answer.shield is None
        await berta.send(room, "after")
        await berta.wait_for(room_id=room, body="encrypted: after")
        after = await devices(bot)
    assert len(before) == len(after) == 1
    assert before != after


async def test_a_message_that_waited_leaves_once(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    """Decided before the backup, sent after it."""
    bot = await new_account("mirror")
    anna = await make_person("anna", strict=True)
    account = Account(bot.homeserver, bot.user_id, bot.password)
    folder = tmp_path / "state"
    async with running(folder, [(Mirror(), account)]):
        room, _ = await anna.write_privately(bot.user_id, "first")
        await anna.wait_for(room_id=room, body="encrypted: first")
    copies: list[Path] = []

    def probe(stage: str, name: str) -> None:
        if (stage, name) == ("before", "send") and not copies:
            copies.append(back_up(folder))

    await anna.send(room, "second")
    async with running(folder, [(Mirror(), account)], probe=probe):
        await anna.wait_for(room_id=room, body="encrypted: second")
    lose(folder)
    bring_back(copies[0], folder)
    async with running(folder, [(Mirror(), account)]) as office:
        await anna.send(room, "third")
        await anna.wait_for(room_id=room, body="encrypted: third")
        await until(lambda: idle(office))
    assert Counter(told(anna, room, bot)) == Counter(
        ["encrypted: first", "encrypted: second", "encrypted: third"]
    )


async def test_cases_and_answers_of_the_time_between(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    """The ombuds office: what was answered is not answered again, and it goes on from there."""
    ombuds = await new_account("ombuds")
    staff, leyla = [await make_person(name, strict=True) for name in ("staff", "leyla")]
    bot = OmbudsBot(ombuds_settings(ombuds.user_id, staff.user_id), Words())
    account = Account(ombuds.homeserver, ombuds.user_id, ombuds.password)
    folder = tmp_path / "state"
    async with running(folder, [(bot, account)]) as office:
        room = await joins(staff)
        chat, _ = await leyla.write_privately(ombuds.user_id, "The heating is broken.")
        root = await staff.wait_for(room_id=room, body=re.compile("heating is broken"))
        await leyla.wait_for(room_id=chat, body=re.compile("Your number is"))
        archive = back_up(folder)
        await staff.send(room, "!answer On Monday.", thread=root.event_id)
        await leyla.wait_for(room_id=chat, body=re.compile("On Monday"))
        await staff.wait_for(room_id=room, body=re.compile("Sent "))
        await leyla.send(chat, "And the window, too.")
        await staff.wait_for(room_id=room, body=re.compile("window"))
        await settled(office, staff, room)
    before = told(staff, room, ombuds), told(leyla, chat, ombuds)
    lose(folder)
    bring_back(archive, folder)
    async with running(folder, [(bot, account)]) as office:
        await asyncio.sleep(2.5)  # the answer's undo window passes once more
        await settled(office, staff, room)
        among_staff, gap = told(staff, room, ombuds), "A part of the record was lost"
        assert [gap in x for x in among_staff].count(True) == 1, "what the backup lacks is said"
        assert ([x for x in among_staff if gap not in x], told(leyla, chat, ombuds)) == before
        await staff.send(room, "!answer The window on Tuesday.", thread=root.event_id)
        answer = await leyla.wait_for(room_id=chat, body=re.compile("on Tuesday"))
        assert (answer.encrypted, answer.shield) == (True, None)


async def settled(office: Office, person: Person, room: str) -> None:
    """The office has done all that it knows of, and she has seen it."""
    await until(lambda: idle(office))
    note = await person.send(room, "a note")
    await person.wait_for(room_id=room, event_id=note)


def ombuds_settings(account: str, staff: str) -> Settings:
    return Settings(
        account=account,
        staff=(staff,),
        languages=("en",),
        timezone=ZoneInfo("Europe/Berlin"),
        undo=timedelta(seconds=1),
        codes=given(staff),
    )


async def test_what_was_forgotten_is_noted_with_the_homeserver(
    new_account: NewAccount, tmp_path: Path
) -> None:
    """The disk is lost with all that stood beside the store; only the key was kept."""
    bot = await new_account("mirror")
    account = Account(bot.homeserver, bot.user_id, bot.password)
    folder = tmp_path / "state"
    async with running(folder, [(Mirror(), account)]) as office:
        await office.store.run("put", lambda tx: tx.put("people", "anna", {"name": "Anna"}))
        await office.store.run("put", lambda tx: tx.put("people", "berta", {"name": "Berta"}))
        archive = back_up(folder)
        await office.store.run("forget", lambda tx: tx.forget("people", "anna"))
        await office.note_erased()
    lose(folder)
    (folder / "erased.log").unlink()
    bring_back(archive, folder)
    async with running(folder, [(Mirror(), account)]) as office:
        people = await office.store.run("look", lambda tx: dict(tx.scan("people")))
    assert people == {"berta": {"name": "Berta"}}


async def test_a_token_alone_brings_no_new_device(new_account: NewAccount, tmp_path: Path) -> None:
    bot = await new_account("mirror")
    folder = tmp_path / "state"
    async with raw(bot) as device:
        await encrypted_room(device)
        account = Account(bot.homeserver, bot.user_id, token=device.token)
        async with running(folder, [(Mirror(), account)]):
            archive = back_up(folder)
        lose(folder)
        bring_back(archive, folder)
        with pytest.raises(DeviceLost, match="give its password or a new token"):
            async with running(folder, [(Mirror(), account)]):
                pass
    async with raw(bot) as device:
        account = Account(bot.homeserver, bot.user_id, token=device.token)
        async with running(folder, [(Mirror(), account)]) as office:
            assert office.ready.is_set()


async def encrypted_room(device: Raw) -> None:
    """Where none is, a device may go on with new keys."""
    algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
    state = [{"type": "m.room.encryption", "state_key": "", "content": algorithm}]
    await device.make_room(initial_state=state)


async def idle(office: Office) -> bool:
    return await office.store.run("idle", Transaction.idle)


async def devices(account: HomeserverAccount) -> list[str]:
    async with raw(account) as device:
        answer = await device.call("GET", "/devices")
    found = answer["devices"]
    return [each["device_id"] for each in found if each.get("display_name") == "buendnis"]
