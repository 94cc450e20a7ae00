"""Documents of collections, and the lists by which they are found.

A document's row says under what it is listed, so it can be taken out of its lists whatever a later
version would list it under. A list is kept in pages, all sealed: its head holds how many there are
and the newest keys; a full head becomes a page of its own. Rows lie under keyed fingerprints, a
list's too: which values exist nobody can guess, nor how many documents share one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from bots.runtime.kit.documents import MOST_COMPARED, Collection
from bots.runtime.model.errors import StoreError
from bots.runtime.store.rows.table import encode
from bots.runtime.store.rows.vault import Vault

D = TypeVar("D")
PAGE = 48
"""Keys of documents in one row."""

Listing = list[tuple[str, str, int]]
"""Index, value and number of the page that has the document."""


@dataclass(frozen=True, slots=True)
class _Page:
    keys: tuple[str, ...] = ()
    older: int = 0
    """Number of the page before this one, counted from 1; 0: there is none."""
    newer: int = 0
    """Of the page behind it."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The newest page, and what is to be known of the list."""

    count: int = 0
    number: int = 1
    """The page that this one will be."""
    first: int = 1
    """Number of the oldest page."""
    page: _Page = _Page()


class Documents(Vault):
    """The documents of kit bots, and the lists that their indexes are. Values are sealed JSON."""

    def document(self, collection: Collection[D], key: str) -> D | None:
        """Raises StoreError if what is kept can't be understood."""
        row = self._row(collection.kind, key)
        return None if row is None else collection.revived(row["is"], row["v"])

    def keep(self, collection: Collection[D], document: D) -> None:
        kind, key = collection.kind, collection.key(document)
        before = _listing(self._row(kind, key))
        wanted = collection.listed(document)
        kept = [x for x in before if (x[0], x[1]) in wanted]
        for index, value, number in before:
            if (index, value) not in wanted:
                self._unlist(kind, index, value, number, key)
        new = wanted - {(index, value) for index, value, _ in kept}
        listing = kept + [(*x, self._list(kind, *x, key)) for x in sorted(new)]
        row = {"v": collection.version, "in": listing, "is": collection.plain(document)}
        self.write(kind, key, encode(row))

    def discard(self, collection: Collection[D], key: str, *, erase: bool = False) -> None:
        row = self._row(collection.kind, key)
        if row is None:
            if erase:  # an older backup may have it
                self.forget(collection.kind, key)
            return
        self._delist(collection.kind, key, row)
        gone = erase or collection.erases(collection.revived(row["is"], row["v"]))
        (self.forget if gone else self.erase)(collection.kind, key)

    def under(self, kind: str, index: str, values: Sequence[str], *, oldest: bool) -> Iterator[str]:
        """Keys of the documents under each of the values."""
        first, *others = values
        if others:
            first, *others = sorted(values, key=lambda x: self.count(kind, index, x))
        known = [set(islice(self.newest(kind, index, x), MOST_COMPARED)) for x in others]
        keys = (self.oldest if oldest else self.newest)(kind, index, first)
        found = keys if not others else islice(keys, MOST_COMPARED)
        return (key for key in found if all(key in x for x in known))

    def newest(self, kind: str, index: str, value: str) -> Iterator[str]:
        """Keys of the documents under a value, the newest first."""
        head = self._head(kind, index, value)
        yield from reversed(head.page.keys)
        number = head.page.older
        while number:
            page = self._page(kind, index, value, number)
            yield from reversed(page.keys)
            number = page.older

    def oldest(self, kind: str, index: str, value: str) -> Iterator[str]:
        """The same, the oldest first."""
        head = self._head(kind, index, value)
        number = head.first
        while number != head.number:
            page = self._page(kind, index, value, number)
            yield from page.keys
            number = page.newer
        yield from head.page.keys

    def count(self, kind: str, index: str, value: str) -> int:
        return self._head(kind, index, value).count

    def forget_again(self, erased: Mapping[str, float], since: float) -> int:
        """As `Vault.forget_again`; what is listed is taken out of its lists first."""
        for fingerprint, at in erased.items():
            if at >= since:
                place = bytes.fromhex(fingerprint)
                for kind, sealed in self._sql(
                    "SELECT kind, sealed FROM vault WHERE key = ?", (place,)
                ).fetchall():
                    key, row = self._unframe(kind, place, sealed)
                    self._delist(kind, key, json.loads(row))
        return super().forget_again(erased, since)

    # -- lists ---------------------------------------------------------------------------------

    def _row(self, kind: str, key: str) -> Any | None:
        found = self.read(kind, key)
        return None if found is None else json.loads(found)

    def _delist(self, kind: str, key: str, row: Any) -> None:
        for index, value, number in _listing(row):
            self._unlist(kind, index, value, number, key)

    def _list(self, kind: str, index: str, value: str, key: str) -> int:
        """The page that has the key now."""
        head = self._head(kind, index, value)
        if len(head.page.keys) >= PAGE:
            self._write_page(
                kind, index, value, head.number, replace(head.page, newer=head.number + 1)
            )
            head = _Head(head.count, head.number + 1, head.first, _Page(older=head.number))
        page = replace(head.page, keys=(*head.page.keys, key))
        self._write_head(kind, index, value, replace(head, count=head.count + 1, page=page))
        return head.number

    def _unlist(self, kind: str, index: str, value: str, number: int, key: str) -> None:
        head = self._head(kind, index, value)
        if number == head.number:
            page = replace(head.page, keys=tuple(x for x in head.page.keys if x != key))
            head = replace(head, page=page)
        else:
            head = self._unpage(kind, index, value, number, key, head)
        self._write_head(kind, index, value, replace(head, count=head.count - 1))

    def _unpage(
        self, kind: str, index: str, value: str, number: int, key: str, head: _Head
    ) -> _Head:
        page = self._page(kind, index, value, number)
        keys = tuple(x for x in page.keys if x != key)
        if keys:
            self._write_page(kind, index, value, number, replace(page, keys=keys))
            return head
        self.erase(_lists(kind), _place(index, value, number))
        if page.older:
            older = replace(self._page(kind, index, value, page.older), newer=page.newer)
            self._write_page(kind, index, value, page.older, older)
        else:
            head = replace(head, first=page.newer)
        if page.newer == head.number:
            return replace(head, page=replace(head.page, older=page.older))
        newer = replace(self._page(kind, index, value, page.newer), older=page.older)
        self._write_page(kind, index, value, page.newer, newer)
        return head

    def _head(self, kind: str, index: str, value: str) -> _Head:
        found = self.read(_lists(kind), _place(index, value))
        if found is None:
            return _Head()
        count, number, first, *page = json.loads(found)
        return _Head(count, number, first, _page(page))

    def _write_head(self, kind: str, index: str, value: str, head: _Head) -> None:
        if not head.count:
            self.erase(_lists(kind), _place(index, value))
            return
        data = [head.count, head.number, head.first, *_plain(head.page)]
        self.write(_lists(kind), _place(index, value), encode(data))

    def _page(self, kind: str, index: str, value: str, number: int) -> _Page:
        found = self.read(_lists(kind), _place(index, value, number))
        if found is None:
            raise StoreError(f"A list of {kind} has a hole. Restore a backup.")
        return _page(json.loads(found))

    def _write_page(self, kind: str, index: str, value: str, number: int, page: _Page) -> None:
        self.write(_lists(kind), _place(index, value, number), encode(_plain(page)))


def _listing(row: Any | None) -> Listing:
    """Of a row that may be none, or no document of a collection."""
    listed = row.get("in", ()) if isinstance(row, dict) else ()
    return [(index, value, number) for index, value, number in listed]


def _lists(kind: str) -> str:
    """The kind under which its lists are sealed."""
    return f"{kind} lists"


def _place(index: str, value: str, number: int = 0) -> str:
    return f"{index}\0{number}\0{value}"


def _plain(page: _Page) -> list[Any]:
    return [page.keys, page.older, page.newer]


def _page(data: list[Any]) -> _Page:
    keys, older, newer = data
    return _Page(tuple(keys), older, newer)
