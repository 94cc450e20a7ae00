"""A receipt as people see and type it: 21 digits in groups of three, the last of them a check.

Digits, because every keyboard and every language has them and none looks like another; 20 of them
are 66 bits. 21, because an account number at a German bank has 20 (after `DE`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

FREE = 20
"""Digits that are drawn; one more is the check."""
LENGTH = FREE + 1
GROUP = 3
NEARLY = range(LENGTH - 3, LENGTH + 4)
"""So many digits and nothing else are taken for a receipt that was mistyped."""
HIDDEN = "…"
"""Stands in the place of a receipt in what staff read."""

_BETWEEN = r"[\s\W_]"
_RUN = re.compile(rf"(?<![^\W\d_])\d(?:{_BETWEEN}{{0,3}}\d)+(?![^\W\d_])")
# H. M. Damm's table: finds every wrong digit, and every two that were swapped.
_CHECK = (
    *("0317598642", "7092154863", "4206871359", "1750983426", "6123045978"),
    *("3674209581", "5869720134", "8945362017", "9438617205", "2581436790"),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What in a message may be a receipt."""

    digits: str
    """Empty if it was mistyped."""
    rest: str
    """What else she wrote."""


def drawn(secret: bytes) -> str:
    """A receipt of 32 bytes that nobody knows."""
    free = f"{int.from_bytes(secret, 'big') % 10**FREE:0{FREE}}"
    return free + str(_check(free))


def shown(digits: str) -> str:
    """Hyphens, not spaces: in Arabic and Farsi they leave the groups in their order."""
    return "-".join(digits[x : x + GROUP] for x in range(0, len(digits), GROUP))


def typed(text: str) -> Typed | None:
    """The receipt in a message. None: it is about something else."""
    for found in _RUN.finditer(text):
        digits = _digits(found[0])
        if _is_receipt(digits):
            rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()
            return Typed(digits, rest if any(map(str.isalpha, rest)) else "")
    digits = _digits(text)
    bare = not any(map(str.isalpha, text))
    return Typed("", "") if bare and len(digits) in NEARLY else None


def hidden(text: str) -> str:
    """A text without receipts."""
    return _RUN.sub(lambda x: HIDDEN if _is_receipt(_digits(x[0])) else x[0], text)


def _digits(text: str) -> str:
    found = (unicodedata.decimal(x, None) for x in text)
    return "".join(str(x) for x in found if x is not None)


def _is_receipt(digits: str) -> bool:
    return len(digits) == LENGTH and _check(digits) == 0


def _check(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(_CHECK[interim][int(digit)])
    return interim
