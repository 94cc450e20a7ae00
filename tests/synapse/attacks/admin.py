"""What a homeserver's admin can do to people: everything here is Synapse's own admin interface."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bots.lab.people.client import room_path
from bots.lab.people.crosssigning import Identity
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from federation.client.homeserver import Homeserver
from tests.conftest import Account, unique
from tests.synapse.conftest import MakePerson
from tests.synapse.networks import PASSWORD, Client

API = "/_synapse/admin"
CLIENT = "/_matrix/client/v3"


@dataclass
class Admin:
    synapse: EmbeddedSynapse
    client: Client

    @classmethod
    async def of(cls, synapse: EmbeddedSynapse) -> Admin:
        name = unique("chief")
        await synapse.register(name, PASSWORD, admin=True)
        return cls(synapse, await Client.log_in(synapse.url, name))

    async def close(self) -> None:
        await self.client.close()

    async def ask(self, method: str, target: str, body: Any = None) -> Any:
        return await self.client.server.call("admin", method, f"{API}/{target}", body)

    # -- in somebody's name -------------------------------------------------------------------

    async def ghost(self, make_person: MakePerson, user: str) -> Person:
        """Somebody's account on a device of the admin's, by a new password. Hers go on."""
        password = await self.new_password(user)
        account = Account(user, password, self.synapse.url)
        return await make_person(account=account, cross_signed=False)

    async def new_password(self, user: str) -> str:
        password = secrets.token_urlsafe(12)
        body = {"new_password": password, "logout_devices": False}
        await self.ask("POST", f"v1/reset_password/{quote(user, safe='')}", body)
        return password

    async def reborn(self, make_person: MakePerson, user: str, folder: Path) -> Person:
        """The same, and her cross-signing keys are replaced by the admin's own, who signs."""
        ghost = await self.ghost(make_person, user)
        password = await self.new_password(user)
        await replace_identity(ghost, password, folder / f"{secrets.token_hex(4)}.json")
        return ghost

    async def as_user(self, user: str) -> Homeserver:
        """A way to the homeserver in somebody's name, without any device: nothing that is sent
        that way can be encrypted."""
        answer = await self.ask("POST", f"v1/users/{quote(user, safe='')}/login", {})
        server = Homeserver(self.synapse.url)
        server.token = answer["access_token"]
        return server

    async def call_as(self, user: str, method: str, target: str, body: Any) -> Any:
        server = await self.as_user(user)
        try:
            return await server.call("forged", method, CLIENT + target, body)
        finally:
            await server.close()

    async def sends_as(self, user: str, room: str, kind: str, content: Any) -> str:
        target = room_path(room, "send", kind, secrets.token_hex(8))
        return str((await self.call_as(user, "PUT", target, content))["event_id"])

    async def says_as(self, user: str, room: str, body: str, **more: Any) -> str:
        content = {"msgtype": "m.text", "body": body, **more}
        return await self.sends_as(user, room, "m.room.message", content)

    async def reacts_as(self, user: str, room: str, event: str, key: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.sends_as(user, room, "m.reaction", {"m.relates_to": relation})

    async def redacts_as(self, user: str, room: str, event: str) -> str:
        target = room_path(room, "redact", event, secrets.token_hex(8))
        return str((await self.call_as(user, "PUT", target, {}))["event_id"])

    # -- to rooms -----------------------------------------------------------------------------

    async def makes_admin(self, room: str, user: str) -> None:
        target = f"v1/rooms/{quote(room, safe='')}/make_room_admin"
        await self.ask("POST", target, {"user_id": user})

    async def deletes(self, room: str) -> None:
        await self.ask("DELETE", f"v1/rooms/{quote(room, safe='')}", {"block": True, "purge": True})


async def replace_identity(ghost: Person, password: str, file: Path) -> None:
    identity = Identity(file, ghost.user_id)
    who = {"type": "m.id.user", "user": ghost.user_id}
    auth = {"type": "m.login.password", "identifier": who, "password": password}
    body = identity._public_keys() | {"auth": auth}
    await ghost.homeserver.call("POST", "/keys/device_signing/upload", body)
    await identity.establish(ghost.homeserver.call, ghost.device_id)
