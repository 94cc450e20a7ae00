"""The demo's stage: a homeserver and an ombuds office on loopback, each a process of its own."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from bots.demo.person import Person
from bots.runtime.control import NotRunning, Refused, ask
from federation.embedded import EmbeddedSynapse

OFFICE = "ombuds"
PATIENCE = 30.0
"""Seconds for the office to be ready."""


class OfficeFailed(RuntimeError):
    """The office ended by itself; the message holds the end of its log."""


@dataclass
class Stage:
    """Use `async with await Stage.set(folder)`; everything ends with the block."""

    folder: Path
    synapse: EmbeddedSynapse
    settings: Path
    passwords: dict[str, str] = field(default_factory=dict)
    _office: asyncio.subprocess.Process | None = None
    _people: list[Person] = field(default_factory=list)

    @classmethod
    async def set(cls, folder: Path, staff: tuple[str, ...], undo: str) -> Self:
        synapse = await EmbeddedSynapse.start(folder / "homeserver")
        stage = cls(folder, synapse, folder / "ombuds.yaml")
        secret = folder / "registration.secret"
        secret.touch(mode=0o600)
        secret.write_text(synapse.registration_secret)
        stage.settings.write_text(_settings(stage, staff, secret, undo))
        return stage

    def user(self, name: str) -> str:
        return f"@{name}:{self.synapse.server_name}"

    async def account(self, name: str) -> str:
        """Register an account; its full Matrix id."""
        self.passwords[name] = "-".join(secrets.token_hex(2) for _ in range(3))
        return await self.synapse.register(name, self.passwords[name])

    async def person(self, name: str, *, strict: bool = True) -> Person:
        """Somebody with a phone that listens; strict as Element will be (MSC4153)."""
        await self.account(name)
        person = await Person.create(
            self.synapse.url,
            self.user(name),
            self.passwords[name],
            self.folder / "phones" / name,
            strict=strict,
        )
        self._people.append(person)
        await person.start()
        return person

    async def start_office(self) -> None:
        """Start it and wait until it answers on its control socket. Raises OfficeFailed."""
        self._office = await _spawn("run", str(self.settings), log=self.folder / "ombuds.log")
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            if self._office.returncode is not None:
                break
            if await self._ready():
                return
            await asyncio.sleep(0.05)
        raise OfficeFailed(f"The office did not start. The end of its log:\n{self._log_end()}")

    async def _ready(self) -> bool:
        try:
            answer = await asyncio.to_thread(ask, self.folder / "state", "status")
        except (NotRunning, Refused):
            return False
        return bool(answer["homeserver"] == "reachable")

    def _log_end(self) -> str:
        return "\n".join((self.folder / "ombuds.log").read_text().splitlines()[-20:])

    async def kill_office(self) -> None:
        """SIGKILL: no goodbye, nothing saved that was not saved."""
        if self._office is not None and self._office.returncode is None:
            self._office.kill()
            await self._office.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for person in self._people:
            await person.close()
        if self._office is not None and self._office.returncode is None:
            self._office.send_signal(signal.SIGTERM)
            await self._office.wait()
        await self.synapse.stop()


async def _spawn(*arguments: str, log: Path) -> asyncio.subprocess.Process:
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bots",
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(os.environ),
            start_new_session=True,
        )


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Ours, without secrets that were meant for another office."""
    return {k: v for k, v in environment.items() if not k.startswith("BUENDNIS_OMBUDS_")}


def _settings(stage: Stage, staff: tuple[str, ...], secret: Path, undo: str) -> str:
    settings: dict[str, Any] = {
        "office": {
            "name": "Ombudsstelle im Bündnis",
            "languages": ["de", "en", "ar", "fa", "uk", "ru", "fr", "tr", "ti", "de-simple"],
            "timezone": "Europe/Berlin",
            "state": "./state",
        },
        "homeserver": {"url": stage.synapse.url, "server_name": stage.synapse.server_name},
        "account": {
            "user": stage.user(OFFICE),
            "registration_secret_file": f"./{secret.name}",
            "display_name": "Ombudsstelle",
        },
        "staff": [stage.user(name) for name in staff],
        "answers": {"undo": undo},
        "helplines": [{"name": "Polizei", "number": "110"}, {"name": "Notruf", "number": "112"}],
    }
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
