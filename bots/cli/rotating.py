"""`buendnis key rotate`, step by step; see `bots.runtime.store.rotation`.

At no moment do settings and key files name a key that does not open the office: the new one opens
it beside the old one, then takes its place, and only then is the old one shut out.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from bots.cli.saying import complain
from bots.cli.storage import Storage, new_passphrase
from bots.runtime.model.errors import AlreadyRunning
from bots.runtime.process.control import NotRunning, ask
from bots.runtime.store.holding import Second, stored
from bots.runtime.store.keys import KEY_BYTES, FileKey, Key, Passphrase, parse_key, write_new
from bots.runtime.store.rotation import Rotation
from bots.runtime.store.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from config.reading.sections import OpenedBy

PATIENCE, LOOKS = 60.0, 0.2
"""Seconds: for another command that uses the store, and between looks at the office."""


class _Office(Protocol):
    """Whoever carries the rotation out: the running office, or we in its place."""

    async def begin(self) -> None: ...

    async def switch(self) -> None: ...

    async def finish(self) -> None: ...


async def rotate(storage: Storage, to: OpenedBy, *, compromised: bool) -> None:
    """Raises Refused, StoreError, ValueError, OSError."""
    running = _runs(storage.state)
    if running and compromised:
        raise ValueError(
            "Stop the office first (`buendnis stop`): whoever has its key may have its login, too."
        )
    old = storage.key()
    if old is None:
        raise ValueError("There is no sealing key yet; an office makes it when it first starts.")
    if await asyncio.to_thread(_is_in_place, storage.state, old):
        async with _office(storage, old, None, running, compromised=False) as office:
            await office.switch()
            await office.finish()
        if to == "file":
            complain("An earlier change was not finished; now it is.")
            return
    new = await asyncio.to_thread(_new, storage, to)
    # A credential that gets lost on its way must not lock the office for good.
    at_once = to != "credential" and (compromised or to == storage.config.opened_by)
    async with (
        _creator(storage, old, new, compromised) as creator,
        _office(storage, old, new, running, compromised) as office,
    ):
        await office.begin()
        complain("The new key opens the office, too; everything is being sealed anew.")
        if to == "file":
            _draft(storage).replace(storage.key_path)
        if at_once:
            await office.switch()
            await creator.switch()
        await creator.finish()
        await office.finish()
    _end(storage, to, compromised, at_once)


def _is_in_place(state: Path, key: Key) -> bool:
    """Whether a change was broken off when its key had come into its place already."""
    keyring = stored(state)
    return (
        keyring is not None and len(keyring.slots) > 1 and keyring.slots[-1].opened(key) is not None
    )


def _runs(state: Path) -> bool:
    try:
        ask(state, "key")
    except NotRunning:
        return False
    return True


# -- the new key -----------------------------------------------------------------------------------


def _new(storage: Storage, to: OpenedBy) -> Key:
    if to == "passphrase":
        return Passphrase(new_passphrase())
    if to == "credential":
        secret = os.urandom(KEY_BYTES)
        click.echo(secret.hex())  # for systemd-creds: people are told on the other channel
        return FileKey(secret, to)
    path = _draft(storage)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():  # else an earlier run was broken off
        write_new(path, f"{os.urandom(KEY_BYTES).hex()}\n")
    return FileKey(parse_key(path.read_text(encoding="ascii", errors="replace"), str(path)))


def _draft(storage: Storage) -> Path:
    return storage.key_path.with_name(f"{storage.key_path.name}.new")


def _end(storage: Storage, to: OpenedBy, compromised: bool, at_once: bool) -> None:
    config = storage.config
    if to != config.opened_by:
        complain(
            f"Now write `opened_by: {to}` into {config.path}, beside `state`, and start the office "
            "again."
        )
        if config.opened_by == "file":
            complain(f"When it runs, delete {storage.key_path}.")
    if not at_once:
        complain("The first start with the new key shuts the old one out. Until then both open it.")
    if compromised:
        complain(
            "The office gets new keys on Matrix when it next starts, and says so. Before you start "
            "it, give each of its accounts a new password and log all its devices out: "
            "docs/install.md says how, under Passwords. Then make a backup: older ones would bring "
            "the old keys back."
        )
    else:
        complain(
            "Done. Older backups need the older key: keep it with them, or delete both. Keep a "
            "copy of the new one elsewhere, and make a backup."
        )


# -- who carries it out ----------------------------------------------------------------------------


class _Running:
    """The office runs: it is asked."""

    def __init__(self, state: Path, new: Key | None) -> None:
        self._state, self._new = state, new

    async def begin(self) -> None:
        assert self._new is not None  # noqa: S101
        await self._ask("rotate", kind=self._new.kind, secret=self._new.typed)

    async def switch(self) -> None:
        await self._ask("switch")

    async def finish(self) -> None:
        while (await self._ask("key"))["resealing"]:  # noqa: ASYNC110  (another process)
            await asyncio.sleep(LOOKS)

    async def _ask(self, command: str, **asked: str) -> dict[str, Any]:
        return await asyncio.to_thread(ask, self._state, command, **asked)


class _Here:
    """Nobody runs on this store: we do it."""

    def __init__(self, store: Store, new: Key | None, compromised: bool) -> None:
        self._rotation, self._new, self._compromised = Rotation(store), new, compromised

    async def begin(self) -> None:
        assert self._new is not None  # noqa: S101
        await self._rotation.begin(self._new, compromised=self._compromised)

    async def switch(self) -> None:
        await self._rotation.switch()

    async def finish(self) -> None:
        await self._rotation.reseal()


class _Nowhere:
    """A network that was never planned, or an ombuds office: there is no other store."""

    async def begin(self) -> None: ...

    async def switch(self) -> None: ...

    async def finish(self) -> None: ...


@asynccontextmanager
async def _office(
    storage: Storage, old: Key, new: Key | None, running: bool, compromised: bool
) -> AsyncIterator[_Office]:
    if running:
        yield _Running(storage.state, new)
        return
    store = Store.open(storage.state, old)
    try:
        yield _Here(store, new, compromised)
    finally:
        await store.close()


@asynccontextmanager
async def _creator(
    storage: Storage, old: Key, new: Key, compromised: bool
) -> AsyncIterator[_Office]:
    """A network's other store: both keys open it before the office is touched."""
    from config.network.settings import NetworkConfig

    folder = storage.creator if isinstance(storage.config, NetworkConfig) else None
    if folder is None:
        yield _Nowhere()
        return
    store = await _opened(folder, old, storage.state)
    try:
        office = _Here(store, new, compromised)
        await office.begin()
        yield office
    finally:
        await store.close()


async def _opened(folder: Path, key: Key, home: Path) -> Store:
    """Waits for a `plan` or `apply` that is under way."""
    waited = 0.0
    while True:
        try:
            return Store.open(folder, Second(key, home))
        except AlreadyRunning:
            if waited >= PATIENCE:
                raise AlreadyRunning(
                    "A `plan` or `apply` of this network is under way; run this again when it has "
                    "ended."
                ) from None
        await asyncio.sleep(LOOKS)
        waited += LOOKS
