"""From which device something came, and whether its owner signed it (§ Cross-signing).

Looked up when it is decided, from what the last `/keys/query` told: no key, no wait, no I/O.
"""

from __future__ import annotations

import json
from typing import Any

from federation.encryption.identities import NOBODY, Identity
from federation.model.events import Doubt
from federation.model.ports import Vault
from federation.model.shapes import listing


def identity_of(vault: Vault, account: str, user: str) -> Identity:
    """As `account` knows the user's."""
    found = vault.read("identity", f"{account} {user}")
    if found is None:
        return NOBODY
    master, signed = json.loads(found)
    return Identity(master, frozenset(signed))


def doubt(vault: Vault, account: str, user: str, device: Any, *, asked: bool) -> Doubt | None:
    """See `events.Origin`. `device`: the two public keys (curve25519, ed25519) with
    which a Megolm session came; `asked`: the user's devices were asked for because of it.

    Nobody is refused for what we do not know: there is a no only after we asked for the devices.
    """
    known = asked or vault.read("device list", f"{account} {user}") is not None
    if known and _is_signed(vault, account, user, listing(device)):
        return None
    return Doubt.UNSIGNED if asked else Doubt.UNKNOWN


def devices(vault: Vault, account: str, user: str) -> frozenset[str] | None:
    """Ids of the user's devices that are given keys; None: they have to be asked for."""
    name = f"{account} {user}"
    if vault.read("device list", name) is None:
        return None
    owner = identity_of(vault, account, user)
    known = json.loads(vault.read("device keys", name) or b"{}")
    return frozenset(x for x in known if owner.trusts(x))


def _is_signed(vault: Vault, account: str, user: str, keys: list[Any]) -> bool:
    """Somebody without an identity has signed nothing."""
    owner = identity_of(vault, account, user)
    if owner.master is None:
        return False
    devices = json.loads(vault.read("device keys", f"{account} {user}") or b"{}")
    return any(
        name in owner.signed and [x.get("curve25519"), x.get("ed25519")] == keys
        for name, x in devices.items()
    )
