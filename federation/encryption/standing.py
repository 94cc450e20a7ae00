"""From whom something encrypted came: from which device, whose that was when the key came, and
whether it still is (§ Cross-signing).

Noted as the key of a Megolm session arrives, or, where the sender's devices are not known then, by
the next answer to `/keys/query`. So whoever replaces somebody's cross-signing keys later, as a
homeserver's admin can, is not taken for the author of what she has said. Looked up when it is
decided: no key, no wait, no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from federation.encryption.identities import NOBODY, Identity
from federation.model.events import Doubt, Seen
from federation.model.ports import Vault
from federation.model.shapes import listing

NOTED, UNSETTLED = "standing", "unsettled"
SIGNED, LISTED, STRANGE = "signed", "listed", "strange"
"""How a device is related to its owner: she signed it; she has it; no such device is hers."""


@dataclass(frozen=True, slots=True)
class Session:
    """A Megolm session that somebody's device sent us."""

    owner: str
    room_id: str
    id: str
    device: tuple[str, str]
    """Public keys: curve25519, ed25519."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of an event: see `events.Origin`."""

    identity: str
    device: str
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class _Note:
    word: tuple[str, ...]
    """See `identities.own_word`."""
    settled: bool = False
    """The devices were known."""
    master: str | None = None
    place: str = STRANGE


def identity_of(vault: Vault, account: str, user: str) -> Identity:
    """As `account` knows the user's."""
    found = vault.read("identity", f"{account} {user}")
    if found is None:
        return NOBODY
    master, signed, self_signing, withheld = json.loads(found)
    return Identity(master, frozenset(signed), self_signing, withheld)


def keep(vault: Vault, account: str, user: str, owner: Identity) -> None:
    parts = [owner.master, sorted(owner.signed), owner.self_signing, owner.withheld]
    vault.write("identity", f"{account} {user}", json.dumps(parts).encode())


def is_known(vault: Vault, account: str, user: str) -> bool:
    """Whether nothing has told that the user's devices are others than those we know."""
    return vault.read("device list", f"{account} {user}") is not None


def seen(vault: Vault, account: str, user: str) -> Seen:
    owner = identity_of(vault, account, user)
    return Seen(is_known(vault, account, user), owner.master or "", owner.withheld)


def devices(vault: Vault, account: str, user: str) -> frozenset[str] | None:
    """Ids of the user's devices that are given keys; None: they have to be asked for."""
    if not is_known(vault, account, user):
        return None
    owner = identity_of(vault, account, user)
    return frozenset(x for x in _devices(vault, account, user) if owner.trusts(x))


def reaches(vault: Vault, account: str, user: str, identity: str) -> bool | None:
    """Whether a device of the user is given what is meant for this identity; None: they have to
    be asked for. As `Machine.recipients`."""
    if not is_known(vault, account, user):
        return None
    owner = identity_of(vault, account, user)
    known = _devices(vault, account, user).items()
    named = any(keys.get("ed25519") == identity for _, keys in known)
    return named or (owner.master == identity and any(owner.trusts(x) for x, _ in known))


# -- when a key comes ------------------------------------------------------------------------------


def note(vault: Vault, account: str, session: Session, word: Collection[str]) -> None:
    """The key of this session has come; the first note stands."""
    if _read(vault, account, session) is not None:
        return
    made = _Note(tuple(sorted(word)))
    if is_known(vault, account, session.owner):
        made = _settled(vault, account, session, made)
    else:
        name = f"{account} {session.owner}"
        waiting = json.loads(vault.read(UNSETTLED, name) or b"[]")
        waiting.append([session.room_id, session.id, *session.device])
        vault.write(UNSETTLED, name, json.dumps(waiting).encode())
    _write(vault, account, session, made)


def settle(vault: Vault, account: str, user: str) -> None:
    """The user's devices are known by now."""
    name = f"{account} {user}"
    for room_id, session_id, *device in json.loads(vault.read(UNSETTLED, name) or b"[]"):
        session = Session(user, room_id, session_id, (device[0], device[1]))
        known = _read(vault, account, session)
        if known is not None:
            _write(vault, account, session, _settled(vault, account, session, known))
    vault.erase(UNSETTLED, name)


def _settled(vault: Vault, account: str, session: Session, known: _Note) -> _Note:
    owner = identity_of(vault, account, session.owner)
    place = _place(vault, account, session, known.word)
    return _Note(known.word, True, owner.master, place)


def _read(vault: Vault, account: str, session: Session) -> _Note | None:
    found = vault.read(NOTED, _name(account, session))
    if found is None:
        return None
    word, settled, master, place = json.loads(found)
    return _Note(tuple(word), settled, master, place)


def _write(vault: Vault, account: str, session: Session, made: _Note) -> None:
    value = [made.word, made.settled, made.master, made.place]
    vault.write(NOTED, _name(account, session), json.dumps(value).encode())


def _name(account: str, session: Session) -> str:
    return f"{account} {session.owner} {session.room_id} {session.id}"


# -- when it is decided ----------------------------------------------------------------------------


def standing(
    vault: Vault, account: str, user: str, room_id: str, device: Any, *, asked: bool
) -> Standing:
    """`device`: see `ports.DEVICE`; `asked`: the user's devices were asked for because of it.

    Nobody is refused for what we do not know: there is a no only after we asked for the devices.
    """
    keys = [x if isinstance(x, str) else "" for x in [*listing(device), "", "", ""][:3]]
    session = Session(user, room_id, keys[2], (keys[0], keys[1]))
    noted = _read(vault, account, session) or _Note(())
    owner = identity_of(vault, account, user)
    now = _place(vault, account, session, noted.word)
    identity = _identity(noted, owner, now, keys[1])
    hers = {noted.place, now} != {STRANGE}
    sure = now == SIGNED and identity == owner.master
    if sure and (asked or is_known(vault, account, user)):
        doubt = None
    else:
        doubt = Doubt.UNSIGNED if asked else Doubt.UNKNOWN
    return Standing(identity, keys[1] if hers else "", doubt)


def _identity(noted: _Note, owner: Identity, now: str, device: str) -> str:
    if not noted.settled:
        return ""
    if noted.place == SIGNED:
        return noted.master or ""
    if now == SIGNED and noted.master in (None, owner.master):
        return owner.master or ""  # signed since, with the keys that she had, or with her first
    return device if noted.master is None and LISTED in (noted.place, now) else ""


def _place(vault: Vault, account: str, session: Session, word: tuple[str, ...]) -> str:
    """As we know it now."""
    owner = identity_of(vault, account, session.owner)
    for name, keys in _devices(vault, account, session.owner).items():
        if (keys.get("curve25519"), keys.get("ed25519")) == session.device:
            meant = not word or owner.self_signing in word
            return SIGNED if name in owner.signed and meant else LISTED
    return STRANGE


def _devices(vault: Vault, account: str, user: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        vault.read("device keys", f"{account} {user}") or b"{}"
    )
    return found
