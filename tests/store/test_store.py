"""The file: one process, migrations, the right key, and what is left after a power cut."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import cast

import pytest
import sqlite_utils

from bots.runtime.office.office import Office, Post
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import AlreadyRunning, Store, StoreError, migrate
from bots.runtime.store.transaction import Transaction
from federation.syncing.session import Session
from tests.bench.mailoffice import NoHomeserver
from tests.store.bots import Obedient
from tests.store.conftest import KEY
from tests.store.events import BOT, ROOM, message


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        found: int = db.execute("PRAGMA user_version").fetchone()[0]
        return found


async def test_a_second_process_is_refused_and_named_who_holds_it(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(AlreadyRunning, match=r"already running .*process \d+"):
        Store.open(tmp_path, Sealer(KEY))
    await store.run("still works", lambda tx: tx.write("kind", "key", b"value"))


async def test_a_store_that_was_closed_opens_again_with_everything(tmp_path: Path) -> None:
    store = Store.open(tmp_path, Sealer(KEY))
    await store.run("write", lambda tx: tx.write("kind", "key", b"value"))
    await store.close()
    again = Store.open(tmp_path, Sealer(KEY))
    assert await again.run("read", lambda tx: tx.read("kind", "key")) == b"value"
    await again.close()


async def test_another_key_is_refused_in_one_sentence(tmp_path: Path) -> None:
    await Store.open(tmp_path, Sealer(KEY)).close()
    with pytest.raises(StoreError, match="sealing key does not fit") as refused:
        Store.open(tmp_path, Sealer(bytes(32)))
    assert "\n" not in str(refused.value)
    await Store.open(tmp_path, Sealer(KEY)).close()  # and nothing was harmed, nor left locked


@pytest.mark.parametrize("account", [BOT, "@news:net.example"])
async def test_an_office_does_not_begin_anew_in_the_store_of_another(
    store: Store, account: str
) -> None:
    await store.run("sync", lambda tx: tx.write("sync token", account, b"s1"))
    session = NoHomeserver(BOT)
    office = Office(store, [Post(Obedient(), cast(Session, session))])
    running = asyncio.create_task(office.run())
    ready = asyncio.create_task(office.ready.wait())
    await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
    assert ready.done() == (account == BOT)
    if not ready.done():
        with pytest.raises(StoreError, match=f"that of another office \\({account}\\)"):
            running.result()
    for task in (running, ready):
        task.cancel()
    await asyncio.wait([running, ready])


async def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    await Store.open(tmp_path, Sealer(KEY)).close()
    with closing(sqlite3.connect(tmp_path / "office.db")) as db:
        db.execute("PRAGMA user_version = 1000")
    with pytest.raises(StoreError, match="written by a newer buendnis"):
        Store.open(tmp_path, Sealer(KEY))


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "office.db"
    file.write_bytes(b"These are somebody's notes, and no database at all. " * 40)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="restore a backup"):
        Store.open(tmp_path, Sealer(KEY))
    assert file.read_bytes() == before


def test_migrations_are_numbered_without_a_gap() -> None:
    folder = resources.files("bots.runtime.store").joinpath("sql")
    names = sorted(entry.name for entry in folder.iterdir())
    assert [int(name[:3]) for name in names] == list(range(1, len(names) + 1))
    assert all(name[3] == "_" and name.endswith(".sql") for name in names)


def test_migrations_are_applied_once_and_wholly(tmp_path: Path) -> None:
    database = sqlite_utils.Database(tmp_path / "office.db")
    migrate(database)
    tables = set(database.table_names())
    assert {"vault", "inbox", "outbox", "handles", "copies", "timers"} <= tables
    migrate(database)
    assert set(database.table_names()) == tables
    database.close()
    assert version(tmp_path / "office.db") >= 1


async def test_what_fails_leaves_nothing_behind(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.write("kind", "key", b"value")
        tx.receive(BOT, ROOM, message(), encrypted=False)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  (it is the one that was raised)
        await store.run("fail", work)
    assert await store.run("read", lambda tx: tx.read("kind", "key")) is None
    assert await store.run("next", lambda tx: tx.next_ready(0)) is None


async def test_a_fault_of_the_database_is_told_in_one_sentence(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx._sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(StoreError, match="can't be used as a store"):
        await store.run("fail", work)
    await store.run("goes on", lambda tx: tx.write("kind", "key", b"value"))


async def test_after_a_power_cut_every_transaction_is_there_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    """The files as they lie on the disk at any commit are what a machine finds after a crash."""
    copies: list[Path] = []

    def copy(stage: str, name: str) -> None:
        if name == "commit:write":
            target = tmp_path / f"crash-{len(copies)}"
            shutil.copytree(tmp_path / "office", target)
            copies.append(target)

    store = Store.open(tmp_path / "office", Sealer(KEY), probe=copy)
    for number in range(12):

        def work(tx: Transaction, number: int = number) -> None:
            tx.write("kind", f"first {number}", b"x" * 2_000)
            tx.write("kind", f"second {number}", b"x" * 2_000)

        await store.run("write", work)
    await store.close()
    for place, crashed in enumerate(copies):
        after = Store.open(crashed, Sealer(KEY))
        rows = await after.run("read", lambda tx: {key for key, _ in tx.rows("kind")})
        await after.close()
        done = (place + 1) // 2  # two probes a commit: one before it, one after
        expected = {f"{part} {n}" for part in ("first", "second") for n in range(done)}
        assert rows == expected, f"after probe {place}"


async def test_a_torn_write_ahead_log_costs_the_torn_transaction_alone(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "office", Sealer(KEY))
    sizes: list[int] = []
    for number in range(8):

        def work(tx: Transaction, number: int = number) -> None:
            tx.write("kind", str(number), b"x" * 3_000)

        await store.run("write", work)
        sizes.append((tmp_path / "office" / "office.db-wal").stat().st_size)
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path / "office", crashed)
    await store.close()
    with (crashed / "office.db-wal").open("r+b") as log:
        log.truncate(sizes[5] - 100)  # the sixth did not reach the disk to its end
    after = Store.open(crashed, Sealer(KEY))
    rows = await after.run("read", lambda tx: sorted(key for key, _ in tx.rows("kind")))
    await after.close()
    assert rows == ["0", "1", "2", "3", "4"]


async def test_what_follows_comes_before_whoever_waits_and_is_told_first(store: Store) -> None:
    done: list[str] = []

    def do(name: str) -> Callable[[Transaction], str]:
        def work(tx: Transaction) -> str:
            done.append(name)
            return name

        return work

    async def run(name: str) -> None:
        heard.append(await store.run(name, do(name)))

    heard: list[str] = []
    store.follow("first", "behind", do("behind"), heard.append)
    await asyncio.gather(run("first"), run("first"), run("last"))
    assert done == ["first", "behind", "first", "behind", "last"]
    assert heard == done[1::-1] * 2 + ["last"]


async def test_what_follows_is_a_transaction_of_its_own(store: Store) -> None:
    def fail(tx: Transaction) -> None:
        tx.put("test/kind", "behind", 1)
        raise ValueError("as it was made")

    heard: list[None] = []
    store.follow("first", "behind", fail, heard.append)
    with pytest.raises(ValueError, match="as it was made"):
        await store.run("first", lambda tx: tx.put("test/kind", "first", 1))
    assert await store.run("look", lambda tx: tx.get("test/kind", "first")) == 1
    assert await store.run("look", lambda tx: tx.get("test/kind", "behind")) is None
    assert not heard
