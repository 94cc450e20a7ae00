"""Whether the sealing key is there and belongs to the store, and what lies open without it. Opens
the store for reading only."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from bots.cli.checkup.subject import Subject, is_there
from bots.offices.checkup.finding import Finding, fault, note, ok
from bots.runtime.model.errors import KeyRefused, SealBroken, StoreError
from bots.runtime.store.holding import FILE, stored
from bots.runtime.store.keys import FileKey, Key, parse_key
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.transaction import Transaction
from bots.runtime.store.whose import strangers

CHECK, AT_REST = "seal key", "at rest"
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
    if subject.opened_by != "file":
        return _unasked(subject)
    try:
        key = _read(subject.seal_key_path)
    except ValueError as error:
        return fault(CHECK, str(error).partition(". ")[0], BACK)
    except OSError as error:
        return _unread(subject, error)
    if not subject.has_run:
        return ok(CHECK, f"is there; the office has not run yet. {COPY}")
    return _compared(subject.state / FILE, key, accounts)


def _read(path: Path) -> Key:
    return FileKey(parse_key(path.read_text(encoding="ascii", errors="replace"), str(path)))


def _unasked(subject: Subject) -> Finding:
    """Doctor asks nobody for a passphrase: the running office has been opened by it."""
    if subject.opened_by == "credential":
        return ok(CHECK, f"is a credential of systemd. {COPY}")
    told = "is a passphrase. Two people should know it: without it nobody can read the store"
    return ok(CHECK, told)


def at_rest(subject: Subject) -> Iterator[Finding]:
    """What somebody reads in the folder, a backup or a machine that is switched off, and whether a
    key that was replaced still opens the office."""
    if not subject.has_run:
        return
    yield _lying_open(subject)
    try:
        keyring = stored(subject.state)
    except (StoreError, OSError):
        return  # told by the check of the key
    if keyring is not None and len(keyring.slots) > 1:
        kinds = " and ".join(slot.kind for slot in keyring.slots)
        remedy = (
            "Start the office with the new one; from then on it alone opens it. If that was not "
            "meant to take so long, run `buendnis key rotate` again."
        )
        yield note(AT_REST, f"two keys open the office ({kinds}): a change is not finished", remedy)


NOTHING = (
    "a copied folder, a backup or a machine that is switched off shows no name and no text of "
    "anybody who writes; only how many rows there are, how long, and of when"
)


def _lying_open(subject: Subject) -> Finding:
    path, rotate = subject.seal_key_path, f"buendnis key rotate {subject.settings}"
    match subject.opened_by:
        case "passphrase" if is_there(path):
            remedy = "Delete it here. Keep a copy where old backups lie, if you keep those."
            return note(AT_REST, f"{NOTHING}. {path} opens older backups", remedy)
        case "passphrase":
            return ok(AT_REST, f"{NOTHING}; a passphrase that can be guessed protects nothing")
        case "credential":
            return ok(
                AT_REST,
                f"{NOTHING}, unless whoever has the machine can start it: it needs nobody to open",
            )
    if is_there(path) and path.stat().st_dev != subject.state.stat().st_dev:
        return ok(AT_REST, f"{NOTHING}, as long as {path} is not with it")
    return note(
        AT_REST,
        f"whoever has this disk reads everything: {path} lies on it, as the store does. A backup "
        "without the key shows no name and no text",
        f"Let somebody type a passphrase after each start (`{rotate} --to passphrase`), or mount "
        "the key from another machine (seal_key_file).",
    )


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


def _compared(store: Path, key: Key, accounts: Collection[str]) -> Finding:
    try:
        others = _others(store, key, accounts)
    except (SealBroken, KeyRefused):
        return fault(CHECK, "does not fit this store", BACK)
    except (sqlite3.Error, StoreError) as error:
        remedy = "See that this user may read it. If the file was damaged, restore a backup."
        return fault(CHECK, f"the store can't be read ({error})", remedy)
    if others is None:
        return ok(CHECK, f"is there; the store is still empty. {COPY}")
    if others:
        told = f"fits the store, but both are of another office: {', '.join(sorted(others))}"
        return fault(CHECK, told, SWAPPED)
    return ok(CHECK, f"fits the store. {COPY}")


def _others(store: Path, key: Key, accounts: Collection[str]) -> frozenset[str] | None:
    """Whose it is, if it is not ours; None: nothing was sealed yet. Raises StoreError."""
    keyring = stored(store.parent)
    if keyring is None:
        return None
    sealer = Sealer(keyring.opened(key)[0])
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
