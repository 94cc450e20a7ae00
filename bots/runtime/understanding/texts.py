"""What people wrote, made fit to be passed on: cleaned, and cut into parts that a room takes."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

MAX_BYTES = 60_000
MOST_MARKS = 3
"""On one letter of a name."""
PART_CHARACTERS = 3_500
PART_WEIGHT = 8_000
"""An edit holds a text four times, escaped twice, and grows by a third when encrypted; an event
ends at 65,536 bytes."""

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff") | frozenset(
    chr(x) for x in range(0x206A, 0x2070)
)

_BLANK = frozenset("\n\t\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe0e\ufe0f\uffa0")
"""Letters and signs that show nothing, besides spaces and those of format."""


def clean(body: str) -> tuple[str, bool]:
    """The text without control characters and direction overrides, nothing if nobody could see
    it; and whether it had to be cut."""
    body = _BREAKS.sub("\n", body)
    kept = "".join(filter(_shows, body)).strip()
    if all(_is_blank(x) for x in kept):
        return "", False
    whole = kept.encode()
    if len(whole) <= MAX_BYTES:
        return kept, False
    return whole[:MAX_BYTES].decode(errors="ignore").rstrip(), True


@lru_cache(maxsize=4096)
def _shows(character: str) -> bool:
    if character in "\n\t":
        return True
    return character not in _HIDDEN and unicodedata.category(character) not in ("Cc", "Cs")


def _is_blank(character: str) -> bool:
    return character in _BLANK or unicodedata.category(character) in ("Cf", "Zl", "Zp", "Zs")


def weight(text: str) -> int:
    return len(html.escape(text).encode())


def parts(text: str) -> list[str]:
    """The text in parts of at most `PART_CHARACTERS`, cut between lines or words if possible."""
    result: list[str] = []
    while True:
        end = _fitting(text)
        if end >= len(text):
            return [*result, text]
        end = _boundary(text, end)
        result.append(text[:end].rstrip())
        text = text[end:].lstrip()


def _fitting(text: str) -> int:
    end = min(len(text), PART_CHARACTERS)
    while weight(text[:end]) > PART_WEIGHT:
        end = end * 9 // 10
    return end


def _boundary(text: str, end: int) -> int:
    for mark in ("\n", " "):
        found = text.rfind(mark, end // 2, end)
        if found > 0:
            return found
    return end


def called(name: str, length: int = 60) -> str:
    """A display name beside what it goes with: on one line, without what is blank or hidden or
    piled up and could push that out of sight, and never itself like an id."""
    even = unicodedata.normalize("NFKC", name[: length * 8])
    shown = (" " if x in _BLANK or x.isspace() else x for x in even)
    kept = (x for x in shown if unicodedata.category(x) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    line = excerpt(_piled("".join(kept)), length)
    return "" if "@" in line or not any(x.isalnum() or _is_sign(x) for x in line) else line


def _piled(text: str) -> str:
    """With no more marks on one letter than any language has."""
    kept: list[str] = []
    marks = 0
    for x in text:
        marks = marks + 1 if unicodedata.category(x) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS and (marks == 0 or kept):
            kept.append(x)
    return "".join(kept)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk")


def excerpt(text: str, length: int = 60) -> str:
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
