"""What the runtime asks of a bot: four functions around one pure rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bots.runtime.model.decision import Decision, Event, Phrase
from federation.model.actions import Text
from federation.model.events import RoomView


@dataclass(frozen=True, slots=True)
class Made:
    """An event or a room of ours that a handle names."""

    handle: str
    room_id: str
    event_id: str | None
    by: str | None = None
    """The id of the action that made it."""


class Docs(Protocol):
    """What a bot keeps, inside the transaction of one decision: sealed JSON documents.

    A `kind` (`ombuds/case`) is a collection with a sealing key of its own.
    """

    def get(self, kind: str, key: str) -> Any | None: ...
    def put(self, kind: str, key: str, value: Any) -> None: ...
    def delete(self, kind: str, key: str) -> None: ...
    def forget(self, kind: str, key: str) -> None:
        """Delete what somebody wants gone: restoring an older backup does not bring it back."""

    def scan(self, kind: str) -> Iterator[tuple[str, Any]]: ...
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

    def view(self, account: str, room_id: str) -> RoomView:
        """A room as our account knows it now; empty where it is not in it."""


S = TypeVar("S")


class Bot(Protocol[S]):
    name: str

    def load(self, docs: Docs, event: Event) -> S:
        """The part of what the bot knows that this event needs."""

    def rule(self, state: S, event: Event, now: datetime) -> Decision[S]:
        """Pure: no clock, no randomness, no I/O."""

    def save(self, docs: Docs, state: S) -> None: ...

    def render(self, phrase: Phrase) -> Text: ...
