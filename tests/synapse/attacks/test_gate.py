"""Somebody has taken over the part that faces the web, and knows every secret of the homeserver.

Before a real Synapse stands the gate as `buendnis init` writes it, run by Caddy itself.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.cli.installing.deployment import BEHIND_GATE, HOMESERVER
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse, free_port
from tests.conftest import Account, unique
from tests.kit.installation import initialised
from tests.kit.programs import program
from tests.synapse.attacks.admin import Admin

pytestmark = pytest.mark.synapse
ADMINISTERING = (
    "/_synapse/admin/v1/register",
    "/_synapse/admin/v2/users",
    "/_synapse/admin/v1/rooms",
    "/_synapse/metrics",
    "/_synapse/replication",
    "/metrics",
    "/health",
    "/",
)
DISGUISES = (
    "/{}",
    "/_matrix/..{}",
    "/_matrix/../{}",
    "/_matrix/client/../..{}",
    "/_matrix/%2e%2e{}",
    "/_matrix/..%2f{}",
    "/_synapse/client/..{}",
    "/_synapse/client/%2e%2e/../{}",
    "/.{}",
    "{}?/_matrix/",
    "{}#/_matrix/",
    "{}/../_matrix/",
    "{}/../../_matrix/",
    "{}/../../../_matrix/",
    "{}/../../../../_matrix/",
    "{}/../../../../../_matrix/",
    "{}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/_matrix/",
    "{}/..%2f..%2f..%2f..%2f..%2f_matrix/",
    "{}/../../../../../_synapse/client/x",
    "http://gate/_matrix/..{}",
)


@pytest.fixture
async def gate(synapse: EmbeddedSynapse, tmp_path: Path) -> AsyncIterator[int]:
    """Its port. Only ports and names are others than in containers."""
    folder = initialised(tmp_path / "buendnis")
    file, port = folder / "gate" / "Caddyfile", free_port()
    text = file.read_text()
    listening, behind = f"\n:{HOMESERVER} {{", synapse.url.removeprefix("http://")
    assert text.count(BEHIND_GATE) == text.count(listening) == 1
    file.write_text(text.replace(BEHIND_GATE, behind).replace(listening, f"\n:{port} {{"))
    words = [program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]
    environment = {"PATH": os.environ["PATH"], "HOME": "/proc/nowhere"}
    with (tmp_path / "caddy.log").open("wb") as log:
        caddy = await asyncio.create_subprocess_exec(*words, env=environment, stderr=log)
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):
                assert caddy.returncode is None, (tmp_path / "caddy.log").read_text()
        yield port
    finally:
        caddy.terminate()
        await caddy.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        await asyncio.sleep(0.05)
        return False
    writer.close()
    return True


async def asked(port: int, target: str, token: str, method: str = "GET") -> tuple[int, str]:
    """Status and body of a request whose path nobody has tidied up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {target} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer {token}\r\n"
    writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
    try:
        async with asyncio.timeout(30):
            said = await reader.read()
    finally:
        writer.close()
    first, _, body = said.decode(errors="replace").partition("\r\n\r\n")
    return int(first.split()[1]), body


async def test_what_faces_the_web_reaches_no_administration(
    synapse: EmbeddedSynapse, gate: int
) -> None:
    """With an admin's own token, and however the path is written."""
    admin = await Admin.of(synapse)
    token = str(admin.client.server.token)
    try:
        behind = int(synapse.url.rpartition(":")[2])
        status, body = await asked(behind, ADMINISTERING[0], token)
        assert (status, '"nonce"' in body) == (200, True), "the attack itself works"
        for target in ADMINISTERING:
            for disguise in ("{}", *DISGUISES):
                for method in ("GET", "POST", "PUT", "DELETE"):
                    status, body = await asked(gate, disguise.format(target), token, method)
                    assert status in (400, 404), (disguise, target, method, body)
                    assert "nonce" not in body
                    assert "total" not in body
    finally:
        await admin.close()


async def test_people_come_through_the_gate(
    synapse: EmbeddedSynapse, gate: int, tmp_path: Path
) -> None:
    """Two people write to each other through it."""
    here = f"http://127.0.0.1:{gate}"
    people = []
    for name in ("anna", "bilal"):
        password = f"a password of {name}"
        user = await synapse.register(unique(name), password)
        account = Account(user, password, here)
        people.append(await Person.create(here, account.user_id, password, tmp_path / name))
    anna, bilal = people
    try:
        await anna.start()
        await bilal.start()
        room, said = await anna.write_privately(bilal.user_id, "Hallo?")
        await bilal.wait_until(lambda: bilal.invited_rooms.get(room))
        await bilal.join(room)
        assert (await bilal.wait_for(event_id=said)).body == "Hallo?"
    finally:
        for one in people:
            await one.close()
