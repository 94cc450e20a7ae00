"""Our own account's keys: uploaded, cross-signed, and never used up.

nio has no cross-signing and no fallback keys; without them clients show a red shield or withhold
keys (version 1.18, MSC4153), and nobody can write to an account that was offline for long.

The three cross-signing keys are derived from the office's sealing key: an office that lost its
store, but not its key, comes back under the same identity.
"""

from __future__ import annotations

import base64
import copy
import logging
from collections.abc import Callable, Mapping
from typing import Any

from nacl.signing import SigningKey
from nio.api import Api

from federation.client.homeserver import Homeserver, path, told_by_name
from federation.encryption import takeover
from federation.encryption.identities import verify
from federation.encryption.machine import Machine
from federation.model.errors import DeviceLost, FederationError, MatrixError, Unreachable
from federation.model.ports import Transactor, Vault
from federation.model.shapes import mapping, number

log = logging.getLogger(__name__)

FALLBACK_KEY_AGE = 3600.0
"""Seconds before a used fallback key is replaced. It goes on working meanwhile, and vodozemac
keeps only one older key: replaced too often, a message on its way could no longer be opened."""
ATTEMPTS = 3
"""How often new one-time keys are made at once, where the homeserver refuses them."""
USAGES = ("master", "self_signing", "user_signing")
IDENTITIES = 8
"""How many sets of cross-signing keys an account has, one after another: a homeserver does not take
keys again that it has had before (Synapse answers 500), and whoever resets the account's identity
in a client has put others in the place of ours."""


class NotTrusted(FederationError):
    """Cross-signing could not be set up; the message says what to do."""


class CrossSigning:
    """An account's cross-signing keys (§ Cross-signing). `secret(usage)` gives 32 bytes."""

    def __init__(self, account: str, secret: Callable[[str], bytes]) -> None:
        self.account = account
        self._keys = {usage: SigningKey(secret(usage)) for usage in USAGES}
        self.public = {usage: _base64(bytes(key.verify_key)) for usage, key in self._keys.items()}

    def upload_body(self) -> dict[str, Any]:
        """The body of `/keys/device_signing/upload`."""
        master = self._key_object("master")
        signed = {usage: self._sign(self._key_object(usage), "master") for usage in USAGES[1:]}
        return {
            "master_key": master,
            "self_signing_key": signed["self_signing"],
            "user_signing_key": signed["user_signing"],
        }

    def sign_device(self, device_keys: Mapping[str, Any]) -> dict[str, Any]:
        """The device's keys with the self-signing key's signature added."""
        keys = {k: copy.deepcopy(v) for k, v in device_keys.items() if k != "unsigned"}
        return self._sign(keys, "self_signing")

    def _key_object(self, usage: str) -> dict[str, Any]:
        public = self.public[usage]
        return {"user_id": self.account, "usage": [usage], "keys": {f"ed25519:{public}": public}}

    def _sign(self, signed: dict[str, Any], usage: str) -> dict[str, Any]:
        plain = {k: v for k, v in signed.items() if k not in ("signatures", "unsigned")}
        signature = self._keys[usage].sign(Api.to_canonical_json(plain).encode()).signature
        signatures = signed.setdefault("signatures", {}).setdefault(self.account, {})
        signatures[f"ed25519:{self.public[usage]}"] = _base64(signature)
        return signed


class Trust:
    """Keeps one account's keys on the homeserver as they must be."""

    def __init__(
        self,
        machine: Machine,
        server: Homeserver,
        store: Transactor,
        signing: Callable[[int], CrossSigning],
        password: str | None,
        now: Callable[[], float],
    ) -> None:
        """`signing(n)`: the account's cross-signing keys of that number, from 0."""
        self._machine = machine
        self._server = server
        self._store = store
        self._identities = [signing(number) for number in range(IDENTITIES)]
        self._password = password
        self._now = now

    async def establish(self) -> None:
        """Device keys, one-time keys, fallback key, cross-signing: whatever is missing.

        Raises DeviceLost, NotTrusted.
        """
        answer = await self._query_own()
        published = self._published(answer, "master_keys")
        if self._is_foreign(answer):
            await self._take_over(published is None or self._ours(published) is not None)
        if self._own_device(answer) is None:
            await self._store.run("unpublished", self._forget_published)
        await self.replenish()
        if await self._store.run("fallback age", self._fallback_age) is None:
            await self._upload_fallback_key()
        signing = self._ours(published)
        await self._sign_own_device(signing or await self._publish_identity())

    async def _query_own(self) -> dict[str, Any]:
        body: dict[str, Any] = {"device_keys": {self._machine.account: []}}
        answer = await self._server.call("keys/query", "POST", path("keys", "query"), body)
        told_by_name(answer, "device_keys")
        return answer

    def _own_device(self, answer: Mapping[str, Any]) -> dict[str, Any] | None:
        devices = mapping(mapping(answer.get("device_keys")).get(self._machine.account))
        found = devices.get(self._machine.device_id)
        return found if isinstance(found, dict) else None

    def _is_foreign(self, answer: Mapping[str, Any]) -> bool:
        device = self._own_device(answer)
        ours = self._machine.olm.account.identity_keys["ed25519"]
        return device is not None and ours not in mapping(device.get("keys")).values()

    async def _take_over(self, identity_is_ours: bool) -> None:
        """Without the sealing key that made its identity, the device would be lost all the same."""
        if not identity_is_ours or await takeover.is_in_encrypted_room(self._server):
            raise DeviceLost(
                "The homeserver knows this device with other keys than the store holds: the store "
                "was lost or replaced. Restore the office's backup; or, to begin anew, log the "
                "account out everywhere and give its password or a new token in its secret file."
            )
        log.warning("the store was lost; the device gets new keys, as no room is encrypted")
        account, device_id = self._machine.account, self._machine.device_id
        await takeover.use_up_keys(self._server, account, device_id)

    def _forget_published(self, vault: Vault) -> None:
        """Where the account was logged out, the device's keys went with it; they go up anew."""
        with self._machine.keys.using(vault):
            self._machine.olm.account.shared = False
            self._machine.olm.save_account()
        vault.erase("fallback key", self._machine.account)

    async def replenish(self) -> None:
        """Upload device keys and one-time keys as far as they are wanted.

        The private halves are saved before the upload: a kill in between loses nothing, and the
        next upload repeats the same keys.
        """
        for _ in range(ATTEMPTS):
            if self._machine.olm.should_upload_keys:
                await self._replenish()

    async def _replenish(self) -> None:
        body = await self._store.run("one-time keys", self._new_keys)
        try:
            answer = await self._upload(body)
        except MatrixError as error:
            if error.code not in {"M_UNKNOWN", "M_INVALID_PARAM"} or error.status != 400:
                raise
            # A restored older store repeats key ids that the homeserver has seen.
            log.warning("one-time keys were refused; making new ones")
            await self._store.run("published", self._mark_refused)
            self._machine.olm.uploaded_key_count = 0  # as many as there may be, to get past them
            return
        counts = answer["one_time_key_counts"]
        self._machine.olm.uploaded_key_count = number(counts.get("signed_curve25519"), 0)
        await self._store.run("published", self._mark_published)

    def _new_keys(self, vault: Vault) -> dict[str, Any]:
        with self._machine.keys.using(vault):
            body: dict[str, Any] = self._machine.olm.share_keys()
            body |= self._waiting_fallback_key()
            self._machine.olm.save_account()
        return body

    def _mark_published(self, vault: Vault) -> None:
        if self._machine.olm.account._account.fallback_key:
            vault.write("fallback key", self._machine.account, repr(self._now()).encode())
        self._mark_refused(vault)

    def _mark_refused(self, vault: Vault) -> None:
        with self._machine.keys.using(vault):
            self._machine.olm.account.shared = True
            self._machine.olm.mark_keys_as_published()
            self._machine.olm.save_account()

    async def _upload_fallback_key(self) -> None:
        body = await self._store.run("fallback key", self._new_fallback_key)
        await self._upload(body)
        await self._store.run("published", self._mark_published)
        self._machine.needs_fallback_key = False

    def _fallback_age(self, vault: Vault) -> float | None:
        """Seconds since the fallback key was made; None if there never was one."""
        made = vault.read("fallback key", self._machine.account)
        return None if made is None else self._now() - float(made)

    def _new_fallback_key(self, vault: Vault) -> dict[str, Any]:
        with self._machine.keys.using(vault):
            account = self._machine.olm.account._account  # vodozemac's; nio has no fallback keys
            if not account.fallback_key:  # else one waits that an outage kept from the homeserver
                account.generate_fallback_key()
            self._machine.olm.save_account()
            return self._waiting_fallback_key()

    def _waiting_fallback_key(self) -> dict[str, Any]:
        olm = self._machine.olm
        keys = {}
        for key_id, key in olm.account._account.fallback_key.items():
            signed: dict[str, Any] = {"key": key.to_base64(), "fallback": True}
            name = f"ed25519:{olm.device_id}"
            signed["signatures"] = {olm.user_id: {name: olm.sign_json(signed)}}
            keys[f"signed_curve25519:{key_id}"] = signed
        return {"fallback_keys": keys} if keys else {}

    async def _upload(self, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self._server.call("keys/upload", "POST", path("keys", "upload"), body)
        told_by_name(answer, "one_time_key_counts")
        return answer

    async def maintain(self) -> None:
        """After a sync: new one-time keys, a new fallback key if the old one was used."""
        await self.replenish()
        if self._machine.needs_fallback_key:
            age = await self._store.run("fallback age", self._fallback_age)
            if age is None or age > FALLBACK_KEY_AGE:
                await self._upload_fallback_key()

    # -- cross-signing -------------------------------------------------------------------------

    def _published(self, answer: Mapping[str, Any], part: str) -> str | None:
        section = mapping(mapping(answer.get(part)).get(self._machine.account))
        return next(iter(mapping(section.get("keys")).values()), None)

    def _ours(self, master: str | None) -> CrossSigning | None:
        return next((x for x in self._identities if x.public["master"] == master), None)

    async def _publish_identity(self) -> CrossSigning:
        """The first of our identities that the homeserver takes."""
        *others, last = self._identities
        for signing in others:
            try:
                await self._upload_identity(signing)
            except Unreachable as error:
                if error.status != 500:
                    raise
            else:
                return signing
        await self._upload_identity(last)
        return last

    async def _upload_identity(self, signing: CrossSigning) -> None:
        target = path("keys", "device_signing", "upload")
        body = signing.upload_body()
        try:
            await self._server.call("device_signing/upload", "POST", target, body)
        except MatrixError as error:
            if not error.asks_for_password:
                raise
            auth = self._authentication(error.answer)
            await self._replace_identity(target, {**body, "auth": auth})

    async def _replace_identity(self, target: str, body: Mapping[str, Any]) -> None:
        try:
            await self._server.call("device_signing/upload", "POST", target, body)
        except MatrixError as error:
            if not error.asks_for_password:
                raise
            raise NotTrusted(
                "The homeserver refused the account's password when its cross-signing keys were "
                "to be replaced. Check the password file."
            ) from None

    def _authentication(self, challenge: Mapping[str, Any]) -> dict[str, Any]:
        if self._password is None:
            raise NotTrusted(
                "This account has cross-signing keys that this office did not make, and without "
                "its password they can't be replaced. Give the password in account.password_file, "
                "or reset the account's cross-signing in a client and start again."
            )
        return {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self._machine.account},
            "password": self._password,
            "session": challenge.get("session"),
        }

    async def _sign_own_device(self, signing: CrossSigning) -> None:
        device = self._own_device(await self._query_own())
        if device is None:
            raise NotTrusted("The homeserver did not keep the device's keys; start again.")
        self_signing = signing.public["self_signing"]
        if verify(device, self._machine.account, self_signing, self_signing):
            return
        signed = signing.sign_device(device)
        body = {self._machine.account: {self._machine.device_id: signed}}
        answer = await self._server.call(
            "signatures/upload", "POST", path("keys", "signatures", "upload"), body
        )
        if answer.get("failures"):  # answered with 200 all the same
            raise NotTrusted("The homeserver refused the signature of the device; start again.")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
