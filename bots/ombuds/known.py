"""Whose keys are known, and who of the team is there: nobody waits for a member who is away.

Only she can say that she is away, in an encrypted word. Whoever holds somebody else's phone, or a
homeserver, can't say it for her. It shortens no span and silences no alarm.
"""

from __future__ import annotations

from datetime import date

from bots.ombuds import keys
from bots.ombuds.documents.absences import ABSENCES, Absence
from bots.ombuds.documents.pins import PINS, Hold, held
from bots.ombuds.documents.trustees import TRUSTEES, Trustee
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Phrase
from federation.model.actions import Handle
from federation.model.events import Origin, Seen


def seen(turn: Turn, user: str) -> Seen:
    return turn.view.identity(turn.settings.account, user)


def hold(turn: Turn, user: str) -> Hold:
    return held(turn.get(PINS, user), seen(turn, user))


def is_from(turn: Turn, origin: Origin) -> bool:
    """Whether it came from a device that is signed with the keys that are pinned."""
    pin = turn.get(PINS, origin.sender)
    return pin is not None and origin.doubt is None and origin.identity == pin.identity


def team(turn: Turn) -> tuple[str, ...]:
    """The members whose words count."""
    return tuple(x for x in turn.office.roster if hold(turn, x) is Hold.FIRM)


def unknown(turn: Turn) -> tuple[str, ...]:
    """Those whose words do not."""
    return tuple(x for x in turn.office.roster if hold(turn, x) is not Hold.FIRM)


def attended(turn: Turn) -> bool:
    """Whether anybody is in the ombuds room now who is shown cases."""
    here = turn.look(turn.room_id).joined if turn.room_id is not None else frozenset[str]()
    return any(x in here for x in team(turn))


# -- who is there ----------------------------------------------------------------------------------


def absence(turn: Turn, user: str) -> Absence | None:
    found = turn.get(ABSENCES, user)
    return found if found is not None and turn.seconds < found.until else None


def trustee(turn: Turn, user: str) -> Trustee | None:
    return turn.get(TRUSTEES, user)


def trustees(turn: Turn) -> list[Trustee]:
    found = (turn.get(TRUSTEES, x) for x in turn.keys(TRUSTEES, "all"))
    return [x for x in found if x is not None]


def seconds(turn: Turn) -> list[Trustee]:
    """Those who can be asked."""
    return [x for x in trustees(turn) if x.here and hold(turn, x.user) is Hold.FIRM]


def place(turn: Turn, user: str) -> Handle:
    """Where we speak with a member, or with a trustee."""
    found = trustee(turn, user)
    return turn.room if found is None else keys.TRUSTEE(number=found.number)


def there(turn: Turn) -> list[str]:
    """Who is confirmed and not away."""
    return [x for x in team(turn) if absence(turn, x) is None]


def away(turn: Turn) -> list[Absence]:
    """Of those who are confirmed."""
    return [y for x in team(turn) if (y := absence(turn, x)) is not None]


def last_day(found: Absence) -> date:
    return date.fromisoformat(found.last)


def told(turn: Turn, *absences: Absence) -> tuple[Phrase, ...]:
    """A line for each: who is away, and how long."""
    return tuple(turn.phrase("away", {"staff": x.user, "date": last_day(x)}) for x in absences)
