"""An ombuds office that runs as a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.process.control import ask
from tests.conftest import unique
from tests.kit.founders import hand_out, joins
from tests.synapse.processes import (
    Installation,
)

Install = Callable[..., Installation]


@pytest.fixture
async def install(synapse: EmbeddedSynapse, tmp_path: Path) -> AsyncIterator[Install]:
    """`install(staff)`: an office on the session's Synapse that makes its account itself."""
    made: list[Installation] = []
    somebody = await synapse.register(unique("somebody"), "a password for tests")

    def new(*staff: str, homeserver: str = synapse.url, state: str = "state") -> Installation:
        installation = Installation(tmp_path, {})
        secret = installation.secret("registration.secret", synapse.registration_secret)
        server = synapse.server_name
        installation.settings = {
            "office": {"name": "Ombudsstelle", "languages": ["de", "en"], "state": state},
            "homeserver": {"url": homeserver, "server_name": server},
            "account": {
                "user": f"@{unique('ombuds')}:{server}",
                "registration_secret_file": secret,
            },
            "staff": list(staff) or [somebody],
            "answers": {"undo": "1s"},
        }
        installation.write()
        made.append(installation)
        return installation

    yield new
    for installation in made:
        await installation.close()


async def joined(person: Person, here: Installation) -> str:
    """The staff's room, once she has accepted its invitation and typed her code."""
    hand_out(here.state, *here.settings["staff"])
    await asyncio.to_thread(ask, here.state, "reload")
    return await joins(person)
