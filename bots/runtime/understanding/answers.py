"""Answers as people write them: yes and no, all and none, not now.

A word counts in any language and in any of its usual forms. What is around it out of
politeness changes nothing; any other word does, and then the text is no answer but something that
somebody has to say. Nothing that negates is ever a yes, and no question is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bots.runtime.understanding.answerwords import (
    AGREED,
    ALL,
    AROUND,
    CANCEL,
    LATER,
    LATER_PHRASES,
    NO,
    NO_PHRASES,
    NONE,
    NONE_PHRASES,
    NOT_NOW,
    OFFERED,
    PERHAPS,
    POLITE,
    READ,
    UNSURE,
    WHOLE_NO,
    WHOLE_YES,
    YES,
    YES_PHRASES,
)
from bots.runtime.understanding.commands import Word
from bots.runtime.understanding.folding import fold
from bots.runtime.understanding.numbers import numbers

LONGEST = 60
"""Characters of an answer."""

_YES_SIGNS = frozenset("✅✔☑✓👍👌🆗🙋🙆")
_NO_SIGNS = frozenset("❌✖✕✗✘❎👎🚫🙅⛔🛑×")
_COLOURS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u20e3\u200d♀♂]")
_ASKING = re.compile("[?？؟\u037e⁇⁈⁉‽፧❓❔]")
_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1")
_KNOWN = YES | AGREED | NO | LATER


def agreement(text: str) -> bool | None:
    """Whether a text as a whole is a yes or a no; None if it is something else."""
    signs, said = _read(text)
    if said is None:
        return None
    if not said:
        return signs
    spoken = _spoken(said)
    return None if signs is not None and signs is not spoken else spoken


def _spoken(said: list[str]) -> bool | None:
    bare = _bare(said)
    for whole, answer in ((YES_PHRASES, True), (NO_PHRASES, False)):
        if bare in whole:
            return answer
    if len(said) == 1 and said[0] in WHOLE_YES | WHOLE_NO:
        return said[0] in WHOLE_YES
    spoken = set(said)
    if not spoken <= YES | AGREED | NO | AROUND | READ or (spoken & NO and spoken & READ - AROUND):
        return None
    if spoken & NO:
        return None if spoken & (YES | UNSURE) else False
    return True if spoken & (YES | AGREED) else None


def _bare(said: Collection[str]) -> str:
    return " ".join(x for x in said if x not in POLITE)


def refuses(text: str) -> bool:
    """A no, or a wish to stop, to have nothing of it, or to have it later."""
    return agreement(text) is False or is_later(text) or is_cancel(text)


def is_later(text: str) -> bool:
    """Not now, or none of what is offered."""
    signs, read = _read(text)
    said = set(read or ())
    if not said or signs is True:
        return False
    if is_none(text) or _bare(read or ()) in LATER_PHRASES:
        return True
    if not said <= LATER | NO | NOT_NOW | PERHAPS | AROUND:
        return False
    return bool(said & LATER) or bool(said & NO and said & NOT_NOW)


def is_cancel(text: str) -> bool:
    return _only(text, CANCEL)


def is_all(text: str, count: int = 0) -> bool:
    """Whether somebody wants all of what is offered; «alle drei» where that is their count."""
    said = [x for x in _read(text)[1] or () if not count or numbers(x) != (count,)]
    return _are(said, ALL, YES | OFFERED)


def is_none(text: str) -> bool:
    said = _read(text)[1] or ()
    return agreement(text) is False or _bare(said) in NONE_PHRASES or _are(said, NONE, NO | OFFERED)


def means(text: str, word: Word, *beside: Collection[str]) -> bool:
    """Whether a text is this word, politeness and what may be `beside` it aside."""
    return (word.is_meant(text) and not asks(text)) or _only(text, word.forms, *beside)


def denies(text: str, word: Word, *beside: Collection[str]) -> bool:
    """Whether a text is a no to this word: «nicht zeigen»."""
    said = _read(text)[1] or []
    others = [x for x in said if x not in word.forms]
    return len(others) < len(said) and _are(others, NO | NONE, *beside)


def asks(text: str) -> bool:
    """Whether it is a question, and so no answer."""
    return _ASKING.search(text) is not None


def unasked(text: str) -> str:
    """The text without the marks that make a question of it."""
    return _ASKING.sub("", text)


def _only(text: str, meant: Collection[str], *beside: Collection[str]) -> bool:
    return _are(_read(text)[1] or (), meant, *beside)


def _are(said: Collection[str], meant: Collection[str], *beside: Collection[str]) -> bool:
    return any(x in meant for x in said) and set(said) <= AROUND.union(meant, *beside)


def sign(key: str) -> bool | None:
    """Whether an emoji is a yes or a no, whatever colour its hand has."""
    found = set(_COLOURS.sub("", key).strip())
    if found and found <= _YES_SIGNS:
        return True
    return False if found and found <= _NO_SIGNS else None


def _read(text: str) -> tuple[bool | None, list[str] | None]:
    """What the signs of a short text say, and its words; no words where signs contradict."""
    if len(text) > LONGEST or asks(text):
        return None, None
    kept = _COLOURS.sub("", text)
    yes, no = (any(x in signs for x in kept) for signs in (_YES_SIGNS, _NO_SIGNS))
    if yes and no:
        return None, None
    return (True if yes else False if no else None), [_short(x) for x in fold(kept).split()]


def _short(word: str) -> str:
    """«jaaaa» is «ja», «даа» is «да»."""
    short = _STRETCHED.sub(r"\1", word)
    once = _DOUBLED.sub(r"\1", short)
    return once if short not in _KNOWN and once in _KNOWN else short
