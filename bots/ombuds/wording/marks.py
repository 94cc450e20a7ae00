"""The mark under which the catalogues find a text, and a value that differs by language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Paragraphs = tuple[str, ...]


def N_(msgid: str) -> str:  # noqa: N802
    """Marks a text for the catalogues, where it can't be translated yet."""
    return msgid


@dataclass(frozen=True, slots=True)
class PerLanguage:
    """A value such as a word that people are to write; where a text stands in several languages,
    each has its own."""

    in_language: Callable[[str], str]
