"""Another key for an office, and other data keys, while it goes on working.

Theory of operation. A rotation takes three steps, each one commit, and can be killed anywhere:

1. `begin`: the new key opens the office beside the old one, and there is a new data key. From now
   on it seals whatever is written; the old one still opens.
2. `reseal`: in slices between other work, rows of the old data key are sealed with the new one.
   When none is left, the old data key is dropped.
3. `switch`: the old key opens nothing any more. That is done once it is certain that the new one is
   at hand: by whoever has put it in its place, or by the first start with it (`holding.enter`).

What was begun goes on at the next start. Nothing is sealed twice, since each row names the data key
that sealed it. Roots stay: fingerprints of rows, `erased.log`, ids of actions and marks in rooms
are what they were, so a backup from before is restored as any other. Only where the keys were
`compromised` does the office become somebody new: other cross-signing keys, on another device, and
other receipts and codes, since whoever had the root could work out all that came of it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from bots.runtime.process.control import Command
from bots.runtime.store import restored
from bots.runtime.store.holding import Held
from bots.runtime.store.keyring import Keyring
from bots.runtime.store.keys import KEY_BYTES, FileKey, Key, Kind, Passphrase, parse_key
from bots.runtime.store.rows.resealing import FIRST, Place
from bots.runtime.store.sealing import Keys
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction

log = logging.getLogger(__name__)

SLICE = 100
"""Rows that are sealed anew in one transaction: a few milliseconds."""
SHARE = 4.0
"""Other work gets this many times the time that a slice takes, and `PAUSE` at least."""
PAUSE = 0.02


class Rotation:
    """Of an open store that was opened with a key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one = asyncio.Lock()
        self._begun = asyncio.Event()
        self._begun.set()

    @property
    def _held(self) -> Held:
        held = self._store.held
        assert held is not None  # noqa: S101  (only stores of tests have keys without a keyring)
        return held

    @property
    def resealing(self) -> bool:
        """Whether rows of an older data key may be left."""
        return len(self._store.sealer.keys.data) > 1

    @property
    def status(self) -> dict[str, Any]:
        """For the command line."""
        opens = [slot.kind for slot in self._held.keyring.slots]
        return {"opens": opens, "resealing": self.resealing}

    @property
    def commands(self) -> Mapping[str, Command]:
        """What the command line asks of a running office, over its control socket."""
        return {"key": self._told, "rotate": self._rotate, "switch": self._switch}

    async def _told(self) -> dict[str, Any]:
        return self.status

    async def _rotate(self, kind: Kind, secret: str) -> dict[str, Any]:
        return {"begun": await self.begin(key_from(kind, secret))}

    async def _switch(self) -> dict[str, Any]:
        await self.switch()
        return {}

    async def begin(self, new: Key, *, compromised: bool = False) -> bool:
        """Step 1; False if it was taken before. Raises ValueError, StoreError, OSError."""
        async with self._one:
            held = self._held
            fits = await asyncio.to_thread(_slot_of, held.keyring, new)
            if fits == 0:
                raise ValueError("This key opens the office already; choose another one.")
            if fits is not None and not compromised:
                self._store.held = held.knowing(fits, new)
                self._begun.set()
                return False
            keys = _renewed(self._store.sealer.keys, compromised=compromised)
            by = (held.by[0], new)
            keyring = await asyncio.to_thread(Keyring.wrapped, keys, *_all(by))
            await self._store.run("key", partial(_note, keyring, compromised))
            self._store.hold(Held(keyring, by), keys)
        self._begun.set()
        return True

    async def reseal(self) -> None:
        """Step 2, as far as it can be taken with the keys that are at hand."""
        while self.resealing:
            place: Place | None = FIRST
            while place is not None:
                began = time.monotonic()
                place = await self._store.run("reseal", partial(_slice, place))
                await asyncio.sleep(max(PAUSE, SHARE * (time.monotonic() - began)))
            if not await self._drop_older():
                return

    async def _drop_older(self) -> bool:
        """False if that has to wait for a start with the new key."""
        async with self._one:
            held, keys = self._held, self._store.sealer.keys
            if None in held.by:
                return False
            newest = replace(keys, data={keys.number: keys.data[keys.number]})
            keyring = await asyncio.to_thread(Keyring.wrapped, newest, *_all(held.by))
            if await self._store.run("key", partial(_finish, keyring)):
                self._store.hold(Held(keyring, held.by), newest)
                await self._store.fold()
                log.info("every row is sealed with the new data key")
        return True

    async def switch(self) -> None:
        """Step 3. Raises StoreError, OSError."""
        async with self._one:
            held = self._held
            if len(held.by) == 1:
                return
            keyring = Keyring(held.keyring.slots[-1:])
            await self._store.run("key", lambda tx: tx.keep_wrapped(keyring.text))
            self._store.hold(Held(keyring, held.by[-1:]), self._store.sealer.keys)
        self._begun.set()

    async def run(self) -> None:
        """Carry on with what was begun, in this life of the office or an earlier one."""
        while True:
            await self._begun.wait()
            self._begun.clear()
            if self._store.held is not None:
                await self.reseal()


def key_from(kind: Kind, secret: str) -> Key:
    """A key as it goes over the control socket. Raises ValueError."""
    if kind == "passphrase":
        return Passphrase(secret)
    return FileKey(parse_key(secret, "the new key"), kind)


def _slot_of(keyring: Keyring, key: Key) -> int | None:
    return next((n for n, x in enumerate(keyring.slots) if x.opened(key) is not None), None)


def _all(by: tuple[Key | None, ...]) -> tuple[Key, ...]:
    return tuple(key for key in by if key is not None)


def _renewed(keys: Keys, *, compromised: bool) -> Keys:
    """One more data key; where one has just come, that goes on."""
    data = dict(keys.data)
    if len(data) == 1:
        data[keys.number + 1] = os.urandom(KEY_BYTES)
    identity = os.urandom(KEY_BYTES) if compromised else keys.identity
    return Keys(keys.ids, identity, data)


def _note(keyring: Keyring, compromised: bool, tx: Transaction) -> None:
    tx.keep_wrapped(keyring.text)
    if compromised:
        restored.renew(tx)


def _slice(place: Place, tx: Transaction) -> Place | None:
    return tx.reseal(place, SLICE)


def _finish(keyring: Keyring, tx: Transaction) -> bool:
    if not tx.all_resealed():
        return False
    tx.keep_wrapped(keyring.text)
    return True
