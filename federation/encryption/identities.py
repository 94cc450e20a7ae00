"""Whose devices are whose, and which of them their owner signed (§ Cross-signing): pure functions
over `/keys/query`, in which everything but the signatures is somebody's claim.

A device counts as signed if the owner's self-signing key signed it and the owner's master key
signed the self-signing key. Version 1.18 (MSC4153) tells clients to send keys to signed devices
only; we do so for everybody who has an identity, and to all devices of those who have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import vodozemac
from nio.api import Api


@dataclass(frozen=True, slots=True)
class Identity:
    master: str | None
    """Public master key, or None: this user never set up cross-signing."""
    signed: frozenset[str]
    """Ids of the devices that the owner signed."""
    self_signing: str | None = None
    """Public key with which she signed them."""
    withheld: bool = False
    """Keys that she has were left out: nothing tells which devices are hers. Whoever once had
    cross-signing keys may replace them, and can't be without."""

    def trusts(self, device_id: str) -> bool:
        return self.master is None or device_id in self.signed

    def after(self, before: Identity) -> Identity:
        """As the next answer has it; `before`: as we knew it until then."""
        if self.master is None and before.master is not None:
            return replace(before, signed=frozenset(), withheld=True)
        return self


NOBODY = Identity(None, frozenset())


def identity(user: str, answer: Mapping[str, Any]) -> Identity:
    """Read one user's identity from an answer to `/keys/query`; a broken signature is none."""
    master = _only_key(_entry(answer, "master_keys", user))
    if master is None:
        return NOBODY
    self_signing_object = _entry(answer, "self_signing_keys", user)
    self_signing = _only_key(self_signing_object)
    if self_signing is None or not verify(self_signing_object, user, master, master):
        return Identity(master, frozenset(), withheld=True)
    devices = _entry(answer, "device_keys", user)
    return Identity(
        master,
        frozenset(
            device_id
            for device_id, keys in devices.items()
            if isinstance(keys, Mapping) and verify(keys, user, self_signing, self_signing)
        ),
        self_signing,
    )


def devices(user: str, answer: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Device id → its keys (`ed25519`, `curve25519`), where the device itself signed them.

    One malformed device is left out and takes no other with it.
    """
    found = {
        device_id: _device_keys(user, device_id, keys)
        for device_id, keys in _entry(answer, "device_keys", user).items()
    }
    return {device_id: keys for device_id, keys in found.items() if keys is not None}


def _device_keys(user: str, device_id: str, device: object) -> dict[str, str] | None:
    if not isinstance(device, Mapping) or not isinstance(device.get("keys"), Mapping):
        return None
    if (device.get("user_id"), device.get("device_id")) != (user, device_id):
        return None
    ed25519 = device["keys"].get(f"ed25519:{device_id}")
    curve25519 = device["keys"].get(f"curve25519:{device_id}")
    if not isinstance(ed25519, str) or not isinstance(curve25519, str):
        return None
    if not verify(device, user, device_id, ed25519):
        return None
    return {"ed25519": ed25519, "curve25519": curve25519}


def own_word(user: str, ed25519: str, payload: Mapping[str, Any]) -> frozenset[str]:
    """Keys with which the device says, inside its own encryption, that its owner has signed it
    (MSC4147): nobody can forge that. Empty where it does not say.

    Who runs a homeserver can make cross-signing keys in somebody's name, and sign her device with
    them: what is signed does not tell whether it was meant to be.
    """
    stated = payload.get("sender_device_keys", payload.get("org.matrix.msc4147.device_keys"))
    if not isinstance(stated, Mapping) or stated.get("user_id") != user:
        return frozenset()
    signatures, keys = _entry(stated, "signatures", user), stated.get("keys")
    own = f"ed25519:{stated.get('device_id')}"
    if not isinstance(keys, Mapping) or keys.get(own) != ed25519:
        return frozenset()
    named = {x for x in signatures if x.startswith("ed25519:")} - {own}
    return frozenset(x.removeprefix("ed25519:") for x in named)


def verify(signed: Mapping[str, Any], user: str, key_id: str, public_key: str) -> bool:
    """Check the signature of `user`'s key `ed25519:key_id` on a signed JSON object (§ Signing)."""
    try:
        signature = signed["signatures"][user][f"ed25519:{key_id}"]
        plain = {k: v for k, v in signed.items() if k not in ("signatures", "unsigned")}
        message = Api.to_canonical_json(plain).encode()
        key = vodozemac.Ed25519PublicKey.from_base64(public_key)
        key.verify_signature(message, vodozemac.Ed25519Signature.from_base64(signature))
    except (KeyError, TypeError, ValueError, RecursionError):  # vodozemac's are ValueErrors
        return False
    return True


def _entry(answer: Mapping[str, Any], part: str, user: str) -> Mapping[str, Any]:
    section = answer.get(part)
    found = section.get(user) if isinstance(section, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _only_key(key_object: Mapping[str, Any]) -> str | None:
    keys = key_object.get("keys")
    if not isinstance(keys, Mapping) or len(keys) != 1:
        return None
    value = next(iter(keys.values()))
    return value if isinstance(value, str) else None
