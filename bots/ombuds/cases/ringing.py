"""What makes phones ring, without a word of what it is about: a lock screen is read by others.

What people wrote comes first and silently. If something has rung just now, what follows is gathered
and rings once: a burst of messages, or of people, is one sound.
"""

from __future__ import annotations

from bots.ombuds import keys
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import SetTimer

QUIET = 60.0
"""Seconds after a sound in which staff hear no other one about cases."""


def opened(turn: Turn) -> None:
    """The first reply in its thread, too: Element lists no threads without one."""
    loud = _may_ring(turn)
    turn.tell_case("ring-opened" if loud else "opened", {"number": turn.case.number})


def went_on(turn: Turn) -> None:
    if _may_ring(turn):
        turn.tell_case("ring-more", {"number": turn.case.number})


def _may_ring(turn: Turn) -> bool:
    office, number = turn.office, turn.case.number
    quiet = sparing.lately(office.rang, turn.seconds, QUIET)
    if not office.unheard and not quiet:
        turn.set_office(rang=turn.seconds)
        return True
    if not office.unheard:
        turn.ask(SetTimer(keys.RING(), after=sparing.left(office.rang, turn.seconds, QUIET)))
    turn.set_office(unheard=(*(x for x in office.unheard if x != number), number))
    return False


def due(turn: Turn) -> None:
    """All that came in the meantime, in one line."""
    numbers = turn.office.unheard
    if numbers:
        turn.set_office(rang=turn.seconds, unheard=())
        turn.tell("ring-several", {"numbers": ", ".join(map(str, sorted(numbers)))})
