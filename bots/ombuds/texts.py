"""What people wrote, as the ombuds office takes it."""

from __future__ import annotations

from bots.runtime.texts import PART_CHARACTERS, PART_WEIGHT, clean, excerpt, parts, weight

__all__ = [
    "ANSWER_WEIGHT",
    "PART_CHARACTERS",
    "PART_WEIGHT",
    "clean",
    "excerpt",
    "parts",
    "weight",
]

ANSWER_WEIGHT = 10_000
"""More than a part of a person's text, since an answer is never cut."""
