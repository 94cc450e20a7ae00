"""Commands as people type them: names in several languages, found whatever the keyboard does."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice, takewhile

from bots.runtime.understanding.folding import fold
from bots.runtime.understanding.texts import clean
from federation.model.events import Edit, TextMessage

__all__ = [
    "Command",
    "Commands",
    "Invocation",
    "Unknown",
    "Word",
    "addressed",
    "fold",
    "is_asking",
    "spoken",
]

_HIDDEN = "\u00ad\u034f\u180e\u200b-\u200f\u061c\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f"
"""What nobody sees, and what clients copy along with a command of ours."""
_SIGNS = "!！❗❕‼¡ǃ︕﹗"
_OPENING = re.compile(
    rf"[\s{_HIDDEN}]*(?P<listed>(?:(?:[->+•·–—‣◦]|\*(?=[\s{_HIDDEN}])|\d{{1,2}}[.)])[\s{_HIDDEN}]*)*)"
    rf"(?P<marks>[*_~`]*)[\s{_HIDDEN}]*"
    rf"(?P<sign>\\?[{_SIGNS}]{{1,3}}|/)(?P<gap>[\s{_HIDDEN}]*)"
)
_CLOSING = re.compile(rf"[{_HIDDEN}]*")
_JOINERS = "'’‘ʼʹ`´′-\u200c\u200d"
"""Inside a word: «ім'я», «пам’ять», «پرونده‌ها»."""
_APART = re.compile(r"(?<!\S)[^\W\d]+(?=\W|$)")
"""What may belong to the word before it, written apart: «پرونده ها»."""
_NUMBERED = re.compile(r"([^\d_]+)_?(\d+)")
_ENDS = ":,.!?;…،؛؟。：，！？።፣፡'\"”»)–—"
_BEHIND = "#(["
"""What begins with a number: `!admit#2`."""
_WRAPPED = dict(zip("*_~\"'«»„“‘‚(", "*_~\"'»«“”’‘)", strict=True))
"""What is put around a command as a whole: opening → closing."""
_MARKED = "*_~"
_QUESTIONS = ("?", "؟", "？")
_ASKING = "?؟？⁇❓❔፧\ufe0f \u200f"
_AHEAD = 200
"""Characters within which a command begins: whatever somebody types, looking for one is quick."""
_LAYERS = 6
"""Of marks and quotes around a command."""
_PREFIX = re.compile(rf"[^{_SIGNS}\n]{{1,80}}?[:,]?\s*(?=[*_~`]*(?:[{_SIGNS}]|/))")


class Word:
    """A word that may be written in any language."""

    def __init__(self, table: str) -> None:
        """`de hilfe, en help`: a language, then its words; the first is the one that is shown."""
        rows = (row.split() for row in table.split(","))
        self.aliases = {language: tuple(words) for language, *words in rows}

    def shown(self, language: str) -> str:
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


class Command(Word):
    """A word behind an exclamation mark: `!undo`."""

    def __init__(self, name: str, table: str) -> None:
        """`name`: for the program. What it does says the phrase `help-NAME`, where it is listed."""
        super().__init__(table)
        self.name = name

    def __repr__(self) -> str:
        return f"Command({self.name!r})"

    def shown(self, language: str) -> str:
        return f"!{super().shown(language)}"


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that somebody wrote, and what followed it."""

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
    amid: bool = field(default=False, compare=False)
    """The word is a command, but what is around it talks about it."""


class Commands:
    """A set of commands. Raises ValueError if two of them have a name in common."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._index: dict[str, Command] = {}
        for command in commands:
            for word in (x for words in command.aliases.values() for x in words):
                if self._index.setdefault(_key(word), command) is not command:
                    raise ValueError(f"Two commands are called {word!r}; rename one of them")

    def read(self, event: TextMessage | Edit) -> Invocation | Unknown | None:
        """The command that a message is, perhaps behind our name."""
        return self.find(spoken(event))

    def find(self, text: str) -> Invocation | Unknown | None:
        """The command that a cleaned text begins with; None if it begins with none."""
        text = _unwrapped(text)
        opening = _OPENING.match(text, 0, _AHEAD)
        if opening is None:
            return None
        body = text[opening.end() :]
        word = "".join(takewhile(_in_word, body)).rstrip(_JOINERS + "_")
        if not word or not word[0].isalpha() or _is_cry(opening):
            return None
        rest, covers = _without_marks(_seen(body[len(word) :]), opening["marks"])
        command, word, rest = self._longest(word, rest)
        if _is_path(opening, rest):
            return None
        odd = _is_odd(rest) or not covers or bool(opening["listed"] and rest.strip(_ENDS).strip())
        if command is not None and not odd:
            return Invocation(command, _behind(rest), word)
        return self._unknown(opening, command, word, rest)

    def bare(self, text: str) -> Invocation | None:
        """The command whose word a text is, where somebody left the sign out."""
        command = self._index.get(_key(text))
        return Invocation(command, "", text) if command is not None else None

    def _longest(self, word: str, rest: str) -> tuple[Command | None, str, str]:
        """A word as it is, else with a number that sticks to it, or with what follows a space."""
        command = self._index.get(_key(word))
        number = _NUMBERED.fullmatch(word)
        if command is None and number is not None and _key(number[1]) in self._index:
            return self._index[_key(number[1])], number[1], f" {number[2]}{rest}"
        for apart in islice(_APART.finditer(rest), 2) if command is None else ():
            joined = self._index.get(_key(word + rest[: apart.end()]))
            if joined is not None:
                return joined, word + rest[: apart.end()], rest[apart.end() :]
        return command, word, rest

    def _unknown(
        self, opening: re.Match[str], command: Command | None, word: str, rest: str
    ) -> Unknown | None:
        guess = command or self._near(word)
        if opening["sign"] == "/" and guess is None:
            return None  # a client's own, or another program's
        if command is None and (_is_odd(rest) or any(map(str.isspace, opening["gap"]))):
            return None  # «! Achtung» is no command that somebody has mistyped
        sign = "/" if opening["sign"] == "/" else "!"
        return Unknown(f"{sign}{word}"[:40], guess, _behind(rest), amid=command is not None)

    def _near(self, word: str) -> Command | None:
        said = _key(word)
        alike = [x for x in self._index if abs(len(x) - len(said)) <= 1]
        close = difflib.get_close_matches(said, alike, n=1)
        return self._index[close[0]] if close else None


def spoken(event: TextMessage | Edit) -> str:
    """What a message says, cleaned and without our name in front."""
    return addressed(clean(event.body)[0], event.origin.account, event.people)


def addressed(text: str, account: str, people: Collection[str] = ()) -> str:
    """A text without the name of our account in front, as clients put it there: `Name: !help`.

    A name is believed only where it is our account's id or its first part, or where a mention of
    the account goes with it: «Note: !answer …» must stay a note.
    """
    found = _PREFIX.match(text, 0, _AHEAD)
    if found is None:
        return text
    said = found[0].strip(" \t:,*_~`").removeprefix("@").casefold()
    called = account.removeprefix("@").casefold()
    ours = said in (called, called.partition(":")[0]) or account in tuple(people)[:1]
    return text[found.end() :] if ours else text


def _unwrapped(text: str) -> str:
    """A command without the marks of an editor, or the quotes, in which it was copied as a whole.
    «"!answer" sends it» and «"!answer Thanks"» may talk about one."""
    text = text.strip()
    for _ in range(_LAYERS):
        if len(text) <= 2 or _WRAPPED.get(text[0]) != text[-1]:
            break
        inside = text[1:-1]
        quotes = text[0] not in _MARKED and len(inside.split()) > 1
        if quotes or text[-1] in inside.strip(text[-1]):
            break
        text = inside.strip()
    return text


def _key(word: str) -> str:
    return fold(word).replace(" ", "")


def _seen(rest: str) -> str:
    """What follows a word: nothing, where it is a mark that was left over."""
    rest = _CLOSING.sub("", rest, count=1)
    return rest if rest.strip(_MARKED + "`") else ""


def _without_marks(rest: str, marks: str) -> tuple[str, bool]:
    """What follows a command without the marks or backticks in which it was written; and whether
    they hold all of it: «`!answer` sends it» talks about a command."""
    if not marks:
        return rest, True
    inside, _, after = rest.partition(marks[::-1])
    return inside + after, not after.strip()


def is_asking(text: str) -> bool:
    """A question mark and nothing else: somebody does not know what to write."""
    return bool(text) and all(x in _ASKING for x in text)


def _is_cry(opening: re.Match[str]) -> bool:
    """«!!! Hilfe» is no command, though «! hilfe» may be one."""
    apart = any(map(str.isspace, opening["gap"]))
    return apart and opening["sign"].lstrip("\\") not in ("!", "！")


def _is_path(opening: re.Match[str], rest: str) -> bool:
    return opening["sign"] == "/" and rest[:1] == "/"


def _is_odd(rest: str) -> bool:
    """Whether a word goes on in a way in which no command does: `!admit?no`, `!answer/x`."""
    asks = rest[:1] in _QUESTIONS and bool(rest.strip(_ENDS).strip())
    goes_on = bool(rest) and not rest[0].isspace() and rest[0] not in _ENDS + _BEHIND
    return asks or (goes_on and unicodedata.category(rest[0]) not in ("So", "Sk"))


def _behind(rest: str) -> str:
    return rest.lstrip(_ENDS).strip()


def _in_word(x: str) -> bool:
    return x == "_" or x in _JOINERS or unicodedata.category(x)[0] in "LMN"
