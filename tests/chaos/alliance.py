"""A network office as admins run it, killed and started again; and the network that it serves."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bots.announcements.documents.people import READERS, Kind, Standing, Subscriber
from bots.lab.synapse.embedded import EmbeddedSynapse, free_port
from bots.offices.opening import key_of
from bots.offices.reading import load_network
from bots.runtime.mail.documents import ADDRESSES, Address
from bots.runtime.process.control import NotRunning, Refused, ask
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from bridges.email import tokens
from tests.synapse.networks import Declared

FASTEST = 100_000
"""Mails an hour: here nobody's server slows them down."""
REST = 0.2
"""Seconds between an end and the next start."""


@dataclass
class Always:
    """Starts the office again whenever it ends; `async with`."""

    file: Path
    state: Path
    log: Path
    kills: int = 0
    crashes: list[int] = field(default_factory=list)
    """The status of each end that nobody had asked for."""
    _process: asyncio.subprocess.Process | None = None
    _ending: bool = False
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> Self:
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end(signal.SIGKILL)

    async def _keep(self) -> None:
        while True:
            async with self._starting:
                if self._ending:
                    return
                self._process = await self._start()
            self._note(await self._process.wait())
            await asyncio.sleep(REST)

    async def _start(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bots",
                "run",
                str(self.file),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _note(self, status: int) -> None:
        if status == -signal.SIGKILL:
            self.kills += not self._ending
        elif not self._ending or status != 0:
            self.crashes.append(status)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Killed, and not started again before the block ends."""
        async with self._starting:
            self.kill()
            if self._process is not None:
                await self._process.wait()
            yield

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        async with self._starting:
            self._ending = True
            self._signal(number)
        await self._keeping

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def up(self) -> None:
        """Wait until the office is in step with the homeserver."""
        while True:
            if (await self._status()).get("homeserver") == "reachable":
                return
            await asyncio.sleep(0.2)

    async def idle(self) -> bool:
        """Whether nothing is left to be decided or done."""
        counts = (await self._status()).get("counts")
        if counts is None:
            return False
        return not counts.get("inbox_ready") and not counts.get("outbox_ready")

    async def _status(self) -> dict[str, Any]:
        try:
            return dict(await asyncio.to_thread(ask, self.state, "status"))
        except (NotRunning, Refused):
            return {}

    def errors(self) -> list[str]:
        lines = self.log.read_text(errors="replace").splitlines()
        return [x for x in lines if x.startswith("Traceback") or " ERROR " in x]


def declare(folder: Path, synapse: EmbeddedSynapse, port: int, anna: str) -> Declared:
    """One initiative, whose contact coordinates, too."""
    declared = Declared(folder, synapse)
    declared.data |= {
        "coordinators": [anna],
        "rules": {"en": "Be kind."},
        "email": {
            "from": "News <news@net.example>",
            "smtp": {"host": "127.0.0.1", "port": port, "tls": "none", "max_per_hour": FASTEST},
        },
        "announcements": {"undo": "1s"},
        "web": {"listen": f"127.0.0.1:{free_port()}", "public_url": "https://net.example"},
        "imprint": {"name": "A", "address": "B", "responsible": "C", "privacy": "D"},
    }
    declared.data["network"]["languages"] = ["en", "de"]
    declared.initiative("north", anna)
    return declared


async def subscribed(declared: Declared, kind: Kind, addresses: list[str]) -> None:
    """Readers who have confirmed; the office must not run."""
    config = load_network(declared.write())
    store = Store.open(config.network.state, key_of(config))
    secret = store.sealer.secret("mails")

    def write(tx: Transaction) -> None:
        for address in addresses:
            reader = tokens.mark(secret, "reader", address)
            known = Subscriber(reader, Standing.ACTIVE, "en", kind)
            tx.keep(READERS, known)
            tx.keep(ADDRESSES, Address(reader, address))

    try:
        await store.run("seed", write)
    finally:
        await store.close()


def state_of(declared: Declared) -> Path:
    return load_network(declared.write()).network.state


Event = dict[str, Any]
