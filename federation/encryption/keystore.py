"""nio's crypto store on the office's sealed rows, instead of nio's own SQLite file.

Why: a sync's key material, its events and its token are then one transaction, so nothing can be
half stored; and a stolen file holds neither keys nor the ids of those we talk with. Sessions and
devices are read when they are first needed, so that a start does not load years of them.

Olm calls reach the vault only while a transaction is under way (`KeyStore.using`).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from nio.crypto import (
    DeviceStore,
    GroupSessionStore,
    InboundGroupSession,
    OlmAccount,
    OlmDevice,
    OutgoingKeyRequest,
    Session,
    SessionStore,
)

from federation.encryption.bounding import OF_A_DEVICE, Bounds
from federation.model.ports import Vault

_CACHE = 2_000


class KeyStore:
    """The part of nio's `MatrixStore` that its Olm machine calls."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._vault: Vault | None = None
        self.sender = ""
        """Whose to-device event is being taken in: the owner of the room keys in it; or with whose
        device a session is opened."""
        self._bounds = Bounds(account, self._forget_sessions)
        self._sessions: OrderedDict[str, list[Session]] = _Lazy(self._sessions_with)

    @contextmanager
    def using(self, vault: Vault) -> Iterator[None]:
        self._vault = vault
        try:
            yield
        finally:
            self._vault = None

    @property
    def vault(self) -> Vault:
        if self._vault is None:
            raise RuntimeError("key material is touched only inside a transaction")
        return self._vault

    def _key(self, *parts: str) -> str:
        return " ".join((self._account, *parts))

    # -- account -------------------------------------------------------------------------------

    def load_account(self) -> OlmAccount | None:
        found = self.vault.read("olm account", self._key())
        if found is None:
            return None
        shared, pickle = found[:1] == b"1", found[1:]
        return OlmAccount.from_pickle(pickle, "", shared)

    def save_account(self, account: OlmAccount) -> None:
        flag = b"1" if account.shared else b"0"
        self.vault.write("olm account", self._key(), flag + account.pickle(""))

    # -- Olm sessions (one to one) -------------------------------------------------------------

    def load_sessions(self) -> SessionStore:
        store = SessionStore()
        store._entries = self._sessions = _Lazy(self._sessions_with)
        return store

    def _sessions_with(self, curve_key: str) -> list[Session]:
        index = self.vault.read("olm sessions", self._key(curve_key))
        sessions = []
        for session_id in json.loads(index or b"[]"):
            found = self.vault.read("olm session", self._key(curve_key, session_id))
            if found is not None:
                created, used, pickle = json.loads(found)
                sessions.append(
                    Session.from_pickle(
                        pickle.encode(),
                        datetime.fromisoformat(created),
                        "",
                        datetime.fromisoformat(used),
                    )
                )
        return sorted(sessions, key=lambda session: session.use_time, reverse=True)

    def save_session(self, curve_key: str, session: Session) -> None:
        times = [session.creation_time.isoformat(), session.use_time.isoformat()]
        value = json.dumps([*times, session.pickle("").decode()]).encode()
        self.vault.write("olm session", self._key(curve_key, session.id), value)
        index = json.loads(self.vault.read("olm sessions", self._key(curve_key)) or b"[]")
        if session.id not in index:
            self._index_sessions(curve_key, [*index, session.id])
            self._bounds.opened(self.vault, self.sender, curve_key)

    def _index_sessions(self, curve_key: str, ids: list[str]) -> None:
        """All of a device; those that were used longest ago are forgotten, but never the newest."""
        self.vault.write("olm sessions", self._key(curve_key), json.dumps(ids).encode())
        if len(ids) > OF_A_DEVICE:
            by_use = [x.id for x in self._sessions_with(curve_key) if x.id != ids[-1]]
            kept = {ids[-1], *by_use[: OF_A_DEVICE - 1]}
            for gone in (x for x in ids if x not in kept):
                self.vault.erase("olm session", self._key(curve_key, gone))
            known = self._sessions[curve_key]
            known[:] = [x for x in known if x.id in kept]
            left = json.dumps([x for x in ids if x in kept]).encode()
            self.vault.write("olm sessions", self._key(curve_key), left)

    def _forget_sessions(self, vault: Vault, curve_key: str) -> None:
        for gone in json.loads(vault.read("olm sessions", self._key(curve_key)) or b"[]"):
            vault.erase("olm session", self._key(curve_key, gone))
        vault.erase("olm sessions", self._key(curve_key))
        self._sessions.pop(curve_key, None)

    # -- Megolm sessions (rooms) ---------------------------------------------------------------

    # Each is kept under the user whose device sent its key. Somebody who sends on, or makes up, a
    # key under the id of another's session neither speaks in her name nor hides what she says.

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        return _GroupSessions(self)

    def load_group_session(
        self, room_id: str, session_id: str, owner: str
    ) -> InboundGroupSession | None:
        found = self.vault.read("megolm", self._key(owner, room_id, session_id))
        if found is None:
            return None
        ed25519, sender_key, chain, pickle = json.loads(found)
        return InboundGroupSession.from_pickle(
            pickle.encode(), ed25519, sender_key, room_id, "", chain
        )

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        known = self.load_group_session(session.room_id, session.id, self.sender)
        if known is not None and not _better(session, known):
            return
        pickle = session.pickle("").decode()
        value = [session.ed25519, session.sender_key, session.forwarding_chain, pickle]
        key = self._key(self.sender, session.room_id, session.id)
        self.vault.write("megolm", key, json.dumps(value).encode())

    def first_use(self, owner: str, session_id: str, index: int, event_id: str) -> bool:
        """False if another event used this place of the ratchet: a replay (§ Megolm)."""
        key = self._key(owner, session_id, str(index))
        found = self.vault.read("megolm index", key)
        if found is None:
            self.vault.write("megolm index", key, event_id.encode())
            return True
        return found == event_id.encode()

    # -- devices -------------------------------------------------------------------------------

    def load_device_keys(self) -> DeviceStore:
        store = DeviceStore()
        store._entries = _Lazy(self._devices_of)
        return store

    def _devices_of(self, user: str) -> dict[str, OlmDevice]:
        found = json.loads(self.vault.read("device keys", self._key(user)) or b"{}")
        return {device_id: OlmDevice(user, device_id, keys) for device_id, keys in found.items()}

    def keep_devices(self, user: str, devices: Mapping[str, Mapping[str, str]]) -> None:
        """All devices that a user has, in place of those we knew.

        nio would keep what it once knew of a device id for good: a device that was logged out and
        came back would get no keys any more.
        """
        self.vault.write("device keys", self._key(user), json.dumps(devices).encode())

    def is_device_verified(self, device: OlmDevice) -> bool:
        return False  # trust is decided in `identities`, from cross-signing

    def is_device_blacklisted(self, device: OlmDevice) -> bool:
        return False

    def is_device_ignored(self, device: OlmDevice) -> bool:
        return False

    # -- key requests: we never ask for keys (nio accepts them from our own devices only) --------

    def load_outgoing_key_requests(self) -> dict[str, OutgoingKeyRequest]:
        return {}

    def add_outgoing_key_request(self, request: OutgoingKeyRequest) -> None:
        return

    def remove_outgoing_key_request(self, request: OutgoingKeyRequest) -> None:
        return


class _Lazy(OrderedDict[str, Any]):
    """Entries read when they are first asked for; the least recently added are forgotten."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, key: str) -> Any:
        value = self[key] = self._read(key)
        if len(self) > _CACHE:
            self.popitem(last=False)
        return value


def _better(new: InboundGroupSession, known: InboundGroupSession) -> bool:
    """A key that is sent again must not hide what an earlier one of the same device can read."""
    same_device = new.sender_key == known.sender_key and new.ed25519 == known.ed25519
    return same_device and bool(new.first_known_index < known.first_known_index)


class _GroupSessions(GroupSessionStore):  # type: ignore[misc]
    def __init__(self, store: KeyStore) -> None:
        super().__init__()
        self._store = store
        self._cache: OrderedDict[tuple[str, str, str], InboundGroupSession] = OrderedDict()

    def add(self, session: InboundGroupSession) -> bool:
        known = self.get(session.room_id, self._store.sender, session.id)
        if known is not None and not _better(session, known):
            return False
        self._remember((session.room_id, self._store.sender, session.id), session)
        return True

    def get(self, room_id: str, owner: str, session_id: str) -> InboundGroupSession | None:
        """By `owner`, whose device sent the key, where nio would ask by the device's own key: since
        version 1.3 of the specification events need not name the device."""
        key = (room_id, owner, session_id)
        found = self._cache.get(key)
        if found is None:
            found = self._store.load_group_session(room_id, session_id, owner)
            if found is not None:
                self._remember(key, found)
        return found

    def _remember(self, key: tuple[str, str, str], session: InboundGroupSession) -> None:
        self._cache[key] = session
        if len(self._cache) > _CACHE:
            self._cache.popitem(last=False)
