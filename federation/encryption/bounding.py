"""How many Olm sessions are kept, and of whom.

Anybody can open one with us, as often as they like: a fallback key is given out again and again.
So of each device some are kept, of each person some devices, and of all those whose devices we
never had to ask for (we share nothing with them) some people. Whoever was heard of longest ago goes
first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

from federation.model.ports import Vault

OF_A_DEVICE = 5
"""At least four (§ Recovering from undecryptable messages)."""
OF_A_PERSON = 10
"""Devices."""
STRANGERS = 100
"""People."""
DEVICES, STRANGE = "olm devices", "olm strangers"
"""Kinds of rows: of a person, whose name is behind the account's; and of the account."""


class Bounds:
    """What one account keeps of others, by the names of rows. `forget(curve_key)` ends all sessions
    with a device."""

    def __init__(self, account: str, forget: Callable[[Vault, str], None]) -> None:
        self._account = account
        self._forget = forget

    def opened(self, vault: Vault, user: str, curve_key: str) -> None:
        """Somebody's device has a new session with us."""
        self._heard(vault, user, curve_key)
        if self._is_strange(vault, user):
            self._bound_strangers(vault, user)

    def _heard(self, vault: Vault, user: str, curve_key: str) -> None:
        known = self._read(vault, DEVICES, user)
        kept = [*(x for x in known if x != curve_key), curve_key]
        for gone in kept[:-OF_A_PERSON]:
            self._forget(vault, gone)
        self._write(vault, DEVICES, user, kept[-OF_A_PERSON:])

    def _bound_strangers(self, vault: Vault, user: str) -> None:
        known = self._read(vault, STRANGE, "")
        strangers = [*(x for x in known if x != user), user]
        for gone in strangers[:-STRANGERS]:
            if self._is_strange(vault, gone):
                for curve_key in self._read(vault, DEVICES, gone):
                    self._forget(vault, curve_key)
                vault.erase(DEVICES, self._key(gone))
        self._write(vault, STRANGE, "", strangers[-STRANGERS:])

    def _is_strange(self, vault: Vault, user: str) -> bool:
        return vault.read("identity", self._key(user)) is None

    def _read(self, vault: Vault, kind: str, name: str) -> list[str]:
        found: list[str] = json.loads(vault.read(kind, self._key(name)) or b"[]")
        return found

    def _write(self, vault: Vault, kind: str, name: str, value: Collection[str]) -> None:
        vault.write(kind, self._key(name), json.dumps([*value]).encode())

    def _key(self, name: str) -> str:
        return f"{self._account} {name}"
