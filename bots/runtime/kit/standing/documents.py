"""What the network's bots keep, together, of those who decide: no keys but the public ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit import sparing
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.keys import Made, Question, Timer


class Why(StrEnum):
    """What keeps a command from being carried out."""

    UNKNOWN = "unknown"
    """Her devices are being asked for."""
    UNSIGNED = "unsigned"
    """The device is not one that she has signed."""
    CHANGED = "changed"
    """It is one that she has signed, with other keys than we know."""
    WITHHELD = "withheld"
    """Her homeserver leaves out the keys that she has."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who decides. Times are seconds since the epoch."""

    user: str = field(repr=False)
    since: float
    """When we first heard of her: her time to set up keys begins."""
    identity: str = field(default="", repr=False)
    """The master key under which her words count; empty until she has one."""
    changed: str = field(default="", repr=False)
    """Another one, which she has shown since."""
    changed_at: float = 0.0
    asked: float = 0.0
    """When her devices were last asked for because they are withheld."""
    heard: sparing.Heard = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A command that waits. What it says stays in its room: we look there when it is time."""

    event: str = field(repr=False)
    room: str = field(repr=False)
    user: str = field(repr=False)
    account: str
    """Our own, to which it was said."""
    command: str
    """Its name."""
    at: float
    why: Why
    thread: str | None = field(default=None, repr=False)
    reply_to: str | None = field(default=None, repr=False)
    """What it was about when it came: no homeserver moves it later."""
    confirmed: bool = False
    """She has said yes to it."""
    dropped: bool = False
    """She has taken it back while her devices are being asked for."""

    def found_by(self) -> Iterator[str]:
        if not self.dropped:
            yield f"{self.account} {self.user}"


KNOWN = Collection("network/known", Known, key=lambda x: x.user)
HELD = Collection("network/held", Held, key=lambda x: x.event, indexes={"user": Held.found_by})
ALL = (KNOWN, HELD)

NOTICE = Made("standing/held/{event}")
"""What we said of a command that is held."""
SLOW = Timer("standing/slow/{event}")
"""She is told that it takes longer."""
EXPIRY = Timer("standing/expiry/{event}")
LOOK = Timer("standing/look/{user}")
"""We ask again for keys that are withheld."""
SAYS = Question("standing/held")
"""What a command that was held says now."""
