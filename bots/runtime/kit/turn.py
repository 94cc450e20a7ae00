"""One rule at work: what it may read, and what it changes and asks for so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from bots.runtime.kit.documents import MOST, Change, Collection, Drop, Put, View
from bots.runtime.kit.records import Record
from bots.runtime.model.decision import Event, Request
from bots.runtime.speech.phrases import Translator

D = TypeVar("D")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decision:
    """What changes and what is to be done, committed together."""

    changes: tuple[Change, ...] = ()
    """One for each document."""
    requests: tuple[Request, ...] = ()
    records: tuple[Record, ...] = ()


class Turn(Generic[S]):
    """It lives inside a single decision; nothing outside sees it change."""

    def __init__(self, view: View, settings: S, words: Translator, now: datetime) -> None:
        self.view = view
        self.settings = settings
        self.words = words
        self.now = now
        self.seconds = now.timestamp()
        self.requests: list[Request] = []
        self.records: list[Record] = []
        self.asker: str | None = None
        """Who typed the command at hand. What answers it holds up nobody else (`Say.whose`)."""
        self._changes: dict[tuple[str, str], Change] = {}
        self._read: dict[tuple[str, str], Any] = {}

    def begin(self, event: Event) -> None:
        """What it is about, before a rule is looked for."""

    def ask(self, *requests: Request) -> None:
        self.requests.extend(requests)

    def record(self, what: str, **facts: object) -> None:
        """Note for good that this happened: see `bots.runtime.kit.records`."""
        self.records.append(Record(what, facts))

    def put(self, collection: Collection[D], document: D) -> D:
        key = collection.key(document)
        self._changes[collection.kind, key] = Put(collection, document)
        return document

    def drop(self, collection: Collection[Any], key: str, *, erase: bool = False) -> None:
        self._changes[collection.kind, key] = Drop(collection, key, erase)

    def get(self, collection: Collection[D], key: str) -> D | None:
        """A document as this decision leaves it so far. What is found by an index or counted is as
        it was before."""
        where = (collection.kind, key)
        change = self._changes.get(where)
        if change is not None:
            return change.document if isinstance(change, Put) else None
        if where not in self._read:
            self._read[where] = self.view.get(collection, key)
        found: D | None = self._read[where]
        return found

    def find(
        self,
        collection: Collection[D],
        index: str,
        *values: str,
        most: int = MOST,
        oldest: bool = False,
    ) -> tuple[D, ...]:
        """As `View.find`: as it was before."""
        found = self.view.find(collection, index, *values, most=most, oldest=oldest)
        self._read |= {(collection.kind, collection.key(x)): x for x in found}
        return found

    def keys(self, collection: Collection[Any], index: str, value: str = "") -> tuple[str, ...]:
        """As `View.keys`: as this decision leaves them so far."""
        found = dict.fromkeys(self.view.keys(collection, index, value))
        for (kind, key), change in self._changes.items():
            if kind != collection.kind:
                continue
            if isinstance(change, Put) and (index, value) in collection.listed(change.document):
                found.setdefault(key)
            else:
                found.pop(key, None)
        return tuple(found)

    def decision(self) -> Decision:
        return Decision(tuple(self._changes.values()), tuple(self.requests), tuple(self.records))
