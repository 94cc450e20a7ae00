"""What somebody finds who carries off the state of an office, a backup, or the disk of a machine
that is off, where a passphrase opens the office: every byte that an ombuds office has left.

What stays open, and is no part of this: the settings, which name the founders, and `codes.json`,
whose codes are for accounts of the team."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bots.cli.entry import cli
from bots.ombuds.documents.cases import CASES, Case
from bots.ombuds.documents.chats import CONVERSATIONS, IDENTITIES, Conversation, Identity, Reporter
from bots.runtime.kit.records import Record
from bots.runtime.store.backup import keep_settings
from bots.runtime.store.keys import Passphrase
from bots.runtime.store.recording import append
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from config.loading import load
from tests.store.canaried import fill

WORDS = "five words that mean nothing"
STAFF = ("canary-bilal", "canary-carla")
REPORTER, CHAT, TEXT = "canary-yusra", "!canary-chat", "canary: die Heizung ist kaputt"
CANARIES = (*STAFF, REPORTER, "canary-chat", TEXT, "canary-reason", "-canary", WORDS)
SETTINGS = f"""\
office:
  name: Ombudsstelle
  state: ./state
  opened_by: passphrase
homeserver: {{url: "https://matrix.example.org"}}
account: {{user: "@ombuds:example.org"}}
staff: ["@{STAFF[0]}:example.org", "@{STAFF[1]}:example.org"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings, on another disk than the state: they name the team."""
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "canary-password")
    file = tmp_path / "elsewhere" / "ombuds.yaml"
    file.parent.mkdir()
    file.write_text(SETTINGS.replace("./state", str(tmp_path / "state")))
    return file


def worked(tx: Transaction) -> None:
    fill(tx)
    who = Reporter(f"@{REPORTER}:example.org")
    tx.keep(CONVERSATIONS, Conversation(CHAT, 1))
    tx.keep(IDENTITIES, Identity(1, who, CHAT))
    tx.keep(CASES, Case(4711, 1, 0.0, text=TEXT))
    tx.put("message", CHAT, {"text": TEXT, "from": who.reveal()})
    facts = {"case": 4711, "staff": STAFF[0], "reason": "canary-reason"}
    append(tx, [Record("held", facts)])


def killed(file: Path) -> None:
    """An office that works, and ends as by a power cut: its log of changes stays behind."""

    async def work() -> None:
        store = Store.open(load(file).state, Passphrase(WORDS))
        await store.run("work", worked)
        await store.run("settings", lambda tx: keep_settings(file.read_bytes(), tx))
        os._exit(0)

    child = os.fork()
    if child == 0:
        asyncio.run(work())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def forms(text: str) -> Iterator[bytes]:
    """As it may lie in a file."""
    plain = text.encode()
    yield from (plain, text.encode("utf-16-le"), plain.hex().encode(), plain.hex().upper().encode())
    yield from (base64.b64encode(b"x" * n + plain)[n + 2 : -4] for n in range(3))


def found(*contents: bytes) -> set[str]:
    return {x for x in CANARIES for content in contents if any(y in content for y in forms(x))}


def files(folder: Path) -> dict[str, bytes]:
    return {str(x.relative_to(folder)): x.read_bytes() for x in folder.rglob("*") if x.is_file()}


def run(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [str(x) for x in arguments], input=typed)


def test_the_search_finds_what_lies_open() -> None:
    for text in CANARIES:
        for form in forms(text):
            assert text in found(b"\x00before" + form + b"after\x00")


def test_a_machine_that_is_switched_off_shows_nobody_and_nothing(file: Path) -> None:
    killed(file)
    left = files(load(file).state)
    assert {"office.db", "office.db-wal", "seal.keyring"} <= set(left)
    assert "seal.key" not in left
    assert len(left["office.db"]) + len(left["office.db-wal"]) > 20_000
    assert found(*left.values()) == set()
    assert found(*(name.encode() for name in left)) == set()


def test_a_backup_shows_nobody_and_nothing_and_brings_all_of_it_back(file: Path) -> None:
    killed(file)
    archive = file.parent.parent / "b.tar"
    assert run("backup", file, archive).exit_code == 0
    with tarfile.open(archive) as opened:
        assert set(opened.getnames()) == {"manifest.json", "office.db"}
    assert found(archive.read_bytes()) == set()
    state, before = load(file).state, file.read_text()
    shutil.rmtree(state)
    file.unlink()
    back = run("restore", file, archive, typed=f"{WORDS}\n")
    assert back.exit_code == 0, back.output
    assert found(back.output.encode()) == set()
    assert file.read_text() == before
    assert found(*files(state).values()) == set()
    assert asyncio.run(_known(state)) == f"@{REPORTER}:example.org"


async def _known(state: Path) -> str:
    store = Store.open(state, Passphrase(WORDS))
    try:
        identity = await store.run("look", lambda tx: tx.document(IDENTITIES, "1"))
        assert identity is not None
        return str(identity.who.reveal())
    finally:
        await store.close()


def test_whoever_guesses_wrong_sees_no_more(file: Path) -> None:
    killed(file)
    state = load(file).state
    for command in ("release", "audit"):
        words = (command, "export", file, "-") if command == "audit" else (command, file)
        refused = run(*words, typed="five other words than those\n")
        assert refused.exit_code != 0
        assert found(refused.output.encode()) == set()
    assert found(*files(state).values()) == set()
