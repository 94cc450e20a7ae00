"""A passphrase, a credential of systemd and a key file, as an admin uses them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bots.cli.entry import cli
from bots.offices.opening import key_of
from bots.offices.unlocking import LOCKED, unlocked
from bots.runtime.process.control import NotRunning, Refused, ask, listening
from bots.runtime.store.keys import FileKey, load_key
from bots.runtime.store.rotation import Rotation
from bots.runtime.store.store import Store
from config.loading import load
from tests.kit.settings import VALID, write

WORDS = "five words that mean nothing"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of an office that has run."""
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "secret")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    path = write(tmp_path, VALID)

    async def work() -> None:
        key = FileKey(load_key(tmp_path / "state" / "seal.key"))
        store = Store.open(tmp_path / "state", key)
        await store.run("put", lambda tx: tx.put("people", "anna", 1))
        await store.close()

    (tmp_path / "state").mkdir()
    asyncio.run(work())
    return path


def run(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=typed)


def opened_by(file: Path, kind: str) -> None:
    file.write_text(VALID.replace("  state:", f"  opened_by: {kind}\n  state:"))


def with_passphrase(file: Path) -> None:
    assert run("key", "rotate", file, "--to", "passphrase", typed=f"{WORDS}\n").exit_code == 0
    opened_by(file, "passphrase")


def test_from_a_file_to_a_passphrase(file: Path) -> None:
    changed = run("key", "rotate", file, "--to", "passphrase", typed=f"{WORDS}\n")
    assert changed.exit_code == 0
    assert "opened_by: passphrase" in changed.stderr
    assert f"delete {file.parent / 'state' / 'seal.key'}" in changed.stderr
    assert run("release", file).exit_code == 0, "the settings name the file still"
    opened_by(file, "passphrase")
    assert run("release", file, typed="another that does not fit\n").exit_code == 1
    assert run("release", file, typed=f"{WORDS}\n").exit_code == 0
    opened_by(file, "file")
    refused = run("release", file)
    assert (refused.exit_code, "does not fit" in refused.stderr) == (1, True)


def test_a_weak_passphrase_is_refused(file: Path) -> None:
    for weak in ("short", "aaaaaaaaaaaaaaaaaaaaaaaa", ""):
        refused = run("key", "rotate", file, "--to", "passphrase", typed=f"{weak}\n")
        assert refused.exit_code == 1
        assert "16 characters" in refused.stderr


def test_from_one_passphrase_to_another(file: Path) -> None:
    with_passphrase(file)
    other = "six other words that mean nothing"
    assert run("key", "rotate", file, typed=f"{WORDS}\n{other}\n").exit_code == 0
    assert run("release", file, typed=f"{WORDS}\n").exit_code == 1
    assert run("release", file, typed=f"{other}\n").exit_code == 0


def test_a_key_file_is_replaced_in_its_place(file: Path) -> None:
    key = file.parent / "state" / "seal.key"
    before = key.read_text()
    assert run("key", "rotate", file).exit_code == 0
    assert key.read_text() != before
    assert run("release", file).exit_code == 0
    key.write_text(before)
    assert run("release", file).exit_code == 1


def test_a_credential_is_written_to_the_output_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = run("key", "rotate", file, "--to", "credential")
    assert len(bytes.fromhex(changed.stdout)) == 32
    assert changed.stdout.strip() not in changed.stderr
    opened_by(file, "credential")
    refused = run("release", file)
    assert (refused.exit_code, "LoadCredentialEncrypted" in refused.stderr) == (1, True)
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "seal.key").write_text(changed.stdout)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert run("release", file).exit_code == 0


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_key_of_another_size_is_told(file: Path, size: int) -> None:
    (file.parent / "state" / "seal.key").write_text("ab" * size)
    refused = run("release", file)
    assert refused.exit_code == 1
    assert ("64 hex digits" in refused.stderr) or ("is empty" in refused.stderr)


def test_a_backup_from_before_the_change(file: Path, tmp_path: Path) -> None:
    archive, state = tmp_path / "b.tar", tmp_path / "state"
    assert run("backup", file, archive).exit_code == 0
    (tmp_path / "old.key").write_text((state / "seal.key").read_text())
    with_passphrase(file)
    for path in state.glob("office.db*"):
        path.unlink()
    refused = run("restore", file, archive, typed=f"{WORDS}\n")
    assert (refused.exit_code, "--former-key" in refused.stderr) == (1, True)
    back = run(
        "restore", file, archive, "--former-key", tmp_path / "old.key", typed=f"{WORDS}\n"
    )  # fmt: skip
    assert back.exit_code == 0
    assert run("release", file, typed=f"{WORDS}\n").exit_code == 0
    assert run("backup", file, tmp_path / "c.tar", "--with-key").exit_code != 0


async def status_of(state: Path) -> dict[str, Any] | None:
    """Of an office that listens by now."""
    try:
        return await asyncio.to_thread(ask, state, "status")
    except NotRunning:
        return None


def test_an_office_waits_until_somebody_unlocks_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_passphrase(file)
    state = file.parent / "state"

    async def scene() -> None:
        waits = asyncio.ensure_future(unlocked(load(file)))
        while (status := await status_of(state)) is None:  # noqa: ASYNC110  (it begins to listen)
            await asyncio.sleep(0.01)
        assert status["homeserver"] == LOCKED
        with pytest.raises(Refused, match="does not open"):
            await asyncio.to_thread(ask, state, "unlock", passphrase="another one, wrong")
        typed = await asyncio.to_thread(run, "unlock", file, typed=f"{WORDS}\n")
        assert (typed.exit_code, typed.stdout) == (0, "The office is open, and starts.\n")
        store = Store.open(state, key_of(await waits))
        assert await store.run("anna", lambda tx: tx.get("people", "anna")) == 1
        await store.close()

    asyncio.run(scene())


@pytest.mark.parametrize("to", ["file", "passphrase"])
def test_a_running_office_changes_its_key_itself(file: Path, to: str) -> None:
    """The command hands the new key over the control socket; the office goes on meanwhile."""
    state = file.parent / "state"

    async def scene() -> None:
        store = Store.open(state, key_of(load(file)))
        rotation = Rotation(store)
        async with listening(state, rotation.commands):
            running = asyncio.create_task(rotation.run())
            typed = f"{WORDS}\n" if to == "passphrase" else ""
            done = await asyncio.to_thread(run, "key", "rotate", file, "--to", to, typed=typed)
            assert done.exit_code == 0, done.stderr
            running.cancel()
        opens = ["file"] if to == "file" else ["file", "passphrase"]
        assert rotation.status == {"opens": opens, "resealing": False}
        assert await store.run("anna", lambda tx: tx.get("people", "anna")) == 1
        await store.close()

    asyncio.run(scene())
    assert run("release", file).exit_code == 0, "the key that is in its place opens it"
