"""Identities that an account has learnt by hand: whose master key, or whose device, is whose.

A homeserver shows any keys in anybody's name. What a bot pins does not follow it: what is said to
pinned identities alone (`actions.Send.pinned`) is given to nobody else, and rests while there is
none of them. Why somebody is pinned is the bot's affair (`bots.runtime.model.decision.SetPin`).
"""

from __future__ import annotations

from collections.abc import Iterable

from federation.model.ports import Vault

_PIN, _NUMBER = "pin", "pins"


def keep(vault: Vault, account: str, user: str, identity: str) -> None:
    """Pin this identity, in place of any before; "": none."""
    if identity:
        vault.write(_PIN, f"{account} {user}", identity.encode())
    else:
        vault.erase(_PIN, f"{account} {user}")
    vault.write(_NUMBER, account, str(number(vault, account) + 1).encode())


def of(vault: Vault, account: str, users: Iterable[str]) -> frozenset[str]:
    """The pinned identities of these users."""
    found = (vault.read(_PIN, f"{account} {user}") for user in users)
    return frozenset(x.decode() for x in found if x is not None)


def number(vault: Vault, account: str) -> int:
    """Grows with each change: whoever found nobody looks again."""
    return int(vault.read(_NUMBER, account) or b"0")
