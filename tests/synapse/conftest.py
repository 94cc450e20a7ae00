"""People with phones on the session's Synapse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bots.lab.people.person import Person
from federation.encryption import meeting
from tests.conftest import Account

NewAccount = Callable[..., Awaitable[Account]]
MakePerson = Callable[..., Awaitable[Person]]


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """These phones ask for devices whenever they need them; `tests/clients` has those that don't.
    The pause would be of a real clock, where many tests move one of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meeting, "PAUSE", 0.0)
        yield


async def conversation(one: Person, other: Person, **options: Any) -> str:
    """A private conversation in which both have written and read."""
    room, first = await one.write_privately(other.user_id, "Hallo?", **options)
    await other.wait_until(lambda: other.invited_rooms.get(room))
    await other.join(room)
    await other.wait_for(event_id=first)
    answer = await other.send(room, "Ja!")
    await one.wait_for(event_id=answer)
    return room


@pytest.fixture
async def make_person(new_account: NewAccount, tmp_path: Path) -> AsyncIterator[MakePerson]:
    """`await make_person("anna")`: a new account with a phone that listens.

    `account=` is an account that exists, `directory=` a phone that was used before; everything
    else is `Person.create`'s. All phones are switched off at the end.
    """
    people: list[Person] = []

    async def make(
        name: str = "anna",
        *,
        account: Account | None = None,
        directory: Path | None = None,
        **options: Any,
    ) -> Person:
        account = account or await new_account(name)
        directory = directory or tmp_path / f"{account.localpart}-{len(people)}"
        person = await Person.create(
            account.homeserver, account.user_id, account.password, directory, **options
        )
        people.append(person)
        await person.start()
        return person

    yield make
    for person in people:
        await person.close()
