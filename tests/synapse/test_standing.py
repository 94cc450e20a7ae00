"""Coordinators without signed devices, on a real Synapse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bots.lab.people.crosssigning import Identity
from bots.lab.people.person import Person
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.coordinating import Desk, Desks

pytestmark = pytest.mark.synapse


@pytest.fixture
def desks(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> Desks:
    return Desks(new_account, make_person, tmp_path / "office")


async def unsigned(desk: Desk, make_person: MakePerson) -> Person:
    """Anna, whose account has no keys of its own."""
    anna = await make_person(account=desk.anna, cross_signed=False)
    await anna.join(desk.room)
    return anna


async def test_within_her_days_she_is_obeyed_and_told(
    desks: Desks, make_person: MakePerson
) -> None:
    async with desks.at_work(timedelta(days=14)) as desk:
        anna = await unsigned(desk, make_person)
        await anna.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        await desk.is_let_in()
        await desk.told("is not verified.*until")
        shown = await desk.told("^Picture: the settings", msgtype="m.image")
        assert shown.encrypted


async def test_what_is_held_is_carried_out_once_she_has_signed_her_device(
    desks: Desks, make_person: MakePerson, tmp_path: Path
) -> None:
    async with desks.at_work(timedelta()) as desk:
        anna = await unsigned(desk, make_person)
        await anna.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        notice = await desk.told("have not carried out .*!admit")
        assert await desk.still_waits()
        await anna.send(desk.room, "!confirm", reply_to=notice.event_id)
        await desk.told("The device on which you wrote this is not verified")
        identity = Identity(tmp_path / "identity.json", anna.user_id)
        await identity.establish(anna.homeserver.call, anna.device_id)
        await anna.send(desk.room, "!confirm", reply_to=notice.event_id)
        await desk.is_let_in()
