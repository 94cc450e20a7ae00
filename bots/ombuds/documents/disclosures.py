"""Who wants to know who brought a case, and whether the person was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, End, Machine, Move


class DisclosureState(StrEnum):
    ASKED = "asked"
    """One member of the team has asked."""
    SHOWN = "shown"
    """A second one has agreed; the person is not told yet."""
    TOLD = "told"


class DisclosureMoves(Machine):
    """Two members of the team, each in an encrypted word, look up who brought a case. The person is
    told a day later, unless two postpone that."""

    asked = Begin(DisclosureState.ASKED)
    asked_again = Move(DisclosureState.ASKED, DisclosureState.TOLD, to=DisclosureState.ASKED)
    agreed = Move(DisclosureState.ASKED, to=DisclosureState.SHOWN)
    first_to_postpone = Move(DisclosureState.SHOWN)
    postponed = Move(DisclosureState.SHOWN)
    told = Move(DisclosureState.SHOWN, to=DisclosureState.TOLD)
    nobody_to_tell = End(DisclosureState.SHOWN)
    erased = End(*DisclosureState)


@dataclass(frozen=True, slots=True)
class Disclosure:
    case: int
    asked_by: str
    reason: str = field(repr=False)
    asked: float
    state: DisclosureState = DisclosureState.ASKED
    agreed_by: str = ""
    shown: float = 0.0
    postponing: str = ""
    """Who wants to postpone telling the person, until a second one does."""


DISCLOSURES = Collection("ombuds/disclosure", Disclosure, key=lambda x: str(x.case))
