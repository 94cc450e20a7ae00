"""The demo's stage: two homeservers, two offices, a mail server and pages on loopback."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bots.lab.demo import papers
from bots.lab.demo.letterbox import Letterbox, listening
from bots.lab.demo.process import OfficeProcess, command
from bots.lab.people.client import Json
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse, free_port
from bots.lab.synapse.neighbours import Neighbours
from bridges.web.mailbox import in_folder, showing

HERE, THERE = "buendnis.test", "sued.test"
"""The network's homeserver, and that of an initiative which runs its own."""


@dataclass
class Stage:
    """Use `stage`; everything ends with its block."""

    folder: Path
    here: EmbeddedSynapse
    there: EmbeddedSynapse
    letterbox: Letterbox
    mails: str
    """Address of the page that shows captured mails."""
    pages: str
    """Address of the network's pages."""
    dkim: str
    """What the DNS would say of the key that signs mails."""
    ombuds: OfficeProcess
    network: OfficeProcess
    access: Path
    """The access log of the network's homeserver."""
    handed: dict[str, str]
    """The codes that the founders of the ombuds office were handed."""
    passwords: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    def user(self, name: str) -> str:
        return f"@{name}:{HERE}"

    def alias(self, name: str) -> str:
        return f"#{name}:{HERE}"

    # -- people --------------------------------------------------------------------------------

    async def account(self, name: str, synapse: EmbeddedSynapse | None = None) -> str:
        """Register an account; its full Matrix id."""
        self.passwords[name] = "-".join(secrets.token_hex(2) for _ in range(3))
        return await (synapse or self.here).register(name, self.passwords[name])

    async def person(self, name: str, synapse: EmbeddedSynapse | None = None) -> Person:
        """Somebody with a phone that listens; strict as Element will be (MSC4153)."""
        synapse = synapse or self.here
        user = await self.account(name, synapse)
        phone = self.folder / "phones" / name
        password = self.passwords[name]
        person = await Person.create(synapse.url, user, password, phone, strict=True)
        self.people.append(person)
        await person.start()
        return person

    # -- the network's admin -------------------------------------------------------------------

    def settings(self) -> Json:
        """What network.yaml says."""
        found: Json = yaml.safe_load(self.network.settings.read_text())
        return found

    async def admin(self, *arguments: str) -> str:
        """`buendnis …` on network.yaml; what it printed. Raises OfficeFailed."""
        return await command(*arguments, str(self.network.settings), folder=self.folder)


@asynccontextmanager
async def stage(
    folder: Path, staff: Sequence[str], coordinators: Sequence[str], contact: str
) -> AsyncIterator[Stage]:
    """Start the homeservers and what takes mails; the offices are only described.

    Raises SynapseFailed.
    """
    folder = _prepared(folder)
    async with AsyncExitStack() as stack:
        letterbox = await stack.enter_async_context(listening(folder / "mails"))
        mails = await stack.enter_async_context(showing(in_folder(folder / "mails")))
        access = folder / "access.log"
        here, there = await _homeservers(stack, folder, access)
        secret = papers.private(folder / "registration.secret", here.registration_secret.encode())
        pem, record = await asyncio.to_thread(papers.dkim_key)
        dkim_file = papers.private(folder / "dkim.pem", pem)
        web_port = free_port()
        network = papers.network(here, tuple(coordinators), contact, secret)
        settings = papers.with_mail(network, letterbox.port, web_port, dkim_file)
        papers.write(folder / "network.yaml", settings)
        office = papers.ombuds(here, tuple(staff), secret)
        papers.write(folder / "ombuds.yaml", office)
        handed = papers.hand_out(folder / "state-ombuds", office["staff"])
        found = Stage(
            folder,
            here,
            there,
            letterbox,
            mails,
            f"http://127.0.0.1:{web_port}",
            record,
            OfficeProcess(folder / "ombuds.yaml", folder / "state-ombuds"),
            OfficeProcess(folder / "network.yaml", folder / "state-network"),
            access,
            handed,
        )
        try:
            yield found
        finally:
            await _leave(found)


def _prepared(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.absolute()


async def _homeservers(
    stack: AsyncExitStack, folder: Path, access: Path
) -> tuple[EmbeddedSynapse, EmbeddedSynapse]:
    near = Neighbours.make(folder / "neighbours", (HERE, THERE), (free_port(), free_port()))
    logging = folder / "logging.yaml"
    logging.write_text(json.dumps(papers.access_log(access)))
    here, there = await asyncio.gather(
        _started(stack, folder / HERE, near, {"log_config": str(logging)}),
        _started(stack, folder / THERE, near, {}),
        return_exceptions=True,  # one that failed must not leave the other behind
    )
    if isinstance(here, BaseException):
        raise here
    if isinstance(there, BaseException):
        raise there
    return here, there


async def _started(
    stack: AsyncExitStack, folder: Path, near: Neighbours, extra: Json
) -> EmbeddedSynapse:
    synapse = await EmbeddedSynapse.start(
        folder, server_name=folder.name, neighbours=near, extra=extra
    )
    return await stack.enter_async_context(synapse)


async def _leave(found: Stage) -> None:
    await asyncio.gather(
        *(person.close() for person in found.people), found.ombuds.stop(), found.network.stop()
    )
