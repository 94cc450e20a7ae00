"""What the command line says, in the language of the terminal: German by `cli/de.po`, or English.

The sentences are written in English where they arise, with their values; a finished one is known
by its pattern. What the catalogue does not have stays English.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "cli"
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_WORD = re.compile(r"\\{(\w+)\\}")


def terminal_language(environment: Mapping[str, str] = os.environ) -> str:
    """`de_DE` for `de_DE.UTF-8`; English where nothing is named."""
    named = (environment.get(name) for name in VARIABLES)
    return next(filter(None, named), "en").partition(".")[0]


def spoken(sentence: str) -> str:
    """The sentence in the terminal's language."""
    for pattern, wanted in _catalogue(terminal_language()[:2]):
        if found := pattern.fullmatch(sentence):
            return wanted.format_map(found.groupdict())
    return sentence


@cache
def _catalogue(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Pattern and translation of each sentence, in the order of the file: the first that fits."""
    from babel.messages.pofile import read_po  # slow, and needed for German alone

    file = FOLDER / f"{language}.po"
    if not file.exists():
        return ()
    with file.open("rb") as opened:
        messages = [message for message in read_po(opened) if message.id]
    return tuple((_pattern(str(message.id)), str(message.string)) for message in messages)


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_WORD.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
