"""A bot for tests of the runtime that does as the messages it gets say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.runtime.kit.documents import Change, Collection, Put, View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Due, Event, Request, SetAside
from federation.model.events import TextMessage, Unreadable
from tests.kit.wordless import Wordless


@dataclass(frozen=True)
class Count:
    seen: int = 0


COUNTS = Collection("obedient/count", Count, key=lambda _: "all", erases=lambda _: True)
Do = Callable[[Event, datetime], Sequence[Request]]


class Obedient(Wordless):
    """Fails on `fail`, and on whatever `fails_on` names; everything else is noted and answered."""

    name = "obedient"

    def __init__(self, do: Do | None = None, fails_on: tuple[type, ...] = ()) -> None:
        self.seen: list[Event] = []
        self.tries: list[Event] = []
        self._do = do
        self._fails_on = fails_on

    @property
    def bodies(self) -> list[str]:
        return [event.body for event in self.seen if isinstance(event, TextMessage)]

    @property
    def told(self) -> list[SetAside]:
        return [event for event in self.seen if isinstance(event, SetAside)]

    @property
    def due(self) -> list[str]:
        return [event.key for event in self.seen if isinstance(event, Due)]

    @property
    def unreadable(self) -> list[str]:
        return [event.reason for event in self.seen if isinstance(event, Unreadable)]

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        self.tries.append(event)
        if isinstance(event, self._fails_on):
            raise ValueError("as it was made")
        if isinstance(event, TextMessage) and event.body.startswith("fail"):
            raise ValueError("as asked")
        self.seen.append(event)
        count = (view.get(COUNTS, "all") or Count()).seen + 1
        return Decision(self.changes(count), tuple(self._do(event, now)) if self._do else ())

    def changes(self, count: int) -> tuple[Change, ...]:
        return (Put(COUNTS, Count(count)),)
