"""The words by which `!find` finds what was shared.

No word of anybody's lies on the disk: the store keeps lists under fingerprints, and seals them.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 1_000
"""Of one message."""

_WORD = re.compile(r"[^\W_]{2,40}")
_SAME = str.maketrans({"ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ـ": ""})
"""Letters that one keyboard has and another has not."""
_ARTICLE = re.compile(r"ال(?=.{3})")


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: each once, in order."""
    found = (_ARTICLE.sub("", x[0], count=1) for x in _WORD.finditer(_folded(text)))
    return tuple(dict.fromkeys(found))[:MOST_WORDS]


def _folded(text: str) -> str:
    """Without case, accents and marks. What is kept is compared with it: it must not change."""
    spread = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i")
    kept = (x for x in spread if unicodedata.category(x) not in ("Mn", "Cf"))
    return "".join(kept).translate(_SAME)
