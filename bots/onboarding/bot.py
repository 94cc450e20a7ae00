"""The onboarding bot: its rule, what it keeps and how it speaks, put together."""

from __future__ import annotations

from datetime import datetime

from bots.onboarding import store
from bots.onboarding.models import Settings
from bots.onboarding.rules.dispatch import rule
from bots.onboarding.state import State
from bots.onboarding.wording import WORDING
from bots.runtime.model.bot import Docs
from bots.runtime.model.decision import Decision, Event, Phrase
from bots.runtime.speech.phrases import Renderer
from bots.runtime.speech.tongues import Tongues
from bots.runtime.speech.words import SOURCE
from federation.model.actions import Text


class OnboardingBot:
    name = "onboarding"

    def __init__(self, settings: Settings, words: Tongues) -> None:
        if not settings.languages:
            raise ValueError("The network needs at least one language, its rooms' own, as first")
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
        written = tuple(dict.fromkeys((self.settings.languages[0], SOURCE)))
        return Renderer(self._words, WORDING, written).render(phrase)
