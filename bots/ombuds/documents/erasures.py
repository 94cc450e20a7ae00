"""That somebody asked staff, in another way than in the chat, to erase all that is hers."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.runtime.kit.documents import Collection


@dataclass(frozen=True, slots=True)
class Erasure:
    case: int
    conversation: int
    asked_by: str
    """A member of the team."""
    reason: str = field(repr=False)
    asked: float
    agreed_by: str = ""
    """A second one."""


ERASURES = Collection(
    "ombuds/erasure",
    Erasure,
    key=lambda x: str(x.case),
    indexes={"conversation": lambda x: (str(x.conversation),)},
)
