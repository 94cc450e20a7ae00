"""`buendnis doctor` on real networks: one with which nothing is wrong, and others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.reading import load_network
from bots.offices.registry import BOTS
from bots.offices.spaces.planning import planning
from bridges.email.dkim import Key
from federation.spaces.state import POWER_LEVELS
from tests.conftest import unique
from tests.kit.names import Records, name_server, quoted
from tests.synapse.alliance import Network, network
from tests.synapse.findings import Findings, by_check, checkup, marks
from tests.synapse.processes import held_port, passing_on
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]
__all__ = ["network"]

SENDER = "net.example"


def signed(network: Network) -> Records:
    """Give it a key; what belongs into the DNS."""
    secret = Ed25519PrivateKey.generate()
    pem = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    name = network.here.secret("dkim.pem", pem.decode())
    dkim = {"domain": SENDER, "selector": "s1", "key_file": name}
    network.declared.data["email"]["dkim"] = dkim
    key = Key.load(SENDER, "s1", pem)
    return {
        (key.host, "TXT"): [quoted(key.record())],
        (SENDER, "TXT"): ['"v=spf1 a:127.0.0.1 -all"'],
        (f"_dmarc.{SENDER}", "TXT"): ['"v=DMARC1; p=none"'],
        (SENDER, "MX"): ["10 mail.net.example."],
    }


EACH = ("sync", "device", "keys", "present")
GREETER = "onboarding"
"""Its account is asked about those who decide."""


async def doctor(network: Network, records: Records | None = None) -> Findings:
    """Every finding, by its check; the exit status must fit them."""
    with name_server(records or {}) as port:
        where = ("--name-server", f"127.0.0.1:{port}")
        done = await network.here.command("doctor", "--json", *where)
    answer = json.loads(done.out)
    faults = [found for found in answer["findings"] if found["mark"] == "fault"]
    assert (done.status, answer["ok"], done.err) == (1 if faults else 0, not faults, "")
    return by_check(answer["findings"])


async def healthy(network: Network) -> None:
    wrong: list[Any] = []

    async def is_healthy() -> bool:
        found = await checkup(network.here)
        wrong[:] = [one for some in found.values() for one in some if one["mark"] != "ok"]
        return not wrong

    try:
        await until(is_healthy, "an office with which nothing is wrong")
    except AssertionError as error:
        raise AssertionError(f"{error}: {wrong}") from None


async def test_a_network_with_which_nothing_is_wrong(network: Network) -> None:
    records = signed(network)
    network.declared.data["web"]["public_url"] = network.pages
    network.declared.data["rules"] |= {"de": "Sei nett.", "ar": "كن لطيفًا."}
    network.here.write()
    network.here.folder.chmod(0o700)
    await network.open()
    await healthy(network)
    with name_server(records) as port:
        done = await network.here.command("doctor", "--name-server", f"127.0.0.1:{port}")
    lines = [line for line in done.out.splitlines()[:-2] if not line.startswith(" ")]
    # How much room there is on the disk is not for this test to say.
    assert [line for line in lines if not line.startswith("✓") and " disk " not in line] == []
    assert done.status == 0
    bots = [bot.name for bot in BOTS]
    assert [line[9:].split("  ")[0].strip() for line in lines] == [
        *(
            "settings",
            "secrets",
            "state",
            "disk",
            "seal key",
            "at rest",
            "backup",
            "homeserver",
            "clock",
        ),
        "registering",
        *("homeserver", "login", "login", "rooms", "mail server", "signature", "spf", "dmarc"),
        *("mx", "office", "queue", "set aside"),
        *(check for bot in bots for check in (*EACH, *(("verified",) if bot == GREETER else ()))),
        *("pages", "pages"),
    ]
    assert [sum(f" {bot}: " in line for line in lines) for bot in bots] == [
        5 if bot == GREETER else 4 for bot in bots
    ]
    for person in (network.anna, network.nora):
        assert person.user_id[1:].partition(":")[0] not in done.out


async def test_before_anything_was_applied(network: Network) -> None:
    found = await doctor(network)
    assert marks(found)["login"] == ["ok", "ok"]
    assert [one["mark"] for one in found["rooms"]] == ["note"]
    assert "buendnis plan" in found["rooms"][0]["remedy"]
    assert marks(found)["mail server"] == ["ok"]
    assert not network.here.state.exists()


async def test_an_account_with_the_token_of_another(network: Network) -> None:
    token = str(network.anna.homeserver.nio.access_token)
    accounts = network.declared.data["accounts"]
    accounts["exchange"] = {
        "user": accounts["exchange"],
        "token_file": network.here.secret("token", token),
    }
    network.here.write()
    found = await doctor(network)
    assert marks(found)["login"] == ["ok", "ok", "fault"]
    wrong = found["login"][2]
    assert "another account" in wrong["found"]
    assert "accounts.exchange" in wrong["remedy"]
    assert token not in json.dumps(found)
    assert found["secrets"][0]["found"].endswith(": secret, token")


def _name_contacts(network: Network, *people: str) -> None:
    """For the initiative that was declared last."""
    network.declared.data["initiatives"][-1]["contacts"] = [*people]
    network.here.write()


def _is_told(nobody: str, found: Findings) -> None:
    [told] = [one for one in found["rooms"] if one["found"].startswith(nobody)]
    assert told["mark"] == "fault"
    assert "has no account on its server" in told["found"]
    assert told["remedy"].startswith("correct the name")


async def test_rooms_that_are_otherwise_than_declared(network: Network) -> None:
    await network.open()
    await network.sharing()
    await healthy(network)
    creator = await network.declared.client("creator")
    carrier = await network.declared.client("exchange")
    try:
        room = await network.declared.room_id(creator, "north/offen")
        levels = (await creator.state(room))[POWER_LEVELS, ""]["content"]
        del levels["users"][network.declared.user("exchange")]
        await creator.put(room, POWER_LEVELS, levels)
        await carrier.call("POST", "rooms", room, "leave", body={})
    finally:
        await creator.close()
        await carrier.close()
    nobody = f"@{unique('nobody')}:{network.nora.user_id.partition(':')[2]}"
    network.declared.initiative("south")
    _name_contacts(network, network.nora.user_id, nobody)
    found = await doctor(network)
    told = [one["found"] for one in found["rooms"]]
    _is_told(nobody, found)
    _name_contacts(network, network.nora.user_id)
    end = network.declared.end
    assert [text for text in told if text.startswith("not there: ")] == [
        f"not there: #south{end}, #south{end}-treffpunkt, #south{end}-offen"
    ]
    assert any(text.endswith(f"may lack some: #north{end}-offen") for text in told)
    present = {one["found"]: one["mark"] for one in found["present"]}
    assert present["exchange: in 2 of the 3 rooms that it serves"] == "fault"
    done = await network.here.command("apply")
    assert done.status == 0
    await healthy(network)


async def test_a_mail_server_that_is_away(network: Network, tmp_path: Path) -> None:
    port = held_port()
    network.declared.data["email"]["smtp"]["port"] = port.getsockname()[1]
    await network.open()
    with port:
        found = await doctor(network)
        assert marks(found)["mail server"] == ["fault"]
        assert "nothing listens at 127.0.0.1:" in found["mail server"][0]["found"]
    assert marks(found)["pages"] == ["fault"]


async def test_while_an_apply_is_under_way(network: Network) -> None:
    await network.apply()
    async with planning(load_network(network.here.file)):
        found = await doctor(network)
    assert [one["mark"] for one in found["rooms"]] == ["note"]
    assert "is under way" in found["rooms"][0]["found"]


async def test_an_office_that_waits_for_its_rooms(
    network: Network, synapse: EmbeddedSynapse
) -> None:
    await network.apply()
    port = held_port()
    network.through(port)
    office = await network.here.start()
    await office.logs("can't be looked up yet")
    found = await doctor(network)
    assert marks(found)["homeserver"] == ["fault"]
    assert [one["mark"] for one in found["office"]] == ["ok", "note"]
    assert "waits until it can look up its rooms" in found["office"][1]["found"]
    async with passing_on(port, synapse.port):
        await network.here.status("reachable")
        await healthy(network)
