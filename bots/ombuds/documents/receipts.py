"""Receipts: a person's secret, by which she goes on from a new phone.

Nobody can read a receipt here: only a keyed hash of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Receipt:
    """Whose conversation a receipt brings back."""

    hash: str = field(repr=False)
    conversation: int


@dataclass(frozen=True, slots=True)
class Guesses:
    """When somebody last typed what is no receipt of ours, in seconds since the epoch."""

    who: str = field(repr=False)
    at: tuple[float, ...]


# Erased: a backup must not bring back what others may have read.
RECEIPTS = Collection(
    "ombuds/receipt",
    Receipt,
    key=lambda x: x.hash,
    indexes={"conversation": lambda x: (str(x.conversation),)},
    erases=lambda _: True,
)
GUESSES = Collection("ombuds/guesses", Guesses, key=lambda x: x.who)
