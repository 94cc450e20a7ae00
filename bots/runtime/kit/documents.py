"""What a bot keeps: collections of frozen dataclasses, and how a rule reads and changes them.

A rule reads through a `View`: what it has not asked for was not read, and it sees the store as it
was when the rule began. What it changes it says in its decision (`Put`, `Drop`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from bots.runtime.model.errors import StoreError
from bots.runtime.model.made import Made
from federation.model.events import RoomView, Seen

D = TypeVar("D")
Values = Callable[[D], Iterable[str]]

MOST_COMPARED = 1_000
MOST = 500
"""Documents that a rule may find at once. A rule that has to look at more goes on by a timer."""


def _never(_: object) -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Collection(Generic[D]):
    """Documents of one kind."""

    kind: str
    """`bot/name`: each kind is sealed with a key of its own."""
    of: type[D]
    key: Callable[[D], str]
    indexes: Mapping[str, Values[D]] = field(default_factory=dict)
    """Name → under which values a document is found (`View.find`) and counted (`View.count`). A new
    or changed index does not list what is stored already: a document is listed when it is put."""
    erases: Callable[[D], bool] = _never
    """Of a document that is dropped: whether no older backup may bring it back."""
    version: int = 1
    """Of the dataclass. Raise it with a step in `upgrades`."""
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    """Version → what makes the next one of a document's JSON."""

    @cached_property
    def _adapter(self) -> TypeAdapter[D]:
        return TypeAdapter(self.of)

    def plain(self, document: D) -> Any:
        """A document as JSON. Raises ValueError if it could not be read again: that is a fault of
        whoever made it, and must not become one of the store."""
        # A warning would quote what is kept.
        data = self._adapter.dump_python(document, mode="json", warnings=False)
        try:
            self._adapter.validate_python(data)
        except ValidationError:
            raise ValueError(f"a document of kind {self.kind} could not be read again") from None
        return data

    def revived(self, data: Any, version: int) -> D:
        """Raises StoreError if a newer program wrote it, or it can't be understood."""
        if version > self.version:
            raise StoreError(
                f"A document of kind {self.kind} was written by a newer buendnis. Install that "
                "version again, or a later one."
            )
        for step in range(version, self.version):
            data = self.upgrades[step](data)
        try:
            return self._adapter.validate_python(data)
        except ValidationError:
            # Not the error itself: it quotes what is kept.
            raise StoreError(
                f"A document of kind {self.kind} can't be understood. Restore a backup."
            ) from None

    def listed(self, document: D) -> set[tuple[str, str]]:
        """Under what it is found: name of the index, and value."""
        return {
            (name, value) for name, values in self.indexes.items() for value in values(document)
        }

    def indexed(self, name: str) -> None:
        """Raises KeyError if no such index is declared."""
        if name not in self.indexes:
            raise KeyError(f"{self.kind} has no index {name!r}")


@dataclass(frozen=True, slots=True)
class Put(Generic[D]):
    collection: Collection[D]
    document: D


@dataclass(frozen=True, slots=True)
class Drop:
    collection: Collection[Any]
    key: str = field(repr=False)
    erase: bool = False
    """Somebody wants it gone: no older backup may bring it back, whatever `Collection.erases`."""


Change = Put[Any] | Drop


class View(Protocol):
    """The store as it was when a rule began to decide; closed when it has."""

    def get(self, collection: Collection[D], key: str) -> D | None: ...

    def find(
        self,
        collection: Collection[D],
        index: str,
        *values: str,
        most: int = MOST,
        oldest: bool = False,
    ) -> tuple[D, ...]:
        """The newest `most` that an index has under a value, the newest first; or the oldest,
        the oldest first: a document is as old as its entry there. With several values: those that
        are under each, among the newest `MOST_COMPARED` of every value. Without one: under "".

        `most` is at most `MOST`; raises ValueError else, and KeyError for what is not declared.
        """

    def count(self, collection: Collection[Any], index: str, value: str = "") -> int:
        """How many an index has under a value."""

    def keys(self, collection: Collection[Any], index: str, value: str = "") -> tuple[str, ...]:
        """Of all that stand under a value, the oldest first: as many as there are. They cost little
        beside the documents, which a rule gets in parts."""

    def was_erased(self, collection: Collection[Any], key: str) -> bool:
        """Whether somebody wanted it gone: a restored backup may not know yet why."""

    def made(self, handle: str) -> Made | None:
        """What a handle names, once the homeserver has made it."""

    def is_coming(self, handle: str) -> bool:
        """Whether what will fill a handle still waits to be done."""

    def made_by_event(self, event_id: str) -> Made | None:
        """Our event with this id, if it carries a handle."""

    def copies_of(self, event_id: str) -> tuple[Made, ...]:
        """Our copies (`copy_of`) of somebody's event, made or still on their way."""

    def devices(self, account: str, user: str) -> frozenset[str] | None:
        """Ids of the user's devices that our account gives keys to; None: it has to ask."""

    def identity(self, account: str, user: str) -> Seen:
        """The user's cross-signing keys as our account knows them now."""

    def reaches(self, account: str, user: str, identity: str) -> bool | None:
        """Whether a device of the user belongs to this identity (`Send.identities`); None: they
        have to be asked for."""

    def secret(self, purpose: str, about: str) -> bytes:
        """32 bytes that nobody knows who lacks the office's key, the same each time: a rule that
        decides again, for a store that was lost, arrives at the same."""

    def room(self, account: str, room_id: str) -> RoomView:
        """A room as our account knows it now; empty where it is not in it."""
