"""`buendnis doctor` on real installations: an office that runs, one that does not, one whose room
somebody has tampered with."""

from __future__ import annotations

import json
import re
import secrets
import signal
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from bots.lab.people.client import room_path
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from federation.encryption.trust import CrossSigning
from tests.conftest import Account, unique
from tests.synapse.findings import Findings, by_check, checkup, marks
from tests.synapse.ombuds_process import Install, install, joined
from tests.synapse.processes import Installation, address, held_port, passing_on
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse
__all__ = ["install"]

MakePerson = Callable[..., Awaitable[Person]]
NewAccount = Callable[..., Awaitable[Account]]


async def doctor(here: Installation) -> Findings:
    """Every finding, by its check; the exit status must fit them."""
    done = await here.command("doctor", "--json")
    answer = json.loads(done.out)
    faults = [found for found in answer["findings"] if found["mark"] == "fault"]
    assert (done.status, answer["ok"], done.err) == (1 if faults else 0, not faults, "")
    return by_check(answer["findings"])


async def healthy(here: Installation) -> None:
    async def is_healthy() -> bool:
        found = marks(await checkup(here))
        found.pop("team", None)  # a team of one is told of, and works
        return {mark for one in found.values() for mark in one} == {"ok"}

    await until(is_healthy, "an office with which nothing is wrong")


async def test_an_office_with_which_nothing_is_wrong(
    install: Install, make_person: MakePerson
) -> None:
    anna, bilal = await make_person("anna"), await make_person("bilal")
    here = install(anna.user_id, bilal.user_id)
    here.state.mkdir(mode=0o700)
    here.folder.chmod(0o700)
    await here.ready()
    room = await joined(anna, here)
    await joined(bilal, here)
    await healthy(here)
    done = await here.command("doctor")
    lines = [line for line in done.out.splitlines()[:-2] if not line.startswith(" ")]
    # How much room there is on the disk is not for this test to say.
    others = [line for line in lines if not line.startswith("✓") and " disk " not in line]
    # Nor does every office say who runs what, or whom an alarm is mailed to.
    assert {line.split()[2] for line in others} <= {"in", "alarms"}
    lines = [line for line in lines if line.split()[2] != "in"]
    assert done.status == 0
    assert [line.split()[2] for line in lines] == [
        *("settings", "secrets", "state", "disk", "seal", "at", "backup", "homeserver", "clock"),
        *(
            "registering",
            "homeserver",
            "login",
            "login",
            "alarms",
            "office",
            "queue",
            "set",
            "sync",
            "device",
            "keys",
        ),
        *("room", "power", "staff", "identities", "confirmed"),
    ]
    for name in (anna.user_id, anna.user_id[1:].partition(":")[0], room, bilal.user_id):
        assert name not in done.out


async def test_a_registration_secret_registers_nothing(
    install: Install, synapse: EmbeddedSynapse, new_account: NewAccount, make_person: MakePerson
) -> None:
    here = install()
    found = marks(await doctor(here))
    assert found["login"] == ["ok", "ok"]
    assert found["office"] == ["note"]
    assert not here.state.exists()
    admin = await make_person(account=await new_account("admin", admin=True))
    assert await users_like(admin, here.account) == []
    await here.ready()
    assert await users_like(admin, here.account) == [here.account]


async def test_a_wrong_registration_secret(install: Install) -> None:
    here = install()
    assert marks(await doctor(here))["registering"] == ["ok"]
    (here.folder / "registration.secret").write_text("another")
    [wrong] = (await doctor(here))["registering"]
    assert (wrong["mark"], "does not know" in wrong["found"]) == ("fault", True)
    assert "registration_shared_secret" in wrong["remedy"]


async def test_a_state_that_was_lost(install: Install) -> None:
    here = install()
    assert "state" in marks(await doctor(here))
    office = await here.ready()
    await office.kill()
    assert marks(await doctor(here))["state"] == ["ok"]
    here.state.rename(here.state.with_name("elsewhere"))
    lost = [one for one in (await doctor(here))["state"] if one["mark"] == "fault"]
    assert ["has run before" in one["found"] for one in lost] == [True]
    assert "buendnis restore" in lost[0]["remedy"]


async def users_like(admin: Person, user: str) -> list[str]:
    """What Synapse's admin API lists of this name."""
    url = f"{admin.homeserver.nio.homeserver}/_synapse/admin/v2/users"
    headers = {"Authorization": f"Bearer {admin.homeserver.nio.access_token}"}
    query = {"name": user[1:].partition(":")[0]}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(url, params=query) as answer,
    ):
        return [one["name"] for one in (await answer.json())["users"]]


async def test_no_device_is_made(
    install: Install, new_account: NewAccount, make_person: MakePerson
) -> None:
    account = await new_account("ombuds")
    phone = await make_person(account=account)
    here = by_password(install(), account)
    before = await phone.homeserver.call("GET", "/devices")
    found = marks(await doctor(here))
    assert (found["login"], found["office"]) == (["ok"], ["note"])
    after = await phone.homeserver.call("GET", "/devices")
    assert [one["device_id"] for one in after["devices"]] == [
        one["device_id"] for one in before["devices"]
    ]


def by_password(here: Installation, account: Account) -> Installation:
    here.settings["account"] = {
        "user": account.user_id,
        "password_file": here.secret("password", account.password),
    }
    here.write()
    return here


async def test_a_token_and_whose_it_is(
    install: Install, new_account: NewAccount, make_person: MakePerson
) -> None:
    account = await new_account("ombuds")
    phone = await make_person(account=account)
    here = install()
    token = here.secret("token", str(phone.homeserver.nio.access_token))
    here.settings["account"] = {"user": account.user_id, "token_file": token}
    here.write()
    assert marks(await doctor(here))["login"] == ["ok"]
    here.settings["account"]["user"] = f"@{secrets.token_hex(4)}:localhost"
    here.write()
    assert "another account" in (await doctor(here))["login"][0]["found"]
    here.secret("token", "syt_not_this_one")
    assert "no longer accepts" in (await doctor(here))["login"][0]["found"]


async def test_another_device_of_the_account_is_noticed(
    install: Install, new_account: NewAccount, make_person: MakePerson
) -> None:
    account = await new_account("ombuds")
    here = by_password(install(), account)
    await here.ready()
    assert marks(await checkup(here))["device"] == ["ok"]
    await make_person(account=account, cross_signed=False)
    [found] = (await checkup(here))["device"]
    assert (found["mark"], found["found"]) == (
        "note",
        "cross-signed; other devices of the account: 1",
    )


async def test_a_device_that_lost_its_signature_is_a_fault(
    install: Install, new_account: NewAccount, make_person: MakePerson
) -> None:
    account = await new_account("ombuds")
    here = by_password(install(), account)
    office = await here.ready()
    intruder = await make_person(account=account, cross_signed=False)
    for _ in range(2):
        await reset_identity(intruder, account)
        [found] = (await checkup(here))["device"]
        assert found["mark"] == "fault"
        assert "not signed" in found["found"]
        await office.kill()
        office = await here.ready()
        assert marks(await checkup(here))["device"] == ["note"]


async def reset_identity(person: Person, account: Account) -> None:
    """Put new cross-signing keys in the place of the office's, as a client's "reset" does."""
    body = CrossSigning(account.user_id, lambda usage: secrets.token_bytes(32)).upload_body()
    who = {"type": "m.id.user", "user": account.user_id}
    proof = {"type": "m.login.password", "identifier": who, "password": account.password}
    await person.homeserver.call("POST", "/keys/device_signing/upload", {**body, "auth": proof})


async def test_a_room_that_somebody_has_tampered_with(
    install: Install, synapse: EmbeddedSynapse, new_account: NewAccount, make_person: MakePerson
) -> None:
    """By whom the office can't keep out, the homeserver's own admin, while it looks away."""
    anna = await make_person("anna")
    here = install(anna.user_id)
    office = await here.ready()
    room = await joined(anna, here)
    await healthy(here)
    admin = await make_person(account=await new_account("admin", admin=True))
    office.signal(signal.SIGSTOP)
    await take_over(admin, room)
    await admin.wait_until(lambda: admin.invited_rooms.get(room), "an invitation")
    await admin.join(room)
    target = room_path(room, "state", "m.room.join_rules", "")
    await admin.homeserver.call("PUT", target, {"join_rule": "public"})
    office.signal(signal.SIGCONT)
    found = await checkup(here)
    assert [one["found"] for one in found["room"]] == ["it lets in whoever was not invited"]
    assert found["power"][0]["found"].endswith("who can change who gets into its room: 1")
    assert (marks(found)["room"], marks(found)["power"]) == (["fault"], ["fault"])


async def take_over(admin: Person, room: str) -> None:
    """Synapse, "Make Room Admin API"."""
    url = f"{admin.homeserver.nio.homeserver}/_synapse/admin/v1/rooms/{room}/make_room_admin"
    headers = {"Authorization": f"Bearer {admin.homeserver.nio.access_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(url, json={"user_id": admin.user_id}) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def test_staff_whose_clients_never_made_keys(
    install: Install, new_account: NewAccount, make_person: MakePerson
) -> None:
    anna = await make_person("anna")
    bilal = await make_person("bilal", cross_signed=False)
    carla = await new_account("carla")
    dora = f"@{unique('dora')}:{anna.user_id.partition(':')[2]}"  # a slip of the pen
    here = install(anna.user_id, bilal.user_id, carla.user_id, dora)
    before = (await doctor(here))["staff"][0]
    assert before["mark"] == "fault"
    assert before["found"].endswith(f"without an account: {dora}")
    await here.ready()
    room = await joined(anna, here)
    await bilal.join(room)
    await anna.wait_for(room_id=room, body=re.compile(f"kein solches Konto.*{re.escape(dora)}"))

    async def both_are_in() -> bool:
        told = (await checkup(here))["staff"][0]
        return bool(told["found"] == "2 of 3 of the team are in the room")

    await until(both_are_in, "two of the team in the room")
    found = await checkup(here)
    assert [one["found"] for one in found["identities"]] == [
        "of the team without one: 2 of 3",
        "of the team without a device that gets keys: 1 of 3",
    ]
    assert marks(found)["identities"] == ["note", "note"]


async def test_an_office_whose_homeserver_is_away(
    install: Install, synapse: EmbeddedSynapse
) -> None:
    port = held_port()
    here = install(homeserver=address(port))
    office = await here.start()
    await office.logs("No answer from the homeserver")
    found = await doctor(here)
    assert marks(found)["homeserver"] == ["fault"]
    assert [one["mark"] for one in found["office"]] == ["ok", "note"]
    assert "has not reached its homeserver yet" in found["office"][1]["found"]
    async with passing_on(port, synapse.port):
        await here.status("reachable")
        assert marks(await doctor(here))["sync"] == ["ok"]
