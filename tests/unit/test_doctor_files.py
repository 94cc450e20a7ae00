"""`buendnis doctor`: files, folders, the disk and the sealing key."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bots.cli.checkup import files
from bots.cli.checkup.seal import at_rest, seal
from bots.cli.checkup.subject import Subject
from bots.offices.checkup.finding import Finding, Mark
from bots.runtime.office.serving import Account
from bots.runtime.store.keys import FileKey, Passphrase
from bots.runtime.store.rotation import Rotation
from bots.runtime.store.store import FILE, Store
from bots.runtime.store.transaction import Transaction
from config.reading.sections import OpenedBy

ME = os.geteuid()
OURS = "@o:localhost"
KEY, OTHER_KEY = bytes(range(32)), bytes(32)


@pytest.fixture(autouse=True)
def ordinary_rights() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def marks(findings: list[Finding]) -> list[tuple[str, Mark]]:
    return [(finding.check, finding.mark) for finding in findings]


def secret(folder: Path, mode: int = 0o600) -> Path:
    path = folder / "password"
    path.write_text("geheim")
    path.chmod(mode)
    return path


# -- secrets ---------------------------------------------------------------------------------------


def test_secrets_for_their_owner_alone(tmp_path: Path) -> None:
    [found] = files.secret_files([secret(tmp_path)])
    assert (found.mark, found.found) == (Mark.OK, "for their owner alone: password")


def test_no_secret_in_a_file() -> None:
    [found] = files.secret_files([])
    assert (found.mark, found.found) == (Mark.OK, "none of them lies in a file")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_secret_that_others_can_read(tmp_path: Path, mode: int) -> None:
    path = secret(tmp_path, mode)
    [found] = files.secret_files([path])
    assert found.mark is Mark.FAULT
    assert found.remedy is not None
    assert f"chmod 600 {path}" in found.remedy


@pytest.mark.parametrize(
    ("mode", "marked"),
    [(0o755, Mark.OK), (0o775, Mark.NOTE), (0o757, Mark.FAULT), (0o1777, Mark.OK)],
)
def test_a_folder_in_which_others_can_replace_a_secret(
    tmp_path: Path, mode: int, marked: Mark
) -> None:
    folder = tmp_path / "secrets here"
    folder.mkdir()
    path = secret(folder)
    folder.chmod(mode)
    [found] = files.secret_files([path])
    assert found.mark is marked
    assert marked is Mark.OK or f"chmod go-w '{folder}'" in str(found.remedy)


def test_a_secret_that_is_gone(tmp_path: Path) -> None:
    [found] = files.secret_files([tmp_path / "password"])
    assert (found.mark, found.found) == (
        Mark.FAULT,
        f"{tmp_path / 'password'} can't be looked at (No such file or directory)",
    )


# -- the state folder ------------------------------------------------------------------------------


def test_a_state_folder_as_it_should_be(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    state, disk = files.state_folder(tmp_path, ME)
    assert state.mark is Mark.OK
    assert disk.check == "disk"


def test_a_state_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    found = files.state_folder(tmp_path / "a" / "b", ME)
    assert marks(found)[0] == ("state", Mark.NOTE)
    assert found[1].check == "disk"
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("mode", "marked"),
    [
        (0o755, Mark.NOTE),
        (0o710, Mark.NOTE),
        (0o770, Mark.FAULT),
        (0o702, Mark.FAULT),
        (0o500, Mark.FAULT),
    ],
)
def test_a_state_folder_with_other_rights(tmp_path: Path, mode: int, marked: Mark) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(mode)
    state = files.state_folder(folder, ME)[0]
    folder.chmod(0o700)
    assert (state.check, state.mark) == ("state", marked)
    assert "chmod" in str(state.remedy)


def test_a_state_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    state = files.state_folder(tmp_path, ME + 1)[0]
    assert state.mark is Mark.NOTE
    assert "not to you" in state.found
    assert "sudo -u" in str(state.remedy)


def test_root_may_look_at_everybodys_state_folder() -> None:
    found = files._owners(Path("/nowhere"), owner=12_345, me=0)
    assert list(found) == []


def test_files_of_somebody_else_in_the_state_folder(tmp_path: Path) -> None:
    assert files.strangers(tmp_path, 1000, [1000, 1000]) == []
    [found] = files.strangers(tmp_path, 999_999, [999_999, 0, 0])
    assert found.mark is Mark.FAULT
    assert found.found.endswith(": 2")
    assert f"`chown -R 999999 {tmp_path}`" in str(found.remedy)


@pytest.mark.parametrize(
    ("total", "free", "marked"),
    [
        (100e9, 30e9, Mark.OK),
        (100e9, 4e9, Mark.NOTE),
        (10e9, 0.9e9, Mark.NOTE),
        (10e9, 1.1e9, Mark.OK),
        (10e9, 40e6, Mark.FAULT),
        (0, 0, Mark.FAULT),
    ],
)
def test_room_on_the_disk(total: float, free: float, marked: Mark) -> None:
    assert files.room(int(total), int(free)).mark is marked


def test_a_disk_that_is_read_only() -> None:
    found = files.room(int(100e9), int(50e9), read_only=True)
    assert (found.mark, found.found) == (Mark.FAULT, "it is read-only")


# -- the sealing key -------------------------------------------------------------------------------


def subject(
    folder: Path, key: bytes | None = None, *, secret: bool = True, by: OpenedBy = "file"
) -> Subject:
    account = Account("http://localhost", OURS, password="geheim" if secret else None)
    if key is not None:
        (folder / "seal.key").write_text(key.hex())
    return Subject(folder / "o.yaml", account, folder, folder / "seal.key", by)


def with_store(folder: Path) -> None:
    asyncio.run(Store.open(folder, FileKey(KEY)).close())


def test_the_key_that_fits(tmp_path: Path) -> None:
    with_store(tmp_path)
    before = sorted(tmp_path.iterdir())
    (tmp_path / "seal.key").write_text(KEY.hex())
    found = seal(subject(tmp_path), [OURS])
    assert found.mark is Mark.OK
    assert found.found.startswith("fits the store.")
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "seal.key"])


async def test_the_key_that_fits_while_the_office_runs(tmp_path: Path) -> None:
    store = Store.open(tmp_path, FileKey(KEY))
    await store.run("some", lambda tx: tx.write("office", "starts", b"1"))
    found = seal(subject(tmp_path, KEY), [OURS])
    await store.close()
    assert found.found.startswith("fits the store.")


def _synced(account: str, tx: Transaction) -> None:
    tx.write("sync token", account, b"s1")


@pytest.mark.parametrize(
    ("accounts", "mark"),
    [(["@news:localhost"], Mark.FAULT), (["@news:localhost", OURS], Mark.OK), ([], Mark.OK)],
)
async def test_the_folder_of_another_office(
    tmp_path: Path, accounts: list[str], mark: Mark
) -> None:
    """Its store and key, which fit each other."""
    store = Store.open(tmp_path, FileKey(KEY))
    for account in accounts:
        await store.run("sync", partial(_synced, account))
    await store.close()
    found = seal(subject(tmp_path, KEY), [OURS])
    assert found.mark is mark
    assert ("both are of another office: @news:localhost" in found.found) == (mark is Mark.FAULT)


def test_a_key_that_does_not_fit(tmp_path: Path) -> None:
    with_store(tmp_path)
    (tmp_path / "seal.key").write_text(OTHER_KEY.hex())
    found = seal(subject(tmp_path), [OURS])
    assert (found.mark, found.found) == (Mark.FAULT, "does not fit this store")


def test_a_key_that_is_gone(tmp_path: Path) -> None:
    with_store(tmp_path)
    found = seal(subject(tmp_path), [OURS])
    assert found.mark is Mark.FAULT
    assert found.found.endswith("is not there, but the store is")
    assert seal(subject(tmp_path, secret=False), [OURS]).mark is Mark.NOTE


def test_before_the_first_start(tmp_path: Path) -> None:
    assert seal(subject(tmp_path), [OURS]).mark is Mark.NOTE
    (tmp_path / "seal.key").write_text(KEY.hex())
    found = seal(subject(tmp_path), [OURS])
    assert found.mark is Mark.OK
    assert "has not run yet" in found.found


def test_a_key_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "seal.key").write_text("geheim")
    found = seal(subject(tmp_path), [OURS])
    assert found.mark is Mark.FAULT
    assert found.found == f"{tmp_path / 'seal.key'}: a sealing key is 64 hex digits"


def test_a_store_that_is_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, however long it may be " * 10)
    found = seal(subject(tmp_path, KEY), [OURS])
    assert found.mark is Mark.FAULT
    assert "can't be read" in found.found
    assert "backup" in str(found.remedy)


def test_a_store_in_which_nothing_stands_yet(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert "still empty" in seal(subject(tmp_path, KEY), [OURS]).found


def test_a_folder_that_cannot_be_looked_into(tmp_path: Path) -> None:
    there = tmp_path / ("x" * 300)
    assert marks(files.state_folder(there, ME)) == [("state", Mark.FAULT)]
    assert not subject(there).has_run


# -- what lies open --------------------------------------------------------------------------------


def test_what_a_stolen_disk_shows(tmp_path: Path) -> None:
    with_store(tmp_path)
    [beside] = at_rest(subject(tmp_path, KEY))
    assert beside.mark is Mark.NOTE
    assert "whoever has this disk reads everything" in beside.found
    assert "--to passphrase" in str(beside.remedy)
    [left] = at_rest(subject(tmp_path, by="passphrase"))
    assert (left.mark, "opens older backups" in left.found) == (Mark.NOTE, True)
    (tmp_path / "seal.key").unlink()
    [typed] = at_rest(subject(tmp_path, by="passphrase"))
    assert (typed.mark, "shows no name and no text" in typed.found) == (Mark.OK, True)
    [credential] = at_rest(subject(tmp_path, by="credential"))
    assert (credential.mark, "can start it" in credential.found) == (Mark.OK, True)


async def test_a_change_of_the_key_that_is_not_finished(tmp_path: Path) -> None:
    store = Store.open(tmp_path, FileKey(KEY))
    await Rotation(store).begin(Passphrase("five words that mean nothing"))
    await store.close()
    found = [*at_rest(subject(tmp_path, KEY))][-1]
    assert (found.mark, "two keys open the office" in found.found) == (Mark.NOTE, True)
