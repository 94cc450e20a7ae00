"""What the command line says, in the language of the terminal: German by `cli/de.po`, or English.

The sentences are written in English where they arise, with their values; a finished one is known
by its pattern, and what is in its braces is spoken in turn. So no layer below has to know which
language somebody reads. `tests/unit/test_spoken.py` reads off the sources that nothing is missing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_FIELD = re.compile(r"\{(\w+)\}")
_ESCAPED = re.compile(r"\\{(\w+)\\}")
_LISTS = (re.compile(r"; (?![^“]*”)"), re.compile(r", (?![^“]*”)"))
"""A semicolon or comma that is not within a name."""


def terminal_language(environment: Mapping[str, str] = os.environ) -> str:
    """`de_DE` for `de_DE.UTF-8`; English where nothing is named."""
    named = (environment.get(name) for name in VARIABLES)
    return next(filter(None, named), "en").partition(".")[0]


def spoken(text: str) -> str:
    """The text in the terminal's language, line by line if it is not known as a whole."""
    catalogue = _catalogue(terminal_language()[:2])
    if catalogue is None:
        return text
    whole = catalogue.exact.get(text)
    return whole or "\n".join(catalogue.told(line) or line for line in text.split("\n"))


@dataclass(frozen=True)
class _Catalogue:
    exact: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    """Those that say most come first."""

    def told(self, text: str) -> str | None:
        """None where nothing of it is known."""
        ways: tuple[Callable[[str], str | None], ...] = (
            *(self.exact.get, self._list, self._filled, self._with_place),
        )
        return next(filter(None, (way(text) for way in ways)), None)

    def _filled(self, text: str) -> str | None:
        for pattern, wanted in self.patterns:
            if found := pattern.fullmatch(text):
                return _put_in(wanted, {x: self.told(y) or y for x, y in found.groupdict().items()})
        return None

    def _with_place(self, text: str) -> str | None:
        """`FILE:LINE: path: what is wrong`, `account: what is wrong`."""
        head, colon, tail = text.partition(": ")
        if not colon:
            return None
        place, rest = self.told(head), self.told(tail)
        return f"{place or head}: {rest or tail}" if place or rest else None

    def _list(self, text: str) -> str | None:
        for between in _LISTS:
            parts = between.split(text)
            told = [self.told(part) for part in parts] if len(parts) > 1 else []
            if told and all(told):
                return between.pattern[:2].join(map(str, told))
        return None


def _put_in(wanted: str, values: Mapping[str, str]) -> str:
    """Not by `format`: a sentence may hold other braces."""
    return _FIELD.sub(lambda field: values[field[1]], wanted)


@cache
def _catalogue(language: str) -> _Catalogue | None:
    from babel.messages.pofile import read_po  # slow, and needed for German alone

    file = FOLDER / f"{language}.po"
    if not file.exists():
        return None
    with file.open("rb") as opened:
        texts = {str(message.id): str(message.string) for message in read_po(opened) if message.id}
    by_weight = sorted(texts, key=lambda text: -len(_FIELD.sub("", text)))
    patterns = tuple((_pattern(text), texts[text]) for text in by_weight if _FIELD.search(text))
    return _Catalogue(texts, patterns)


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_ESCAPED.sub(r"(?P<\1>.*?)", re.escape(sentence)))
