"""`buendnis` as processes: offices that run, the commands that talk to them, ports in between."""

from __future__ import annotations

import asyncio
import os
import random
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bots.lab.synapse.embedded import PORTS
from bots.runtime.office.deciding import STRICT
from bots.runtime.process.control import NotRunning, Refused, ask
from bots.runtime.process.failpoints import VARIABLE
from tests.kit.forks import Fork, end_with_us, forked
from tests.synapse.waiting import until

Process = asyncio.subprocess.Process | Fork

AWAY = "No answer from the homeserver"
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: ")
PROGRAM = ("-m", "bots")
PATIENCE = 60.0
ENDING = 5.0
"""Seconds within which an office that is asked to end has ended, as `buendnis run` promises."""


@dataclass
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """What it said on standard error, the log aside."""
        return [line for line in self.err.splitlines() if not LOG_LINE.match(line)]


class Running:
    """`buendnis run` as a process."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self.log_file = log

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    @property
    def is_over(self) -> bool:
        return self._process.returncode is not None

    def allow_no_file_beyond(self, size: int) -> None:
        """As a full disk does; bytes."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, size))

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def logs(self, text: str, times: int = 1) -> None:
        """Wait until this stands in its log."""
        what = f"{text!r} in the log"
        await until(lambda: self.log.count(text) >= times, lambda: f"{what}:\n{self.log}")

    async def ended(self, seconds: float = ENDING) -> Done:
        async with asyncio.timeout(seconds):
            status = await self._process.wait()
        return Done(status, "", self.log)

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@dataclass
class Installation:
    """The YAML of an office, what it points to, and the commands that are run on it."""

    folder: Path
    settings: dict[str, Any]
    name: str = "ombuds.yaml"
    offices: list[Running] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / self.name

    @property
    def state(self) -> Path:
        section = "network" if "network" in self.settings else "office"
        return self.folder / str(self.settings[section]["state"])

    @property
    def account(self) -> str:
        """Of the ombuds office."""
        return str(self.settings["account"]["user"])

    def write(self) -> None:
        self.file.write_text(yaml.safe_dump(self.settings, allow_unicode=True, sort_keys=False))

    def secret(self, name: str, text: str) -> str:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return f"./{name}"

    async def start(self, *program: str, failpoint: str = "") -> Running:
        """Start the office; it may not be ready yet."""
        log = self.folder / f"run-{len(self.offices)}.log"
        with log.open("wb") as output:
            arguments = (*(program or PROGRAM), "run", str(self.file))
            process = await spawn(*arguments, output=output, failpoint=failpoint)
        self.offices.append(Running(process, log))
        return self.offices[-1]

    async def ready(self) -> Running:
        """Start the office and wait until it has synced."""
        office = await self.start()
        try:
            await self.status("reachable")
        except AssertionError as error:
            raise AssertionError(f"{error}; its log:\n{office.log}") from None
        return office

    async def status(self, homeserver: str) -> dict[str, Any]:
        """Wait until the office says that its homeserver is so."""
        found: dict[str, Any] = {}

        async def is_so() -> bool:
            try:
                found.update(await asyncio.to_thread(ask, self.state, "status"))
            except (NotRunning, Refused):
                return False
            return str(found["homeserver"]).startswith(homeserver)

        await until(is_so, lambda: f"a homeserver that is {homeserver}: {found}")
        return found

    async def command(self, name: str, *arguments: str) -> Done:
        """Run another command on the same file."""
        pipe = asyncio.subprocess.PIPE
        process = await spawn(*PROGRAM, name, str(self.file), *arguments, output=pipe, errors=pipe)
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def refuses_to_run(self) -> str:
        """The one sentence with which `run` ends."""
        office = await self.start()
        done = await office.ended(PATIENCE)
        assert done.status == 1
        [sentence] = done.sentences
        return sentence

    async def close(self) -> None:
        for office in self.offices:
            await office.kill()


async def spawn(*arguments: str, output: Any, errors: Any = None, failpoint: str = "") -> Process:
    """Ends with us, however we end; knows no secrets of ours."""
    ours = {k: v for k, v in os.environ.items() if k == STRICT or not k.startswith("BUENDNIS_")}
    environment = {**ours, VARIABLE: failpoint}
    errors = output if errors is None else errors
    if arguments[:2] == PROGRAM:
        return await forked(*arguments[1:], env=environment, stdout=output, stderr=errors)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        preexec_fn=end_with_us,
    )


def held_port() -> socket.socket:
    """A port of our own at which nothing listens yet: who connects is refused."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for port in random.sample(PORTS, len(PORTS)):
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            continue
        return sock
    raise AssertionError("no port is free")


def address(sock: socket.socket) -> str:
    return f"http://127.0.0.1:{sock.getsockname()[1]}"


@asynccontextmanager
async def answering(sock: socket.socket, kind: str, body: str) -> AsyncIterator[None]:
    """Something that gives every request the same answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"{head}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, sock=sock):
        yield


@asynccontextmanager
async def passing_on(sock: socket.socket, port: int) -> AsyncIterator[None]:
    """A way to a server of this machine by another port."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

    async with await asyncio.start_server(serve, sock=sock):
        yield
