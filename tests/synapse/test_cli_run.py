"""`buendnis run`, and the commands that talk to it, as processes on a real Synapse."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import aiohttp
import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.synapse.ombuds_process import Install, install, joined
from tests.synapse.processes import (
    AWAY,
    PATIENCE,
    address,
    answering,
    held_port,
    passing_on,
)

__all__ = ["install"]

pytestmark = pytest.mark.synapse


async def case_in(room: str, person: Person, text: str) -> str:
    """Event id of the message with this text in the staff's room."""
    seen = await person.wait_for(room_id=room, body=re.compile(re.escape(text)), timeout=PATIENCE)
    return seen.event_id


# -- a day in the life of an office ----------------------------------------------------------------


async def test_status_and_stop(install: Install) -> None:
    here = install()
    office = await here.ready()
    status = await here.command("status")
    assert status.status == 0
    first, *counts = status.out.splitlines()
    assert re.fullmatch(r"The office runs \(process \d+\); homeserver: reachable\.", first)
    assert [line.split(maxsplit=1)[1] for line in counts][:2] == [
        "events that wait for their turn",
        "events whose key has not come",
    ]
    stop = await here.command("stop")
    assert (stop.status, stop.out) == (0, "The office is stopping.\n")
    assert (await office.ended()).status == 0
    assert not (here.state / "control.sock").exists()
    gone = await here.command("status")
    assert gone.status == 1
    assert gone.err == (
        f"No office runs on {here.state}. Start it with `buendnis run {here.file}`.\n"
    )


async def test_reload_takes_up_the_undo_window_and_refuses_faults(
    install: Install, make_person: Callable[..., Awaitable[Person]]
) -> None:
    anna, leyla = await make_person("anna"), await make_person("leyla")
    here = install(anna.user_id)
    here.settings["answers"]["undo"] = "10h"
    here.write()
    office = await here.ready()
    room = await joined(anna, here)
    chat, _ = await leyla.write_privately(here.account, "Die Heizung ist kalt.")
    root = await case_in(room, anna, "Die Heizung ist kalt.")

    here.settings["answers"]["undo"] = "1s"
    here.settings["account"]["display_name"] = "Briefkasten"
    here.write()
    done = await here.command("reload")
    assert done.status == 0
    assert done.out == (
        "The office has read its settings again.\n"
        "Changed, but only a restart takes it up: account.\n"
    )
    await anna.send(room, "!antwort Wir kümmern uns.", thread=root)
    await leyla.wait_for(room_id=chat, body=re.compile("Wir kümmern uns"), timeout=PATIENCE)

    here.file.write_text(here.file.read_text().replace("undo: 1s", "undo: soon\n  wait: 2"))
    done = await here.command("reload")
    assert (done.status, done.out) == (1, "")
    assert [line.split(": ")[1] for line in done.sentences] == ["answers.undo", "answers.wait"]
    office.signal(signal.SIGHUP)
    await office.logs("the settings stay as they were")
    assert "answers.undo: " in office.log
    await anna.send(room, "!antwort Noch etwas.", thread=root)
    await leyla.wait_for(room_id=chat, body=re.compile("Noch etwas"), timeout=PATIENCE)


async def test_sighup_reads_the_file_again(install: Install) -> None:
    here = install()
    office = await here.ready()
    here.settings["logging"] = {"level": "error"}
    here.write()
    before = office.log
    office.signal(signal.SIGHUP)
    await asyncio.sleep(0.5)
    assert office.log == before
    del here.settings["logging"]
    here.write()
    office.signal(signal.SIGHUP)
    await office.logs("read the settings again")
    assert (await here.status("reachable"))["pid"] > 0


async def test_a_new_name_shows_after_a_restart(install: Install, synapse: EmbeddedSynapse) -> None:
    here = install()
    for name in ("Ombudsstelle", "Briefkasten"):
        here.settings["account"]["display_name"] = name
        here.write()
        office = await here.ready()
        assert await displayed(synapse, here.account) == name
        office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0


async def test_a_kill_before_the_account_has_its_name(
    install: Install, synapse: EmbeddedSynapse
) -> None:
    here = install()
    here.settings["account"]["display_name"] = "Briefkasten"
    here.write()
    office = await here.start(failpoint="before:displayname")
    assert (await office.ended(PATIENCE)).status == -signal.SIGKILL
    assert await displayed(synapse, here.account) != "Briefkasten"
    await here.ready()
    assert await displayed(synapse, here.account) == "Briefkasten"


async def displayed(synapse: EmbeddedSynapse, user: str) -> str:
    target = f"{synapse.url}/_matrix/client/v3/profile/{user}/displayname"
    async with aiohttp.ClientSession() as http, http.get(target) as answer:
        return str((await answer.json())["displayname"])


async def test_sigterm_in_the_middle_of_a_burst_loses_nothing(
    install: Install, make_person: Callable[..., Awaitable[Person]]
) -> None:
    anna, leyla = await make_person("anna"), await make_person("leyla")
    here = install(anna.user_id)
    office = await here.ready()
    room = await joined(anna, here)
    chat, _ = await leyla.write_privately(here.account, "Nummer 0.")
    await case_in(room, anna, "Nummer 0.")
    texts = [f"Nummer {number}." for number in range(1, 31)]
    for start in range(0, 30, 10):
        for text in texts[start : start + 10]:
            await leyla.send(chat, text)
        office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0
        assert "Traceback" not in office.log
        office = await here.ready()
    await case_in(room, anna, texts[-1])
    arrived = [seen.body or "" for seen in anna.seen(room) if seen.sender == here.account]
    assert [sum(text in body for body in arrived) for text in texts] == [1] * len(texts)


async def test_a_full_disk_ends_it_in_one_sentence_and_loses_nothing(
    install: Install, make_person: Callable[..., Awaitable[Person]]
) -> None:
    anna, leyla = await make_person("anna"), await make_person("leyla")
    here = install(anna.user_id)
    office = await here.ready()
    room = await joined(anna, here)
    chat, _ = await leyla.write_privately(here.account, "Nummer 0.")
    await case_in(room, anna, "Nummer 0.")
    office.allow_no_file_beyond((here.state / "office.db-wal").stat().st_size)
    texts = [f"Nummer {number}." for number in range(1, 4)]
    for text in texts:
        await leyla.send(chat, text)
    done = await office.ended(PATIENCE)
    assert done.status == 1
    [sentence] = done.sentences
    assert "office.db can't be used as a store" in sentence
    assert "See that the disk is neither full nor read-only" in sentence
    await here.ready()
    await case_in(room, anna, texts[-1])
    arrived = [seen.body or "" for seen in anna.seen(room) if seen.sender == here.account]
    assert [sum(text in body for body in arrived) for text in texts] == [1] * len(texts)


async def test_a_row_that_does_not_open_ends_it_in_one_sentence_and_sets_nothing_aside(
    install: Install,
) -> None:
    here = install()
    office = await here.ready()
    await office.kill()
    with closing(sqlite3.connect(here.state / "office.db")) as store, store:
        rows = "vault WHERE kind = 'ombuds/office'"
        kept = store.execute(f"SELECT key, sealed FROM {rows}").fetchall()  # noqa: S608
        store.execute("UPDATE vault SET sealed = zeroblob(60) WHERE kind = 'ombuds/office'")
    assert kept
    for _ in range(2):
        sentence = await here.refuses_to_run()
        assert "A row of kind 'ombuds/office' does not open" in sentence
        assert "restore a backup" in sentence
    with closing(sqlite3.connect(here.state / "office.db")) as store, store:
        store.executemany("UPDATE vault SET sealed = ?2 WHERE key = ?1", kept)
    await here.ready()
    assert (await here.status("reachable"))["counts"]["inbox_aside"] == 0


# -- what is in the way ----------------------------------------------------------------------------


async def test_a_second_office_on_the_same_state_ends_at_once(install: Install) -> None:
    here = install()
    office = await here.ready()
    sentence = await here.refuses_to_run()
    assert sentence.startswith(f"{here.file}: An office is already running on this store (process ")
    assert "`buendnis stop`" in sentence
    office.signal(signal.SIGTERM)
    assert (await office.ended()).status == 0


async def test_an_office_waits_for_its_homeserver(
    install: Install, synapse: EmbeddedSynapse
) -> None:
    port = held_port()
    here = install(homeserver=address(port))
    office = await here.start()
    await office.logs(AWAY)
    await here.status("away")
    await asyncio.sleep(2)
    async with passing_on(port, synapse.port):
        await here.status("reachable")
        assert office.log.count(AWAY) == 1
        await office.logs("the homeserver is back")
        office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0


@pytest.mark.parametrize("how", ["SIGTERM", "stop"])
async def test_an_office_that_waits_for_its_homeserver_can_be_stopped(
    install: Install, how: str
) -> None:
    with held_port() as port:
        here = install(homeserver=address(port))
        office = await here.start()
        await office.logs(AWAY)
        if how == "stop":
            assert (await here.command("stop")).status == 0
        else:
            office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0


SLOW_NAMES = """
import socket, sys, time
look_up = socket.getaddrinfo
def slow(host, *rest, **named):
    if str(host).endswith(".invalid"):
        print("asking for", host, file=sys.stderr, flush=True)
        time.sleep(600)
    return look_up(host, *rest, **named)
socket.getaddrinfo = slow
from bots.cli.entry import main
main()
"""


async def test_a_name_server_that_does_not_answer_does_not_hold_up_the_end(
    install: Install,
) -> None:
    here = install(homeserver="https://matrix.invalid")
    office = await here.start("-c", SLOW_NAMES)
    await office.logs("asking for matrix.invalid")
    office.signal(signal.SIGTERM)
    assert (await office.ended()).status == 0


BROKEN = """
import federation.client.sync
async def fetch(*_):
    raise ValueError("Leyla wohnt in Zimmer 12")
federation.client.sync.fetch = fetch
from bots.cli.entry import main
main()
"""


async def test_a_fault_of_our_own_ends_it_without_a_word_of_anybody(install: Install) -> None:
    here = install()
    office = await here.start("-c", BROKEN)
    done = await office.ended(PATIENCE)
    assert done.status == 1
    assert done.sentences == []
    assert "[ValueError in fetch, line 4 of <string>]" in done.err
    assert "Leyla" not in done.err


async def test_html_in_place_of_a_homeserver(install: Install) -> None:
    with held_port() as port:
        here = install(homeserver=address(port))
        async with answering(port, "text/html", "<!doctype html><title>Welcome to nginx!</title>"):
            sentence = await here.refuses_to_run()
    assert "not a Matrix homeserver" in sentence
    assert "Check homeserver.url" in sentence


async def test_a_homeserver_that_is_too_old(install: Install) -> None:
    with held_port() as port:
        here = install(homeserver=address(port))
        async with answering(port, "application/json", '{"versions": ["r0.6.1", "v1.2"]}'):
            sentence = await here.refuses_to_run()
    assert sentence == (
        f"{here.file}: The homeserver speaks Matrix only up to v1.2; v1.4 is needed. "
        "Ask its admin to update it."
    )


async def test_a_wrong_password(
    install: Install, new_account: Callable[..., Awaitable[Any]]
) -> None:
    here = install()
    account = await new_account("ombuds")
    here.settings["account"] = {
        "user": account.user_id,
        "password_file": here.secret("password", "not-this-one"),
    }
    here.write()
    sentence = await here.refuses_to_run()
    assert sentence.startswith(f"{here.file}: The homeserver refused the account's password.")
    assert "not-this-one" not in (here.folder / "run-0.log").read_text()


async def test_a_state_folder_deeper_than_a_socket_address(install: Install) -> None:
    deep = "/".join(["a-folder-with-a-long-name"] * 8)
    here = install(state=deep)
    office = await here.ready()
    assert len(str(here.state / "control.sock")) > 200
    done = await here.command("status")
    assert (done.status, done.err) == (0, "")
    assert (await here.command("stop")).status == 0
    assert (await office.ended()).status == 0


async def test_a_state_folder_that_cannot_be_made(install: Install) -> None:
    here = install(state="/proc/buendnis")
    sentence = await here.refuses_to_run()
    assert sentence.startswith(f"{here.file}: office.state: ")
    assert "/proc/buendnis" in sentence


async def test_a_store_that_is_none(install: Install) -> None:
    here = install()
    here.state.mkdir()
    (here.state / "office.db").write_text("this is no database, though it is long enough " * 20)
    sentence = await here.refuses_to_run()
    assert "office.db" in sentence
    assert "backup" in sentence


async def test_no_file_of_settings(install: Install) -> None:
    here = install()
    here.file.unlink()
    sentence = await here.refuses_to_run()
    assert sentence == (
        f"{here.file}:1: file: there is no such file; give the path of the office's YAML"
    )
