"""A guess at the language of a message, from its script, its letters and its commonest words.

It decides only in which language the office's receipt is written until the person chooses one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "ethiopic": re.compile("[\u1200-\u137f]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
_PERSIAN = re.compile("[پچژگکی]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")
_WORDS = {
    "de": "ich und nicht der die das ist ein eine wir mich mir haben habe bitte hilfe mit zu auf",
    "en": "i and not the is we my have please help with to of they you your hello this that",
    "fr": "je et ne pas le la les est un une nous mon ma avec dans suis ai vous merci il que",
    "tr": "ve bir bu ben için çok değil var yok bana beni biz lütfen yardım ile ama merhaba",
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def guess(text: str, offered: Collection[str]) -> str | None:
    """One of the languages that are offered, or None where nothing tells."""
    text = text[:2_000]
    likely = (x for x in _candidates(text) if x in offered)
    return next(likely, None)


def _candidates(text: str) -> tuple[str, ...]:
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPTS.items()}
    script = max(counts, key=lambda x: counts[x])
    if not counts[script]:
        return ()
    if script == "arabic":
        return ("fa",) if _PERSIAN.search(text) else ("ar",)
    if script == "cyrillic":
        russian = len(_RUSSIAN.findall(text)) > len(_UKRAINIAN.findall(text))
        return ("ru", "uk") if russian else ("uk", "ru")
    return ("ti",) if script == "ethiopic" else _by_words(text)


def _by_words(text: str) -> tuple[str, ...]:
    words = [x.casefold() for x in _WORD.findall(text)]
    counts = {tongue: sum(x in common for x in words) for tongue, common in _COMMON.items()}
    first, second = sorted(counts, key=lambda x: counts[x], reverse=True)[:2]
    return (first,) if counts[first] > counts[second] else ()
