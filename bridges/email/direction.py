"""Each text runs in the direction of its language, whatever letter it begins with (UAX #9).

What runs from left to right in any language is isolated where the text around it does not:
telephone numbers, dates and addresses, whose parts would change places.
"""

from __future__ import annotations

import re
import unicodedata

from bridges.email.letters import Direction

_APART = (
    r"https?://[^\s<>\u2066-\u2069]{1,2000}[^\s<>\u2066-\u2069.,;:!?)]"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|(?<![\w+])[+(]?\d[\d ()/.:+-]{0,30}\d(?!\w)"
)
_IN_TEXT = re.compile(_APART, re.ASCII)
_IN_HTML = re.compile(rf"<[^>]*>|({_APART})", re.ASCII)
_BLOCK = re.compile(r"<(p|h[1-6]|pre)>(.*?)</\1>", re.DOTALL)
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_LETTER: dict[Direction, re.Pattern[str]] = {
    "rtl": re.compile(f"[{_RTL}]"),
    "ltr": re.compile(rf"[^\W\d_{_RTL}]"),
}
_LRI, _PDI = "\u2066", "\u2069"
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def in_html(clean: str, direction: Direction) -> str:
    """HTML of `markup`, for a block of this direction. A paragraph that is wholly in
    another script has its own."""
    clean = _BLOCK.sub(lambda x: _directed(x, direction), clean)
    if direction == "ltr":
        return clean
    return _IN_HTML.sub(lambda x: f'<bdi dir="ltr">{x[1]}</bdi>' if x[1] else x[0], clean)


def _directed(block: re.Match[str], direction: Direction) -> str:
    said = _IN_HTML.sub(" ", block[2])
    other: Direction = "rtl" if direction == "ltr" else "ltr"
    if _LETTER[direction].search(said) or not _LETTER[other].search(said):
        return block[0]
    return f'<{block[1]} dir="{other}">{block[2]}</{block[1]}>'


def in_text(text: str, direction: Direction) -> str:
    """Lines of plain text, held in this direction: programs guess it from the first letter."""
    return "\n".join(_line(x, direction) for x in text.split("\n"))


def _line(line: str, direction: Direction) -> str:
    if not line.strip():
        return line
    if direction == "rtl":
        line = _IN_TEXT.sub(rf"{_LRI}\g<0>{_PDI}", line)
    outside = re.sub(rf"{_LRI}[^{_PDI}]*{_PDI}", "", line)
    first = next(
        (_STRONG[x] for x in map(unicodedata.bidirectional, outside) if x in _STRONG), None
    )
    if first == direction or (first is None and direction == "ltr"):
        return line
    return _MARKS[direction] + line
