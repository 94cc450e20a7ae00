"""A bot's view, of dictionaries: what is put in must survive JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, TypeVar

from bots.runtime.kit.documents import MOST, Change, Collection, Drop, Put
from bots.runtime.model.made import Made
from federation.model.events import RoomView, Seen
from tests.kit import moving

D = TypeVar("D")


def key_of(user: str) -> str:
    """A public master key; nobody's name can be read in it."""
    return hashlib.sha256(user.encode()).hexdigest()[:43]


class Memory:
    """`View`, and what a store does with changes."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, str]] = {}
        self.lists: dict[tuple[str, str, str], list[str]] = {}
        """Kind, index and value → keys, the oldest first."""
        self.forgotten: set[tuple[str, str]] = set()
        """Kinds and keys that no backup brings back."""
        self.handles: dict[str, Made] = {}
        self.coming: set[str] = set()
        """Handles of what still waits to be done."""
        self.copies: dict[str, list[str]] = {}
        self.clients: dict[str, frozenset[str] | None] = {}
        """User → devices; None: they have to be asked for."""
        self.identities: dict[str, Seen] = {}
        """User → cross-signing keys, where they are not those that everybody has."""
        self.reached: set[str] = set()
        """Identities of further devices."""
        self.views: dict[str, RoomView] = {}
        self.lowest = {"case number"}
        """Purposes of secrets that are drawn as low as can be."""

        self.pins: dict[str, str] = {}
        """User → what is said to pinned identities goes to this one."""

    def apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if moving.has_state(change.collection):
                self._check(change)
            if isinstance(change, Put):
                self.put(change.collection, change.document)
            else:
                self.drop(change.collection, change.key, erase=change.erase)

    def _check(self, change: Change) -> None:
        after = change.document if isinstance(change, Put) else None
        key = change.key if isinstance(change, Drop) else change.collection.key(after)
        moving.check(self.get(change.collection, key), after)

    def put(self, collection: Collection[D], document: D) -> None:
        kind, key = collection.kind, collection.key(document)
        before, now = self._places(collection, key), collection.listed(document)
        for gone in before - now:
            self.lists[(kind, *gone)].remove(key)
        for new in sorted(now - before):
            self.lists.setdefault((kind, *new), []).append(key)
        self.documents.setdefault(kind, {})[key] = json.dumps(collection.plain(document))

    def drop(self, collection: Collection[D], key: str, *, erase: bool = False) -> None:
        document = self.get(collection, key)
        if erase:
            self.forgotten.add((collection.kind, key))
        if document is None:
            return
        for gone in collection.listed(document):
            self.lists[(collection.kind, *gone)].remove(key)
        del self.documents[collection.kind][key]
        if collection.erases(document):
            self.forgotten.add((collection.kind, key))

    def _places(self, collection: Collection[D], key: str) -> set[tuple[str, str]]:
        document = self.get(collection, key)
        return set() if document is None else collection.listed(document)

    def all(self, collection: Collection[D]) -> list[D]:
        """For a test to look at."""
        stored = self.documents.get(collection.kind, {})
        return [collection.revived(json.loads(x), collection.version) for x in stored.values()]

    def everything(self) -> str:
        """All that is kept, as text."""
        return str((self.documents, {name: keys for name, keys in self.lists.items() if keys}))

    def listed(self, collection: Collection[Any], index: str) -> set[str]:
        """Values of an index that have something."""
        collection.indexed(index)
        there = (collection.kind, index)
        return {name[2] for name, keys in self.lists.items() if keys and name[:2] == there}

    # -- what a rule sees ----------------------------------------------------------------------

    def get(self, collection: Collection[D], key: str) -> D | None:
        stored = self.documents.get(collection.kind, {}).get(key)
        return (
            None if stored is None else collection.revived(json.loads(stored), collection.version)
        )

    def find(
        self,
        collection: Collection[D],
        index: str,
        *values: str,
        most: int = MOST,
        oldest: bool = False,
    ) -> tuple[D, ...]:
        collection.indexed(index)
        assert 0 < most <= MOST
        lists = [self.lists.get((collection.kind, index, x), []) for x in values or ("",)]
        first, *others = sorted(lists, key=len)
        keys = [x for x in first[:: 1 if oldest else -1] if all(x in y for y in others)][:most]
        return tuple(x for key in keys if (x := self.get(collection, key)) is not None)

    def count(self, collection: Collection[Any], index: str, value: str = "") -> int:
        collection.indexed(index)
        return len(self.lists.get((collection.kind, index, value), ()))

    def keys(self, collection: Collection[Any], index: str, value: str = "") -> tuple[str, ...]:
        collection.indexed(index)
        return tuple(self.lists.get((collection.kind, index, value), ()))

    def was_erased(self, collection: Collection[Any], key: str) -> bool:
        return (collection.kind, key) in self.forgotten

    def made(self, handle: str) -> Made | None:
        return self.handles.get(handle)

    def is_coming(self, handle: str) -> bool:
        return handle in self.coming

    def made_by_event(self, event_id: str) -> Made | None:
        return next((x for x in self.handles.values() if x.event_id == event_id), None)

    def copies_of(self, event_id: str) -> tuple[Made, ...]:
        return tuple(self.handles[x] for x in self.copies.get(event_id, ()))

    def devices(self, account: str, user: str) -> frozenset[str] | None:
        return self.clients.get(user, frozenset())

    def identity(self, account: str, user: str) -> Seen:
        return self.identities.get(user, Seen(True, key_of(user)))

    def reaches(self, account: str, user: str, identity: str) -> bool | None:
        now = self.identity(account, user)
        return identity in {now.master, *self.reached} if now.known else None

    def secret(self, purpose: str, about: str) -> bytes:
        """Of what is drawn, always the lowest, so that a test can name a case."""
        if purpose in self.lowest:
            return bytes(32)
        return hashlib.sha256(f"{purpose} {about}".encode()).digest()

    def room(self, account: str, room_id: str) -> RoomView:
        return self.views.get(room_id, RoomView())
