"""How a store is entered with a key, and what is known of it meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bots.runtime.model.errors import KeyRefused, StoreError
from bots.runtime.store.keyring import Keyring, found, read_copy, write_copy
from bots.runtime.store.keys import Key
from bots.runtime.store.sealing import Keys, Sealer
from bots.runtime.store.transaction import Transaction

FILE = "office.db"


@dataclass(frozen=True, slots=True)
class Held:
    """The keyring of an open store, and the keys that open it."""

    keyring: Keyring
    by: tuple[Key | None, ...] = field(repr=False)
    """A key for each slot; None where it is not at hand."""

    def knowing(self, slot: int, key: Key) -> Held:
        by = (*self.by[:slot], key, *self.by[slot + 1 :])
        return Held(self.keyring, by)


@dataclass(frozen=True, slots=True)
class Second:
    """For another store of an office, which has its roots: what opens it, and the folder of the
    office's own."""

    key: Key = field(repr=False)
    home: Path


def stored(folder: Path) -> Keyring | None:
    """The keyring of an office, without opening anything. Raises StoreError, OSError."""
    file = folder / FILE
    if file.exists():
        alone = "" if file.with_name(f"{FILE}-wal").exists() else "&immutable=1"
        try:
            with closing(
                sqlite3.connect(f"file:{quote(str(file))}?mode=ro{alone}", uri=True)
            ) as db:
                found = db.execute("SELECT wrapped FROM keyring").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise StoreError(f"{file} can't be read ({error}).") from None
            found = None  # its first start was broken off
        if found is not None:
            return Keyring.read(found[0])
    return read_copy(folder)


def reading(connection: sqlite3.Connection, key: Key) -> Sealer:
    """What opens the rows of a store that somebody only reads. Raises StoreError."""
    text = Transaction(connection, Sealer(bytes(32)), 0.0, 0.0).wrapped()
    return Sealer(Keyring.read(text or "").opened(key)[0])


def enter(
    connection: sqlite3.Connection, folder: Path, key: Key, home: Path | None = None
) -> tuple[Keys, Held]:
    """Open a store's keyring, made if this is a new office. A key that is to take the place of
    another has taken it with this: the other opens nothing any more.

    `home`: the folder that has the office's keyring, if it is another one. Raises StoreError,
    OSError.
    """
    tx = Transaction(connection, Sealer(bytes(32)), 0.0, 0.0)  # a keyring is not sealed
    text = tx.wrapped()
    if text is None and connection.execute("SELECT 1 FROM vault LIMIT 1").fetchone():
        raise KeyRefused("This store was made by other means, and has no keys. Restore a backup.")
    if text is not None:
        keyring = Keyring.read(text)
    else:
        keyring = (None if home is None else stored(home)) or found(home or folder, key)
    keys, slot = keyring.opened(key)
    keyring = Keyring(keyring.slots[slot:])
    if keyring.text != text:
        tx.keep_wrapped(keyring.text)
    if home is None:
        write_copy(folder, keyring)
    return keys, Held(keyring, (key, *(None,) * (len(keyring.slots) - 1)))
