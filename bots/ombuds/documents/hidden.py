"""What people have taken back, until it is erased."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from bots.ombuds.documents.cases import Flagged, Later
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, End, Machine, Move


class HiddenState(StrEnum):
    HIDDEN = "hidden"
    """Nobody is shown it."""
    HELD = "held"
    """Staff are shown it again, until a date that they chose."""


class HiddenMoves(Machine):
    """A homeserver can take back in anybody's name. So what is taken back is hidden at once, and
    erased after 72 hours, or as soon as the person asks for that in an encrypted message. Until
    then staff can hold it once, for 30 days at most."""

    taken_back = Begin(HiddenState.HIDDEN)
    held = Move(HiddenState.HIDDEN, to=HiddenState.HELD)
    time_over = End(HiddenState.HIDDEN, HiddenState.HELD)
    asked_to_erase = End(HiddenState.HIDDEN)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A message that was taken back, or what an edit said that was removed."""

    mark: str = field(repr=False)
    """See `mark`."""
    case: int
    conversation: int
    parts: tuple[Later, ...]
    """Number 0: the root of the case."""
    until: float
    """When it is erased."""
    flags: tuple[Flagged, ...] = field(default=(), repr=False)
    """What the root showed, if not a message."""
    state: HiddenState = HiddenState.HIDDEN
    by: str = ""
    """Who holds it."""
    reason: str = field(default="", repr=False)


def mark(room: str, redaction: str) -> str:
    """Names what was taken back by a redaction. A restored backup comes to the same name, and who
    reads only about a case learns no room by it."""
    return hashlib.sha256(f"{room} {redaction}".encode()).hexdigest()[:32]


HIDDEN = Collection(
    "ombuds/hidden",
    Hidden,
    key=lambda x: x.mark,
    indexes={
        "case": lambda x: (str(x.case),),
        "conversation": lambda x: (str(x.conversation),),
    },
    erases=lambda _: True,
)
