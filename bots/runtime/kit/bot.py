"""A bot is what it declares: what it keeps, which rule an event is for, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from bots.runtime.kit.documents import Collection, View
from bots.runtime.kit.routing import Router
from bots.runtime.kit.turn import Decision, Turn
from bots.runtime.model.decision import Event, Phrase
from bots.runtime.speech.phrases import Renderer, Wording
from bots.runtime.speech.tongues import Texts
from bots.runtime.speech.words import ORIGINALS
from federation.model.actions import Text

S = TypeVar("S")
T = TypeVar("T", bound=Turn[Any])


def _originals(_: Any) -> Sequence[str]:
    return ORIGINALS


@dataclass(frozen=True)
class Spec(Generic[S, T]):
    """What every bot of this sort is."""

    name: str
    collections: tuple[Collection[Any], ...]
    routes: Router[T]
    wording: Wording
    turn: Callable[[View, S, Texts, datetime], T]
    written: Callable[[S], Sequence[str]] = _originals
    """Languages in which admins write, for what they have not translated."""


class Bot(Protocol):
    """What an office asks of a bot."""

    name: str

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        """Pure: no clock, no randomness, no I/O but through the view."""

    def render(self, phrase: Phrase) -> Text: ...


class KitBot(Generic[S, T]):
    """A running bot: its declaration, its settings, and the catalogues."""

    def __init__(self, spec: Spec[S, T], settings: S, words: Texts) -> None:
        self.spec = spec
        self.name = spec.name
        self.settings = settings
        """May be replaced while the office runs."""
        self.words = words

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        turn = self.spec.turn(view, self.settings, self.words, now)
        turn.begin(event)
        self.spec.routes(turn, event)
        return turn.decision()

    def render(self, phrase: Phrase) -> Text:
        written = self.spec.written(self.settings)
        return Renderer(self.words, self.spec.wording, written).render(phrase)
