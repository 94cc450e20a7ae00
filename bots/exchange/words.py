"""The words by which `!find` finds shared messages.

The disk holds none of them in clear: the store keeps lists under fingerprints, and encrypts them.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 1_000
"""Words of one message."""

_WORD = re.compile(r"[^\W_]{2,40}")
_SAME = str.maketrans({"ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ـ": ""})
"""Letters that some keyboards lack, and their equivalents."""
_ARTICLE = re.compile(r"ال(?=.{3})")


def words(text: str) -> tuple[str, ...]:
    """The words of a text in the form in which we compare them: each once, in order."""
    found = (_ARTICLE.sub("", x[0], count=1) for x in _WORD.finditer(_folded(text)))
    return tuple(dict.fromkeys(found))[:MOST_WORDS]


def _folded(text: str) -> str:
    """Fold case, accents and marks. Stored words were folded the same way, so this must not
    change."""
    spread = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i")
    kept = (x for x in spread if unicodedata.category(x) not in ("Mn", "Cf"))
    return "".join(kept).translate(_SAME)
