"""Keys that somebody with power over a homeserver makes in a member's name."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from bots.lab.people.crosssigning import Identity
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.conftest import unique
from tests.kit.founders import reads_out
from tests.synapse.networks import PASSWORD, Client
from tests.synapse.ombuds_house import OpenHouse, house

__all__ = ["house"]
pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]


async def replaces(victim: Person, synapse: EmbeddedSynapse, folder: Path) -> Person:
    """A homeserver's admin gives her account a new password, logs in, and makes new keys."""
    await synapse.register(admin := unique("chief"), PASSWORD, admin=True)
    client = await Client.log_in(synapse.url, admin)
    target = f"/_synapse/admin/v1/reset_password/{quote(victim.user_id, safe='')}"
    body: dict[str, object] = {"new_password": PASSWORD, "logout_devices": False}
    await client.server.call("password", "POST", target, body)
    await client.close()
    ghost = await Person.create(
        synapse.url, victim.user_id, PASSWORD, folder / "ghost", cross_signed=False
    )
    identity = Identity(folder / "ghost" / "identity.json", victim.user_id)
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": victim.user_id},
        "password": PASSWORD,
    }
    body = {**identity._public_keys(), "auth": auth}
    await ghost.homeserver.call("POST", "/keys/device_signing/upload", body)
    await identity.establish(ghost.homeserver.call, ghost.device_id)
    await ghost.start()
    return ghost


async def test_who_replaces_a_members_keys_reads_and_commands_nothing_and_all_are_told(
    house: OpenHouse, synapse: EmbeddedSynapse, tmp_path: Path
) -> None:
    async with house() as h:
        chat, _ = await h.leyla.write_privately(h.account, "The heating is broken.")
        case = await h.staff_see("The heating is broken")
        ghost = await replaces(h.bilal, synapse, tmp_path)
        try:
            await h.staff_see("keys of .* have changed")
            await h.leyla.send(chat, "and since then")
            await h.staff_see("and since then")
            await ghost.send(h.room, "!answer It is nothing.", thread=case.event_id)
            await ghost.send(h.room, f"!team add {h.leyla.user_id}")
            await h.staff_see("is not confirmed, and has just been given a code")
            await h.anna.send(h.room, "!answer We come.", thread=case.event_id)
            await h.leyla_sees(chat, "We come")
            assert not [x for x in h.told_to_leyla(chat) if "nothing" in x]
            assert not [x for x in ghost.seen(h.room) if "since then" in (x.body or "")]
            assert not h.leyla.invited_rooms
        finally:
            await ghost.close()


async def test_a_member_with_new_keys_is_confirmed_by_a_code_that_she_reads_out(
    house: OpenHouse, synapse: EmbeddedSynapse, tmp_path: Path
) -> None:
    async with house() as h:
        again = await replaces(h.bilal, synapse, tmp_path)
        try:
            await h.staff_see("keys of .* have changed")
            await reads_out(again, h.room, h.anna)
            chat, _ = await h.leyla.write_privately(h.account, "for both of you")
            case = await again.wait_for(room_id=h.room, body=re.compile("for both of you"))
            await again.send(h.room, "!answer We both come.", thread=case.event_id)
            await h.leyla_sees(chat, "We both come")
        finally:
            await again.close()
