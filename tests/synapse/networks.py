"""Networks declared on a real Synapse, each with names of its own; and whoever looks at them."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.reading import load_network
from bots.offices.registry import BOTS, Bots, unwritten_accounts
from bots.offices.spaces.planning import Counted, Planning, planning
from bots.runtime.process.failpoints import VARIABLE
from federation.client.homeserver import Homeserver, path
from federation.model.ports import Probe, no_probe
from federation.spaces.applying.apply import Outcome
from federation.spaces.planning.plan import Plan
from federation.spaces.steps import Change
from tests.kit.forks import PIPE, STDOUT, Fork, forked

FOR_ALL = ("alliance", "coordination", *(room.key for bot in BOTS for room in bot.rooms))
"""The alliance's space, and the rooms for all."""
PASSWORD = "a password for tests"
WRITES = frozenset(
    {"createRoom", "put state", "invite", "put alias", "delete alias", "list", "register"}
    | {"upload", "displayname", "avatar_url"}
)
"""The names of the requests that change something on the homeserver."""


@dataclass
class Client:
    """Somebody without a phone: plain requests."""

    user: str
    server: Homeserver

    @classmethod
    async def log_in(cls, url: str, name: str, password: str = PASSWORD) -> Client:
        server = Homeserver(url)
        who = {"type": "m.id.user", "user": name}
        body = {"type": "m.login.password", "identifier": who, "password": password}
        login = await server.call("login", "POST", path("login"), body)
        server.token = login["access_token"]
        return cls(login["user_id"], server)

    async def call(self, method: str, *parts: str, body: Any = None, **query: str) -> Any:
        return await self.server.call(parts[0], method, path(*parts), body, query=query)

    async def create(self, alias: str, **body: Any) -> str:
        answer = await self.call("POST", "createRoom", body={"room_alias_name": alias, **body})
        return str(answer["room_id"])

    async def state(self, room_id: str) -> dict[tuple[str, str], Any]:
        """The whole state of a room: (type, state key) → event, without what ages."""
        events = await self.server.call_list("state", path("rooms", room_id, "state"))
        ages = ("age", "unsigned")
        return {
            (event["type"], event["state_key"]): {k: v for k, v in event.items() if k not in ages}
            for event in events
        }

    async def put(
        self, room_id: str, type_: str, content: Mapping[str, Any], key: str = ""
    ) -> None:
        await self.call("PUT", "rooms", room_id, "state", type_, key, body=content)

    async def rooms(self, part: str = "join") -> dict[str, Any]:
        """What a sync says of the rooms that she is in, or is invited to."""
        answer = await self.call("GET", "sync", timeout=str(secrets.randbelow(10**6)))
        found: dict[str, Any] = answer.get("rooms", {}).get(part, {})
        return found

    async def close(self) -> None:
        await self.server.close()


@dataclass
class Run:
    """What a plan or an apply did."""

    plan: Plan
    counted: Counted
    calls: Counter[str] = field(default_factory=Counter)
    outcome: Outcome = field(default_factory=Outcome)
    told: list[tuple[Change, str | None]] = field(default_factory=list)

    @property
    def writes(self) -> int:
        return sum(number for name, number in self.calls.items() if name in WRITES)

    @property
    def lines(self) -> list[str]:
        return [str(change) for change in self.plan.changes if not change.implied]

    @property
    def failures(self) -> list[str]:
        return [f"{change}: {error}" for change, error in self.outcome.failed]


class Declared:
    """A network.yaml in a folder, and what becomes of it on a homeserver."""

    def __init__(self, folder: Path, synapse: EmbeddedSynapse, bots: Bots = BOTS) -> None:
        self.folder = folder
        self.bots = bots
        self.synapse = synapse
        self.end = f"-{secrets.token_hex(3)}"
        self._tokens: dict[str, str | None] = {}
        secret = folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text(synapse.registration_secret)
        self.data: dict[str, Any] = {
            "network": {"name": f"Bündnis{self.end}", "state": "./state"},
            "homeserver": {"url": synapse.url, "server_name": synapse.server_name},
            "accounts": {
                "registration_secret_file": "./secret",
                **{role: f"{role}{self.end}" for role in unwritten_accounts(bots)},
            },
            "rooms": {
                common: f"#{common}{self.end}"
                for common in ("alliance", "coordination", *(x.key for y in bots for x in y.rooms))
            },
            "initiatives": [],
        }

    # -- declaring -----------------------------------------------------------------------------

    def initiative(self, name: str, *contacts: str, **more: Any) -> str:
        """Declare one; its id."""
        id_ = f"{name}{self.end}"
        entry = {"id": id_, "name": name.title(), "contacts": list(contacts), **more}
        self.data["initiatives"].append(entry)
        return id_

    def alias(self, name: str) -> str:
        """`exchange` → `#exchange-1f2e3d:localhost`."""
        local, _, room = name.partition("/")
        room = f"-{room}" if room else ""
        return f"#{local}{self.end}{room}:{self.synapse.server_name}"

    def user(self, role: str) -> str:
        return f"@{role}{self.end}:{self.synapse.server_name}"

    def write(self) -> Path:
        file = self.folder / "network.yaml"
        file.write_text(yaml.safe_dump(self.data, allow_unicode=True), encoding="utf-8")
        return file

    # -- running -------------------------------------------------------------------------------

    async def plan(self) -> Run:
        return await self._run(applied=False)

    async def apply(self, *, remove: bool = False, probe: Probe = no_probe) -> Run:
        return await self._run(applied=True, remove=remove, probe=probe)

    async def _run(self, *, applied: bool, remove: bool = False, probe: Probe = no_probe) -> Run:
        calls: Counter[str] = Counter()

        def count(stage: str, name: str) -> None:
            calls[name] += stage == "before"
            probe(stage, name)

        config = load_network(self.write(), self.bots)
        async with planning(config, count, self.bots) as opened:
            found = await opened.plan()
            run = Run(found, opened.counted, calls)
            if applied:
                run.outcome = await opened.apply(found, _noting(run), remove=remove)
            run.counted = opened.counted
        return run

    async def killed(self, failpoint: str) -> bool:
        """`buendnis apply`, with a failpoint; whether that was reached."""
        process = await self.command("apply", str(self.write()), failpoint=failpoint)
        await process.communicate()
        return process.returncode == -9

    async def command(self, *arguments: str, failpoint: str = "", **environment: str) -> Fork:
        environment = {**os.environ, VARIABLE: failpoint, **environment}
        return await forked("bots", *arguments, env=environment, stdout=PIPE, stderr=STDOUT)

    async def said(self, *arguments: str) -> tuple[int | None, str]:
        """Exit status and output of a command on the file."""
        process = await self.command(*arguments, str(self.write()))
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    # -- looking -------------------------------------------------------------------------------

    async def password(self, role: str) -> str:
        """The password that an account was given when it was made."""
        async with planning(load_network(self.write())) as opened:
            return _password(opened, self.user(role))

    async def client(self, role: str) -> Client:
        """One of the network's accounts, seen as a client. One login for all: of each other one,
        everybody would be told who shares a room with the account."""
        if role not in self._tokens:
            password = await self.password(role)
            client = await Client.log_in(self.synapse.url, self.user(role), password)
            self._tokens[role] = client.server.token
            return client
        server = Homeserver(self.synapse.url)
        server.token = self._tokens[role]
        return Client(self.user(role), server)

    async def room_id(self, client: Client, name: str) -> str:
        answer = await client.call("GET", "directory", "room", self.alias(name))
        return str(answer["room_id"])


def _password(opened: Planning, user: str) -> str:
    return opened._store.sealer.secret(f"password {user}").hex()


def _noting(run: Run) -> Any:
    def note(change: Change, error: str | None) -> None:
        run.told.append((change, error))

    return note


def contents(state: Mapping[tuple[str, str], Any], type_: str) -> dict[str, Any]:
    """State key → content of the events of a type that say something."""
    return {key: e["content"] for (t, key), e in state.items() if t == type_ and e["content"]}


async def made_by(client: Client) -> Sequence[str]:
    """The rooms that a client made and is in."""
    found = []
    for room_id in await client.rooms():
        state = await client.state(room_id)
        if state["m.room.create", ""]["sender"] == client.user:
            found.append(room_id)
    return found
