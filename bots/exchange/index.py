"""Words → shared messages, for `!find`.

The store keeps an entry under a keyed fingerprint of its name, and seals what it holds: no word of
anybody's lies on the disk. Entries are cut into shelves of messages, so that none grows with the
archive. Whoever searches looks into the archive too: an entry alone, as an older backup may bring
back, finds nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bots.runtime.bot import Docs

WORD = "exchange/word"
SHELF = 256
MOST_WORDS = 1_000
"""Of one message."""
MOST_WANTED = 8

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


def update(docs: Docs, number: int, before: str, now: str) -> None:
    """The text of a message is another one; an empty one is none."""
    old, new = words(before), words(now)
    for word in set(old) - set(new):
        _keep(docs, number, word, there=False)
    for word in set(new) - set(old):
        _keep(docs, number, word, there=True)


def _keep(docs: Docs, number: int, word: str, *, there: bool) -> None:
    key = _key(number // SHELF, word)
    numbers = set(docs.get(WORD, key) or ())
    numbers = numbers | {number} if there else numbers - {number}
    if numbers:
        docs.put(WORD, key, sorted(numbers))
    else:
        docs.delete(WORD, key)


def _key(shelf: int, word: str) -> str:
    return f"{shelf}/{word}"


def numbers(docs: Docs, wanted: Sequence[str], newest: int) -> Iterator[int]:
    """Messages that may hold all of the words, the newest first."""
    if not wanted:
        return
    for shelf in range(newest // SHELF, -1, -1):
        common: set[int] | None = None
        for word in wanted:
            found = set(docs.get(WORD, _key(shelf, word)) or ())
            common = found if common is None else common & found
            if not common:
                break
        yield from sorted(common or (), reverse=True)
