"""What runs from right to left beside what runs from left to right.

A client gives a message one direction, that of its first letter: Element sets `dir=auto` on the
whole body, and lets no `dir` inside it through. So whatever runs the other way is held by
isolates (Unicode UAX #9), which are characters and reach every client. A new line ends them, and so
each line has its own.
"""

from __future__ import annotations

import re
import unicodedata

from bots.runtime.speech.words import Direction, isolate

_OPENS: dict[Direction, str] = {"ltr": "\u2066", "rtl": "\u2067"}
_PDI = "\u2069"
_BREAK = re.compile("(<br>|\n|</?blockquote>)")


def held(text: str, direction: Direction) -> str:
    """A text of ours, plain or as HTML, that keeps its direction in a message with another."""
    opens = _OPENS[direction]
    parts = _BREAK.split(text)
    return "".join(
        x if i % 2 or not x.strip() else f"{opens}{x}{_PDI}" for i, x in enumerate(parts)
    )


def written(text: str, around: Direction) -> str:
    """What somebody wrote, as a block of its own: each line in its own direction, where that could
    be another one."""
    lines = text.split("\n")
    return "\n".join(isolate(x) if _may_turn(x, around) else x for x in lines)


def _may_turn(line: str, around: Direction) -> bool:
    # Between Arabic lines even a telephone number turns: a plus sign moves to its end.
    return around == "rtl" or any(unicodedata.bidirectional(x) in ("R", "AL") for x in line)
