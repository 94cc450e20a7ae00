"""Asking at a terminal."""

from __future__ import annotations

from collections.abc import Mapping

import click

from bots.installing import checks, wording
from bots.installing.checks import Wrong
from bots.installing.questions import QUESTIONS, Question
from bots.runtime.words import Raw, Words


class Terminal:
    def __init__(self, words: Words, language: str) -> None:
        self._words = words
        self._language = language

    @property
    def speaking(self) -> tuple[Words, str]:
        """The catalogues, and the language in use."""
        return self._words, self._language

    def text(self, text: str, **values: object) -> str:
        raw = {key: Raw(str(value)) for key, value in values.items()}
        return self._words.text(text, self._language, raw)

    def say(self, text: str, **values: object) -> None:
        click.echo(self.text(text, **values))

    def questions(self, earlier: Mapping[str, str]) -> dict[str, str]:
        """Ask all; what was answered `earlier` is what the Enter key takes."""
        kept: dict[str, str] = {}
        self.say(wording.INTRO)
        for number, question in enumerate(QUESTIONS, 1):
            self._show(number, question, kept)
            kept[question.key] = self._answer(question, kept, earlier.get(question.key))
        return kept

    def _show(self, number: int, question: Question, kept: Mapping[str, str]) -> None:
        click.echo(f"\n{number}/{len(QUESTIONS)}  {self.text(question.text, **kept)}")
        self.say(wording.EXAMPLE, example=question.example(kept))

    def _answer(self, question: Question, kept: Mapping[str, str], earlier: str | None) -> str:
        default = earlier
        if default is None and question.default is not None:
            default = question.default(kept)
        while True:
            said = click.prompt(">", default=default, show_default=bool(default), prompt_suffix=" ")
            try:
                return question.check(_meant(said), kept)
            except Wrong as wrong:
                self.say(wrong.text, **wrong.values)

    def password(self, user: str) -> str:
        prompt = self.text(wording.PASSWORD, user=user)
        return str(click.prompt(prompt, hide_input=True, prompt_suffix=" "))

    def agreed(self) -> bool:
        while True:
            said = click.prompt(self.text(wording.CONFIRM), prompt_suffix=" ")
            try:
                return checks.yes_or_no(said, {}) == "yes"
            except Wrong as wrong:
                self.say(wrong.text)


def _meant(said: str) -> str:
    """A single dash takes an earlier answer away, which the Enter key would keep."""
    return "" if said.strip() in ("-", "–") else said
