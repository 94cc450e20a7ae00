"""What a rule of a kit bot sees of the store, and what its decision changes there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from bots.runtime.kit.documents import MOST, Change, Collection, Put, View
from bots.runtime.model.errors import StoreError
from bots.runtime.model.made import Made
from bots.runtime.store.transaction import Transaction
from federation.model.events import RoomView, Seen

D = TypeVar("D")


@contextmanager
def view(tx: Transaction) -> Iterator[View]:
    """For the time of one decision."""
    opened = _Opened(tx)
    try:
        yield opened
    finally:
        opened.close()


def apply(tx: Transaction, changes: Iterable[Change]) -> None:
    for change in changes:
        if isinstance(change, Put):
            tx.keep(change.collection, change.document)
        else:
            tx.discard(change.collection, change.key, erase=change.erase)


class _Opened:
    def __init__(self, tx: Transaction) -> None:
        self._open: Transaction | None = tx

    def close(self) -> None:
        self._open = None

    @property
    def _tx(self) -> Transaction:
        if self._open is None:
            raise RuntimeError("A rule kept its view for longer than it decides")
        return self._open

    def get(self, collection: Collection[D], key: str) -> D | None:
        return self._tx.document(collection, key)

    def find(
        self,
        collection: Collection[D],
        index: str,
        *values: str,
        most: int = MOST,
        oldest: bool = False,
    ) -> tuple[D, ...]:
        collection.indexed(index)
        if not 0 < most <= MOST:
            raise ValueError(f"a rule may find up to {MOST} documents at once")
        keys = self._tx.under(collection.kind, index, values or ("",), oldest=oldest)
        return tuple(self._listed(collection, key) for key in islice(keys, most))

    def _listed(self, collection: Collection[D], key: str) -> D:
        found = self._tx.document(collection, key)
        if found is None:
            raise StoreError(
                f"A document of kind {collection.kind} is listed and missing. Restore a backup."
            )
        return found

    def count(self, collection: Collection[Any], index: str, value: str = "") -> int:
        collection.indexed(index)
        return self._tx.count(collection.kind, index, value)

    def keys(self, collection: Collection[Any], index: str, value: str = "") -> tuple[str, ...]:
        collection.indexed(index)
        return tuple(self._tx.oldest(collection.kind, index, value))

    def was_erased(self, collection: Collection[Any], key: str) -> bool:
        return self._tx.was_forgotten(collection.kind, key)

    def made(self, handle: str) -> Made | None:
        return self._tx.made(handle)

    def is_coming(self, handle: str) -> bool:
        return self._tx.is_coming(handle)

    def made_by_event(self, event_id: str) -> Made | None:
        return self._tx.made_by_event(event_id)

    def copies_of(self, event_id: str) -> tuple[Made, ...]:
        return self._tx.copies_of(event_id)

    def devices(self, account: str, user: str) -> frozenset[str] | None:
        return self._tx.devices(account, user)

    def identity(self, account: str, user: str) -> Seen:
        return self._tx.identity(account, user)

    def reaches(self, account: str, user: str, identity: str) -> bool | None:
        return self._tx.reaches(account, user, identity)

    def secret(self, purpose: str, about: str) -> bytes:
        return self._tx.secret(purpose, about)

    def room(self, account: str, room_id: str) -> RoomView:
        return self._tx.view(account, room_id)
