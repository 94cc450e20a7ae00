"""The composition root of every office: store, sessions and bots from plain values."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bots.runtime.kit.bot import Bot
from bots.runtime.office.office import Office, Post
from bots.runtime.process.clock import Clock, SystemClock
from bots.runtime.process.failpoints import from_environment
from bots.runtime.store.keys import FileKey, Key, load_key
from bots.runtime.store.store import Store
from federation.client.homeserver import Homeserver
from federation.client.interests import Interests
from federation.client.login import Credentials
from federation.model.ports import Probe
from federation.syncing.session import Session

KEY_FILE = "seal.key"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as an office is given it."""

    homeserver: str
    user: str
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    registration_secret: str | None = field(default=None, repr=False)
    display_name: str | None = None
    picture: str = ""
    """One of `federation.client.pictures`."""
    findable: bool = False
    """People find it by its name."""
    ca_file: str | None = None
    interests: Interests = field(default_factory=Interests)


def assemble(
    folder: Path,
    bots: Sequence[tuple[Bot, Account]],
    *,
    key: Key | None = None,
    clock: Clock | None = None,
    probe: Probe | None = None,
) -> Office:
    """Open the store in `folder`, and join everything. Raises what `opened` raises."""
    clock = clock or SystemClock()
    probe = probe or from_environment(os.environ)
    return joined(opened(folder, key, clock, probe), bots, clock, probe)


def opened(folder: Path, key: Key | None, clock: Clock, probe: Probe) -> Store:
    """`key`: what wraps the office's keys; None: the file `seal.key` in the folder, made if it is
    missing. Raises StoreError, ValueError (a broken key file)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = key or FileKey(load_key(folder / KEY_FILE))
    return Store.open(folder, key, clock.now, probe, clock.running, clock.boot)


def joined(store: Store, bots: Sequence[tuple[Bot, Account]], clock: Clock, probe: Probe) -> Office:
    """The office of an open store."""
    posts = [Post(bot, _session(account, store, clock, probe)) for bot, account in bots]
    return Office(store, posts, clock)


def _session(account: Account, store: Store, clock: Clock, probe: Probe) -> Session:
    sealer = store.sealer
    credentials = Credentials(
        user=account.user,
        password=account.password,
        token=account.token,
        registration_secret=account.registration_secret,
        derived_password=sealer.secret(f"password {account.user}").hex(),
        display_name=account.display_name,
        picture=account.picture,
        findable=account.findable,
    )
    server = Homeserver(account.homeserver, ca_file=account.ca_file, probe=probe)
    return Session(
        credentials,
        server,
        store,
        interests=account.interests,
        secret=lambda purpose: sealer.identity(f"cross-signing {purpose}"),
        now=clock.now,
    )


async def serve(
    folder: Path, bots: Sequence[tuple[Bot, Account]], *, key: Key | None = None
) -> None:
    """Run an office until SIGTERM or SIGINT. Raises what `assemble` and `Office.run` raise."""
    office = assemble(folder, bots, key=key)
    await run_until_signal(office)


async def run_until_signal(office: Office) -> None:
    """Run until SIGTERM or SIGINT, then close. Raises what `Office.run` does."""
    running = asyncio.create_task(office.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        pass
    finally:
        await office.close()
