"""The mark under which the catalogues find a text."""

from __future__ import annotations

Paragraphs = tuple[str, ...]


def N_(msgid: str) -> str:  # noqa: N802
    """Marks a text for the catalogues, where it can't be translated yet."""
    return msgid
