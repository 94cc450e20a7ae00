"""A bot for tests whose rule is all there is to it: it says nothing in words of its own."""

from __future__ import annotations

from bots.runtime.model.decision import Phrase
from federation.model.actions import Text


class Wordless:
    def render(self, phrase: Phrase) -> Text:
        raise AssertionError(f"nothing asks this bot for {phrase.key!r}")
