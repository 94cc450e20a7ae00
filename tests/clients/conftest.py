"""Strict people on the session's Synapse, in each version that people have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.clients.engines import VERSIONS, Engine, engine
from tests.clients.strict import StrictPerson
from tests.conftest import Account

MakeStrict = Callable[..., Awaitable[StrictPerson]]


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> Engine:
    return engine(request.param)


@pytest.fixture
async def strict(
    version: Engine, new_account: Callable[..., Awaitable[Account]]
) -> AsyncIterator[MakeStrict]:
    """`await strict("leyla")`: a new account, or `account=`, with a phone that is switched on."""
    people: list[StrictPerson] = []

    async def make(name: str = "leyla", *, account: Account | None = None) -> StrictPerson:
        person = await StrictPerson.opened(version, account or await new_account(name))
        people.append(person)
        return person

    yield make
    await asyncio.gather(*(person.close() for person in people))
