"""A homeserver that was put back to an earlier time, as from a backup of its own.

It takes our sync token for one of the future, offers one-time keys of ours again that others have
used up, and no longer knows whose devices have changed. So everything is read anew, and those keys
are replaced by others. What was handled is known by its ids, and handled once.
"""

from __future__ import annotations

from federation.client.homeserver import Homeserver
from federation.model import rooms
from federation.model.ports import Transactor, Vault
from federation.syncing.recovery import read_mark

MARKED = "marked"
"""The last mark (`recovery`) that the homeserver took from us."""
KNOWN_MS = 60 * 24 * 3600 * 1000
"""At least so long are ids kept of what was handled."""


def note(vault: Vault, account: str, mark: int) -> None:
    vault.write(MARKED, account, str(mark).encode())


def noted(vault: Vault, account: str) -> int | None:
    found = vault.read(MARKED, account)
    return None if found is None else int(found)


def since(mark: int | None, known: int | None) -> int | None:
    """From where a room is read, if the homeserver has this mark and we know of another."""
    if known is None:
        return mark
    return max(mark or 0, known - KNOWN_MS)


async def is_put_back(server: Homeserver, store: Transactor, account: str) -> bool:
    known = await store.run("marked", lambda vault: noted(vault, account))
    if known is None:
        return False
    mark = await read_mark(server, account)
    return mark is None or mark < known


def begin(vault: Vault, account: str) -> None:
    """Forget what is only true of a time that the homeserver no longer knows."""
    vault.erase("sync token", account)
    vault.erase("fallback key", account)
    for key in _keys(vault, account, "device list"):
        vault.erase("device list", f"{account} {key}")
    for room_id in _keys(vault, account, "room"):
        _nowhere(vault, account, room_id)


def _keys(vault: Vault, account: str, kind: str) -> list[str]:
    found = [key.partition(" ") for key, _ in vault.rows(kind)]
    return [key for owner, _, key in found if owner == account]


def _nowhere(vault: Vault, account: str, room_id: str) -> None:
    """The sync tells who is there now."""
    room = rooms.load(vault, account, room_id)
    room.joined, room.invited, room.members_known = False, False, False
    room.nobody()
    rooms.save(vault, account, room)
