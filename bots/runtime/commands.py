"""Commands as people type them: names in several languages, found whatever the keyboard does."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_COMMAND = re.compile(r"[!！]([^\W\d_](?:\w|[\u200c\u0300-\u036f\u064b-\u065f-])*)[:,.!]?")


def names(table: str) -> dict[str, tuple[str, ...]]:
    """`de hilfe, en help`: a language, then its words; the first is the one that is shown."""
    rows = (row.split() for row in table.split(","))
    return {language: tuple(words) for language, *words in rows}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may be written in any language."""

    aliases: Mapping[str, tuple[str, ...]]
    """By language; the first is the one that is shown."""

    def word(self, language: str) -> str:
        """How it is written in the first of these languages, separated by spaces."""
        base = language.split(maxsplit=1)[0].partition("-")[0] if language else "en"
        return self.aliases.get(base, self.aliases["en"])[0]

    def is_meant(self, text: str) -> bool:
        folded = fold(text)
        return any(folded == fold(x) for words in self.aliases.values() for x in words)


@dataclass(frozen=True, slots=True)
class Command(Word):
    name: str
    """A fixed name for the program."""
    summary: str = ""
    """Key of a phrase."""

    def shown(self, language: str) -> str:
        return f"!{self.word(language)}"


@dataclass(frozen=True, slots=True)
class Invocation:
    command: Command
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    word: str
    guess: Command | None


class Commands:
    """A set of commands. Raises ValueError if two of them have a name in common."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._index: dict[str, Command] = {}
        for command in commands:
            for word in (x for words in command.aliases.values() for x in words):
                if self._index.setdefault(fold(word), command) is not command:
                    raise ValueError(f"Two commands are called {word!r}; rename one of them")

    def find(self, text: str) -> Invocation | Unknown | None:
        """The command that a cleaned text begins with; None if it begins with none."""
        found = _COMMAND.match(text)
        if found is None or (found.end() < len(text) and not text[found.end()].isspace()):
            return None
        word = fold(found[1])
        if command := self._index.get(word):
            return Invocation(command, text[found.end() :].strip())
        close = difflib.get_close_matches(word, self._index, n=1)
        return Unknown(found[0][:40], self._index[close[0]] if close else None)


def fold(word: str) -> str:
    """Without case, accents and marks that a keyboard may leave out."""
    spread = unicodedata.normalize("NFKD", word.casefold()).replace("ı", "i")
    return "".join(x for x in spread if unicodedata.category(x) not in ("Mn", "Cf"))
