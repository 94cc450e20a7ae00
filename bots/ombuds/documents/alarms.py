"""What is known of mails to those outside the office."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Alarms:
    addresses: int = 0
    """How many of them are kept, to be found by their number."""
    letters: int = 0
    mailed: sparing.Heard = field(default_factory=dict)
    """Alarm → when the last mail about it was written."""
    waiting: tuple[str, ...] = ()
    """Alarms that came again since then."""


ALARMS = Collection("ombuds/alarms", Alarms, key=lambda _: "alarms")
