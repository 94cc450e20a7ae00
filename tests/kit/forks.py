"""`python -m bots …` as processes of their own, forked from one that has imported everything.

Starting Python and importing an office takes a second of a core, and hundreds of tests want one.
In nothing else does a fork differ from what an admin starts: it has arguments, environment, folder
and files of its own, gets signals, is killed, and ends with us. What is in `tests/processes`, and
the demo, start the long way.

Theory of operation: `forked` hands the zygote, over a socket, what to run and the descriptors to
run it with. The zygote forks, and tells over a socket of that one child its id, and later how it
ended. It reaps a child only once we have heard that, so that no signal of ours meets another; and
kills one of which nobody wants to hear any more.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

DEVNULL, PIPE, STDOUT = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
MOST_BYTES = 1 << 17
NUMBER = struct.Struct("=i")
PACKAGES = ("config", "federation", "bridges", "bots")
ROOT = Path(__file__).parents[2]


def end_with_us() -> None:
    """In a child: be killed when the process that made it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def import_all() -> None:
    """Everything of ours that a command may need."""
    for name in PACKAGES:
        package = import_module(name)
        for module in walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                with suppress(ImportError):
                    import_module(module.name)


# -- in the tests' process -------------------------------------------------------------------------


@dataclass
class Fork:
    """What `asyncio.subprocess.Process` is, as far as tests ask for it."""

    pid: int
    stdout: asyncio.StreamReader | None
    stderr: asyncio.StreamReader | None
    _told: socket.socket
    returncode: int | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        asyncio.get_running_loop().add_reader(self._told, self._hear)

    def _hear(self) -> None:
        heard = self._told.recv(NUMBER.size)
        asyncio.get_running_loop().remove_reader(self._told)
        self._told.close()
        self.returncode = NUMBER.unpack(heard)[0] if heard else -signal.SIGKILL
        self._ended.set()

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    async def communicate(self) -> tuple[bytes, bytes]:
        async def read(stream: asyncio.StreamReader | None) -> bytes:
            return b"" if stream is None else await stream.read()

        out, errors, _ = await asyncio.gather(read(self.stdout), read(self.stderr), self.wait())
        return out, errors

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def forked(
    module: str,
    *arguments: str,
    env: Mapping[str, str],
    stdout: Any = None,
    stderr: Any = None,
) -> Fork:
    """`python -m MODULE ARGUMENTS`, with nothing to read; outputs as for `subprocess`."""
    out, out_stream = await _output(stdout, 1)
    errors, errors_stream = (out, None) if stderr == STDOUT else await _output(stderr, 2)
    ours, theirs = socket.socketpair()
    request = json.dumps({"module": module, "arguments": arguments, "env": dict(env)})
    socket.send_fds(_zygote()[0], [request.encode()], [out, errors, theirs.fileno()])
    theirs.close()
    for number in {out, errors} - {1, 2}:
        os.close(number)
    ours.setblocking(False)
    pid = NUMBER.unpack(await asyncio.get_running_loop().sock_recv(ours, NUMBER.size))[0]
    return Fork(pid, out_stream, errors_stream, ours)


async def _output(wanted: Any, inherited: int) -> tuple[int, asyncio.StreamReader | None]:
    """A descriptor for the child, and what is read from it here."""
    if wanted is None:
        return inherited, None
    if wanted != PIPE:
        return os.dup(wanted.fileno()), None
    read, write = os.pipe()
    stream = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(read, "rb", buffering=0)
    )
    return write, stream


@cache
def _zygote() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """One for this process, with which it ends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(theirs.fileno())],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        preexec_fn=end_with_us,  # noqa: PLW1509
    )
    theirs.close()
    return ours, process


# -- in the zygote ---------------------------------------------------------------------------------


@dataclass
class _Request:
    module: str
    arguments: list[str]
    env: dict[str, str]


@dataclass
class _Child:
    pid: int
    ended: int
    """A pidfd; -1 once the end was told."""
    told: socket.socket

    def tell_end(self) -> None:
        found = os.waitid(os.P_PIDFD, self.ended, os.WEXITED | os.WNOWAIT)
        assert found is not None
        status = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        os.close(self.ended)
        self.ended = -1
        with suppress(OSError):
            self.told.send(NUMBER.pack(status))

    def reap(self) -> None:
        """Whoever made it has heard of its end, or does not want to."""
        if self.ended >= 0:
            os.kill(self.pid, signal.SIGKILL)
            os.close(self.ended)
        os.waitpid(self.pid, 0)
        self.told.close()


@dataclass
class _Zygote:
    control: socket.socket
    children: list[_Child] = field(default_factory=list)

    def serve(self) -> _Request:
        """Returns in children alone."""
        while True:
            poll = select.poll()  # has no descriptor of its own that a child would inherit
            poll.register(self.control, select.POLLIN)
            for child in self.children:
                poll.register(child.told, select.POLLIN)
                if child.ended >= 0:
                    poll.register(child.ended, select.POLLIN)
            ready = {number for number, _ in poll.poll()}
            for child in [*self.children]:
                if child.ended in ready:
                    child.tell_end()
                elif child.told.fileno() in ready:
                    child.reap()
                    self.children.remove(child)
            if self.control.fileno() in ready and (request := self._fork()):
                return request

    def _fork(self) -> _Request | None:
        message, descriptors, _, _ = socket.recv_fds(self.control, MOST_BYTES, 3)
        if not message:
            sys.exit()
        told = socket.socket(fileno=descriptors.pop())
        us = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._leave(descriptors, told, us)
            return _Request(**json.loads(message))
        for number in descriptors:
            os.close(number)
        self.children.append(_Child(pid, os.pidfd_open(pid), told))
        told.send(NUMBER.pack(pid))
        return None

    def _leave(self, descriptors: list[int], told: socket.socket, parent: int) -> None:
        """In a child: nothing of the zygote's stays open."""
        end_with_us()
        if os.getppid() != parent:
            os._exit(1)
        for place, number in zip((1, 2), descriptors, strict=True):
            os.dup2(number, place)
            os.close(number)
        told.close()
        self.control.close()
        for other in self.children:
            other.told.close()
            if other.ended >= 0:
                os.close(other.ended)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who wait for us
    import_all()
    gc.collect()
    gc.freeze()
    request = _Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request.env)
    # Ours have looked at what ours lead to, and would seek in a pipe.
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    sys.argv = [request.module, *request.arguments]
    runpy.run_module(request.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
