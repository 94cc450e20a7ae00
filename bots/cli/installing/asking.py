"""Asking at a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping

import click

from bots.cli.installing import checks, wording
from bots.cli.installing.checks import Wrong
from bots.cli.installing.questions import QUESTIONS, Question
from bots.runtime.speech.words import Raw, Words

WIDTH = 90


class Terminal:
    def __init__(
        self, words: Words, language: str, questions: tuple[Question, ...] = QUESTIONS
    ) -> None:
        self._words = words
        self._language = language
        self._questions = questions

    @property
    def speaking(self) -> tuple[Words, str]:
        """The catalogues, and the language in use."""
        return self._words, self._language

    def text(self, text: str, **values: object) -> str:
        raw = {key: Raw(str(value)) for key, value in values.items()}
        return self._words.text(text, self._language, raw)

    def say(self, text: str, **values: object) -> None:
        click.echo(_wrapped(self.text(text, **values)))

    def summary(self, kept: Mapping[str, str]) -> None:
        """The answers, under the numbers of their questions."""
        self.say(wording.SUMMARY)
        for number, question in enumerate(self._questions, 1):
            told = self._shown(question, kept[question.key]) or "–"
            click.echo(textwrap.indent(_wrapped(told), " " * 5).replace("   ", f"{number:>3}", 1))

    def questions(self, earlier: Mapping[str, str]) -> dict[str, str]:
        """Ask all; what was answered `earlier` is what the Enter key takes."""
        kept: dict[str, str] = {}
        self.say(wording.INTRO if self._questions is QUESTIONS else wording.OFFICE_INTRO)
        for number, question in enumerate(self._questions, 1):
            self._show(number, question, kept)
            kept[question.key] = self._answer(question, kept, earlier.get(question.key))
        return kept

    def _show(self, number: int, question: Question, kept: Mapping[str, str]) -> None:
        asked = self.text(question.text, **kept)
        click.echo("\n" + _wrapped(f"{number}/{len(self._questions)}  {asked}"))
        if question.check is not checks.yes_or_no:
            self.say(wording.EXAMPLE, example=question.example(kept))

    def _shown(self, question: Question, answer: str) -> str:
        if question.check is not checks.yes_or_no:
            return answer
        return self.text(wording.YES if answer == "yes" else wording.NO)

    def _answer(self, question: Question, kept: Mapping[str, str], earlier: str | None) -> str:
        default = earlier
        if default is None and question.default is not None:
            default = question.default(kept)
        if default:
            default = self._shown(question, default)
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


def _wrapped(text: str) -> str:
    width = min(shutil.get_terminal_size().columns, WIDTH)
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def _meant(said: str) -> str:
    """A single dash takes an earlier answer away, which the Enter key would keep."""
    return "" if said.strip() in ("-", "–") else said
