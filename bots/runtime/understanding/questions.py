"""Whose question an answer is for: only what was asked last in a chat is answered.

A "yes" is worth what it answers. Whoever asks keeps when it asked; a question that somebody else
has asked since, or may have asked, takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Question(Protocol):
    @property
    def asked(self) -> float:
        """When it was asked, in seconds since the epoch."""


Q = TypeVar("Q", bound=Question)


def latest(questions: Iterable[Q], since: float = 0.0) -> Q | None:
    """The question that was asked last; none if others have spoken since."""
    last = max(questions, key=lambda x: x.asked, default=None)
    return last if last is not None and last.asked > since else None
