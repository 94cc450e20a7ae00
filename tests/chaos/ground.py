"""Where scenarios take place: one Synapse, its people, and a folder for every office."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bots.lab.synapse.embedded import EmbeddedSynapse
from federation.client.homeserver import Homeserver, path
from tests.chaos.office import Told
from tests.chaos.process import Keeper
from tests.chaos.witness import Witness


@dataclass(frozen=True, slots=True)
class Account:
    user: str
    password: str


class Ground:
    def __init__(self, synapse: EmbeddedSynapse, folder: Path) -> None:
        self.synapse = synapse
        self.folder = folder
        self._admin: Homeserver | None = None
        self._people: list[Witness] = []

    async def account(self, name: str, *, admin: bool = False) -> Account:
        password = secrets.token_urlsafe(12)
        user = f"{name}-{secrets.token_hex(4)}"
        return Account(await self.synapse.register(user, password, admin=admin), password)

    async def person(self, name: str, *, strict: bool = True) -> Witness:
        account = await self.account(name)
        directory = self.folder / account.user[1:].partition(":")[0]
        person = await Witness.create(
            self.synapse.url, account.user, account.password, directory, strict=strict
        )
        self._people.append(person)
        await person.start()
        return person

    async def send_off(self, person: Witness) -> None:
        """Who is not needed any more switches the phone off."""
        self._people.remove(person)
        await person.close()

    async def told(self, name: str = "bot") -> Told:
        """A new account with a password, and an empty state folder."""
        account = await self.account(name)
        state = self.folder / account.user[1:].partition(":")[0]
        return Told(self.synapse.url, account.user, str(state), password=account.password)

    def keeper(self, told: Told, points: tuple[str, ...] = ()) -> Keeper:
        return Keeper(told, Path(f"{told.state}.log"), points)

    async def token(self, account: Account) -> str:
        """A new device's access token, as an admin would hand it over."""
        server = Homeserver(self.synapse.url)
        try:
            return await _log_in(server, account)
        finally:
            await server.close()

    async def rooms_of(self, user: str) -> list[str]:
        """The rooms that the account is in, as the homeserver's admin sees them."""
        rooms: list[str] = (await self._ask(f"users/{quote(user, safe='')}/joined_rooms"))[
            "joined_rooms"
        ]
        return rooms

    async def made_by(self, user: str) -> list[str]:
        """The rooms that the account has made, wherever it is by now."""
        found: list[str] = []
        start: int | None = 0
        while start is not None:
            page = await self._ask("rooms", limit="500", **{"from": str(start)})
            found += [x["room_id"] for x in page["rooms"] if x["creator"] == user]
            start = page.get("next_batch")
        return found

    async def state(self, room: str) -> list[dict[str, Any]]:
        """Of any room."""
        state: list[dict[str, Any]] = (await self._ask(f"rooms/{quote(room, safe='')}/state"))[
            "state"
        ]
        return state

    async def _ask(self, target: str, **query: str) -> Any:
        """The homeserver's admin interface."""
        if self._admin is None:
            self._admin = Homeserver(self.synapse.url)
            self._admin.token = await _log_in(self._admin, await self.account("chief", admin=True))
        return await self._admin.call("admin", "GET", f"/_synapse/admin/v1/{target}", query=query)

    async def close(self) -> None:
        for person in self._people:
            await person.close()
        if self._admin is not None:
            await self._admin.close()


async def _log_in(server: Homeserver, account: Account) -> str:
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.user},
        "password": account.password,
    }
    return str((await server.call("login", "POST", path("login"), body))["access_token"])


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    async with await EmbeddedSynapse.start(folder / "synapse") as synapse:
        place = Ground(synapse, folder)
        try:
            yield place
        finally:
            await place.close()


def say(text: str) -> None:
    """Progress, for people."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
