"""A bot for tests of the runtime that does as the messages it gets say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bots.runtime.model.bot import Docs
from bots.runtime.model.decision import Decision, Due, Event, Phrase, Request, SetAside
from federation.model.actions import Text
from federation.model.events import TextMessage, Unreadable

Do = Callable[[Event, datetime], Sequence[Request]]


class Obedient:
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

    def load(self, docs: Docs, event: Event) -> int:
        return int(docs.get("obedient/count", "all") or 0)

    def rule(self, state: int, event: Event, now: datetime) -> Decision[int]:
        self.tries.append(event)
        if isinstance(event, self._fails_on):
            raise ValueError("as it was made")
        if isinstance(event, TextMessage) and event.body.startswith("fail"):
            raise ValueError("as asked")
        self.seen.append(event)
        return Decision(state + 1, tuple(self._do(event, now)) if self._do else ())

    def save(self, docs: Docs, state: int) -> None:
        docs.put("obedient/count", "all", state)

    def render(self, phrase: Phrase) -> Text:
        raise NotImplementedError
