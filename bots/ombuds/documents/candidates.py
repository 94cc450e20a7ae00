"""People whom the team has decided to invite, and who are not invited yet."""

from __future__ import annotations

from dataclasses import dataclass

from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Candidate:
    user: str
    since: float
    chat: int = 0
    """Number of the chat in which she is told what to do first; 0: none was needed yet."""
    told: str = ""
    """What the team was told of her last."""


CANDIDATES = Collection(
    "ombuds/candidate", Candidate, key=lambda x: x.user, indexes={"all": lambda _: ("",)}
)
