"""What every rule begins with: the state, the time, and what it asks for so far."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from bots.runtime.model.decision import Request

S = TypeVar("S")


class Turn(Generic[S]):
    """One rule at work. It lives inside a single call of a rule; nothing outside sees it change."""

    def __init__(self, state: S, now: datetime) -> None:
        self.state = state
        self.now = now
        self.seconds = now.timestamp()
        self.requests: list[Request] = []

    def ask(self, *requests: Request) -> None:
        self.requests.extend(requests)
