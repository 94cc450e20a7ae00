"""People outside of the office who can be the second where two decide."""

from __future__ import annotations

from dataclasses import dataclass

from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Trustee:
    user: str
    number: int
    """Of the chat that the office makes with her."""
    here: bool = False
    """Whether she is in it."""


TRUSTEES = Collection(
    "ombuds/trustee", Trustee, key=lambda x: x.user, indexes={"all": lambda _: ("",)}
)
