"""The control socket: how the command line talks to a running office.

A Unix socket in the state folder, for its owner alone. One request, one answer, each a line of
JSON: `{"command": "status"}` → `{"ok": true, …}` or `{"ok": false, "error": "…"}`. What else stands
in the request is what the command takes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

SOCKET = "control.sock"
MAX_LINE = 65_536
PATIENCE = 30.0

Command = Callable[..., Awaitable[dict[str, Any]]]


class NotRunning(Exception):
    """No office runs on this state folder."""


class Refused(Exception):
    """The office answered that it could not do it; the text says why."""


@asynccontextmanager
async def listening(folder: Path, commands: Mapping[str, Command]) -> AsyncIterator[None]:
    """Answer commands while the block runs. The caller holds the store's lock, so a socket that
    lies there is a dead office's."""
    path = folder / SOCKET
    with suppress(FileNotFoundError):
        path.unlink()
    server = await asyncio.start_unix_server(
        lambda reader, writer: _serve(commands, reader, writer), sock=_bound(path)
    )
    try:
        yield
    finally:
        server.close()
        with suppress(FileNotFoundError):
            path.unlink()


def _bound(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    try:
        with _short(path) as name:
            sock.bind(name)
    finally:
        os.umask(old)
    return sock


class _short:  # noqa: N801  (reads as a function)
    """A name for a path that fits into a socket's address, which holds about 100 bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> str:
        self._folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{self._path.name}"

    def __exit__(self, *_: object) -> None:
        os.close(self._folder)


async def _serve(
    commands: Mapping[str, Command], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            line = await reader.readline()
            answer = await _answer(commands, line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
    except (OSError, TimeoutError, ValueError):
        log.info("a request on the control socket was broken off")
    finally:
        writer.close()


async def _answer(commands: Mapping[str, Command], line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        command = commands[asked.pop("command")]
    except (ValueError, KeyError, TypeError):
        return {"ok": False, "error": f"known commands: {', '.join(sorted(commands))}"}
    try:
        return {"ok": True, **await command(**asked)}
    except Exception as error:  # noqa: BLE001  (whatever it is, the asker is told)
        return {"ok": False, "error": str(error) or type(error).__name__}


def ask(folder: Path, command: str, **asked: str) -> dict[str, Any]:
    """Ask the office that runs on this folder. Raises NotRunning, Refused."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(PATIENCE)
        try:
            with _short(folder / SOCKET) as name:
                sock.connect(name)
            sock.sendall(json.dumps({"command": command, **asked}).encode() + b"\n")
            line = sock.makefile("rb").readline(MAX_LINE)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            raise NotRunning(f"No office runs on {folder}.") from None
        except OSError as error:
            raise Refused(f"The office does not answer ({type(error).__name__}).") from None
    try:
        answer: dict[str, Any] = json.loads(line)
    except ValueError:
        raise Refused("The office broke off its answer; look into its log.") from None
    if not answer.pop("ok", False):
        raise Refused(str(answer.get("error", "it gave no reason")))
    return answer
