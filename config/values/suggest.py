"""Finding what somebody meant to write."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, known: Iterable[str], cutoff: float = 0.7) -> str | None:
    """The known word that looks most like `word`, case aside; None if none does."""
    folded = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold()[:100], folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else None
