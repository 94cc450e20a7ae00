"""Whether a name looks like another one: for names that people choose, beside names that count.

A table of our own, small: what can be taken for the Latin letters and digits of names, out of
Unicode's confusables (UTS #39). Whatever is compatible (𝐍, Ⓝ, Ｎ) and all accents fall to NFKD.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_TABLE = {
    "a": "аɑα⍺ạ", "b": "ьƅЬв", "c": "сϲⅽ", "d": "ԁⅾɗ", "e": "еєҽ℮ɘэ", "f": "ſƒғ",
    "g": "ɡցԍ", "h": "һհн", "i": "іıιɩӏ1l|!ǀﺍاІ", "j": "јϳ", "k": "κкқ", "m": "мⅿ", "n": "ոռпη",
    "o": "оο0օσоەهه०০", "p": "рρ⍴", "q": "ԛզ", "r": "гᴦѓ", "s": "ѕꜱ5", "t": "тτ", "u": "υսцʋ",
    "v": "ѵνⅴ", "w": "ԝшωɯ", "x": "хχ×", "y": "уγүყ", "z": "ᴢʐ2",
}  # fmt: skip
_SAME = str.maketrans({sign: letter for letter, signs in _TABLE.items() for sign in signs})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def skeleton(text: str) -> tuple[str, ...]:
    """Its words, the same for whatever looks the same."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(x for x in spread if unicodedata.category(x) not in ("Mn", "Me", "Cf"))
    same = "".join(x if x.isalnum() else " " for x in bare.translate(_SAME))
    return tuple(_joined(word) for word in same.split())


def _joined(word: str) -> str:
    for pair, one in _PAIRS:
        word = word.replace(pair, one)
    return word


def looks_like(name: str, others: Iterable[str]) -> bool:
    """Whether a name could be read as one of the others: all of it, or, of those with several
    words, a part of it."""
    words = skeleton(name)
    joined = "".join(words)
    return any(_is_in(joined, skeleton(other)) for other in others)


def _is_in(name: str, other: tuple[str, ...]) -> bool:
    whole = "".join(other)
    return bool(whole) and (name == whole or (len(other) > 1 and whole in name))
