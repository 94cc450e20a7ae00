"""Windows in which what was decided waits, and can be taken back before it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.runtime.model.decision import CancelTimer, Request, SetTimer
from bots.runtime.speech.vocabulary import UNDO
from federation.model.actions import Handle, React, Redact, Ref

SIGN = "❌"
"""Whoever taps it takes back what waits."""


@dataclass(frozen=True, slots=True)
class Window:
    """One such window: its notice in a room, and the timer that closes it."""

    notice: Handle
    """What tells of it, and carries the sign."""
    timer: str
    """Rings when it closes."""
    sign: Handle | None = None
    """Ours, where it does not stay when it is of no use any more."""

    def open(self, room: Ref | None, span: timedelta) -> tuple[Request, ...]:
        """`room`: where the notice is."""
        return *self.offer(room), self.wind(span)

    def offer(self, room: Ref | None) -> tuple[Request, ...]:
        return () if room is None else (React(room, self.notice, SIGN, handle=self.sign),)

    def wind(self, span: timedelta) -> SetTimer:
        """It begins, or begins anew."""
        return SetTimer(self.timer, after=span, window=True)

    def shut(self) -> CancelTimer:
        """Nothing waits any more."""
        return CancelTimer(self.timer)

    def clear(self, room: Ref) -> tuple[Request, ...]:
        """The sign is of no use any more; it may be gone with its room."""
        return () if self.sign is None else (Redact(room, self.sign, notify=True),)


def told(closes: datetime) -> dict[str, object]:
    """What is said of it: until when, by the clock that people there go by, and which command."""
    return {"time": f"{closes:%H:%M:%S}", "command": UNDO}
