"""Synapse as a child process, on SQLite and loopback: the homeserver of the demo and of the tests.

Several can be neighbours and talk to each other: see `bots.lab.synapse.neighbours`.

Theory of operation: `start` writes a configuration into a directory and runs
`launcher.py` there in a process of its own. Everything that must outlive a process (name,
secrets, signing key, database) stays in the directory, so that a later `start` on it goes on where
the last one ended, however that one ended. The child watches a pipe to us and ends when we do.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from bots.lab.synapse import config
from bots.lab.synapse.neighbours import Neighbours
from federation.model.errors import FederationError

LAUNCHER = Path(__file__).with_name("launcher.py")
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
ANSWER_SECONDS = 2.0
PORT_TRIES = 5
LOG_LINES = 20
# Below the range that systems hand out to outgoing connections: while the server is away, a client
# that tries again and again could otherwise be given this very port, and connect to itself.
PORTS = range(20_000, 32_000)


class SynapseFailed(FederationError):
    """The embedded Synapse could not be started; the message says why and what to do."""


class PortTaken(SynapseFailed):
    """Another process listens on the port that the embedded Synapse wanted."""


class RegistrationRefused(FederationError):
    """Synapse refused to register an account; the message is the server's own."""


@dataclass(frozen=True)
class _Home:
    """A directory and what in it must stay the same from one start to the next."""

    directory: Path
    server_name: str
    secrets: config.Secrets
    neighbours: Neighbours | None = None
    threads: bool = True

    @property
    def log(self) -> Path:
        return self.directory / "synapse.log"


class EmbeddedSynapse:
    """A Synapse that runs as our child; made by `start`, usable as a context manager."""

    def __init__(
        self, home: _Home, port: int, extra: Mapping[str, object], start_timeout: float
    ) -> None:
        """Not for use outside of this module: see `start`."""
        self._home = home
        self._extra = extra
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._log_offset = 0
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.server_name = home.server_name
        self.registration_secret = home.secrets.registration
        self.directory = home.directory

    @classmethod
    async def start(  # noqa: PLR0913  (all by name)
        cls,
        directory: Path,
        *,
        server_name: str = "localhost",
        port: int | None = None,
        extra: Mapping[str, object] | None = None,
        neighbours: Neighbours | None = None,
        threads: bool = True,
        start_timeout: float = 60.0,
    ) -> Self:
        """Start Synapse in `directory` (made if missing) and return once it answers.

        `extra` is laid over the configuration; mappings in it are merged, everything else is
        replaced. Without `port` a free one is taken. Without `threads` its database is asked in
        the main thread: for a few people at a time that takes a quarter less of a core.
        """
        _require_synapse()
        home = replace(_prepared(directory, server_name), neighbours=neighbours, threads=threads)
        tries_left = PORT_TRIES if port is None else 1
        while True:
            synapse = cls(home, port or free_port(), extra or {}, start_timeout)
            tries_left -= 1
            try:
                await synapse._launch()
            except PortTaken:
                if not tries_left:
                    raise
            else:
                return synapse

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL after a while. Does nothing when it is stopped already."""
        if self._process is None:
            return
        self._process.terminate()
        await self._ended(STOP_SECONDS)
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL, as a power failure would. Does nothing when it is stopped already."""
        if self._process is None:
            return
        self._process.kill()
        await self._ended(STOP_SECONDS)
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None

    async def restart(self) -> None:
        """Stop it if it runs, and start it again in the same directory, on the same port."""
        await self.stop()
        await self._launch()

    async def watched(self) -> None:
        """Raises SynapseFailed when it ends without having been stopped; does not return."""
        while True:
            status = self._process.poll() if self._process else None
            if status is not None:
                raise self._failure(f"ended with status {status}")
            await asyncio.sleep(POLL_SECONDS)

    async def register(self, user: str, password: str, *, admin: bool = False) -> str:
        """Make an account and return its full Matrix id (Synapse: "Shared-Secret Registration")."""
        url = f"{self.url}/_synapse/admin/v1/register"
        async with aiohttp.ClientSession() as http:
            async with http.get(url) as response:
                nonce = (await response.json())["nonce"]
            body = self._registration(nonce, user, password, admin=admin)
            async with http.post(url, json=body) as response:
                answer = await response.json()
        if "user_id" not in answer:
            raise RegistrationRefused(f"{user}: {answer.get('errcode')} {answer.get('error')}")
        return str(answer["user_id"])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _registration(
        self, nonce: str, user: str, password: str, *, admin: bool
    ) -> dict[str, object]:
        fields = [nonce, user, password, "admin" if admin else "notadmin"]
        key = self.registration_secret.encode()
        mac = hmac.new(key, "\0".join(fields).encode(), "sha1").hexdigest()
        return {
            "nonce": nonce,
            "username": user,
            "password": password,
            "admin": admin,
            "mac": mac,
        }

    async def _launch(self) -> None:
        instance = secrets.token_hex(16)
        self._write_configuration(instance)
        self._spawn()
        try:
            await self._until_ready(instance)
        except BaseException:
            await self.kill()
            raise

    def _write_configuration(self, instance: str) -> None:
        base = config.homeserver(
            self.directory,
            server_name=self.server_name,
            port=self.port,
            secrets=self._home.secrets,
            instance=instance,
        )
        _write(self.directory / "logging.yaml", json.dumps(config.LOGGING))
        if self._home.neighbours is not None:
            [listener] = base["listeners"]
            base |= self._home.neighbours.settings(self.server_name, listener)
        merged = config.merged(base, self._extra)
        _write(self.directory / "homeserver.yaml", json.dumps(merged, indent=1))

    def _spawn(self) -> None:
        # -P: this folder must not be searched for modules, it has a `synapse` of its own. A session
        # of its own: Ctrl-C is for us, and we stop Synapse after everything that needs it.
        wait_for_lock = str(self._start_timeout / 4)
        near = self._home.neighbours
        ports = json.dumps({} if near is None else dict(near.ports))
        threads = json.dumps(self._home.threads)
        arguments = [str(os.getpid()), str(self.directory), wait_for_lock, ports, threads]
        with self._home.log.open("ab") as log:
            self._log_offset = log.tell()
            self._process = subprocess.Popen(  # noqa: S603  (our own launcher, no shell)
                [sys.executable, "-P", str(LAUNCHER), *arguments],
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def _until_ready(self, instance: str) -> None:
        deadline = time.monotonic() + self._start_timeout
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        ) as http:
            while not await self._answers(http, instance):
                status = self._process.poll() if self._process else -1
                if status is not None:
                    raise self._failure(f"did not start: it ended with status {status}")
                if time.monotonic() > deadline:
                    patience = f"{self._start_timeout:g} seconds"
                    raise self._failure(f"did not start: no answer within {patience}")
                await asyncio.sleep(POLL_SECONDS)

    async def _answers(self, http: aiohttp.ClientSession, instance: str) -> bool:
        """Whether the Synapse on our port is the one that we started (§ Well-known URI)."""
        try:
            async with http.get(f"{self.url}/.well-known/matrix/client") as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False
        return isinstance(answer, dict) and answer.get(config.INSTANCE_KEY) == instance

    def _failure(self, reason: str) -> SynapseFailed:
        with self._home.log.open("rb") as log:
            log.seek(self._log_offset)
            said = log.read().decode(errors="replace")
        head = f"Synapse {reason}. The end of {self._home.log}:"
        advice = f"Mend what it names, or delete {self.directory} to begin anew."
        text = "\n".join([head, *(f"  {line}" for line in said.splitlines()[-LOG_LINES:]), advice])
        return PortTaken(text) if "Address already in use" in said else SynapseFailed(text)

    async def _ended(self, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while self._process and self._process.poll() is None:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS / 5)
        return True


def _require_synapse() -> None:
    try:
        metadata.version("matrix-synapse")
    except metadata.PackageNotFoundError:
        hint = 'Synapse is not installed; install it with: pip install "buendnis[demo]"'
        raise SynapseFailed(hint) from None


def _prepared(directory: Path, server_name: str) -> _Home:
    directory = directory.absolute()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = directory / "signing.key"
    if not key.exists():
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        _write(key, f"ed25519 a_{secrets.token_hex(2)} {seed}\n")
    identity = directory / "identity.json"
    if not identity.exists():
        fresh = config.Secrets(*(secrets.token_urlsafe(32) for _ in range(3)))
        _write(identity, json.dumps({"server_name": server_name, "secrets": asdict(fresh)}))
    return _read_identity(identity, server_name)


def _read_identity(identity: Path, server_name: str) -> _Home:
    known: dict[str, Any] = json.loads(identity.read_text())
    directory = identity.parent
    if known["server_name"] != server_name:
        raise SynapseFailed(
            f"{directory} holds the homeserver {known['server_name']}, not {server_name}; a"
            " homeserver's name can't be changed. Take another directory, or delete this one."
        )
    return _Home(directory, server_name, config.Secrets(**known["secrets"]))


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and for our eyes only."""
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on. Raises PortTaken."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise PortTaken(f"No free port between {PORTS.start} and {PORTS.stop} on 127.0.0.1.")
