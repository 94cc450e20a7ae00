"""Whose store it is: the folders of two offices are easily taken for each other."""

from __future__ import annotations

from collections.abc import Collection

from bots.runtime.model.errors import StoreError
from bots.runtime.store.rows.vault import Vault


def strangers(vault: Vault, ours: Collection[str]) -> frozenset[str]:
    """The accounts that have run on this store, where none of ours is among them."""
    known = frozenset(account for account, _ in vault.rows("sync token"))
    return known if known.isdisjoint(ours) else frozenset()


def check_whose(vault: Vault, ours: Collection[str]) -> None:
    """In another office's store our accounts would begin anew, with another identity. Raises
    StoreError."""
    found = strangers(vault, ours)
    if found:
        raise StoreError(
            f"The store is that of another office ({', '.join(sorted(found))}). Put the state "
            "folder of this one back into its place, its seal.key with it."
        )
