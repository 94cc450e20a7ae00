"""Sealing of rows: what lies in the file is of no use without the office's keys.

Values are sealed with AES-256-GCM under a key of their own kind (HKDF-SHA256, RFC 5869), bound to
their place, and name the data key that sealed them. Keys of rows are fingerprints (HMAC-SHA256, RFC
2104, cut to 128 bits): equal texts can be found, none can be read.

Fingerprints and ids of actions come from a root that stays for as long as the office lives: rows
whose texts are gone, `erased.log` and events in rooms carry them. Data keys come and go
(`bots.runtime.store.rotation`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bots.runtime.model.errors import SealBroken
from bots.runtime.store.keys import KEY_BYTES

NUMBER_BYTES = 2
"""At the front of a sealed value: the number of its data key."""
_NONCE_BYTES = 12
_FRONT = NUMBER_BYTES + _NONCE_BYTES
ID_HALF = 16
"""Digits of one half of an action's id."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What an office seals and derives with. Raises ValueError if one has another size."""

    ids: bytes = field(repr=False)
    """Root of fingerprints, of ids of actions, and of secrets that others know by now."""
    identity: bytes = field(repr=False)
    """Root of who the office is, its cross-signing keys, and of receipts, codes and numbers of
    cases."""
    data: Mapping[int, bytes] = field(repr=False)
    """What rows are sealed with, by number. The highest seals; the others only open."""

    def __post_init__(self) -> None:
        for key in (self.ids, self.identity, *self.data.values()):
            if len(key) != KEY_BYTES:
                raise ValueError(f"a sealing key has {KEY_BYTES} bytes, this one has {len(key)}")

    @property
    def number(self) -> int:
        """Of the data key that seals."""
        return max(self.data)

    @classmethod
    def founded(cls, seed: bytes) -> Keys:
        """Those of a new office, from 32 random bytes, which need not be kept."""
        if len(seed) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes, this one has {len(seed)}")
        ids, identity, data = (_derived(seed, x) for x in ("ids", "identity", "data"))
        return cls(ids, identity, {1: data})


def _derived(root: bytes, purpose: str) -> bytes:
    info = f"buendnis {purpose}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(root)


class Sealer:
    """Seals, opens and fingerprints with the keys of one office; of bytes, those that it would be
    founded with."""

    def __init__(self, keys: Keys | bytes) -> None:
        self.take(Keys.founded(keys) if isinstance(keys, bytes) else keys)

    def take(self, keys: Keys) -> None:
        """Seal with these from now on."""
        self.keys = keys
        self._marks = _derived(keys.ids, "fingerprint")
        self._ids = _derived(keys.ids, "action id")
        self._cipher = lru_cache(maxsize=None)(
            lambda number, kind: AESGCM(
                _derived(keys.data[int.from_bytes(number, "big")], f"seal {kind}")
            )
        )
        self.number = keys.number.to_bytes(NUMBER_BYTES, "big")
        """How what is sealed now begins."""

    def __repr__(self) -> str:
        return "<Sealer>"

    def secret(self, purpose: str) -> bytes:
        """32 bytes for another purpose (a password, links in mails) that outlive a lost store, and
        compromised keys."""
        return _derived(self.keys.ids, f"secret {purpose}")

    def identity(self, purpose: str) -> bytes:
        """The same for what people know the office by, and for whatever opens a door: others once
        its keys were compromised."""
        return _derived(self.keys.identity, f"identity {purpose}")

    def derived(self, purpose: str, about: str) -> bytes:
        """32 bytes for one of many things of the same purpose, such as receipts; others once the
        keys were compromised: whoever had them could work them out."""
        named = about.encode("utf-8", "surrogatepass")
        return hmac.digest(self.identity(purpose), named, hashlib.sha256)

    def seal(self, kind: str, place: bytes, value: bytes) -> bytes:
        number, nonce = self.number, os.urandom(_NONCE_BYTES)
        return number + nonce + self._cipher(number, kind).encrypt(nonce, value, place)

    def open(self, kind: str, place: bytes, sealed: bytes) -> bytes:
        """Raises SealBroken."""
        number, nonce = sealed[:NUMBER_BYTES], sealed[NUMBER_BYTES:_FRONT]
        try:
            return self._cipher(number, kind).decrypt(nonce, sealed[_FRONT:], place)
        except (InvalidTag, ValueError, KeyError):  # ValueError: cut off within its nonce
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
