"""What an operator of an accommodation learns by writing to the office herself."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from tests.synapse.attacks.scene import House, begun, house
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import OpenHouse

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]
BETWEEN = 4


async def number(h: House, person: Person, chat: str, known: set[int]) -> int:
    """That of a case, as she who wrote it is told it; another one than those."""

    def told(seen: Seen) -> bool:
        found = re.findall(r"number is \W*(\d+)", seen.body or "")
        return bool(found) and int(found[0]) not in known

    seen = await person.wait_for(told, room_id=chat, sender=h.account)
    return int(re.findall(r"number is \W*(\d+)", seen.body or "")[0])


async def test_two_complaints_count_nothing(house: OpenHouse, make_person: MakePerson) -> None:
    """The operator sends a complaint, waits, and sends another. The two numbers that she is told do
    not show how many came between."""
    async with house() as h:
        operator = await make_person("operator")
        chat, _ = await operator.write_privately(h.account, "A first complaint.")
        numbers = [await number(h, operator, chat, set())]
        theirs, _ = await begun(h)
        numbers.append(await number(h, h.leyla, theirs, set()))
        for one in range(BETWEEN):
            await operator.send(chat, f"!new One more of them, {one}.")
            numbers.append(await number(h, operator, chat, set(numbers)))
        steps = [abs(after - before) for before, after in pairwise(numbers)]
        assert len(set(numbers)) == BETWEEN + 2
        assert max(steps) > 10 * BETWEEN, "they are drawn: so near to each other once in 10^10"


async def test_matters_of_one_person_are_linked_by_her_word_alone(house: OpenHouse) -> None:
    """Staff know by a talk who brought one matter. Whatever else she brings stays apart from it:
    nothing in the room says that two cases are hers, until she says so, encrypted."""
    async with house() as h:
        chat, first = await begun(h)
        one = await number(h, h.leyla, chat, set())
        await h.leyla.send(chat, "!new")
        await h.leyla_sees(chat, "new matter")
        await h.leyla.send(chat, "The guard shouts.")
        second = await h.staff_see("The guard shouts")
        other = await number(h, h.leyla, chat, {one})
        assert str(one) not in (second.body or "")
        assert second.thread is None
        await h.leyla.send(chat, f"!link {one}")
        await h.staff_see(rf"\b{one}\b", thread=second.event_id)
        assert other != one
        assert first.event_id != second.event_id
