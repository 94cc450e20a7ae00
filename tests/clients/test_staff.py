"""What staff do, each from one phone, as docs/ombuds.md tells it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.bench.mailsink import sink
from tests.clients.conftest import MakeStrict
from tests.clients.engines import EVERY
from tests.clients.looks import all_are_readable
from tests.clients.office import Office, plain
from tests.clients.page import is_said, quotes, said, section
from tests.clients.strict import Shown, StrictPerson
from tests.synapse.ombuds_process import Install, install

ANSWERED = "You have an answer."
HEAD = r"!record \d+ [0-9a-f-]+"

__all__ = ["install"]
pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]


@pytest.fixture
async def office(install: Install) -> AsyncIterator[Office]:
    async with sink() as mails:
        yield Office(install(), mails)


# -- who is who ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", EVERY, indirect=True, scope="session")
async def test_how_the_office_knows_you(office: Office, strict: MakeStrict) -> None:
    """That section of the page, step by step, and what it quotes is what the office says."""
    anna, bilal, carla, leyla = [await strict(x) for x in ("anna", "bilal", "carla", "leyla")]
    await office.founded(anna, bilal)
    chat = await leyla.write_privately(office.account, "The heating is broken.")
    await leyla.sees("Your number is", room=chat)  # though nobody can read it yet
    for person in (anna, bilal):
        await office.comes(person)
        await office.founder(person)
    await office.tells(anna, "The heating is broken")

    await _comes_later(office, carla, anna, bilal)
    await leyla.send(chat, "And the stairs.")
    await office.tells(carla, "And the stairs")

    again = await strict(account=bilal.account)
    await office.tells(anna, f"keys of {bilal.user_id} have changed")
    await office.mailed(1)
    await _is_back(office, again, anna, leyla, chat)

    anew = await _all_are_lost(office, strict, (anna, again, carla))
    await leyla.send(chat, "And the window.")
    new = await leyla.write_privately(office.account, "Does anybody read this?")
    await leyla.sees("Your number is", room=new)
    await _begins_anew(office, anew)

    told = said(office.account, anna, bilal, carla, again, *anew)
    for quote in quotes(section("How the office knows you")):
        assert is_said(quote, told), quote


async def _comes_later(
    office: Office, person: StrictPerson, proposer: StrictPerson, other: StrictPerson
) -> None:
    await office.is_asked(proposer, f"!team add {person.user_id}", "proposes to add")
    await office.is_asked(other, "!confirm", "is invited")
    await office.comes(person)
    await office.tells(person, "write any word here")
    await office.reads_out(person, other)


async def _is_back(
    office: Office, again: StrictPerson, other: StrictPerson, leyla: StrictPerson, chat: str
) -> None:
    """With a new phone: she reads and commands nothing before a colleague has heard her."""
    await leyla.send(chat, "And the roof.")
    await office.tells(other, "And the roof")
    await office.reads_out(again, other)
    await leyla.send(chat, "And the door.")
    case = await office.tells(again, "And the door")
    assert not [x for x in again.seen() if "And the roof" in x.body]
    await again.send(office.room, "!answer We come.", thread=case.thread)
    await leyla.sees("We come", room=chat)


async def _all_are_lost(
    office: Office, strict: MakeStrict, team: tuple[StrictPerson, ...]
) -> tuple[StrictPerson, ...]:
    """All have new phones; that of the first is noticed by the second, and so on."""
    anna, bilal, carla = team
    anna_anew = await strict(account=anna.account)
    await office.tells(bilal, f"keys of {anna.user_id} have changed")
    bilal_anew = await strict(account=bilal.account)
    await office.is_asked(bilal_anew, "Hello?", "Your code: ")
    carla_anew = await strict(account=carla.account)
    await office.tells(bilal_anew, f"keys of {carla.user_id} have changed")
    return anna_anew, bilal_anew, carla_anew


async def _begins_anew(office: Office, team: tuple[StrictPerson, ...]) -> None:
    anna, bilal, carla = team
    await office.is_asked(anna, "Hello?", "nobody in the team is confirmed")
    await office.from_host(anna)
    await office.tells(bilal, "was confirmed with a code that was made")
    for text in ("And the window", "Does anybody read this"):
        await office.tells(anna, text)
    await office.reads_out(carla, anna)


# -- what they do ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", EVERY, indirect=True, scope="session")
async def test_what_staff_do_with_a_case(office: Office, strict: MakeStrict) -> None:
    anna, bilal, leyla = [await strict(x) for x in ("anna", "bilal", "leyla")]
    await office.founded(anna, bilal)
    for person in (anna, bilal):
        await office.comes(person)
        await office.founder(person)
    chat = await leyla.write_privately(office.account, "The heating is broken.")
    root = await office.tells(bilal, "The heating is broken")
    rang = await office.tells(bilal, r"^New: case \d+$")
    assert (root.rings, rang.rings) == (False, True)
    number = rang.body.split()[-1]

    await _answer(office, root, number, (anna, bilal, leyla), chat)
    await _takes_back(office, root, (anna, bilal, leyla), chat)
    await _look_up(office, root, number, (anna, bilal, leyla))

    head = await office.is_asked(anna, "!record", HEAD)
    line = re.search(HEAD, plain(head.body))
    assert line is not None
    await office.is_asked(bilal, line[0], "The record is confirmed up to entry")
    await office.is_asked(anna, "!close", "is closed", root.id)
    await office.is_asked(bilal, "!cases all", f"{number} · closed")
    told = said(office.account, leyla, anna, bilal).replace(f"case {number}", "case 4")
    for quote in quotes(section("Staff")):
        assert is_said(quote, told), quote
    all_are_readable(leyla, anna)


People = tuple[StrictPerson, StrictPerson, StrictPerson]


async def _answer(office: Office, root: Shown, number: str, people: People, chat: str) -> None:
    anna, bilal, leyla = people
    await office.is_asked(anna, "!take", "takes care", root.id)
    await office.sets_undo("10h")
    await office.is_asked(anna, "!answer Too hasty.", "Too hasty", root.id)
    await office.is_asked(bilal, f"!undo {number}", "Taken back. This answer is not sent")
    await office.sets_undo("1s")
    await anna.send(office.room, "!answer We come on Monday.", thread=root.id)
    answer = await leyla.sees("We come on Monday", room=chat)
    await leyla.sees(f"^{ANSWERED}$", room=chat, rings=True)
    assert not answer.rings
    assert not [x for x in leyla.seen(chat) if "hasty" in x.body]
    await office.tells(bilal, "^(Sent|Delivered)")


async def _takes_back(office: Office, root: Shown, people: People, chat: str) -> None:
    """It is hidden; staff hold it once; what they do not hold is erased when she says so."""
    anna, bilal, leyla = people
    regret = await leyla.send(chat, "It was Mr. Schmidt.")
    copy = await office.tells(bilal, "Mr. Schmidt")
    await leyla.redact(chat, regret)
    await bilal.loses(copy)
    told = await office.tells(bilal, "was taken back")
    hold = "!hold 14 A child is in danger."
    await office.is_asked(anna, hold, "keeps until .* The reason: A child", root.id)
    await office.tells(bilal, "Mr. Schmidt", since=told.id)
    await leyla.send(chat, "!delete")
    await leyla.sees("The office keeps what you have taken back until", room=chat)
    regret = await leyla.send(chat, "It was Mrs. Meier.")
    copy = await office.tells(bilal, "Mrs. Meier")
    await leyla.redact(chat, regret)
    await bilal.loses(copy)
    await leyla.send(chat, "!delete")
    await office.tells(anna, "asked in an encrypted message to have it erased")


async def _look_up(office: Office, root: Shown, number: str, people: People) -> None:
    """Who it was: two ask, and two postpone telling her."""
    anna, bilal, leyla = people
    await office.is_asked(anna, "!identity A child is in danger.", "asks who brought", root.id)
    shown = await office.is_asked(bilal, f"!identity {number}", "was brought by")
    assert leyla.user_id in shown.body
    await office.is_asked(anna, f"!postpone {number} He reads her phone.", "tell the person later")
    await office.is_asked(bilal, f"!postpone {number}", "unless two members postpone it again")
