"""`buendnis` as the demo's processes: commands that end, and offices that run."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bots.runtime.process.control import NotRunning, Refused, ask

PATIENCE = 60.0
"""Seconds for an office to be ready, or for a command to end."""
LAST_LINES = 20
_END_WITH_PARENT = 1
"""Linux, `PR_SET_PDEATHSIG`."""


class OfficeFailed(RuntimeError):
    """A command failed, or an office ended by itself; the message holds the end of its log."""


async def command(*arguments: str, folder: Path) -> str:
    """Run `buendnis` with these arguments; what it printed. Raises OfficeFailed."""
    process = await asyncio.create_subprocess_exec(
        *_program(arguments),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=_environment(os.environ),
        start_new_session=True,
        preexec_fn=_ending_with_us(),
    )
    try:
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate()
    finally:
        await _end(process)
    told = output.decode()
    if process.returncode:
        raise OfficeFailed(f"buendnis {' '.join(arguments)} failed:\n{_tail(told)}")
    return told


class OfficeProcess:
    """`buendnis run FILE` as a process."""

    def __init__(self, settings: Path, state: Path) -> None:
        self.settings = settings
        self.state = state
        self.log = settings.with_suffix(".log")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers on its control socket. Raises OfficeFailed."""
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *_program(("run", str(self.settings))),
                cwd=self.settings.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(os.environ),
                start_new_session=True,
                preexec_fn=_ending_with_us(),
            )
        end = asyncio.get_running_loop().time() + PATIENCE
        while self._process.returncode is None and asyncio.get_running_loop().time() < end:
            if await self._ready():
                return
            await asyncio.sleep(0.05)
        said = _tail(self.log.read_text())
        raise OfficeFailed(f"{self.settings.name}: the office did not start. Its log:\n{said}")

    async def _ready(self) -> bool:
        try:
            answer = await asyncio.to_thread(ask, self.state, "status")
        except (NotRunning, Refused):
            return False
        return bool(answer["homeserver"] == "reachable")

    async def kill(self) -> None:
        """SIGKILL: no goodbye, nothing saved that was not saved."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        if self._process is not None:
            await _end(self._process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def _program(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return (sys.executable, "-m", "bots", *arguments)


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Ours, without secrets that were meant for other offices. The story reads what commands say,
    in English."""
    ours = {k: v for k, v in environment.items() if not k.startswith("BUENDNIS_")}
    here = str(Path(__file__).resolve().parents[3])
    ours |= {"LC_ALL": "C.UTF-8"}
    return {**ours, "PYTHONPATH": os.pathsep.join(filter(None, (here, ours.get("PYTHONPATH"))))}


def _ending_with_us() -> Callable[[], None] | None:
    """Even where we are killed, what we started ends."""
    if not sys.platform.startswith("linux"):
        return None
    libc, us = ctypes.CDLL(None), os.getpid()

    def bind() -> None:
        libc.prctl(_END_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != us:  # killed before that, so no signal will come
            os._exit(1)

    return bind


def _tail(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines()[-LAST_LINES:])
