"""A consistent copy of an office in one file, made while it runs, and the way back.

The archive is a tar with a manifest of checksums and the store. Everything in the store is sealed,
the settings among it, which name people: an office keeps what it was last started with. So the
archive is worth nothing without the sealing key, and holds that only if asked to.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import sqlite_utils

from bots.runtime.kit.records import HEADS
from bots.runtime.model.errors import KeyRefused, StoreError
from bots.runtime.store import erased, restored
from bots.runtime.store.keyring import Keyring, read_copy, write_copy
from bots.runtime.store.keys import KEY_BYTES, Key, parse_key
from bots.runtime.store.rows.resealing import FIRST, Place
from bots.runtime.store.sealing import Keys, Sealer
from bots.runtime.store.store import FILE, LOCK, check_key, locked, migrate
from bots.runtime.store.transaction import Transaction

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "settings.yaml"
KEY = "seal.key"
KEPT_SETTINGS = ("office", "settings")
"""Where a store keeps the settings with which its office was last started."""
STAMP = "last-backup"
"""A file beside the store: when it was last changed, the last backup was made."""
UNFINISHED = "unfinished-backup"
"""A file beside the store from when a backup is begun until it is whole."""
PATIENCE = 60.0
"""Seconds to wait for a store that is being written."""
_LARGEST_MANIFEST = 100_000


class BackupError(Exception):
    """No backup could be made or restored; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    made: float
    """Seconds since the epoch."""
    files: Mapping[str, str]
    """Name → SHA-256 of the content."""


@dataclass(frozen=True, slots=True)
class Result:
    made: float
    """When the backup was made."""
    held: int
    """Mails that may have left since, and wait."""
    head: str = ""
    """The newest entry of its record, as people were told it; empty: it has none."""


# -- making --------------------------------------------------------------------------------------


def make(folder: Path, settings: Path | None, target: Path, key: bytes | None = None) -> None:
    """Write the office of a state folder into a new file, readable for its owner alone.

    `settings`, `key`: the file of settings, and the sealing key, if they shall go along. The office
    may run meanwhile. Raises BackupError.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; name another file.")
    unfinished = folder / UNFINISHED
    try:
        if (folder / FILE).exists():
            unfinished.touch(mode=0o600)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as place:
            _write(Path(place), folder, settings, target, key)
        (folder / STAMP).touch(mode=0o600)
        unfinished.unlink()
    except OSError as error:
        raise BackupError(
            f"{target} can't be written ({error.strerror}). See that its folder exists, belongs "
            "to you and has room."
        ) from None


def _write(
    place: Path, folder: Path, settings: Path | None, target: Path, key: bytes | None
) -> None:
    made = time.time()
    parts: dict[str, Path] = {FILE: place / FILE}
    _copy_store(folder / FILE, parts[FILE])
    if settings is not None:
        parts[SETTINGS] = place / SETTINGS
        parts[SETTINGS].write_bytes(settings.read_bytes())
    if key is not None:
        parts[KEY] = place / KEY
        parts[KEY].write_text(key.hex() + "\n")
    manifest = Manifest(FORMAT, made, {name: _digest(path) for name, path in parts.items()})
    whole = place / "whole"
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=1).encode(), made)
            for name, path in parts.items():
                archive.add(path, name, filter=_anonymous)
        file.flush()
        os.fsync(file.fileno())
    os.link(whole, target)  # never over another file


def _copy_store(source: Path, target: Path) -> None:
    """One moment of the store, without what was deleted from it. Nobody who writes is held up."""
    if not source.exists():
        raise BackupError(
            f"There is no store in {source.parent}. See where the settings say that it is; an "
            "office that never ran has nothing to back up."
        )
    target.touch(mode=0o600)
    try:
        connection = sqlite3.connect(source, timeout=PATIENCE)
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BackupError(f"The store could not be copied ({error}). Try again.") from None


def _add(archive: tarfile.TarFile, name: str, content: bytes, made: float) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, int(made)
    archive.addfile(info, io.BytesIO(content))


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# -- restoring -----------------------------------------------------------------------------------


def keep_settings(text: bytes, tx: Transaction) -> None:
    """So that a backup brings them along, sealed as all else."""
    if tx.read(*KEPT_SETTINGS) != text:
        tx.write(*KEPT_SETTINGS, text)


def settings_of(archive: Path) -> bytes | None:
    """The settings that an archive holds for everybody to read. Raises BackupError."""
    with _opened(archive) as (found, manifest):
        return found(SETTINGS).read() if SETTINGS in manifest.files else None


def sealed_settings(archive: Path, opening: Callable[[str], Key]) -> tuple[bytes | None, Key]:
    """Those with which the office was last started, and what opened them: `opening` finds that, by
    its kind. Raises BackupError, StoreError."""
    with _looked_into(archive) as connection:
        keyring = _keyring(connection)
        key = opening(keyring.slots[0].kind)
        keys = keyring.opened(key)[0]
        return Transaction(connection, Sealer(keys), 0.0, 0.0).read(*KEPT_SETTINGS), key


@contextmanager
def _looked_into(archive: Path) -> Iterator[sqlite3.Connection]:
    """The store of an archive, for a moment; everything in it stays sealed."""
    with tempfile.TemporaryDirectory(prefix="buendnis-restore-") as place:
        copy = Path(place) / FILE
        _extract(archive, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            yield connection


def _keyring(connection: sqlite3.Connection) -> Keyring:
    tx = Transaction(connection, Sealer(bytes(KEY_BYTES)), 0.0, 0.0)  # a keyring is not sealed
    return Keyring.read(tx.wrapped() or "")


def key_of(archive: Path) -> bytes | None:
    """The sealing key, if the archive holds it. Raises BackupError."""
    with _opened(archive) as (found, manifest):
        if KEY not in manifest.files:
            return None
        try:
            return parse_key(found(KEY).read().decode("ascii", "replace"), f"{archive}: {KEY}")
        except ValueError as error:
            raise BackupError(str(error)) from None


def restore(
    archive: Path,
    folder: Path,
    by: Key | Sealer,
    now: Callable[[], float] = time.time,
    former: Key | None = None,
) -> Result:
    """Bring an office back into a state folder without a store; all of it or nothing. `by`: what
    opens it now, or its keys; `former`: what did when the backup was made, if that was another.

    Raises BackupError, StoreError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder / LOCK):
        if (folder / FILE).exists():
            raise BackupError(
                f"{folder} holds a store already. Stop the office and move {FILE} and its "
                f"companions away ({FILE}-wal, {FILE}-shm); leave {erased.NAME} where it is."
            )
        copy = folder / f"{FILE}.restoring"
        copy.unlink(missing_ok=True)
        try:
            made = _extract(archive, copy)
            held, head = _prepare(copy, folder, partial(_unlocked, folder, by, former), made, now())
            copy.rename(folder / FILE)
        finally:
            copy.unlink(missing_ok=True)
    return Result(made, held, head)


def _extract(archive: Path, target: Path) -> float:
    digest = hashlib.sha256()
    with (
        _opened(archive) as (found, manifest),
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        content = found(FILE)
        while block := content.read(1 << 20):
            digest.update(block)
            file.write(block)
        if digest.hexdigest() != manifest.files[FILE]:
            raise _damaged(archive)
        file.flush()
        os.fsync(file.fileno())
        return manifest.made


Unlocked = Callable[[sqlite3.Connection], Sealer]


def _prepare(
    copy: Path, folder: Path, unlocked: Unlocked, made: float, now: float
) -> tuple[int, str]:
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        for pragma in ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise BackupError("The store in the archive is damaged; take another backup.")
        db = sqlite_utils.Database(connection)
        migrate(db)
        connection.execute("BEGIN IMMEDIATE")
        sealer = unlocked(connection)
        connection.execute("COMMIT")
        check_key(db, sealer)
        connection.execute("BEGIN IMMEDIATE")
        tx = Transaction(connection, sealer, now, 0.0)
        head = tx.document(HEADS, "head")
        held = restored.begin(tx, made, erased.read(folder))
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(f"The store in the archive can't be used ({error}).") from None
    finally:
        connection.close()
    return held, "" if head is None else head.told


# -- its keys --------------------------------------------------------------------------------------


def _unlocked(
    folder: Path, by: Key | Sealer, former: Key | None, connection: sqlite3.Connection
) -> Sealer:
    """With the key of today. Raises KeyRefused, BackupError."""
    if isinstance(by, Sealer):
        return by
    tx = Transaction(connection, Sealer(bytes(KEY_BYTES)), 0.0, 0.0)
    keyring = _keyring(connection)
    if keyring.fits(by):
        keys, slot = keyring.opened(by)
        keyring = Keyring(keyring.slots[slot:])
    else:
        keys = _resealed(connection, folder, keyring, by, former)
        keyring = Keyring.wrapped(keys, by)
    tx.keep_wrapped(keyring.text)
    write_copy(folder, keyring)
    return Sealer(keys)


def _resealed(
    connection: sqlite3.Connection, folder: Path, keyring: Keyring, by: Key, former: Key | None
) -> Keys:
    """The backup is older than the key: with the key of its time it is read once more, and sealed
    anew. If the office has become somebody else since, it stays that."""
    if former is None:
        raise KeyRefused(
            "This key does not open the backup, or the passphrase was mistyped. If the key was "
            "changed since, give the one of that time as well: --former-key FILE, or "
            "--former-passphrase."
        )
    keys, _ = keyring.opened(former)
    today = _of_today(folder, by) or keys
    if today.ids != keys.ids:
        raise BackupError(f"{folder} holds the keys of another office than the backup.")
    number = max(keys.number, today.number) + 1
    newest = os.urandom(KEY_BYTES)
    both = Keys(keys.ids, today.identity, {**keys.data, number: newest})
    place: Place | None = FIRST
    while place is not None:
        place = Transaction(connection, Sealer(both), 0.0, 0.0).reseal(place, 1000)
    return Keys(both.ids, both.identity, {number: newest})


def _of_today(folder: Path, by: Key) -> Keys | None:
    copy = read_copy(folder)
    return copy.opened(by)[0] if copy is not None and copy.fits(by) else None


Found = Callable[[str], IO[bytes]]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Found, Manifest]]:
    """An archive whose manifest was read; small parts are checked here."""
    try:
        with tarfile.open(path, "r:") as archive:

            def found(name: str) -> IO[bytes]:
                part = archive.extractfile(name)
                if part is None:
                    raise _damaged(path)
                return _checked(part, manifest.files[name], path) if name != FILE else part

            manifest = _manifest(archive, path)
            yield found, manifest
    except (tarfile.TarError, KeyError, EOFError, UnicodeDecodeError):
        raise _damaged(path) from None
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}.") from None
    except OSError as error:
        raise BackupError(f"{path} can't be read ({error.strerror}).") from None


def _manifest(archive: tarfile.TarFile, path: Path) -> Manifest:
    part = archive.extractfile(MANIFEST)
    try:
        data: Any = json.loads(part.read(_LARGEST_MANIFEST) if part is not None else b"")
        manifest = Manifest(int(data["format"]), float(data["made"]), dict(data["files"]))
    except (ValueError, TypeError):
        raise _damaged(path) from None
    if manifest.format > FORMAT:
        raise BackupError(f"{path} was made by a newer buendnis; install that version or a later.")
    return manifest


def _checked(part: Any, wanted: str, path: Path) -> IO[bytes]:
    content = part.read()
    if hashlib.sha256(content).hexdigest() != wanted:
        raise _damaged(path)
    return io.BytesIO(content)


def _damaged(path: Path) -> BackupError:
    return BackupError(f"{path} is no backup of an office, or is damaged; take another one.")
