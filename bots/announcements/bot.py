"""The announcements bot: its rule, what it keeps and how it speaks, put together."""

from __future__ import annotations

from datetime import datetime

from bots.announcements import store
from bots.announcements.models import Settings, Texts
from bots.announcements.rules.dispatch import rule
from bots.announcements.state import State
from bots.announcements.wording import WORDING
from bots.runtime.model.bot import Docs
from bots.runtime.model.decision import Decision, Event, Phrase
from bots.runtime.speech.phrases import Renderer
from federation.model.actions import Text


class AnnouncementsBot:
    name = "announcements"

    def __init__(self, settings: Settings, words: Texts) -> None:
        if not settings.languages:
            raise ValueError("Announcements need at least one language, the editors' own, as first")
        self.settings = settings
        """May be replaced while the office runs."""
        self._words = words

    def load(self, docs: Docs, event: Event) -> State:
        return store.Loader(docs, self.settings, self._words).load(event)

    def rule(self, state: State, event: Event, now: datetime) -> Decision[State]:
        return rule(state, event, now)

    def save(self, docs: Docs, state: State) -> None:
        store.save(docs, state)

    def render(self, phrase: Phrase) -> Text:
        return Renderer(self._words, WORDING).render(phrase)
