"""The ombuds bot: its rule, what it keeps and how it speaks, put together."""

from __future__ import annotations

from datetime import datetime

from bots.ombuds import saving, store
from bots.ombuds.models import Settings
from bots.ombuds.rules.dispatch import rule
from bots.ombuds.state import State
from bots.ombuds.wording import WORDING
from bots.runtime.bot import Docs
from bots.runtime.decision import Decision, Event, Phrase
from bots.runtime.phrases import Renderer
from bots.runtime.tongues import Catalogues
from federation.actions import Text


class OmbudsBot:
    name = "ombuds"

    def __init__(self, settings: Settings, words: Catalogues) -> None:
        if not settings.languages:
            raise ValueError("The office needs at least one language, its staff's own, as first")
        self.settings = settings
        """May be replaced while the office runs."""
        self._words = words

    def load(self, docs: Docs, event: Event) -> State:
        return store.Loader(docs, self.settings, self._words).load(event)

    def rule(self, state: State, event: Event, now: datetime) -> Decision[State]:
        return rule(state, event, now)

    def save(self, docs: Docs, state: State) -> None:
        saving.save(docs, state)

    def render(self, phrase: Phrase) -> Text:
        return Renderer(self._words, WORDING).render(phrase)
