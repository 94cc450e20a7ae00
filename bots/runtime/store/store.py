"""One office's store: one SQLite file, one process, one thread that writes.

`Store.run` runs a function in one transaction in that thread; the event loop never waits for a
disk. `synchronous=FULL` in WAL mode: what was committed survives a power cut.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from bots.runtime.kit.records import HEADS, Head
from bots.runtime.model.errors import AlreadyRunning, KeyRefused, StoreError
from bots.runtime.process.clock import Boot, boot
from bots.runtime.store import erased, heads
from bots.runtime.store.holding import FILE, Held, Second, enter
from bots.runtime.store.keyring import write_copy
from bots.runtime.store.keys import Key
from bots.runtime.store.sealing import Keys, Sealer
from bots.runtime.store.transaction import Transaction
from federation.model.ports import Probe, no_probe

__all__ = ["FILE", "AlreadyRunning", "Store", "StoreError", "migrate"]

T = TypeVar("T")
log = logging.getLogger(__name__)

LOCK = "office.lock"
RUN = ("office", "running")
"""Where the store keeps how long the office has run."""
NOTE_EVERY = 10.0
"""Seconds. A kill takes back what was not noted, and spans last that much longer."""


@dataclass(frozen=True, slots=True)
class _Follower:
    work: Callable[[], Any]
    told: Callable[[Any], None]


class _Time:
    """By the clock on the wall, and how long the office has run, over all its lives."""

    def __init__(
        self,
        wall: Callable[[], float],
        running: Callable[[], float],
        boot: Callable[[], Boot],
        noted: float,
    ) -> None:
        self.wall = wall
        self.boot = boot
        self.noted = noted
        """How long it has run, as far as the store knows."""
        self._before = noted - running()
        self._running = running

    def running(self) -> float:
        return self._before + self._running()


class Store:
    """Use `Store.open`; close it with `close`."""

    def __init__(
        self,
        folder: Path,
        db: sqlite_utils.Database,
        sealer: Sealer,
        lock: int,
        time: _Time,
        probe: Probe,
    ) -> None:
        self.folder = folder
        self._db = db
        self.sealer = sealer
        self.held: Held | None = None
        """What opens it; None where it was opened with the bare keys."""
        self._is_second = False
        self._lock = lock
        self._time = time
        self._probe = probe
        self.patience = 60.0
        """Seconds that an event may wait for its key before its sender is asked again."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._followers: dict[str, _Follower] = {}
        self.written: Counter[str] = Counter()
        """How often something of each kind was written: whoever keeps a copy sees it go stale."""

    @classmethod
    def open(
        cls,
        folder: Path,
        by: Key | Second | Sealer,
        clock: Callable[[], float] = time.time,
        probe: Probe = no_probe,
        running: Callable[[], float] = time.monotonic,
        boot: Callable[[], Boot] = boot,
    ) -> Store:
        """Open or make the store in `folder`, by what wraps its keys, or with the keys. `clock`
        gives seconds since the epoch, `running` those since some moment, by a clock that nobody
        sets, `boot` those since the machine was started.

        Raises AlreadyRunning, StoreError, OSError.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _take_lock(folder / LOCK)
        try:
            db = _connect(folder / FILE)
            migrate(db)
            sealer, held = _entered(db, folder, by)
            check_key(db, sealer)
            known = Transaction(db.conn, sealer, 0.0, 0.0)
            erased.catch_up(folder, known.erased())
            heads.begin(folder, known.document(HEADS, "head"))
            noted = float(known.read(*RUN) or 0.0)
        except sqlite3.Error as error:
            os.close(lock)
            raise _unusable(folder / FILE, error) from None
        except BaseException:
            os.close(lock)
            raise
        store = cls(folder, db, sealer, lock, _Time(clock, running, boot, noted), probe)
        store.held, store._is_second = held, isinstance(by, Second)
        return store

    def hold(self, held: Held, keys: Keys) -> None:
        """Its keys are others now, as the store has committed."""
        self.held = held
        self.sealer.take(keys)
        if not self._is_second:
            try:
                write_copy(self.folder, held.keyring)
            except OSError as error:  # the store has it, and the next start tries again
                log.error("the copy of the keys can't be written (%s)", type(error).__name__)

    async def fold(self) -> None:
        """Leave nothing in the write-ahead log, as far as nobody else is reading."""

        def fold() -> None:
            self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        await asyncio.get_running_loop().run_in_executor(self._thread, fold)

    async def run(self, name: str, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction: all of it is committed, or, if it raises, none.

        Raises StoreError if the file can't be read or written, and what `work` raises.
        """
        loop, follower = asyncio.get_running_loop(), self._followers.get(name)
        if follower is None:
            return await loop.run_in_executor(self._thread, self._transact, name, work)
        result, behind = await loop.run_in_executor(
            self._thread, lambda: (self._transact(name, work), follower.work())
        )
        follower.told(behind)
        return result

    def follow(
        self, name: str, then: str, work: Callable[[Transaction], T], told: Callable[[T], None]
    ) -> None:
        """From now on, after each transaction of this name comes another, `then`, before anything
        else that waits for the store. What came of it is told in the event loop before whoever ran
        the first has its result; `run` raises what either raises."""
        self._followers[name] = _Follower(lambda: self._transact(then, work), told)

    def _transact(self, name: str, work: Callable[[Transaction], T]) -> T:
        try:
            result = self._commit(name, work)
        except sqlite3.Error as error:
            raise _unusable(FILE, error) from None
        self._probe("after", f"commit:{name}")
        return result

    def _commit(self, name: str, work: Callable[[Transaction], T], every: float = NOTE_EVERY) -> T:
        connection = self._db.conn
        connection.execute("BEGIN IMMEDIATE")
        try:
            now, run = self._time.wall(), self._time.running()
            boot = self._time.boot()
            transaction = Transaction(connection, self.sealer, now, self.patience, run, boot)
            result = work(transaction)
            if to_note := run > self._time.noted + every:
                transaction.write(*RUN, repr(run).encode())
            head = (
                transaction.document(HEADS, "head") if HEADS.kind in transaction.written else None
            )
            self._probe("before", f"commit:{name}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if to_note:
            self._time.noted = run
        self.written.update(transaction.written)
        self._note(transaction.forgotten, head)
        return result

    def _note(self, forgotten: Mapping[str, float], head: Head | None) -> None:
        """Beside the store. If that fails: the store has it, and the next time tries again."""
        try:
            erased.append(self.folder, forgotten)
            if head is not None:
                heads.write(self.folder, head)
        except OSError as error:
            log.error("%s can't be written (%s)", self.folder.name, type(error).__name__)

    async def close(self) -> None:
        with suppress(sqlite3.Error):  # spans become longer by what is not noted
            end = partial(self._commit, "close", lambda tx: None, every=0.0)
            await asyncio.get_running_loop().run_in_executor(self._thread, end)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._db.conn.close()
        os.close(self._lock)


def _entered(
    db: sqlite_utils.Database, folder: Path, by: Key | Second | Sealer
) -> tuple[Sealer, Held | None]:
    if isinstance(by, Sealer):
        return by, None
    key, home = (by.key, by.home) if isinstance(by, Second) else (by, None)
    keys, held = enter(db.conn, folder, key, home)
    return Sealer(keys), held


def _unusable(file: Path | str, error: sqlite3.Error) -> StoreError:
    return StoreError(
        f"{file} can't be used as a store ({error}). See that the disk is neither full nor "
        "read-only; if the file was damaged, restore a backup."
    )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep offices away from a store while the block runs. Raises AlreadyRunning."""
    descriptor = _take_lock(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _take_lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise AlreadyRunning(
            f"An office is already running on this store (process {holder or 'unknown'}). "
            "Stop it with `buendnis stop`, or leave it running."
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def _connect(path: Path) -> sqlite_utils.Database:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return sqlite_utils.Database(connection)


def migrate(db: sqlite_utils.Database) -> None:
    """Apply the numbered migrations in `sql/` that this file has not seen, each in a transaction.

    Raises StoreError if the file was written by a newer version of buendnis.
    """
    steps = sorted(
        (entry for entry in resources.files(f"{__package__}").joinpath("sql").iterdir()),
        key=lambda entry: entry.name,
    )
    current = db.execute("PRAGMA user_version").fetchone()[0]
    if current > len(steps):
        raise StoreError(
            f"This store was written by a newer buendnis (its format is {current}, this program "
            f"knows {len(steps)}). Install that version again, or a later one."
        )
    for number, step in enumerate(steps[current:], start=current + 1):
        log.info("bringing the store to format %d", number)
        script = step.read_text(encoding="utf-8")
        db.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def check_key(db: sqlite_utils.Database, sealer: Sealer) -> None:
    """A store opened with the wrong key must end at once, not at the first complaint."""
    transaction = Transaction(db.conn, sealer, 0.0, 0.0)
    with db.conn:
        if transaction.read("office", "seal") is None:
            if db.execute("SELECT 1 FROM vault LIMIT 1").fetchone():
                raise KeyRefused(
                    "The sealing key does not fit this store. Put the key file that belongs to "
                    "it back (by default seal.key in the state folder)."
                )
            transaction.write("office", "seal", b"fits")
