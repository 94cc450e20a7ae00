"""From ten answers to a first message: what `buendnis init` wrote, on a real Synapse."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bots.lab.people.person import Person
from tests.kit.founders import confirms
from tests.synapse.installed import (
    DOMAIN,
    PASSWORD,
    Installed,
    add_initiatives,
    homeserver,
    initialised,
    on_loopback,
)
from tests.synapse.processes import Installation

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installed]:
    installed = await initialised(tmp_path / "buendnis")
    on_loopback(installed)
    async with homeserver(installed):
        await installed.own_accounts()
        yield installed


async def person(here: Installed, name: str) -> Person:
    await here.account(name)
    user = f"@{name}:{DOMAIN}"
    found = await Person.create(here.url, user, PASSWORD, here.folder.parent / name)
    await found.start()
    return found


async def applied(network: Installation) -> str:
    done = await network.command("apply")
    assert done.status == 0, done.out + done.err
    return done.out


async def test_from_answers_to_a_first_message(here: Installed) -> None:
    network, ombuds = here.office("network"), here.office("ombuds")
    anna, bilal = await person(here, "anna"), await person(here, "bilal")
    try:
        assert "Changes made" in await applied(network)
        add_initiatives(here, 3)
        assert "+ #verein-2" in await applied(network)
        assert "Nothing was to be changed" in await applied(network)
        await network.ready()
        await ombuds.ready()
        await _writes_in_the_alliance(here, anna)
        await _complains(here, anna, bilal)
        await _pages(here)
        assert await _healthy(network) == await _healthy(ombuds) == 0
    finally:
        for one in (anna, bilal, network, ombuds):
            await one.close()
    assert ' 429 "' not in here.synapse_log, "a limit of Synapse's was too low"
    assert ' 200 "' in here.synapse_log, "the log tells of requests"


async def _writes_in_the_alliance(here: Installed, anna: Person) -> None:
    """The coordinator was invited, and sees what she writes."""
    room = await anna.join(f"#koordination:{DOMAIN}")
    said = await anna.send(room, "Hallo zusammen!")
    assert (await anna.wait_for(event_id=said)).body == "Hallo zusammen!"


async def _complains(here: Installed, anna: Person, bilal: Person) -> None:
    invitation = await bilal.wait_until(
        lambda: next(
            (x.room_id for x in bilal.invited_rooms.values() if x.sender == f"@ombuds:{DOMAIN}"),
            None,
        ),
        "the staff's room",
    )
    staff = await bilal.join(invitation)
    await confirms(bilal, staff, code=here.code(bilal.user_id))
    room, _ = await anna.write_privately(f"@ombuds:{DOMAIN}", "Die Heizung ist kaputt.")
    await bilal.wait_for(room_id=staff, body=re.compile("Heizung"))
    await anna.wait_for(room_id=room, sender=f"@ombuds:{DOMAIN}")


async def _pages(here: Installed) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{here.pages}/healthz") as answer:
            assert answer.status == 200
        async with http.get(f"{here.pages}/imprint?lang=de") as answer:
            assert "Musterweg 1" in await answer.text()


async def _healthy(office: Installation) -> int:
    """The command of the containers' health checks."""
    return (await office.command("status")).status


async def test_nobody_registers_uninvited(here: Installed) -> None:
    body = {"username": "mallory", "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{here.url}/_matrix/client/v3/register", json=body) as answer:
            assert answer.status == 403
        async with http.get(f"{here.url}/_matrix/federation/v1/version") as answer:
            assert answer.status == 200
