"""The exchange bot: its rule, what it keeps and how it speaks, put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bots.exchange import saving, store
from bots.exchange.models import Settings
from bots.exchange.rules.dispatch import rule
from bots.exchange.saving import Follower
from bots.exchange.state import State
from bots.exchange.wording import WORDING
from bots.runtime.bot import Docs
from bots.runtime.decision import Decision, Event, Phrase
from bots.runtime.phrases import Renderer, Translator
from federation.actions import Text


class ExchangeBot:
    name = "exchange"

    def __init__(
        self, settings: Settings, words: Translator, followers: Sequence[Follower] = ()
    ) -> None:
        """`followers`: what else holds something of shared messages, and must follow them."""
        if not settings.languages:
            raise ValueError("The network needs at least one language, its rooms' own, as first")
        self.settings = settings
        """May be replaced while the office runs."""
        self._words = words
        self._followers = tuple(followers)

    def load(self, docs: Docs, event: Event) -> State:
        return store.Loader(docs, self.settings, self._words).load(event)

    def rule(self, state: State, event: Event, now: datetime) -> Decision[State]:
        return rule(state, event, now)

    def save(self, docs: Docs, state: State) -> None:
        saving.save(docs, state, self._followers)

    def render(self, phrase: Phrase) -> Text:
        return Renderer(self._words, WORDING).render(phrase)
