"""Sealing of rows: what lies in the file is of no use without the office's key.

Values are sealed with AES-256-GCM under a key of their own kind (HKDF-SHA256, RFC 5869), bound to
their place. Keys of rows are fingerprints (HMAC-SHA256, RFC 2104, cut to 128 bits): equal texts
can be found, none can be read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bots.runtime.model.errors import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
ID_HALF = 16
"""Digits of one half of an action's id."""


class Sealer:
    """Seals, opens and fingerprints with one master key of 32 bytes."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes, this one has {len(master)}")
        self._master = master
        self._marks = self._subkey("fingerprint")
        self._ids = self._subkey("action id")
        self._cipher = lru_cache(maxsize=None)(lambda kind: AESGCM(self._subkey(f"seal {kind}")))

    def __repr__(self) -> str:
        return "<Sealer>"

    def _subkey(self, purpose: str) -> bytes:
        info = f"buendnis {purpose}".encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._master)

    def secret(self, purpose: str) -> bytes:
        """32 bytes for another purpose (a password, a signing key) that outlive a lost store."""
        return self._subkey(f"secret {purpose}")

    def derived(self, purpose: str, about: str) -> bytes:
        """32 bytes for one of many things of the same purpose."""
        named = about.encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret(purpose), named, hashlib.sha256)

    def seal(self, kind: str, place: bytes, value: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(kind).encrypt(nonce, value, place)

    def open(self, kind: str, place: bytes, sealed: bytes) -> bytes:
        """Raises SealBroken."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher(kind).decrypt(nonce, rest, place)
        except (InvalidTag, ValueError):  # ValueError: cut off within its nonce
            raise SealBroken(
                f"A row of kind {kind!r} does not open. If the sealing key was replaced, put the "
                "old one back; if the file was altered, restore a backup."
            ) from None

    def mark(self, kind: str, text: str) -> bytes:
        """A 16-byte fingerprint of `text`, different for each kind."""
        named = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._marks, named, hashlib.sha256)[:16]

    def action_id(self, cause: str, slot: str, *, here: bool = False) -> str:
        """128 bits in hex, the same for the same cause and name in its decision.

        Derived, not counted and not random: a lost store that meets the same event again arrives
        at the same id, so the homeserver (transaction id) and the room's history (our mark in the
        event) tell that it was done.

        `here`: it is done in the room of its cause. Then the first half is the cause's
        alone, by which it is known there as answered. Elsewhere nothing is shared: a homeserver
        could tell by it which case is whose chat.
        """
        own = self._id(cause, slot)
        return self.answer_mark(cause) + own[ID_HALF:] if here else own

    def answer_mark(self, cause: str) -> str:
        """How the ids of all begin that is done about this in its own room."""
        return self._id(cause)[:ID_HALF]

    def _id(self, *names: str) -> str:
        return hmac.digest(self._ids, json.dumps(names).encode(), hashlib.sha256)[:16].hex()


def load_key(path: Path) -> bytes:
    """Read the sealing key from a file of 64 hex digits, or make the file (mode 0600).

    Raises ValueError with the remedy if the file holds something else.
    """
    if not path.exists():
        _make_key(path)
    return parse_key(path.read_text(encoding="ascii", errors="replace"), str(path))


def _make_key(path: Path) -> None:
    """Whole or not at all: a file that a kill left empty would keep the office out for good."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(os.urandom(KEY_BYTES).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was quicker; never over its key
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def parse_key(text: str, where: str) -> bytes:
    """64 hex digits → 32 bytes."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{where}: a sealing key is {2 * KEY_BYTES} hex digits. Put the right file back; "
            "without it the office's store can't be read."
        )
    return key
