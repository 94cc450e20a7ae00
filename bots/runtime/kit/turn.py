"""One rule at work: what it may read, and what it changes and asks for so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from bots.runtime.decision import Request
from bots.runtime.kit.documents import Change, Collection, Drop, Put, View

D = TypeVar("D")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decision:
    """What changes and what is to be done, committed together."""

    changes: tuple[Change, ...] = ()
    """One for each document."""
    requests: tuple[Request, ...] = ()


class Turn(Generic[S]):
    """It lives inside a single decision; nothing outside sees it change."""

    def __init__(self, view: View, settings: S, now: datetime) -> None:
        self.view = view
        self.settings = settings
        self.now = now
        self.seconds = now.timestamp()
        self.requests: list[Request] = []
        self._changes: dict[tuple[str, str], Change] = {}

    def ask(self, *requests: Request) -> None:
        self.requests.extend(requests)

    def put(self, collection: Collection[D], document: D) -> D:
        key = collection.key(document)
        self._changes[collection.kind, key] = Put(collection, document)
        return document

    def drop(self, collection: Collection[Any], key: str) -> None:
        self._changes[collection.kind, key] = Drop(collection, key)

    def get(self, collection: Collection[D], key: str) -> D | None:
        """A document as this decision leaves it so far. What is found by an index or counted is as
        it was before."""
        change = self._changes.get((collection.kind, key))
        if change is None:
            return self.view.get(collection, key)
        return change.document if isinstance(change, Put) else None

    def decision(self) -> Decision:
        return Decision(tuple(self._changes.values()), tuple(self.requests))
