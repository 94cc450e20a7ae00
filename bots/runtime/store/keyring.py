"""The keys of an office, wrapped by what its people hold.

Roots and data keys are wrapped apart (AES-256-GCM), once for each key that opens them: one, or two
while a key is being replaced, so that at no moment an office is without a key that fits. A keyring
lies in the store that it is of, and a copy of it beside the store (`seal.keyring`): an office that
has lost its store comes back with it as the same, and the creator's store of a network has its
roots from there. It tells nothing to whoever lacks the key.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bots.runtime.model.errors import KeyRefused, StoreError
from bots.runtime.store.keys import KEY_BYTES, MOST_COST, Key, write_new, write_over
from bots.runtime.store.sealing import Keys

NAME = "seal.keyring"
FORMAT = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12
_ROOTS, _DATA = b"buendnis roots", b"buendnis data keys"


@dataclass(frozen=True, slots=True)
class Slot:
    """All keys, wrapped by one that somebody holds."""

    kind: str
    cost: int
    salt: bytes
    roots: bytes = field(repr=False)
    data: bytes = field(repr=False)

    @classmethod
    def wrapped(cls, keys: Keys, key: Key) -> Slot:
        salt = os.urandom(_SALT_BYTES)
        cipher = AESGCM(key.stretched(salt, key.cost))
        data = json.dumps({number: x.hex() for number, x in keys.data.items()}).encode()
        roots = keys.ids + keys.identity
        return cls(
            key.kind, key.cost, salt, _sealed(cipher, roots, _ROOTS), _sealed(cipher, data, _DATA)
        )

    def opened(self, key: Key) -> Keys | None:
        """None if it is not this key's."""
        if (self.cost == 0) != (key.cost == 0) or self.cost > MOST_COST:
            return None
        cipher = AESGCM(key.stretched(self.salt, self.cost))
        try:
            roots = cipher.decrypt(self.roots[:_NONCE_BYTES], self.roots[_NONCE_BYTES:], _ROOTS)
            data = cipher.decrypt(self.data[:_NONCE_BYTES], self.data[_NONCE_BYTES:], _DATA)
        except InvalidTag:
            return None
        numbered = {int(number): bytes.fromhex(x) for number, x in json.loads(data).items()}
        return Keys(roots[:KEY_BYTES], roots[KEY_BYTES:], numbered)


def _sealed(cipher: AESGCM, value: bytes, what: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, value, what)


@dataclass(frozen=True, slots=True)
class Keyring:
    """`slots`: the key that is held now; behind it one that is to take its place."""

    slots: tuple[Slot, ...]

    @classmethod
    def wrapped(cls, keys: Keys, *by: Key) -> Keyring:
        return cls(tuple(Slot.wrapped(keys, key) for key in by))

    def opened(self, key: Key) -> tuple[Keys, int]:
        """The keys, and the number of the slot. Raises KeyRefused."""
        for number, slot in reversed(list(enumerate(self.slots))):
            if (keys := slot.opened(key)) is not None:
                return keys, number
        raise KeyRefused(
            "The sealing key does not fit this store. Put the key file that belongs to it back (by "
            "default seal.key in the state folder), or write its passphrase."
        )

    def fits(self, key: Key) -> bool:
        return any(slot.opened(key) is not None for slot in self.slots)

    @property
    def text(self) -> str:
        slots = [
            {
                "kind": x.kind,
                "cost": x.cost,
                **{name: getattr(x, name).hex() for name in ("salt", "roots", "data")},
            }
            for x in self.slots
        ]
        return f"{json.dumps({'format': FORMAT, 'slots': slots}, indent=1)}\n"

    @classmethod
    def read(cls, text: str) -> Keyring:
        """Raises StoreError."""
        try:
            data: Any = json.loads(text)
            if data["format"] > FORMAT:
                raise StoreError("The keys of this store were written by a newer buendnis.")
            return cls(tuple(map(_slot, _filled(data["slots"]))))
        except (ValueError, KeyError, TypeError):
            raise StoreError(
                f"The wrapped keys of this store ({NAME}) can't be understood. Restore a backup."
            ) from None


def _filled(slots: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    if not (found := list(slots)):
        raise ValueError
    return found


def _slot(data: Mapping[str, Any]) -> Slot:
    salt, roots, wrapped = (bytes.fromhex(data[name]) for name in ("salt", "roots", "data"))
    return Slot(str(data["kind"]), int(data["cost"]), salt, roots, wrapped)


# -- the copy beside the store ---------------------------------------------------------------------


def read_copy(folder: Path) -> Keyring | None:
    """Raises StoreError."""
    try:
        return Keyring.read((folder / NAME).read_text(encoding="ascii", errors="replace"))
    except FileNotFoundError:
        return None


def write_copy(folder: Path, keyring: Keyring) -> None:
    """In place of an older one."""
    if read_copy_text(folder) != keyring.text:
        write_over(folder / NAME, keyring.text)


def read_copy_text(folder: Path) -> str | None:
    try:
        return (folder / NAME).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None


def found(folder: Path, key: Key) -> Keyring:
    """The copy in a folder, made with new keys where there is none. Raises StoreError."""
    if not (folder / NAME).exists():
        keys = Keys.founded(os.urandom(KEY_BYTES))
        write_new(folder / NAME, Keyring.wrapped(keys, key).text)
    there = read_copy(folder)
    assert there is not None  # noqa: S101  (just made, and nobody takes it away)
    return there
