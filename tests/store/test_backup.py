"""Backup and restore on real SQLite: what the archive holds, and what comes back."""

from __future__ import annotations

import asyncio
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bots.runtime.model.decision import Deliver
from bots.runtime.model.errors import AlreadyRunning, StoreError
from bots.runtime.store import erased
from bots.runtime.store.backup import (
    STAMP,
    UNFINISHED,
    BackupError,
    key_of,
    make,
    restore,
    settings_of,
)
from bots.runtime.store.records import Order
from bots.runtime.store.restored import Restored, read_restored, settle
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from federation.model.actions import Send, Text

KEY = bytes(range(32))
BOT = "@bot:example.org"
ROOM = "!room:example.org"
YAML = b"office:\n  name: Testb\xc3\xbcro\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "office.yaml"
    path.write_bytes(YAML)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def filled(folder: Path) -> None:
    """An office that knows two people and has a mail and a message on their way."""
    store = Store.open(folder, Sealer(KEY))

    def fill(tx: Transaction) -> None:
        tx.put("people", "anna", {"name": "Anna"})
        tx.put("people", "berta", {"name": "Berta"})
        for kind in ("login", "olm account", "olm session", "megolm", "megolm index"):
            tx.write(kind, "x", b"key material")
        tx.write("sync token", BOT, b"s1")
        mail = Deliver("mail", "reader/1", {"to": "anna"}, notify=True)
        message = Send(ROOM, Text("hello"))
        for name, action in (("mail", mail), ("message", message)):
            tx.append(name, f"lane {name}", Order(name, "echo", action))

    await store.run("fill", fill)
    await store.close()


async def look(folder: Path, work: Callable[[Transaction], object]) -> object:
    store = Store.open(folder, Sealer(KEY))
    try:
        return await store.run("look", work)
    finally:
        await store.close()


async def test_what_was_backed_up_comes_back(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    result = restore(tmp_path / "b.tar", tmp_path / "new", Sealer(KEY))
    assert await look(tmp_path / "new", lambda tx: dict(tx.scan("people"))) == {
        "anna": {"name": "Anna"},
        "berta": {"name": "Berta"},
    }
    assert settings_of(tmp_path / "b.tar") == YAML
    assert stat.S_IMODE((tmp_path / "new" / "office.db").stat().st_mode) == 0o600
    assert result.held == 1
    assert names(tmp_path / "new") == ["office.db", "office.lock", "record.head"]


async def test_the_archive_is_private_and_holds_no_key(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    archive = tmp_path / "b.tar"
    make(tmp_path / "state", settings, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    whole = archive.read_bytes()
    assert KEY.hex().encode() not in whole
    assert KEY not in whole
    assert b"Anna" not in whole
    assert key_of(archive) is None
    with tarfile.open(archive) as tar:
        assert {(m.uid, m.uname, m.mode) for m in tar} == {(0, "", 0o600)}


async def test_the_key_goes_along_if_asked_to(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar", KEY)
    assert key_of(tmp_path / "b.tar") == KEY


async def test_a_backup_while_the_office_writes_is_one_moment(
    tmp_path: Path, settings: Path
) -> None:
    """Two documents that change together are never seen apart; nobody waits for the backup."""
    folder = tmp_path / "state"
    store = Store.open(folder, Sealer(KEY))
    count = 0

    def write(tx: Transaction) -> None:
        tx.put("pair", "left", [count, "x" * 5000])
        tx.put("pair", "right", [count, "x" * 5000])
        tx.put("bulk", str(count), "x" * 5000)

    def back_up() -> None:
        for number in range(5):
            make(folder, settings, tmp_path / f"{number}.tar")

    await store.run("write", write)
    backing_up = asyncio.create_task(asyncio.to_thread(back_up))
    while not backing_up.done():
        count += 1
        await store.run("write", write)
    await backing_up
    await store.close()
    assert count > 5
    for number in range(5):
        restore(tmp_path / f"{number}.tar", tmp_path / str(number), Sealer(KEY))
        pair = await look(tmp_path / str(number), lambda tx: dict(tx.scan("pair")))
        assert isinstance(pair, dict)
        assert pair["left"] == pair["right"]


async def test_nothing_of_what_was_deleted_is_in_a_backup(tmp_path: Path, settings: Path) -> None:
    folder = tmp_path / "state"
    await filled(folder)
    path = folder / "office.db"
    place = Sealer(KEY).mark("people", "anna")
    assert place in path.read_bytes()
    await look(folder, lambda tx: tx.delete("people", "anna"))
    make(folder, settings, tmp_path / "b.tar")
    assert place not in (tmp_path / "b.tar").read_bytes()


async def test_a_restored_store_has_no_device_yet_and_keeps_room_keys(
    tmp_path: Path, settings: Path
) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "new", Sealer(KEY))

    def kinds(tx: Transaction) -> set[str]:
        names = ("login", "former login", "megolm", "megolm index", "sync token")
        return {name for name in names if list(tx.rows(name))}

    assert await look(tmp_path / "new", kinds) == {
        "former login",
        "megolm",
        "megolm index",
        "sync token",
    }


async def test_mails_wait_and_messages_do_not(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", tmp_path / "new", Sealer(KEY))

    def ready(tx: Transaction) -> list[str]:
        return [row.id for row in tx.heads()]

    assert await look(tmp_path / "new", ready) == ["message"]
    counts = await look(tmp_path / "new", Transaction.counts)
    assert isinstance(counts, dict)
    assert counts["outbox_held"] == 1
    assert await look(tmp_path / "new", Transaction.aside) == ["out-mail (restored)"]
    assert await look(tmp_path / "new", Transaction.release_held) == 1
    assert await look(tmp_path / "new", ready) == ["mail", "message"]


# -- what was forgotten --------------------------------------------------------------------------


async def test_what_was_forgotten_stays_forgotten(tmp_path: Path, settings: Path) -> None:
    """The old folder's `erased.log` was kept, or moved into the new one."""
    folder = tmp_path / "state"
    await filled(folder)
    make(folder, settings, tmp_path / "b.tar")
    await look(folder, lambda tx: tx.forget("people", "anna"))
    for name in ("office.db", "office.db-wal", "office.db-shm"):
        (folder / name).unlink(missing_ok=True)
    restore(tmp_path / "b.tar", folder, Sealer(KEY))
    found = await look(folder, lambda tx: dict(tx.scan("people")))
    assert found == {"berta": {"name": "Berta"}}


async def test_who_came_back_before_the_backup_is_not_forgotten(
    tmp_path: Path, settings: Path
) -> None:
    folder = tmp_path / "state"
    await filled(folder)
    await look(folder, lambda tx: tx.forget("people", "anna"))
    await look(folder, lambda tx: tx.put("people", "anna", {"name": "Anna again"}))
    make(folder, settings, tmp_path / "b.tar")
    for name in ("office.db", "office.db-wal", "office.db-shm"):
        (folder / name).unlink(missing_ok=True)
    restore(tmp_path / "b.tar", folder, Sealer(KEY))
    found = await look(folder, lambda tx: tx.get("people", "anna"))
    assert found == {"name": "Anna again"}


async def test_a_crash_between_commit_and_file_is_made_good(tmp_path: Path) -> None:
    await filled(tmp_path)
    await look(tmp_path, lambda tx: tx.forget("people", "anna"))
    known = erased.read(tmp_path)
    assert len(known) == 1
    (tmp_path / erased.NAME).write_bytes(b"12345.0 abcdef")  # cut off
    await look(tmp_path, lambda tx: None)
    assert erased.read(tmp_path).keys() == known.keys()
    assert b"anna" not in (tmp_path / erased.NAME).read_bytes()


async def test_the_homeserver_tells_what_the_disk_lost(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    await look(tmp_path / "state", lambda tx: tx.forget("people", "anna"))
    noted = await look(tmp_path / "state", Transaction.erased)
    assert isinstance(noted, dict)
    restore(tmp_path / "b.tar", tmp_path / "new", Sealer(KEY))

    def after(tx: Transaction) -> set[str]:
        restored = read_restored(tx)
        assert restored is not None
        assert not restored.settled
        settle(tx, restored, noted)
        return set(dict(tx.scan("people")))

    assert await look(tmp_path / "new", after) == {"berta"}
    again = await look(tmp_path / "new", read_restored)
    assert isinstance(again, Restored)
    assert again.settled
    assert erased.read(tmp_path / "new").keys() == noted.keys()


# -- bad input -----------------------------------------------------------------------------------


async def test_a_store_is_never_overwritten(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    with pytest.raises(BackupError, match="holds a store already"):
        restore(tmp_path / "b.tar", tmp_path / "state", Sealer(KEY))
    with pytest.raises(BackupError, match="exists already"):
        make(tmp_path / "state", settings, tmp_path / "b.tar")


async def test_a_running_office_is_not_restored_into(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    store = Store.open(tmp_path / "state", Sealer(KEY))
    with pytest.raises(AlreadyRunning):
        restore(tmp_path / "b.tar", tmp_path / "state", Sealer(KEY))
    await store.close()


async def test_another_key_is_told_and_leaves_nothing(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    with pytest.raises(StoreError, match="sealing key does not fit"):
        restore(tmp_path / "b.tar", tmp_path / "new", Sealer(bytes(32)))
    assert names(tmp_path / "new") == ["office.lock"]


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.98])
async def test_every_damage_is_found(tmp_path: Path, settings: Path, place: float) -> None:
    """One bit anywhere in the store or the settings."""
    await filled(tmp_path / "state")
    make(tmp_path / "state", settings, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as tar:
        spans = {m.name: (m.offset_data, m.size) for m in tar}
    for name in ("office.db", "settings.yaml"):
        whole = bytearray((tmp_path / "b.tar").read_bytes())
        start, size = spans[name]
        whole[start + int(size * place)] ^= 1
        broken = tmp_path / f"{name}.tar"
        broken.write_bytes(whole)
        with pytest.raises(BackupError, match="damaged"):
            _ = settings_of(broken), restore(broken, tmp_path / "new", Sealer(KEY))
    assert not (tmp_path / "new" / "office.db").exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0" * 10_240, b"PK\x03\x04"])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.tar"
    path.write_bytes(content)
    with pytest.raises(BackupError, match="no backup of an office"):
        restore(path, tmp_path / "new", Sealer(KEY))


def test_an_archive_of_the_future(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 2, "made": 0, "files": {}}))
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
    with pytest.raises(BackupError, match="newer buendnis"):
        settings_of(tmp_path / "b.tar")


def test_there_is_nothing_to_back_up(tmp_path: Path, settings: Path) -> None:
    with pytest.raises(BackupError, match="no store"):
        make(tmp_path / "nowhere", settings, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()
    with pytest.raises(BackupError, match="can't be written"):
        make(tmp_path, settings, tmp_path / "missing" / "b.tar")


async def test_a_backup_that_is_broken_off_is_noted_until_there_is_a_whole_one(
    tmp_path: Path, settings: Path
) -> None:
    state = tmp_path / "state"
    await filled(state)
    with pytest.raises(BackupError, match="can't be written"):
        make(state, settings, tmp_path / "missing" / "b.tar")
    assert (state / UNFINISHED).exists()
    make(state, settings, tmp_path / "b.tar")
    assert not (state / UNFINISHED).exists()
    assert (state / STAMP).exists()


async def test_nothing_is_left_behind(tmp_path: Path, settings: Path) -> None:
    await filled(tmp_path / "state")
    target = tmp_path / "backups"
    target.mkdir()
    make(tmp_path / "state", settings, target / "b.tar")
    assert names(target) == ["b.tar"]
