"""One account's encryption: takes in keys, decrypts, encrypts. No I/O of its own.

Wraps nio's Olm machine. Methods that take a vault run inside a transaction; what they change in
memory and in the vault belongs together, so after a transaction that failed the machine is made
anew (`Machine.open`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nio.crypto import OlmDevice, OutboundGroupSession
from nio.crypto.olm_machine import Olm
from nio.events import DummyEvent, OlmEvent, RoomKeyEvent, ToDeviceEvent

from federation.encryption import standing
from federation.encryption.identities import devices, identity, own_word, verify
from federation.encryption.keystore import KeyStore
from federation.model.ports import BOUND, DEVICE, RawEvent, Vault
from federation.model.shapes import is_shallow, is_text, listing, mapping, number, parse

log = logging.getLogger(__name__)

MEGOLM = "m.megolm.v1.aes-sha2"
ROTATE_AFTER = 100
"""Messages a room's session is used for (§ m.room.encryption, `rotation_period_msgs`)."""


@dataclass(frozen=True, slots=True)
class Device:
    user: str
    device_id: str
    curve25519: str
    ed25519: str

    @classmethod
    def of(cls, device: OlmDevice) -> Device:
        return cls(device.user_id, device.device_id, device.curve25519, device.ed25519)


class _Olm(Olm):  # type: ignore[misc]
    """With what nio drops of an Olm message: what the device says of itself."""

    payload: Mapping[str, Any]

    def _handle_olm_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        self.payload = payload
        return super()._handle_olm_event(sender, sender_key, payload)


class Machine:
    """nio's Olm machine on sealed rows. Calls get the vault of the caller's transaction."""

    def __init__(self, account: str, device_id: str, keys: KeyStore, olm: Olm) -> None:
        self.account = account
        self.device_id = device_id
        self.keys = keys
        self.olm = olm
        self.changes = 0
        """Grows whenever sync says that somebody's devices changed."""
        self.epoch = 0
        """Grows whenever what we know of anybody's devices may have changed."""
        self.needs_fallback_key = False

    @classmethod
    def open(cls, vault: Vault, account: str, device_id: str) -> Machine:
        keys = KeyStore(account)
        with keys.using(vault):
            return cls(account, device_id, keys, _Olm(account, device_id, keys))

    # -- what sync brings ----------------------------------------------------------------------

    def take(self, vault: Vault, sync: Mapping[str, Any]) -> set[str]:
        """Take in the parts of a sync response that concern encryption.

        Returns the ids of Megolm sessions whose key came.
        """
        with self.keys.using(vault):
            self._take_device_lists(vault, mapping(sync.get("device_lists")))
            counts = mapping(sync.get("device_one_time_keys_count"))
            self.olm.uploaded_key_count = number(counts.get("signed_curve25519"), 0)
            unused = sync.get("device_unused_fallback_key_types")
            if isinstance(unused, list):
                self.needs_fallback_key = "signed_curve25519" not in unused
            events = listing(mapping(sync.get("to_device")).get("events"))
            return {session for event in events for session in self._take_to_device(vault, event)}

    def _take_device_lists(self, vault: Vault, lists: Mapping[str, Any]) -> None:
        for user in (*listing(lists.get("changed")), *listing(lists.get("left"))):
            if is_text(user):
                self.epoch += 1
                self.changes += 1
                vault.erase("device list", f"{self.account} {user}")

    def _take_to_device(self, vault: Vault, event: Any) -> Iterable[str]:
        try:
            parsed = ToDeviceEvent.parse_event(event)
            if not isinstance(parsed, OlmEvent):
                return
            self.keys.sender = parsed.sender
            opened = self.olm.handle_to_device_event(parsed)
        except Exception as error:  # noqa: BLE001  (whatever a stranger's bytes do in nio)
            log.warning("a to-device event could not be taken in (%s)", type(error).__name__)
            return
        if isinstance(opened, DummyEvent):
            self.epoch += 1  # a device that had no keys to claim may be reached by now
        if isinstance(opened, RoomKeyEvent):
            self._note_standing(vault, opened)
            yield opened.session_id

    def _note_standing(self, vault: Vault, key: RoomKeyEvent) -> None:
        """Whose the device is from which the key came, as of now."""
        session = self.olm.inbound_group_store.get(key.room_id, key.sender, key.session_id)
        if session is None:
            return
        device = (session.sender_key, session.ed25519)
        word = own_word(key.sender, session.ed25519, self.olm.payload)
        of = standing.Session(key.sender, key.room_id, key.session_id, device)
        standing.note(vault, self.account, of, word)

    # -- decrypting ----------------------------------------------------------------------------

    def decrypt(self, vault: Vault, room_id: str, event: RawEvent) -> RawEvent | None:
        """Decrypt a Megolm event; None if that can't be done (yet), or if it is a forgery."""
        content = mapping(event.get("content"))
        session_id, ciphertext = content.get("session_id"), content.get("ciphertext")
        sender = str(event.get("sender"))
        if content.get("algorithm") != MEGOLM or not is_text(session_id):
            return None
        with self.keys.using(vault):
            session = self.olm.inbound_group_store.get(room_id, sender, session_id)
            if session is None:
                return None
            try:
                text, index = session.decrypt(ciphertext)
                inner = parse(text)
            except (ValueError, TypeError, RecursionError):  # vodozemac's are ValueErrors
                return None
            if not self.keys.first_use(sender, session_id, index, str(event.get("event_id"))):
                return None
        opened = _merge(event, content, inner, room_id)
        if opened is not None:
            opened[DEVICE] = [session.sender_key, session.ed25519, session_id]
        return opened

    # -- devices -------------------------------------------------------------------------------

    def unknown(self, vault: Vault, users: Iterable[str]) -> list[str]:
        """Those of `users` whose devices must be asked for (`/keys/query`)."""
        key = f"{self.account} "
        return [user for user in users if vault.read("device list", key + user) is None]

    def take_devices(
        self, vault: Vault, answer: Mapping[str, Any], users: Iterable[str], changes: int
    ) -> list[str]:
        """Take in what `/keys/query`, asked when `changes` was so, answered of these users. Those
        whose cross-signing keys are others than before, or are withheld, or are there again."""
        with self.keys.using(vault):
            changed = [user for user in users if self._take_owner(vault, answer, user)]
            for user in users if changes == self.changes else ():
                vault.write("device list", f"{self.account} {user}", b"")
        self.epoch += 1
        return changed

    def _take_owner(self, vault: Vault, answer: Mapping[str, Any], user: str) -> bool:
        self.keys.keep_devices(user, devices(user, answer))
        self.olm.device_store._entries.pop(user, None)
        before = standing.identity_of(vault, self.account, user)
        owner = identity(user, answer).after(before)
        standing.keep(vault, self.account, user, owner)
        standing.settle(vault, self.account, user)
        return (owner.master, owner.withheld) != (before.master, before.withheld)

    def hidden(self, vault: Vault, users: Iterable[str]) -> list[str]:
        """Those whose cross-signing keys are withheld: they are asked for again and again."""
        known = ((x, standing.identity_of(vault, self.account, x)) for x in users)
        return [user for user, owner in known if owner.withheld]

    def recipients(
        self, vault: Vault, users: Iterable[str], identities: Collection[str] | None = None
    ) -> tuple[list[Device], list[Device]]:
        """The devices that get keys, and those from which keys are withheld as not signed, or as
        none of these `identities` (see `actions.Send`)."""
        trusted: list[Device] = []
        withheld: list[Device] = []
        with self.keys.using(vault):
            for user in sorted(users):
                owner = standing.identity_of(vault, self.account, user)
                for device in self.olm.device_store.active_user_devices(user):
                    if user == self.account and device.id == self.device_id:
                        continue
                    may = owner.trusts(device.id)
                    if identities is not None:
                        signed = may and owner.master in identities
                        may = signed or device.ed25519 in identities
                    (trusted if may else withheld).append(Device.of(device))
        return trusted, withheld

    # -- sessions ------------------------------------------------------------------------------

    def without_session(self, vault: Vault, devices: Iterable[Device]) -> list[Device]:
        with self.keys.using(vault):
            return [d for d in devices if self.olm.session_store.get(d.curve25519) is None]

    def strangers(self, vault: Vault, users: Iterable[str]) -> set[str]:
        """With whose devices nothing was ever exchanged."""
        known = self.olm.session_store.get
        with self.keys.using(vault):
            return {
                user
                for user in users
                if not any(
                    known(x.curve25519) for x in self.olm.device_store.active_user_devices(user)
                )
            }

    def take_claimed(
        self, vault: Vault, answer: Mapping[str, Any], wanted: Iterable[Device]
    ) -> list[Device]:
        """Open Olm sessions with the one-time keys of an answer to `/keys/claim`; with whom.

        One malformed key is left out and takes no other with it.
        """
        claimed = mapping(answer.get("one_time_keys"))
        with self.keys.using(vault):
            return [
                device
                for device in wanted
                if self._open_session(
                    device, mapping(mapping(claimed.get(device.user)).get(device.device_id))
                )
            ]

    def _open_session(self, device: Device, keys: Mapping[str, Any]) -> bool:
        for key in keys.values():
            if not verify(mapping(key), device.user, device.device_id, device.ed25519):
                continue
            self.keys.sender = device.user
            try:
                self.olm.create_session(key["key"], device.curve25519)
            except (KeyError, TypeError, ValueError) as error:
                log.warning("a one-time key can't be used (%s)", type(error).__name__)
            else:
                return True
        return False

    def wedged(self) -> list[Device]:
        """Devices whose Olm session broke."""
        return [Device.of(device) for device in self.olm.wedged_devices]

    def greet(self, vault: Vault, opened: Iterable[Device], asked: Collection[Device]) -> None:
        """Queue a message by which `opened` learn of their new session. The others of `asked` are
        forgotten until their next unreadable message: no claim is repeated with every sync."""
        with self.keys.using(vault):
            for device in opened:
                session = self.olm.session_store.get(device.curve25519)
                self.olm._queue_dummy_message(session, _olm_device(device))
            self.olm.wedged_devices[:] = [
                device for device in self.olm.wedged_devices if Device.of(device) not in asked
            ]

    def wrap(
        self, vault: Vault, devices: Iterable[Device], kind: str, content: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        """Encrypt `content` for each device: user → device → `m.room.encrypted` content."""
        messages: dict[str, dict[str, Any]] = {}
        with self.keys.using(vault):
            for device in devices:
                session = self.olm.session_store.get(device.curve25519)
                wrapped = self.olm._olm_encrypt(session, _olm_device(device), kind, content)
                messages.setdefault(device.user, {})[device.device_id] = wrapped
        return messages

    def outbound(self, room_id: str) -> OutboundGroupSession | None:
        """The room's current session, unless it is used up. Lives in memory only: a process that
        was killed never uses a place of the ratchet twice."""
        session = self.olm.outbound_group_sessions.get(room_id)
        if session is None or session.message_count >= ROTATE_AFTER or session.expired:
            return None
        return session

    def shared(self, room_id: str, session_id: str, devices: Iterable[Device]) -> None:
        """These have the key of a room's session, if it is still the current one."""
        session = self.olm.outbound_group_sessions.get(room_id)
        if session is not None and session.id == session_id:
            session.users_shared_with.update((d.user, d.device_id) for d in devices)

    def forget_outbound(self, room_id: str) -> None:
        """The next message begins a new session."""
        self.olm.outbound_group_sessions.pop(room_id, None)

    def new_outbound(self, room_id: str) -> OutboundGroupSession:
        session = OutboundGroupSession()
        self.olm.outbound_group_sessions[room_id] = session
        return session

    def encrypt(self, room_id: str, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Content of `m.room.encrypted`. Relations stay readable for the homeserver, as the
        specification wants (§ Event relationships in encrypted rooms)."""
        session = self.olm.outbound_group_sessions[room_id]
        inner = {"type": kind, "content": content, "room_id": room_id}
        # nio would escape every letter that is not Latin, and an event may have 65,536 bytes.
        text = json.dumps(inner, ensure_ascii=False, separators=(",", ":"))
        encrypted: dict[str, Any] = {
            "algorithm": MEGOLM,
            "sender_key": self.olm.account.identity_keys["curve25519"],
            "ciphertext": session.encrypt(text.encode("utf-8", "replace").decode()),
            "session_id": session.id,
            "device_id": self.device_id,
        }
        if "m.relates_to" in content:
            encrypted["m.relates_to"] = content["m.relates_to"]
        return encrypted


def _olm_device(device: Device) -> OlmDevice:
    keys = {"ed25519": device.ed25519, "curve25519": device.curve25519}
    return OlmDevice(device.user, device.device_id, keys)


def _merge(
    event: RawEvent, content: Mapping[str, Any], inner: Any, room_id: str
) -> dict[str, Any] | None:
    if not isinstance(inner, dict) or inner.get("room_id") != room_id or not is_shallow(inner):
        return None
    if not isinstance(inner.get("type"), str) or not isinstance(inner.get("content"), dict):
        return None
    merged = inner["content"]
    outside = content.get("m.relates_to")
    bound = outside is None or _relation(outside) == _relation(merged.get("m.relates_to"))
    if outside is not None:
        merged.setdefault("m.relates_to", outside)
    outer = {k: v for k, v in event.items() if k in ("event_id", "sender", "origin_server_ts")}
    return {**outer, "type": inner["type"], "content": merged, BOUND: bound}


def _relation(value: object) -> tuple[object, ...]:
    """What a relation says, in whatever way a client writes it. Clients copy it out of what they
    encrypt (matrix-rust-sdk, nheko), or leave nothing of it inside (matrix-dart-sdk)."""
    relation = mapping(value)
    reply = mapping(relation.get("m.in_reply_to"))
    return relation.get("rel_type"), relation.get("event_id"), reply.get("event_id")
