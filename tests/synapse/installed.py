"""What `buendnis init` wrote, run on loopback: Synapse with the configuration that stands there.

Only what a machine of tests has no room for is changed: the ports, the database, and the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bots.cli.installing.deployment import HOMESERVER, PAGES
from bots.lab.synapse.embedded import free_port
from tests.synapse.processes import Installation, Process, spawn

PATIENCE = 60.0
DOMAIN = "buendnis.example"
PASSWORD = "a password for tests"
ANSWERS: Mapping[str, Any] = {
    "name": "Bündnis Musterstadt",
    "languages": ["de", "en", "ar"],
    "domain": DOMAIN,
    "coordinator": "anna",
    "contact": f"kontakt@{DOMAIN}",
    "imprint": "Bündnis e. V.; Musterweg 1, 12345 Musterstadt; Anna Muster",
    "mail": f"mail.{DOMAIN} rundbrief@{DOMAIN}",
    "mail_password": "secret of the mail server",
    "staff": ["bilal", "carla"],
}


@dataclass
class Installed:
    folder: Path
    synapse_port: int
    pages_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.synapse_port}"

    @property
    def pages(self) -> str:
        return f"http://127.0.0.1:{self.pages_port}"

    @property
    def synapse_log(self) -> str:
        return (self.folder / "synapse.log").read_text()

    def code(self, user: str) -> str:
        """That `init` printed for a founder of the ombuds office."""
        log = (self.folder.parent / "init.log").read_text()
        return next(line.split()[1] for line in log.splitlines() if line.split()[:1] == [user])

    def office(self, name: str) -> Installation:
        folder = self.folder / name
        settings = yaml.safe_load((folder / f"{name}.yaml").read_text())
        return Installation(folder, settings, f"{name}.yaml")

    async def own_accounts(self) -> None:
        """Those of the offices, as `scripts/accounts` makes them, which needs root."""
        for file in sorted(self.folder.glob("*/secrets/account-*")):
            await self.account(file.name.removeprefix("account-"), file.read_text().strip())

    async def account(self, name: str, password: str = PASSWORD) -> None:
        """As docs/install.md makes one: by Synapse's own command."""
        program = ("-m", "synapse._scripts.register_new_matrix_user", "--config")
        arguments = ("--user", name, f"--password={password}", "--no-admin", self.url)
        file = str(self.folder / "homeserver" / "homeserver.yaml")
        with (self.folder / "accounts.log").open("ab") as log:
            # -P: the folder of Synapse's scripts must not be searched for modules.
            process = await spawn("-P", *program, file, *arguments, output=log, errors=log)
            assert await process.wait() == 0, (self.folder / "accounts.log").read_text()


async def initialised(folder: Path, answers: Mapping[str, Any] = ANSWERS) -> Installed:
    """`buendnis init`, and other ports where it wrote the usual ones."""
    file = folder.parent / "answers.yaml"
    file.write_text(yaml.safe_dump(dict(answers), allow_unicode=True))
    options = ("--answers", str(file), "--yes", "--without-containers")
    log = folder.parent / "init.log"
    with log.open("wb") as output:
        process = await spawn("-m", "bots", "init", str(folder), *options, output=output)
        assert await process.wait() == 0, log.read_text()
    here = Installed(folder, free_port(), free_port())
    for name in ("network", "ombuds"):
        path = folder / name / f"{name}.yaml"
        text = path.read_text().replace(f"127.0.0.1:{HOMESERVER}", f"127.0.0.1:{here.synapse_port}")
        path.write_text(text.replace(f"127.0.0.1:{PAGES}", f"127.0.0.1:{here.pages_port}"))
    return here


def add_initiatives(here: Installed, number: int) -> None:
    """As an admin does it, in an editor."""
    file = here.folder / "network" / "network.yaml"
    entries = "".join(f"  - {{id: verein-{i}, name: Verein {i}}}\n" for i in range(number))
    file.write_text(file.read_text() + f"\ninitiatives:\n{entries}")


def on_loopback(here: Installed, database: Mapping[str, Any] | None = None) -> None:
    """Make the homeserver's configuration fit for this machine; SQLite unless told otherwise."""
    home = here.folder / "homeserver"
    sqlite = {"name": "sqlite3", "args": {"database": str(home / "homeserver.db")}}
    settings = yaml.safe_load((home / "homeserver.yaml").read_text())
    settings["listeners"][0]["port"] = here.synapse_port
    settings["database"] = dict(database or sqlite)
    settings["pid_file"] = str(home / "homeserver.pid")
    (home / "homeserver.yaml").write_text(yaml.safe_dump(settings))
    log = yaml.safe_load((home / "log.yaml").read_text())
    log["loggers"] = {"synapse.access": {"level": "INFO"}}
    (home / "log.yaml").write_text(yaml.safe_dump(log))


@asynccontextmanager
async def homeserver(here: Installed) -> AsyncIterator[None]:
    """Synapse as a process of its own; it ends with us."""
    settings = here.folder / "homeserver" / "homeserver.yaml"
    program = ("-P", "-m", "synapse.app.homeserver", "--config-path", str(settings))
    with (here.folder / "synapse.log").open("ab") as log:
        process = await spawn(*program, output=log)
    try:
        await _until_healthy(here, process)
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE)


async def _until_healthy(here: Installed, process: Process) -> None:
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            assert process.returncode is None, here.synapse_log
            try:
                async with http.get(f"{here.url}/health") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
