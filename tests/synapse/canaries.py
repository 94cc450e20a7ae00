"""Words that must be nowhere, and where they are looked for."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from bots.runtime.office.office import Office
from bots.runtime.process.logs import install
from tests.conftest import unique
from tests.synapse.proxy import Passed


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that all loggers say, as an office writes it."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    names = ("nio", "peewee", "aiohttp", "asyncio")
    levels = {name: logging.getLogger(name).level for name in names}
    stream = io.StringIO()
    install("debug", stream)
    yield stream
    root.handlers, root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class Canaries:
    """What must not be found, in the ways in which it could be written."""

    def __init__(self) -> None:
        self._all: dict[str, str] = {}

    def add(self, what: str, text: str) -> str:
        """Also without the mark and the server, as it might be cut."""
        self._all[text] = what
        bare = text.lstrip("@!$#").partition(":")[0]
        if len(bare) > 6:
            self._all[bare] = f"{what}, cut"
        return text

    def new(self, what: str) -> str:
        return self.add(what, unique(f"canary{what}").replace("-", ""))

    def found_in(self, content: bytes) -> list[str]:
        return [
            f"{what} ({text})"
            for text, what in self._all.items()
            if any(form in content for form in forms(text))
        ]

    def __len__(self) -> int:
        return len(self._all)


def forms(text: str) -> list[bytes]:
    plain = text.encode()
    return [
        plain,
        text.encode("utf-16-le"),
        plain.hex().encode(),
        base64.b64encode(plain).rstrip(b"=")[:-1],
    ]


def note_ids(
    canaries: Canaries, office: Office, people: list[Person], passed: list[Passed]
) -> None:
    """Ids that only the homeserver could choose, and secrets."""
    session = office._posts[0].session
    canaries.add("our token", str(session.server.token))
    canaries.add("our device", session.machine.device_id)
    canaries.add("our master key", session.trust._identities[0].public["master"])
    for person in people:
        canaries.add("device", person.device_id)
        for seen in person.timeline:
            canaries.add("event", seen.event_id)
            canaries.add("room", seen.room_id)
    for one in passed:
        if "/send/m.room.encrypted/" in one.path:
            canaries.add("session", one.body["session_id"])


def read_all(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
