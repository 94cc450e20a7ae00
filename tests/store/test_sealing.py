"""Nothing in the file can be read, and nothing in it can be altered or moved unnoticed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bots.runtime.model.errors import SealBroken
from bots.runtime.process.clock import ManualClock
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from tests.store.canaried import READERS, SECRETS, fill, read_all
from tests.store.conftest import KEY, NOW


async def test_nothing_in_any_file_can_be_read(tmp_path: Path) -> None:
    store = Store.open(tmp_path, Sealer(KEY), ManualClock(NOW).now)
    await store.run("fill", fill)
    found = read_all(tmp_path)
    assert {"office.db", "office.db-wal"} <= found.keys()
    assert sum(map(len, found.values())) > 20_000
    for name, content in found.items():
        for secret in (*SECRETS, "session-canary", "event-canary", "timer-canary", "case-canary"):
            assert secret.encode() not in content, f"{secret} in {name}"
            assert secret.encode("utf-16-le") not in content
        assert KEY not in content
    await store.close()


async def test_what_was_erased_is_gone_from_the_file(tmp_path: Path) -> None:
    """The sealed bytes themselves, so that a key that leaks later opens nothing."""
    store = Store.open(tmp_path, Sealer(KEY))
    await store.run("put", lambda tx: tx.put("bot/case", "1", {"text": "x" * 500}))
    sealed = await store.run("read", lambda tx: tx._sql("SELECT sealed FROM vault").fetchall())
    await store.run("delete", lambda tx: tx.delete("bot/case", "1"))
    await store.close()  # the last connection folds the write-ahead log into the file
    content = b"".join(read_all(tmp_path).values())
    [fits] = [row[0] for row in sealed if row[0] in content]
    assert len(fits) < 100, "the only row left is the one that tells whether the key fits"


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = Store.open(tmp_path / "state", Sealer(KEY))
        store._db.conn.execute("CREATE TABLE probe (x)")
    finally:
        os.umask(old)
    for path in (tmp_path / "state", *(tmp_path / "state").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    store._db.conn.close()


@pytest.mark.parametrize("table", READERS)
async def test_a_row_that_was_altered_does_not_open(store: Store, table: str) -> None:
    await store.run("fill", fill)
    await store.run("read", READERS[table])

    def alter(tx: Transaction) -> int:
        blobs = [row[0] for row in tx._sql(f"SELECT sealed FROM {table}")]  # noqa: S608
        for blob in blobs:
            altered = blob[:-1] + bytes([blob[-1] ^ 1])
            tx._sql(f"UPDATE {table} SET sealed = ? WHERE sealed = ?", (altered, blob))  # noqa: S608
        return len(blobs)

    await store.run("fill", fill)
    assert await store.run("alter", alter) > 0
    with pytest.raises(SealBroken, match="does not open"):
        await store.run("read", READERS[table])


async def test_a_row_that_was_moved_does_not_open(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.write("kind", "one", b"first")
        tx.write("kind", "two", b"second")
        tx.write("other", "one", b"third")
        one, two = (store.sealer.mark("kind", name) for name in ("one", "two"))
        other = store.sealer.mark("other", "one")
        tx._sql(
            "UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE key = ?) WHERE key = ?",
            (one, two),
        )
        tx._sql(
            "UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE key = ?) WHERE key = ?",
            (one, other),
        )

    await store.run("move", work)
    assert await store.run("read", lambda tx: tx.read("kind", "one")) == b"first"
    with pytest.raises(SealBroken):
        await store.run("read", lambda tx: tx.read("kind", "two"))
    with pytest.raises(SealBroken):
        await store.run("read", lambda tx: tx.read("other", "one"))
    with pytest.raises(SealBroken):
        await store.run("rows", lambda tx: list(tx.rows("kind")))


async def test_equal_values_can_not_be_told_to_be_equal(store: Store) -> None:
    def work(tx: Transaction) -> set[bytes]:
        for number in range(20):
            tx.write("kind", str(number), b"the same")
        return {row[0] for row in tx._sql("SELECT sealed FROM vault WHERE kind = 'kind'")}

    assert len(await store.run("write", work)) == 20
