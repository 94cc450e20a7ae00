"""A newcomer finds the accounts for people by their names, and nobody else thereby."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bots.lab.people.client import MatrixError, room_path
from bots.lab.people.person import Person
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.settings import Settings
from bots.runtime.office.serving import Account
from bots.runtime.speech.words import Words
from tests.conftest import unique
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse


async def _search(person: Person, term: str) -> set[str]:
    answer: dict[str, Any] = await person.homeserver.call(
        "POST", "/user_directory/search", {"search_term": term}
    )
    return {x["user_id"] for x in answer["results"]}


async def test_the_account_is_found_by_its_name_and_nobody_else(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    account = await new_account("welcome")
    member, newcomer = await make_person("member"), await make_person("newcomer")
    name = unique("Willkommen")
    settings = Settings(
        account=account.user_id,
        network="Bündnis",
        space="!space:x",
        coordination="!coordination:x",
        languages=("en",),
        rules={},
        rules_version="1",
    )
    post = Account(
        account.homeserver, account.user_id, account.password, display_name=name, findable=True
    )
    bots = [(OnboardingBot(settings, Words()), post)]
    for _ in range(2):  # a second start makes no second room
        async with running(tmp_path / "office", bots):
            await member.write_privately(account.user_id, "Hello?")
            await until(lambda: _found(newcomer, name, account.user_id))
    assert await _search(newcomer, member.user_id) == set()
    await _only_it_is_there(newcomer, account.user_id)


async def _found(person: Person, name: str, user: str) -> bool:
    return user in await _search(person, name)


async def _only_it_is_there(newcomer: Person, user: str) -> None:
    """Who looks into the room sees the account alone, and can't come in."""
    localpart, _, server = user.removeprefix("@").partition(":")
    alias = f"%23buendnis-findable-{localpart}:{server}"
    answer = await newcomer.homeserver.call("GET", f"/directory/room/{alias}")
    room = answer["room_id"]
    members = await newcomer.homeserver.call("GET", room_path(room, "members"))
    assert [x["state_key"] for x in members["chunk"]] == [user]
    with pytest.raises(MatrixError, match="M_FORBIDDEN"):
        await newcomer.homeserver.call("POST", f"/join/{room}", {})
