"""The mark under which the catalogues find a text, and a value that differs by language."""

from __future__ import annotations

from bots.runtime.phrases import PerLanguage

__all__ = ["N_", "Paragraphs", "PerLanguage"]

Paragraphs = tuple[str, ...]


def N_(msgid: str) -> str:  # noqa: N802
    """Marks a text for the catalogues, where it can't be translated yet."""
    return msgid
