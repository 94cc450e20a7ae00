"""The embedded Synapse: that it starts, goes on, ends with us, and says why it failed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import psutil
import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.config import merged
from bots.lab.synapse.embedded import (
    EmbeddedSynapse,
    PortTaken,
    RegistrationRefused,
    SynapseFailed,
    free_port,
)
from bots.lab.synapse.neighbours import Neighbours
from tests.conftest import Account, unique

pytestmark = pytest.mark.synapse

PARENT = """
import asyncio, os, sys, threading, time
from pathlib import Path
from bots.lab.synapse.embedded import EmbeddedSynapse

how, directory = sys.argv[1], Path(sys.argv[2])

def start():
    global synapse
    synapse = asyncio.run(EmbeddedSynapse.start(directory))

if how == "thread":
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
else:
    start()
if how == "fork" and os.fork() == 0:
    os.close(1)
    time.sleep(30)  # holds our end of the pipe
    os._exit(0)
print(synapse.pid, flush=True)
time.sleep(600)
"""


async def log_in(synapse: EmbeddedSynapse, user: str, password: str) -> int:
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user},
        "password": password,
    }
    url = f"{synapse.url}/_matrix/client/v3/login"
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as response:
        return response.status


async def test_it_registers_accounts(synapse: EmbeddedSynapse) -> None:
    name = unique("anna")
    user_id = await synapse.register(name, "secret")
    assert user_id == f"@{name}:{synapse.server_name}"
    assert await log_in(synapse, name, "secret") == 200
    assert await log_in(synapse, name, "wrong") == 403


async def test_an_account_is_registered_once(synapse: EmbeddedSynapse) -> None:
    name = unique("anna")
    await synapse.register(name, "secret")
    with pytest.raises(RegistrationRefused, match="M_USER_IN_USE"):
        await synapse.register(name, "secret")


async def test_a_server_admin_may_use_the_admin_api(
    synapse: EmbeddedSynapse, new_account: Callable[..., Awaitable[Account]]
) -> None:
    account = await new_account("chief", admin=True)
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.localpart},
        "password": account.password,
    }
    async with aiohttp.ClientSession(synapse.url) as http:
        async with http.post("/_matrix/client/v3/login", json=body) as response:
            token = (await response.json())["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        reports = "/_synapse/admin/v1/event_reports"
        async with http.get(reports, headers=headers) as response:
            assert response.status == 200


async def test_accounts_outlive_a_stop_a_kill_and_a_new_start(tmp_path: Path) -> None:
    directory = tmp_path / "with a space"
    first = await EmbeddedSynapse.start(directory)
    await first.register("anna", "secret")
    key = (directory / "signing.key").read_text()

    url = first.url
    await first.restart()
    assert first.url == url
    assert await log_in(first, "anna", "secret") == 200

    await first.kill()
    (directory / "homeserver.pid").write_text("1\n")
    async with await EmbeddedSynapse.start(directory) as second:
        assert await log_in(second, "anna", "secret") == 200
        assert (directory / "signing.key").read_text() == key
        assert second.registration_secret == first.registration_secret


async def test_a_stopped_one_can_be_stopped_again(tmp_path: Path) -> None:
    synapse = await EmbeddedSynapse.start(tmp_path)
    pid = synapse.pid
    assert pid is not None
    await synapse.stop()
    await synapse.stop()
    await synapse.kill()
    assert synapse.pid is None
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize("how", ["plain", "thread", "fork"])
async def test_it_ends_when_its_parent_is_killed(tmp_path: Path, how: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, how, str(tmp_path), stdout=PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout is not None
    child = psutil.Process(int(await parent.stdout.readline()))
    if how == "thread":
        await asyncio.sleep(1)
        assert child.is_running()
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await asyncio.to_thread(child.wait, 10)


async def test_a_failure_shows_the_end_of_the_log(tmp_path: Path) -> None:
    with pytest.raises(SynapseFailed, match=r"(?s)status 1.*synapse\.log.*Expected a list.*Mend"):
        await EmbeddedSynapse.start(tmp_path, extra={"listeners": "none"})


async def test_a_directory_keeps_its_server_name(tmp_path: Path) -> None:
    with pytest.raises(SynapseFailed, match="Expected a list"):
        await EmbeddedSynapse.start(tmp_path, server_name="one.test", extra={"listeners": "none"})
    with pytest.raises(SynapseFailed, match=r"holds the homeserver one\.test, not two\.test"):
        await EmbeddedSynapse.start(tmp_path, server_name="two.test")


async def test_one_directory_runs_one_synapse(synapse: EmbeddedSynapse) -> None:
    before = (synapse.directory / "homeserver.yaml").read_text()
    with pytest.raises(SynapseFailed, match="Another Synapse is running in"):
        await EmbeddedSynapse.start(synapse.directory, start_timeout=4)
    (synapse.directory / "homeserver.yaml").write_text(before)


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    occupied = socket.create_server(("127.0.0.1", 0))
    with occupied, pytest.raises(PortTaken, match="Failed to listen"):
        await EmbeddedSynapse.start(tmp_path, port=occupied.getsockname()[1])


def test_extra_configuration_is_merged_into_ours() -> None:
    base = {"caches": {"global_factor": 1}, "listeners": [1, 2], "kept": True}
    over = {"caches": {"sync_response_cache_duration": "100ms"}, "listeners": [3]}
    assert merged(base, over) == {
        "caches": {"global_factor": 1, "sync_response_cache_duration": "100ms"},
        "listeners": [3],
        "kept": True,
    }


async def test_neighbours_talk_to_each_other(tmp_path: Path) -> None:
    names = ("north.test", "south.test")
    near = Neighbours.make(tmp_path / "near", names, [free_port() for _ in names])
    starting = (
        EmbeddedSynapse.start(tmp_path / name, server_name=name, neighbours=near) for name in names
    )
    north, south = await asyncio.gather(*starting)
    async with north, south:
        anna = await _at(north, "anna", tmp_path)
        samir = await _at(south, "samir", tmp_path)
        room, _ = await anna.write_privately(samir.user_id, "Hallo")
        await samir.wait_until(lambda: samir.invited_rooms.get(room))
        await samir.join(room)
        await samir.send(room, "Hallo aus dem Süden")
        seen = await anna.wait_for(room_id=room, body="Hallo aus dem Süden")
        assert (seen.encrypted, seen.shield) == (True, None)
        await south.stop()
        await anna.send(room, "Bist du noch da?")
        await south.restart()
        await samir.wait_for(room_id=room, body="Bist du noch da?")
        await anna.close()
        await samir.close()


async def _at(synapse: EmbeddedSynapse, name: str, folder: Path) -> Person:
    user = await synapse.register(name, "secret")
    person = await Person.create(synapse.url, user, "secret", folder / "phones" / name, strict=True)
    await person.start()
    return person
