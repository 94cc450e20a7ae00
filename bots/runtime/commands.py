"""Commands as people type them: names in several languages, found whatever the keyboard does."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from bots.runtime.words import fold

__all__ = ["Command", "Commands", "Invocation", "Unknown", "Word", "addressed", "fold", "names"]

_MARKS = "\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufe0f"
"""What nobody sees, and what clients copy along with a command of ours."""
_OPENING = re.compile(rf"[\s{_MARKS}]*(?P<code>`*)[\s{_MARKS}]*[!！❗❕](?P<gap>[\s{_MARKS}]*)")
_CLOSING = re.compile(rf"[{_MARKS}]*")
_JOINERS = "'’‘ʼʹ`´′-\u200c\u200d"
"""Stand inside a word: «ім'я», «пам’ять», «پرونده‌ها»."""
_ENDS = ":,.!?;…،؛؟。：，！？።፣፡'\"”»)"
_WRAPPED = dict(zip("*_~\"'«»„“‘‚(", "*_~\"'»«“”’‘)", strict=True))
"""What is put around a command as a whole: opening → closing."""
_MARKED = "*_~"
_QUESTIONS = ("?", "؟", "？")
_PREFIX = re.compile(r"[^!！❗\n]{1,80}?[:,]?\s*(?=[!！❗])")


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

    @property
    def forms(self) -> frozenset[str]:
        """All, as `fold` leaves them."""
        return frozenset(fold(x) for words in self.aliases.values() for x in words)

    def is_meant(self, text: str) -> bool:
        """Whether a text is this word and nothing else."""
        said = _key(text)
        return any(said == _key(x) for words in self.aliases.values() for x in words)

    def languages_of(self, text: str) -> frozenset[str]:
        """The languages in which a text is this word."""
        said = _key(text)
        return frozenset(x for x, words in self.aliases.items() if said in map(_key, words))


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
    word: str = field(default="", compare=False)
    """As it was written."""

    def language(self) -> str | None:
        """Of the word by which it was called; None if several languages have it."""
        spoken = self.command.languages_of(self.word)
        return next(iter(spoken)) if len(spoken) == 1 else None


@dataclass(frozen=True, slots=True)
class Unknown:
    word: str
    guess: Command | None
    rest: str = ""


class Commands:
    """A set of commands. Raises ValueError if two of them have a name in common."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._index: dict[str, Command] = {}
        for command in commands:
            for word in (x for words in command.aliases.values() for x in words):
                if self._index.setdefault(_key(word), command) is not command:
                    raise ValueError(f"Two commands are called {word!r}; rename one of them")

    def find(self, text: str) -> Invocation | Unknown | None:
        """The command that a cleaned text begins with; None if it begins with none."""
        text = _unwrapped(text)
        opening = _OPENING.match(text)
        if opening is None:
            return None
        body = text[opening.end() :]
        word = "".join(takewhile(_in_word, body)).rstrip(_JOINERS)
        if not word or not word[0].isalpha():
            return None
        rest = _CLOSING.sub("", body[len(word) :], count=1)
        rest, covers = _without_code(rest, opening["code"])
        command = self._index.get(_key(word))
        odd = _is_odd(rest)
        if command is not None and covers and not odd:
            return Invocation(command, _behind(rest), word)
        if command is None and (odd or any(map(str.isspace, opening["gap"]))):
            return None  # «! Achtung» is no command that somebody has mistyped
        return Unknown(f"!{word}"[:40], command or self._near(word), _behind(rest))

    def _near(self, word: str) -> Command | None:
        said = _key(word)
        alike = [x for x in self._index if abs(len(x) - len(said)) <= 1]
        close = difflib.get_close_matches(said, alike, n=1)
        return self._index[close[0]] if close else None


def addressed(text: str, account: str, people: Collection[str] = ()) -> str:
    """A text without the name of our account in front, as clients put it there: `Name: !help`.

    A name is believed only where it is our account's id or its first part, or where a mention of
    the account goes with it: «Note: !answer …» must stay a note.
    """
    found = _PREFIX.match(text)
    if found is None:
        return text
    said = found[0].strip(" \t:,").removeprefix("@").casefold()
    called = account.removeprefix("@").casefold()
    ours = said in (called, called.partition(":")[0]) or account in tuple(people)[:1]
    return text[found.end() :] if ours else text


def _unwrapped(text: str) -> str:
    """A command without the marks of an editor, or the quotes, in which it was copied as a whole.
    «"!answer" sends it» and «"!answer Thanks"» may talk about one."""
    text = text.strip()
    while len(text) > 2 and _WRAPPED.get(text[0]) == text[-1]:
        inside = text[1:-1]
        quotes = text[0] not in _MARKED and len(inside.split()) > 1
        if quotes or text[-1] in inside.strip(text[-1]):
            break
        text = inside.strip()
    return text


def _key(word: str) -> str:
    return fold(word).replace(" ", "")


def _without_code(rest: str, code: str) -> tuple[str, bool]:
    """What follows a command without the backticks in which it was copied; and whether they hold
    all of it: «`!answer` sends it» talks about a command."""
    if not code:
        return rest, True
    inside, _, after = rest.partition(code)
    return inside + after, not after.strip()


def _is_odd(rest: str) -> bool:
    """Whether a word goes on in a way in which no command does: `!admit?no`, `!answer/x`."""
    asks = rest[:1] in _QUESTIONS and bool(rest.strip(_ENDS).strip())
    return asks or (bool(rest) and not rest[0].isspace() and rest[0] not in _ENDS)


def _behind(rest: str) -> str:
    return rest.lstrip(_ENDS).strip()


def _in_word(x: str) -> bool:
    return x == "_" or x in _JOINERS or unicodedata.category(x)[0] in "LMN"
