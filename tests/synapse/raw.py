"""A homeserver asked directly, without any code of ours in between."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from tests.conftest import Account


class Raw:
    """One device of an account, logged in anew."""

    def __init__(self, http: aiohttp.ClientSession, account: Account) -> None:
        self._http = http
        self.account = account
        self.token = ""
        self.device_id = ""

    async def log_in(self) -> None:
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.account.user_id},
            "password": self.account.password,
            "initial_device_display_name": "raw",
        }
        status, answer = await self.ask("POST", "/login", body)
        assert status == 200, answer
        self.token, self.device_id = answer["access_token"], answer["device_id"]

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of the answer; `path` below the client API, or a whole one."""
        base = "" if path.startswith("/_") else "/_matrix/client/v3"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self._http.request(
            method, self.account.homeserver + base + path, json=body, headers=headers
        ) as response:
            return response.status, json.loads(await response.text() or "{}")

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = await self.ask(method, path, body)
        assert status == 200, (status, answer)
        return answer

    async def confirmed(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """A request that asks for the password again."""
        _, challenge = await self.ask(method, path, body)
        auth = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.account.user_id},
            "password": self.account.password,
            "session": challenge["session"],
        }
        return await self.call(method, path, {**body, "auth": auth})

    async def keys(self, user: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.call("POST", "/keys/query", {"device_keys": {user: []}})
        return found

    async def claim(self, user: str, device_id: str) -> tuple[str, dict[str, Any]] | None:
        """A one-time key of that device, gone for others; None if there is none left."""
        wanted = {"one_time_keys": {user: {device_id: "signed_curve25519"}}}
        answer = await self.call("POST", "/keys/claim", wanted)
        keys = answer["one_time_keys"].get(user, {}).get(device_id, {})
        return next(iter(keys.items()), None)

    async def send(self, room: str, kind: str, content: Any, key: str | None = None) -> str:
        room_path = f"/rooms/{quote(room, safe='')}"
        target = f"{room_path}/send/{kind}/{secrets.token_hex(8)}"
        if key is not None:
            target = f"{room_path}/state/{kind}/{quote(key, safe='')}"
        return str((await self.call("PUT", target, content))["event_id"])

    async def say(self, room: str, body: str) -> str:
        return await self.send(room, "m.room.message", {"msgtype": "m.text", "body": body})

    async def make_room(self, *invite: str, **more: Any) -> str:
        answer = await self.call("POST", "/createRoom", {"invite": list(invite), **more})
        return str(answer["room_id"])

    async def act(self, room: str, verb: str, **body: Any) -> None:
        await self.call("POST", f"/rooms/{quote(room, safe='')}/{verb}", body)

    async def history(self, room: str) -> list[dict[str, Any]]:
        """Everything in the room that this account may see, oldest first."""
        found: list[dict[str, Any]] = []
        start = ""
        while True:
            path = f"/rooms/{quote(room, safe='')}/messages?dir=b&limit=1000{start}"
            page = await self.call("GET", path)
            found += page["chunk"]
            if "end" not in page:
                return found[::-1]
            start = f"&from={page['end']}"

    async def said(self, room: str, sender: str) -> list[str]:
        """The texts of a sender, in order; encrypted ones as their ciphertext's type."""
        return [
            str(event["content"].get("body", event["type"]))
            for event in await self.history(room)
            if event["sender"] == sender and event["type"] in ("m.room.message", "m.room.encrypted")
        ]


@asynccontextmanager
async def raw(account: Account) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as http:
        device = Raw(http, account)
        await device.log_in()
        yield device


def is_signed(value: dict[str, Any], user: str, key_id: str, public: str) -> bool:
    """Whether `public` signed it, as the specification says (appendices, "Signing JSON")."""
    signature = value.get("signatures", {}).get(user, {}).get(f"ed25519:{key_id}")
    if signature is None:
        return False
    plain = {key: value[key] for key in value if key not in ("signatures", "unsigned")}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    try:
        VerifyKey(_bytes(public)).verify(text.encode(), _bytes(signature))
    except BadSignatureError:
        return False
    return True


def public_key(keys: dict[str, Any], user: str, usage: str) -> str:
    """The public key that the account shows for `master` or `self_signing`."""
    found = keys[f"{usage}_keys"][user]
    assert found["usage"] == [usage]
    [public] = found["keys"].values()
    return str(public)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
