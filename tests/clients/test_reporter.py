"""The paths of reporters, of those who flag, of moderators and of staff, as they see them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.ombuds import codes
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.chats import CONVERSATIONS
from bots.ombuds.settings import Settings
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account as Post
from bots.runtime.speech.words import Words
from tests.clients.conftest import MakeStrict
from tests.clients.engines import EVERY
from tests.clients.looks import all_are_readable, all_have_names
from tests.clients.strict import Shown, StrictPerson
from tests.conftest import Account
from tests.kit.founders import code_of, given
from tests.synapse.offices import running
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse

NAME = "Ombuds office"
SECRET = re.compile(r"\d{3}(?:-\d{3}){6}")
HESITATES = 2.0
"""Seconds before somebody accepts an invitation: whatever was sent into the room came first."""


@dataclass
class House:
    """An office at work, one of whose two staff has come into its room so far."""

    office: Office
    account: str
    anna: StrictPerson
    bilal: StrictPerson
    room: str = ""

    async def opened(self) -> None:
        await asyncio.sleep(HESITATES)
        self.room = await enter_the_first(self.anna)
        await self.confirm(self.anna)

    async def confirm(self, person: StrictPerson) -> None:
        """She types the code that she was handed."""
        await person.sees("recovery", room=self.room, sender=self.account)
        await person.send(self.room, codes.shown(code_of(person.user_id)))
        told = f"{person.user_id}.? is confirmed"
        await person.sees(told, room=self.room, sender=self.account)

    async def knows(self, chat: str) -> None:
        """Wait until it has learnt whose keys the first words in this chat came with."""

        async def is_known() -> bool:
            found = await self.office.store.run("test", lambda x: x.document(CONVERSATIONS, chat))
            return found is not None and bool(found.pin)

        await until(is_known, "a pin")

    async def answer(self, text: str, to: Shown, by: StrictPerson) -> None:
        await by.send(self.room, f"!answer {text}", thread=to.id)


async def enter_the_first(person: StrictPerson) -> str:
    """Accept the one invitation that there is."""
    asked = await person.wait_until(
        lambda: next((x for x in person.rooms.values() if x.mine == "invite"), None), "a room"
    )
    return await person.join(asked.room)


@pytest.fixture
async def house(
    new_account: Callable[..., Awaitable[Account]], strict: MakeStrict, tmp_path: Path
) -> AsyncIterator[House]:
    account = await new_account("ombuds")
    anna, bilal = await strict("anna"), await strict("bilal")
    settings = Settings(
        account=account.user_id,
        staff=(anna.user_id, bilal.user_id),
        languages=("en", "de"),
        timezone=ZoneInfo("Europe/Berlin"),
        undo=timedelta(seconds=1),
        collect=timedelta(seconds=1),
        name=NAME,
        room_name=f"{NAME}: cases",
        codes=given(anna.user_id, bilal.user_id),
    )
    post = Post(account.homeserver, account.user_id, account.password, display_name=NAME)
    async with running(tmp_path / "office", [(OmbudsBot(settings, Words()), post)]) as office:
        house = House(office, account.user_id, anna, bilal)
        await house.opened()
        yield house


@pytest.mark.parametrize("version", EVERY, indirect=True, scope="session")
async def test_who_writes_gets_a_receipt_and_an_answer(house: House, strict: MakeStrict) -> None:
    leyla = await strict("leyla")
    chat = await leyla.write_privately(house.account, "The heating has been broken for weeks.")
    await leyla.sees("", room=chat, sender=house.account, type="m.room.message")
    case = await house.anna.sees("The heating has been broken", room=house.room)
    await house.anna.send(house.room, "a note among us", thread=case.id)
    await house.answer("It is repaired on Monday.", case, house.anna)
    await leyla.sees("It is repaired on Monday", room=chat, sender=house.account)
    await leyla.send(chat, "Thank you, and the window is broken, too.")
    await house.anna.sees("the window is broken", room=house.room, thread=case.id)
    assert not [x for x in leyla.seen(chat) if "a note among us" in x.body]
    assert leyla.rooms[chat].name == NAME
    all_are_readable(leyla, house.anna)
    all_have_names(leyla, house.anna)


@pytest.mark.parametrize("version", EVERY, indirect=True, scope="session")
async def test_a_new_phone_goes_on_by_the_secret_number(house: House, strict: MakeStrict) -> None:
    anna, office = house.anna, house.account
    leyla = await strict("leyla")
    chat = await leyla.write_privately(office, "The heating has been broken for weeks.")
    case = await anna.sees("The heating has been broken", room=house.room)
    await leyla.send(chat, "!secret")
    told = await leyla.sees("your new one:", room=chat, sender=office)
    secret = SECRET.search(told.body)
    assert secret is not None
    await house.answer("Who is your landlord?", case, anna)
    await leyla.sees("Who is your landlord", room=chat)
    await house.knows(chat)

    again = await strict(account=leyla.account)
    await _is_somebody_new(house, again, chat, case, mistyped(secret[0]))
    await again.send(chat, secret[0])
    for text in ("secret number is right", "We come on Monday", "Who is your landlord"):
        await again.sees(text, room=chat, sender=office)
    await anna.sees("goes? on from another phone", room=house.room)

    zahra = await strict("zahra")  # lends her a phone, with an account
    there = await zahra.write_privately(office, secret[0])
    await zahra.sees("We come on Monday", room=there, sender=office)
    await again.sees("We do not go on in this chat", room=chat, sender=office)
    await house.answer("Are you well?", case, anna)
    await zahra.sees("Are you well", room=there, sender=office)
    assert not [x for x in again.seen() if "Are you well" in x.body]
    staff = "".join(x.body for x in anna.seen(house.room))
    for hidden in (secret[0].partition("-")[0], zahra.user_id, leyla.user_id):
        assert hidden not in staff
    all_are_readable(zahra, anna)


async def _is_somebody_new(
    house: House, again: StrictPerson, chat: str, case: Shown, wrong: str
) -> None:
    """Her keys are others: in the old chat a matter of its own begins, and an answer waits."""
    first = await again.send(chat, "Is anybody there?")
    for text in ("Your number is", "We do not know this device yet"):
        await again.sees(text, room=chat, sender=house.account)
    other = await house.anna.sees("Is anybody there", room=house.room)
    assert other.thread is None
    await house.answer("We come on Monday.", case, house.anna)
    await house.anna.sees("waits for the person to type their secret number", room=house.room)
    await again.send(chat, wrong)
    await again.sees("This secret number is not right", room=chat, sender=house.account)
    assert not [x for x in again.seen(chat) if "on Monday" in x.body]
    ids = [x.id for x in again.seen(chat)]
    late = [x for x in again.unreadable() if ids.index(x.id) > ids.index(first)]
    assert late == [], "nothing is said to her that only the lost phone could read"


def mistyped(secret: str) -> str:
    """With another last digit."""
    return secret[:-1] + str((int(secret[-1]) + 1) % 10)


CANCELLED = 5
"""`VerificationPhase.Cancelled`: Element's dialog says so, and can be closed."""


async def test_verifying_the_office_ends_with_a_no(house: House, strict: MakeStrict) -> None:
    leyla = await strict("leyla")
    chat = await leyla.write_privately(house.account, "The heating has been broken for weeks.")
    await leyla.sees("Your number is", room=chat, sender=house.account)
    for room in (chat, None):
        ended = await leyla.verify(house.account, room)
        assert ended == {"phase": CANCELLED, "code": "m.user", "by": house.account}
    await leyla.sees("nobody can compare emoji", room=chat, sender=house.account)
    await leyla.send(chat, "And the window.")
    await house.anna.sees("And the window", room=house.room)
    assert not [x for x in house.anna.seen(house.room) if "emoji" in x.body]
    all_are_readable(leyla, house.anna)


async def test_staff_read_what_comes_once_they_are_confirmed(
    house: House, strict: MakeStrict
) -> None:
    leyla = await strict("leyla")
    await leyla.write_privately(house.account, "The heating has been broken for weeks.")
    await house.anna.sees("The heating has been broken", room=house.room)
    assert await house.bilal.invited_to(house.room) == house.room
    await house.confirm(house.bilal)
    await leyla.write_privately(house.account, "And the window.")
    case = await house.bilal.sees("And the window", room=house.room)
    await house.answer("It is repaired on Monday.", case, house.bilal)
    await leyla.sees("It is repaired on Monday", sender=house.account)
    await house.anna.sees("It is repaired on Monday", room=house.room, sender=house.bilal.user_id)
    all_are_readable(leyla, house.anna)


async def test_who_flags_is_asked_and_moderators_are_told(house: House, strict: MakeStrict) -> None:
    moda, modi, leyla = [await strict(x) for x in ("moda", "modi", "leyla")]
    room = await moda.create(
        name="The meadow",
        preset="private_chat",
        invite=[house.account, modi.user_id, leyla.user_id],
        power_level_content_override={"users": {house.account: 50, modi.user_id: 50}},
    )
    for person in (modi, leyla):
        await person.invited_to(room)
    await leyla.sees("!flags on", room=room, sender=house.account)
    await moda.send(room, "!flags on")
    await leyla.sees("🚩", room=room, sender=house.account, wanted=lambda x: "!flags off" in x.body)
    said = await modi.send(room, "Nobody wants you here.")
    await leyla.sees("Nobody wants you", room=room)
    await leyla.react(room, said, "🚩")
    chat = await leyla.asked_by(house.account)
    await asyncio.sleep(HESITATES)
    await leyla.join(chat.room)
    asked = await leyla.sees("", room=chat.room, sender=house.account, type="m.room.message")
    offer = await leyla.sees("", room=chat.room, type="m.reaction", target=asked.id)
    assert offer.key is not None
    await leyla.react(chat.room, asked.id, offer.key)  # the first: for those who moderate
    told = await moda.wait_until(
        lambda: next((x for x in moda.rooms.values() if x.mine == "invite"), None), "a room"
    )
    await asyncio.sleep(HESITATES)
    await moda.join(told.room)
    await moda.sees("🚩", room=told.room, sender=house.account)
    all_are_readable(leyla, moda, modi, house.anna)
    all_have_names(leyla, moda, modi, house.anna)
