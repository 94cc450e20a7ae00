"""Who decides in the network's rooms: the admin takes over the account of a coordinator."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Json, Liar
from tests.synapse.attacks.scene import chief, lies
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.coordinating import Desk, Desks

__all__ = ["chief", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]
DAYS = timedelta(days=14)


@pytest.fixture
def desks(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> Desks:
    return Desks(new_account, make_person, tmp_path / "office")


async def known(desk: Desk, make_person: MakePerson) -> Person:
    """Anna, once the office knows her by a device that she has signed."""
    anna = await make_person(account=desk.anna)
    await anna.join(desk.room)
    await anna.send(desk.room, "!decline #77")
    await desk.told("Who is meant")
    return anna


async def test_a_new_password_decides_nothing_in_the_network(
    desks: Desks, chief: Admin, make_person: MakePerson
) -> None:
    """The admin sets a new password for Anna, logs in, and lets Leyla in: it is held, though Anna's
    days are not over, and those who decide read it. Her own word counts on."""
    async with desks.at_work(DAYS) as desk:
        anna = await known(desk, make_person)
        ghost = await chief.ghost(make_person, anna.user_id)
        await ghost.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        await desk.told("have not carried out .*!admit")
        assert await desk.still_waits()
        await anna.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        await desk.is_let_in()


async def test_replaced_keys_decide_nothing_until_a_colleague_vouches(
    desks: Desks, chief: Admin, make_person: MakePerson, tmp_path: Path
) -> None:
    """The admin replaces Anna's cross-signing keys and signs a device with them. What it commands
    is held, it cannot vouch for itself, and those who decide are told."""
    async with desks.at_work(DAYS) as desk:
        anna = await known(desk, make_person)
        ghost = await chief.reborn(make_person, anna.user_id, tmp_path)
        await ghost.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        await desk.told("the keys of .* have changed")
        await ghost.send(desk.room, f"!confirm {anna.user_id}")
        await desk.told("^The keys of .* have changed")
        assert await desk.still_waits()


async def test_a_coordinators_keys_that_are_left_out_decide_nothing(
    desks: Desks, chief: Admin, lies: Liar, make_person: MakePerson
) -> None:
    """The homeserver shows Anna as somebody without cross-signing keys, and a device of the admin's
    as hers. Nothing is obeyed as in her first days, and those who decide are told."""
    async with desks.at_work(DAYS, lies.url) as desk:
        anna = await known(desk, make_person)

        def leave_out(answer: Json) -> None:
            for kind in ("master_keys", "self_signing_keys", "user_signing_keys"):
                answer.get(kind, {}).pop(anna.user_id, None)

        lies.keys(leave_out)
        ghost = await chief.ghost(make_person, anna.user_id)
        await ghost.send(desk.room, "!admit", reply_to=desk.wish.event_id)
        await desk.told("does not show the keys")
        assert await desk.still_waits()
