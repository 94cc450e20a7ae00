"""A network whose office runs, and its people."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from bots.cli.checkup.spaces import spaces
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import NetworkOffice
from bots.runtime.store.transaction import Transaction
from tests.conftest import unique
from tests.synapse.alliance import Alliance
from tests.synapse.networks import PASSWORD, Client
from tests.synapse.waiting import until


@dataclass
class House(Alliance):
    running: NetworkOffice
    synapse: EmbeddedSynapse

    async def aside(self) -> list[str]:
        return list((await self.running.office.status())["aside"])

    async def is_in(self, room: str, role: str, seen_by: Person | None = None) -> bool:
        user = self.declared.user(role)
        found = await (seen_by or self.anna).state(room, "m.room.member", user)
        return found is not None and found["membership"] == "join"

    async def faults(self) -> set[str]:
        """What `buendnis doctor` finds wrong within the running office."""
        found = (await self.running.checkup())["findings"]
        return {x["check"] for x in found if x["mark"] == "fault"}

    async def not_there(self) -> set[str]:
        """The rooms of which it says that they are missing, and that `apply` makes them."""
        found = list(spaces((await self.declared.plan()).plan, "network.yaml"))
        told = [x.found for x in found if "`buendnis apply`" in (x.remedy or "")]
        missing = next((x for x in told if x.startswith("not there: ")), "")
        return set(missing.removeprefix("not there: ").split(", ")) - {""}

    async def made_again(self) -> None:
        """What an admin does then: `buendnis apply`, of which the running office is told."""
        assert (await self.declared.apply()).failures == []
        assert await self.running.reload() == []

    async def quiet(self) -> None:
        """Nothing is tried over and over: what could not be done was set aside."""
        store = self.running.office.store
        await until(lambda: store.run("idle", Transaction.idle), "nothing that waits")

    async def upgrade(self, name: str, *bots: str) -> str:
        """As those who made the room can do it in Element, which then invites its members."""
        creator = await self.declared.client("creator")
        try:
            old = await self.id_of(name)
            body = {"new_version": "12"}
            answer = await creator.call("POST", "rooms", old, "upgrade", body=body)
            new = str(answer["replacement_room"])
            people = (self.anna.user_id, self.nora.user_id)
            for user in (*people, *map(self.declared.user, bots)):
                state = await creator.state(new)
                if ("m.room.member", user) not in state:
                    body = {"user_id": user}
                    await creator.call("POST", "rooms", new, "invite", body=body)
            return new
        finally:
            await creator.close()

    async def delete(self, name: str) -> None:
        """As a server's admin can, for everybody at once."""
        admin = unique("chief")
        await self.synapse.register(admin, PASSWORD, admin=True)
        client = await Client.log_in(self.synapse.url, admin)
        room = quote(await self.id_of(name), safe="")
        try:
            body = {"block": True, "purge": True}
            await client.server.call("delete", "DELETE", f"/_synapse/admin/v1/rooms/{room}", body)
        finally:
            await client.close()
