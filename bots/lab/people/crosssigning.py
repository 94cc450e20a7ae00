"""Whose devices are whose, who gets our room keys, and whom other people's belong to.

Client-server API, "Cross-signing"; MSC4153. Independent of the bots' own code, so that a mistake
there is not believed here.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nio
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey
from nio.crypto import Olm

from bots.lab.people.client import Json

NO_KEY = "Unable to decrypt message."
UNKNOWN_DEVICE = "Encrypted by an unknown or deleted device."
UNSIGNED_DEVICE = "Encrypted by a device not verified by its owner."
INSECURE_DEVICE = "Sent from an insecure device."

Call = Callable[..., Awaitable[Json]]
"""`await call("POST", "/keys/query", {…})` gives the answer's JSON; errors are raised."""

_ONE_TIME = "signed_curve25519"
_log = logging.getLogger(__name__)


class KeysNotShared(RuntimeError):
    """A device that should read the message could not be given its key; nothing was sent."""


def write_json(path: Path, value: object) -> None:
    """Whole or not at all, and for the owner's eyes only."""
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(value))
    draft.replace(path)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _bare(value: Mapping[str, Any]) -> Json:
    return {key: value[key] for key in value if key not in {"signatures", "unsigned"}}


def _canonical(value: Mapping[str, Any]) -> bytes:
    """What a signature covers (appendices, "Signing JSON")."""
    bare = _bare(value)
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _is_signed(value: Mapping[str, Any], key_id: str, public: str) -> bool:
    """Whether the owner named in `value` signed it with the ed25519 key `public`."""
    try:
        signature = value["signatures"][value["user_id"]][f"ed25519:{key_id}"]
        VerifyKey(_bytes(public)).verify(_canonical(value), _bytes(signature))
    except (CryptoError, KeyError, TypeError, ValueError):
        return False
    return True


def _key_of(key: Json | None, user_id: str, usage: str) -> str | None:
    """The public key in a cross-signing key object, if it is the user's and for `usage`."""
    if not key or key.get("user_id") != user_id or usage not in key.get("usage", []):
        return None
    return next((str(public) for public in key.get("keys", {}).values()), None)


class Identity:
    """A person's three cross-signing keys, kept in a file."""

    def __init__(self, path: Path, user_id: str) -> None:
        """New keys are made, and kept in `path`, where there are none."""
        self.user_id = user_id
        if not path.exists():
            usages = ("master", "self_signing", "user_signing")
            write_json(path, {usage: _base64(bytes(SigningKey.generate())) for usage in usages})
        seeds: dict[str, str] = json.loads(path.read_text())
        self._keys = {usage: SigningKey(_bytes(seed)) for usage, seed in seeds.items()}

    async def establish(self, call: Call, device_id: str) -> None:
        """Publish the identity and sign the device; what is done already stays as it is."""
        known = await call("POST", "/keys/query", {"device_keys": {self.user_id: []}})
        master = known.get("master_keys", {}).get(self.user_id)
        published = _key_of(master, self.user_id, "master")
        if published is None:  # the first needs no further authentication
            await call("POST", "/keys/device_signing/upload", self._public_keys())
        elif published != self._public("master"):
            hint = "use the directory that holds them, or cross_signed=False"
            raise RuntimeError(f"{self.user_id} is cross-signed with other keys: {hint}.")
        await self._sign_device(call, known["device_keys"][self.user_id][device_id])

    async def _sign_device(self, call: Call, device: Json) -> None:
        public = self._public("self_signing")
        if _is_signed(device, public, public):
            return
        body = {self.user_id: {device["device_id"]: self._signed(device, "self_signing")}}
        answer = await call("POST", "/keys/signatures/upload", body)
        if failures := answer.get("failures"):  # with status 200
            raise RuntimeError(f"The homeserver refused a signature: {failures}")

    def _public(self, usage: str) -> str:
        return _base64(bytes(self._keys[usage].verify_key))

    def _public_keys(self) -> Json:
        body: Json = {}
        for usage in self._keys:
            public = self._public(usage)
            key = {"user_id": self.user_id, "usage": [usage], "keys": {f"ed25519:{public}": public}}
            body[f"{usage}_key"] = key if usage == "master" else self._signed(key, "master")
        return body

    def _signed(self, value: Json, usage: str) -> Json:
        signature = _base64(self._keys[usage].sign(_canonical(value)).signature)
        key_id = f"ed25519:{self._public(usage)}"
        return {**_bare(value), "signatures": {self.user_id: {key_id: signature}}}


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its owner's homeserver describes it, its own signature checked."""

    user_id: str
    device_id: str
    curve25519: str
    ed25519: str
    signed: bool
    """By its owner's self-signing key, and that by the owner's master key that we saw first."""


class Devices:
    """Everybody's devices, and the master keys that we saw first."""

    def __init__(self, pins: Path) -> None:
        """The master keys are kept in `pins`."""
        self._path = pins
        self._pins: dict[str, str] = json.loads(pins.read_text()) if pins.exists() else {}
        self._of: dict[str, list[Device]] = {}

    def learn(self, answer: Json) -> None:
        """Take in an answer to `/keys/query`."""
        pinned = len(self._pins)
        for user_id, devices in answer.get("device_keys", {}).items():
            signing = self._self_signing_key(answer, user_id)
            read = (_device(user_id, name, raw, signing) for name, raw in devices.items())
            self._of[user_id] = [device for device in read if device]
        if len(self._pins) != pinned:
            write_json(self._path, self._pins)

    def of(self, user_id: str) -> list[Device] | None:
        """The user's devices; None when they were never asked for."""
        return self._of.get(user_id)

    def shield(self, user_id: str, curve25519: str, ed25519: str) -> str | None:
        """What is to be said of a room key that came from the device with these keys."""
        for device in self._of.get(user_id, []):
            if (device.curve25519, device.ed25519) == (curve25519, ed25519):
                return None if device.signed else UNSIGNED_DEVICE
        return UNKNOWN_DEVICE

    def _self_signing_key(self, answer: Json, user_id: str) -> str | None:
        master = _key_of(answer.get("master_keys", {}).get(user_id), user_id, "master")
        if master is None or self._pins.setdefault(user_id, master) != master:
            return None
        key = answer.get("self_signing_keys", {}).get(user_id, {})
        return _key_of(key, user_id, "self_signing") if _is_signed(key, master, master) else None


def _device(user_id: str, device_id: str, raw: Json, self_signing: str | None) -> Device | None:
    keys = raw.get("keys", {})
    curve, ed = keys.get(f"curve25519:{device_id}"), keys.get(f"ed25519:{device_id}")
    owned = (raw.get("user_id"), raw.get("device_id")) == (user_id, device_id)
    if not (owned and curve and ed and _is_signed(raw, device_id, ed)):
        return None
    signed = self_signing is not None and _is_signed(raw, self_signing, self_signing)
    return Device(user_id, device_id, curve, ed, signed)


class RoomKeys:
    """nio's encryption machine, told to whom it may give keys and whom it may believe."""

    def __init__(self, olm: Olm, call: Call, devices: Devices, *, strict: bool) -> None:
        """`strict`: only devices that are signed by their owner count."""
        self._olm, self._call, self._devices, self._strict = olm, call, devices, strict
        self._changed: set[str] = set()
        self._readers: dict[str, set[Device]] = {}
        self._lock = asyncio.Lock()

    async def upload(self) -> None:
        """Publish the device, and one-time keys in place of those that are used up."""
        if self._olm.should_upload_keys:
            body = self._olm.share_keys()
            self._olm.save_account()  # first: a key whose private half is lost is a trap
            answer = await self._call("POST", "/keys/upload", body)
            self._olm.handle_response(nio.KeysUploadResponse.from_dict(answer))

    def receive(self, sync: Json) -> bool:
        """Take in what a sync brings for the device; whether anything may be readable by now."""
        messages = sync.get("to_device", {}).get("events", [])
        for raw in messages:
            try:
                self._olm.handle_to_device_event(nio.ToDeviceEvent.parse_event(raw))
            except Exception:  # noqa: BLE001 - anything at all may come from outside
                _log.exception("A to-device message could not be handled.")
        lists = sync.get("device_lists", {})
        changed = {*lists.get("changed", []), *lists.get("left", [])}
        self._changed |= changed
        # nio overlooks a count of 0 and would never upload again.
        self._olm.uploaded_key_count = sync.get("device_one_time_keys_count", {}).get(_ONE_TIME, 0)
        return bool(messages or changed)

    async def know(self, users: Collection[str], *, afresh: bool = False) -> None:
        """Ask for the users' devices where they are unknown or have changed, or in any case."""
        wanted = {u for u in users if afresh or u in self._changed or self._devices.of(u) is None}
        if not wanted:
            return
        self._changed -= wanted  # before the request: what changes meanwhile counts
        try:
            asked: Json = {"device_keys": {user: [] for user in wanted}}
            answer = await self._call("POST", "/keys/query", asked)
        except BaseException:
            self._changed |= wanted
            raise
        away = answer.get("failures", {})
        self._changed |= {user for user in wanted if user.partition(":")[2] in away}
        self._olm.handle_response(nio.KeysQueryResponse.from_dict(deepcopy(answer)))
        self._devices.learn(answer)

    async def encrypt(self, room_id: str, users: Collection[str], kind: str, content: Json) -> Json:
        """The content of an encrypted event, after everyone's devices were given the key."""
        async with self._lock:
            await self.know(users, afresh=room_id not in self._readers)
            own = self._olm.account.identity_keys["ed25519"]
            others = {d for user in users for d in self._devices.of(user) or () if d.ed25519 != own}
            readers = {device for device in others if device.signed or not self._strict}
            old = self._olm.should_share_group_session(room_id)
            if old or readers != self._readers.get(room_id):
                await self._share(room_id, readers)
            sealed: Json = self._olm.group_encrypt(room_id, {"type": kind, "content": content})
        relation = content.get("m.relates_to")
        return {**sealed, "m.relates_to": relation} if relation else sealed

    def decrypt(self, room_id: str, wire: Json) -> tuple[Json | None, str | None]:
        """The decrypted event, if it can be read, and the shield."""
        try:
            event = nio.Event.parse_encrypted_event(deepcopy(wire))
            session = self._olm.inbound_group_store.get(room_id, event.sender_key, event.session_id)
            clear = self._olm.decrypt_megolm_event(event, room_id).source
        except (nio.EncryptionError, AttributeError, LookupError, TypeError, ValueError):
            return None, NO_KEY
        shield = self._devices.shield(wire["sender"], session.sender_key, session.ed25519)
        return (None, INSECURE_DEVICE) if shield and self._strict else (clear, shield)

    async def _share(self, room_id: str, readers: Collection[Device]) -> None:
        """A new room key for exactly these devices; nio would skip silently whom it can't reach."""
        self._olm.create_outbound_group_session(room_id)
        key = self._olm.outbound_group_sessions[room_id]
        await self._claim(readers)
        content = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room_id}
        content |= {"session_id": key.id, "session_key": key.session_key}
        messages: dict[str, Json] = {}
        for device in readers:
            session = self._olm.session_store.get(device.curve25519)
            known = self._olm.device_store[device.user_id].get(device.device_id)
            if session is None or known is None or known.ed25519 != device.ed25519:
                why = "has no one-time keys left" if session is None else "has changed its keys"
                raise KeysNotShared(f"The device {device.device_id} of {device.user_id} {why}.")
            sealed = self._olm._olm_encrypt(session, known, "m.room_key", content)
            messages.setdefault(device.user_id, {})[device.device_id] = sealed
        path = f"/sendToDevice/m.room.encrypted/{secrets.token_hex(16)}"
        await self._call("PUT", path, {"messages": messages})
        self._readers[room_id] = set(readers)
        key.mark_as_shared()

    async def _claim(self, readers: Collection[Device]) -> None:
        wanted: dict[str, dict[str, str]] = {}
        for device in readers:
            if not self._olm.session_store.get(device.curve25519):
                wanted.setdefault(device.user_id, {})[device.device_id] = _ONE_TIME
        if wanted:
            answer = await self._call("POST", "/keys/claim", {"one_time_keys": wanted})
            self._olm.handle_response(nio.KeysClaimResponse.from_dict(answer))
