"""What this package asks of the store that an office gives it, as narrow interfaces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

RawEvent = Mapping[str, Any]
"""A room event as JSON, decrypted where it was encrypted (client-server API, "Room events")."""

BOUND, DEVICE = "bound", "device"
"""Beside the content of an event that was decrypted: `Origin.bound`, and the public keys
(curve25519, ed25519) of the device that its Megolm session came from, with the session's id."""


MARK = "org.buendnis.id"
"""In the content of what we send: the id of the action, opaque and readable for us alone. An
action is known by it as done for as long as the event exists, whatever became of our store."""


DEVICES = "org.buendnis.devices"
"""Type of the event that we make of a changed list of devices: see `DevicesChanged`."""


SHOWN = "org.buendnis.shown"
"""Type of the event that we make of a receipt: see `Shown`."""


ANY = ""
"""Of a message that was taken back, nothing tells whether it was an edit."""


@dataclass(frozen=True, slots=True)
class Echo:
    """An event of ours that carries the id of an action."""

    room_id: str
    event_id: str
    kind: str
    """Name of the action's class, or `ANY`."""


class Vault(Protocol):
    """Sealed rows inside one transaction, by kind and key."""

    def read(self, kind: str, key: str) -> bytes | None: ...
    def write(self, kind: str, key: str, value: bytes) -> None: ...
    def erase(self, kind: str, key: str) -> None: ...
    def rows(self, kind: str) -> Iterator[tuple[str, bytes]]: ...


class Ledger(Vault, Protocol):
    """One transaction of an office's store, as a session sees it."""

    def receive(self, account: str, room_id: str, event: RawEvent, encrypted: bool) -> None:
        """Put a room event into the inbox; a known event id changes nothing."""

    def receive_locked(self, account: str, room_id: str, event: RawEvent, session_id: str) -> None:
        """Put an event into the inbox that waits for the key of this Megolm session."""

    def unlock(
        self,
        account: str,
        sessions: Collection[str],
        decrypt: Callable[[str, RawEvent], RawEvent | None],
    ) -> None:
        """Try waiting events of these Megolm sessions again: `decrypt(room_id, event)`."""

    def echo(self, action_id: str, echo: Echo) -> None:
        """Our own action came back by sync: it needs no further attempt."""


class Transactor(Protocol):
    """Runs a function in one transaction, outside the event loop: all of it or nothing."""

    async def run(self, name: str, work: Callable[[Any], T]) -> T: ...


Probe = Callable[[str, str], None]
"""Called as `probe("before" | "after", name)` around each external call and each commit, so that
tests can end the process there."""


def no_probe(stage: str, name: str) -> None:
    """The probe of every day: nothing."""
