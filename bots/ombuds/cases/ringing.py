"""What makes phones ring. It says nothing about the case, because others can read a lock screen.

What people wrote is sent first, silently. After a sound, everything that follows is gathered and
rings once, so a burst of messages or people makes one sound.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import SetTimer

QUIET = 60.0
"""Seconds between two sounds about cases."""


def opened(turn: Turn) -> None:
    """A new case rings. This is also the first reply in its thread: Element lists no threads
    without one."""
    if turn.case.shelf is not None:
        return
    loud = _may_ring(turn)
    turn.tell_case("ring-opened" if loud else "opened", {"number": turn.case.number})


def went_on(turn: Turn) -> None:
    if turn.case.shelf is None and _may_ring(turn):
        turn.tell_case("ring-more", {"number": turn.case.number})


def changed(turn: Turn) -> None:
    """Something has happened in the case at hand that was told silently."""
    if turn.case.shelf is None and _may_ring(turn):
        turn.tell_case("ring-several", {"numbers": str(turn.case.number)})


def quiet_for(turn: Turn) -> timedelta:
    """How long nothing may ring."""
    return sparing.left(turn.office.rang, turn.seconds, QUIET)


def rings(turn: Turn) -> None:
    """Something else rings now."""
    turn.set_office(rang=turn.seconds)


def _may_ring(turn: Turn) -> bool:
    office, number = turn.office, turn.case.number
    quiet = sparing.lately(office.rang, turn.seconds, QUIET)
    if not office.unheard and not quiet:
        turn.set_office(rang=turn.seconds)
        return True
    if not office.unheard:
        turn.ask(SetTimer(keys.RING(), after=quiet_for(turn)))
    turn.set_office(unheard=(*(x for x in office.unheard if x != number), number))
    return False


def due(turn: Turn) -> None:
    """Ring once for everything that has come since."""
    numbers = turn.office.unheard
    if numbers and (left := quiet_for(turn)):  # something else has rung meanwhile
        turn.ask(SetTimer(keys.RING(), after=left))
    elif numbers:
        turn.set_office(rang=turn.seconds, unheard=())
        turn.tell("ring-several", {"numbers": ", ".join(map(str, sorted(numbers)))})
