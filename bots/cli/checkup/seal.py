"""Whether the sealing key is there and belongs to the store. Opens the store for reading only."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from bots.cli.checkup.subject import Subject
from bots.offices.checkup.finding import Finding, fault, note, ok
from bots.runtime.model.errors import SealBroken
from bots.runtime.store.sealing import Sealer, parse_key
from bots.runtime.store.store import FILE
from bots.runtime.store.transaction import Transaction
from bots.runtime.store.whose import strangers

CHECK = "seal key"
BACK = (
    "Put the key back that belongs to this store, from the copy that was kept elsewhere; without "
    "it nobody can read the store."
)
COPY = "Keep a copy of it in another place than the backups of the store."


SWAPPED = (
    "The folders of two offices may have been taken for each other: put each state folder back "
    "into its place, its seal.key with it."
)


def seal(subject: Subject, accounts: Collection[str]) -> Finding:
    """`accounts`: all of the office."""
    try:
        key = subject.seal_key or _read(subject.seal_key_path)
    except ValueError as error:
        return fault(CHECK, str(error).partition(". ")[0], BACK)
    except OSError as error:
        return _unread(subject, error)
    if not subject.has_run:
        return ok(CHECK, f"is there; the office has not run yet. {COPY}")
    return _compared(subject.state / FILE, key, accounts)


def _read(path: Path) -> bytes:
    return parse_key(path.read_text(encoding="ascii", errors="replace"), str(path))


def _unread(subject: Subject, error: OSError) -> Finding:
    path = subject.seal_key_path
    if not isinstance(error, FileNotFoundError):
        remedy = "Run doctor as the user who runs the office."
        return fault(CHECK, f"{path} can't be read ({error.strerror})", remedy)
    if not subject.has_run:
        return note(CHECK, "is not there yet", f"The office makes it at its first start. {COPY}")
    if not subject.has_secret:
        remedy = "If the environment of the office gives it, run doctor in that environment."
        return note(CHECK, f"{path} is not there", f"{remedy} Else: {BACK}")
    return fault(CHECK, f"{path} is not there, but the store is", BACK)


def _compared(store: Path, key: bytes, accounts: Collection[str]) -> Finding:
    try:
        others = _others(store, Sealer(key), accounts)
    except SealBroken:
        return fault(CHECK, "does not fit this store", BACK)
    except sqlite3.Error as error:
        remedy = "See that this user may read it. If the file was damaged, restore a backup."
        return fault(CHECK, f"the store can't be read ({error})", remedy)
    if others is None:
        return ok(CHECK, f"is there; the store is still empty. {COPY}")
    if others:
        told = f"fits the store, but both are of another office: {', '.join(sorted(others))}"
        return fault(CHECK, told, SWAPPED)
    return ok(CHECK, f"fits the store. {COPY}")


def _others(store: Path, sealer: Sealer, accounts: Collection[str]) -> frozenset[str] | None:
    """Whose it is, if it is not ours; None: nothing was sealed yet. Raises SealBroken."""
    with closing(sqlite3.connect(_uri(store), uri=True, isolation_level=None)) as connection:
        try:
            transaction = Transaction(connection, sealer, 0.0, 0.0)
            return strangers(transaction, accounts) if list(transaction.rows("office")) else None
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return None  # its first start was broken off


def _uri(store: Path) -> str:
    # Nothing may be made beside the store by somebody who only looks: without a log of changes to
    # be read too, SQLite needs no files of its own.
    alone = "" if store.with_name(f"{store.name}-wal").exists() else "&immutable=1"
    return f"file:{quote(str(store))}?mode=ro{alone}"
