"""Devices of people, each with a store of its own, that send keys and messages to one another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from nio.api import Api

from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from federation.encryption.machine import MEGOLM, Device, Machine
from federation.encryption.trust import CrossSigning
from tests.store.conftest import KEY
from tests.store.events import ROOM, event

CHUNK = "m.room.encrypted"


class Phone:
    """One device; made by `new`."""

    def __init__(self, store: Store, machine: Machine, keys: dict[str, Any]) -> None:
        self.store = store
        self.machine = machine
        self._keys = keys
        self._one_time = iter(keys["one_time_keys"].items())

    @classmethod
    async def new(cls, folder: Path, user: str, device_id: str = "PHONE") -> Self:
        store = Store.open(folder / f"{user[1:4]}-{device_id}", Sealer(KEY))
        machine = await store.run("open", lambda vault: Machine.open(vault, user, device_id))

        def publish(vault: Any) -> dict[str, Any]:
            with machine.keys.using(vault):
                body: dict[str, Any] = machine.olm.share_keys()
                machine.olm.account.shared = True
                machine.olm.mark_keys_as_published()
                machine.olm.save_account()
            return body

        return cls(store, machine, await store.run("publish", publish))

    async def reopened(self) -> Machine:
        """The machine as the store holds it, as after a restart."""
        user, device_id = self.machine.account, self.machine.device_id
        return await self.store.run("open", lambda vault: Machine.open(vault, user, device_id))

    @property
    def user(self) -> str:
        return self.machine.account

    @property
    def device_keys(self) -> dict[str, Any]:
        """As `/keys/query` gives them."""
        found: dict[str, Any] = json.loads(json.dumps(self._keys["device_keys"]))
        return found

    @property
    def device(self) -> Device:
        keys = self.device_keys["keys"]
        name = self.machine.device_id
        return Device(self.user, name, keys[f"curve25519:{name}"], keys[f"ed25519:{name}"])

    def claim(self) -> dict[str, Any]:
        """One of its one-time keys, as `/keys/claim` gives it."""
        return dict([next(self._one_time)])

    async def knows(self, *others: Phone) -> None:
        """Learn their devices and open a session with each."""
        answer = query(*others)
        claimed = {"one_time_keys": {o.user: {o.machine.device_id: o.claim()} for o in others}}
        users = sorted({other.user for other in others})
        devices = [other.device for other in others]

        def take(vault: Any) -> None:
            self.machine.take_devices(vault, answer, users, self.machine.changes)
            self.machine.take_claimed(vault, claimed, devices)

        await self.store.run("know", take)

    def key(self, room: str = ROOM, **over: Any) -> dict[str, Any]:
        """The content of `m.room_key` for the room's session, from where it stands now."""
        session = self.machine.outbound(room) or self.machine.new_outbound(room)
        session.shared = True
        content = {
            "algorithm": MEGOLM,
            "room_id": room,
            "session_id": session.id,
            "session_key": session.session_key,
        }
        return content | over

    async def hand(self, content: dict[str, Any], to: Phone) -> set[str]:
        """Send a room key; the sessions of which `to` says that their key came."""
        return await to.receives(await self.wrapped(content, to))

    async def wrapped(
        self, content: dict[str, Any], to: Phone, stated: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """`stated`: the device's keys, as it states them inside its encryption (MSC4147)."""
        if stated is not None:
            self._state(to, stated)
        messages = await self.store.run(
            "wrap",
            lambda vault: self.machine.wrap(vault, [to.device], "m.room_key", content),
        )
        content = messages[to.user][to.machine.device_id]
        return {"type": "m.room.encrypted", "sender": self.user, "content": content}

    def _state(self, to: Phone, stated: dict[str, Any]) -> None:
        session = self.machine.olm.session_store.get(to.device.curve25519)
        encrypt = session.encrypt

        def with_keys(text: str) -> Any:
            return encrypt(json.dumps({**json.loads(text), "sender_device_keys": stated}))

        session.encrypt = with_keys

    async def receives(self, *to_device: Any, **sync: Any) -> set[str]:
        answer = {"to_device": {"events": list(to_device)}, **sync}
        return await self.store.run("take", lambda vault: self.machine.take(vault, answer))

    def message(self, body: str, room: str = ROOM, **more: Any) -> dict[str, Any]:
        content = {"msgtype": "m.text", "body": body, **more}
        return event(CHUNK, self.machine.encrypt(room, "m.room.message", content), self.user)

    def raw(self, text: str, room: str = ROOM) -> dict[str, Any]:
        """An encrypted event with any plaintext at all."""
        session = self.machine.olm.outbound_group_sessions[room]
        content = {
            "algorithm": MEGOLM,
            "ciphertext": session.encrypt(text),
            "session_id": session.id,
        }
        return event(CHUNK, content, self.user)

    async def reads(self, wire: dict[str, Any], room: str = ROOM) -> Any:
        """What it reads: the body, or None."""
        opened = await self.store.run(
            "decrypt", lambda vault: self.machine.decrypt(vault, room, wire)
        )
        return None if opened is None else opened["content"].get("body")

    async def close(self) -> None:
        await self.store.close()


def query(*phones: Phone, identities: dict[str, CrossSigning] | None = None) -> dict[str, Any]:
    """An answer to `/keys/query`."""
    answer: dict[str, Any] = {"device_keys": {}, "master_keys": {}, "self_signing_keys": {}}
    for phone in phones:
        devices = answer["device_keys"].setdefault(phone.user, {})
        devices[phone.machine.device_id] = phone.device_keys
    for user, identity in (identities or {}).items():
        body = identity.upload_body()
        answer["master_keys"][user] = body["master_key"]
        answer["self_signing_keys"][user] = body["self_signing_key"]
    return answer


def canonical(value: Any) -> str:
    text: str = Api.to_canonical_json(value)
    return text
