"""Many ask to join at a time: coordinators read of them in one message, which changes, and rings
once a day at most. Who came first has a message of her own all the same."""

from __future__ import annotations

from datetime import timedelta

from bots.onboarding import commands, keys
from bots.onboarding.documents import WISHES, Office, Wish
from bots.onboarding.rules.turn import DAY, Turn, Values
from bots.runtime.model.decision import Phrase, SetTimer
from bots.runtime.speech.phrases import Person
from bots.runtime.understanding.texts import excerpt
from federation.model.actions import Handle, Redact

MOST_AT_ONCE, BURST = 2, 600.0
"""So many people are told of in messages of their own within so many seconds."""
SETTLE = timedelta(seconds=5)
"""In that time whatever changes is shown once."""
MOST_SHOWN = 20
"""Those who wait longest, and those who came last."""
LONGEST = 120
"""Characters of what somebody writes of herself."""


def is_crowd(turn: Turn, wish: Wish) -> bool:
    """Whether as many were told of lately as may have a message of their own. Members, who ask to
    join an initiative, are no strangers."""
    return not wish.initiative and len(_lately(turn)) >= MOST_AT_ONCE


def note(turn: Turn, wish: Wish) -> None:
    """Somebody is told of in a message of her own."""
    if not wish.initiative:
        turn.set_office(told=(*_lately(turn), turn.seconds))


def _lately(turn: Turn) -> tuple[float, ...]:
    return tuple(at for at in turn.office.told if turn.seconds - at < BURST)


def about(wish: Wish, office: Office) -> Handle:
    """The message that tells of it."""
    if wish.gathered:
        return keys.CROWD(number=office.crowd)
    return keys.WISH(number=wish.number)


def soon(turn: Turn) -> None:
    """Bring the message up to date, once for all that happens until then."""
    if not turn.office.gathering:
        turn.set_office(gathering=True)
        turn.ask(SetTimer(keys.GATHER(), after=SETTLE))


def anew(turn: Turn) -> None:
    """Nothing of what the message says or has said may remain."""
    if turn.office.crowd_at:
        handle = keys.CROWD(number=turn.office.crowd)
        turn.ask(Redact(handle, handle, notify=True))
        turn.set_office(crowd_at=0.0)
    soon(turn)


def due(turn: Turn) -> None:
    turn.set_office(gathering=False)
    number, stands = turn.office.crowd, bool(turn.office.crowd_at)
    if not turn.view.count(WISHES, "gathered"):
        if stands:
            _change(turn, "crowd-done", {})
        turn.set_office(crowd_at=0.0)
    elif stands:
        _change(turn, "crowd", _values(turn))
    else:
        turn.set_office(crowd=number + 1, crowd_at=turn.seconds)
        turn.tell("crowd", _values(turn), handle=keys.CROWD(number=number + 1))


def _change(turn: Turn, key: str, values: Values) -> None:
    handle = keys.CROWD(number=turn.office.crowd)  # the room may have been replaced since
    turn.tell_in(handle, key, values, edits=handle)


def _values(turn: Turn) -> Values:
    language, waiting = turn.settings.languages[0], _shown(turn)
    number, more = waiting[0].number, turn.view.count(WISHES, "gathered") - len(waiting)
    return {
        "lines": tuple(_line(turn, x) for x in waiting),
        "more": Phrase("crowd-more", "", {"n": more}) if more > 0 else "",
        "admit": f"{commands.ADMIT.shown(language)} {number}",
        "decline": f"{commands.DECLINE.shown(language)} {number}",
    }


def _shown(turn: Turn) -> list[Wish]:
    first = turn.find(WISHES, "gathered", most=MOST_SHOWN // 2, oldest=True)
    last = turn.find(WISHES, "gathered", most=MOST_SHOWN // 2)
    found = {x.key: x for x in (*first, *last)}.values()
    return sorted(found, key=lambda x: x.number)


def _line(turn: Turn, wish: Wish) -> Phrase:
    reason = excerpt(" ".join(wish.reason.split()), LONGEST)
    values = {"number": wish.number, "person": Person(wish.user, wish.name), "reason": reason}
    return Phrase("crowd-reason" if reason else "crowd-line", "", values)


def remind(turn: Turn, *, stands: bool) -> None:
    """Once a day for all of them; and at once where the message is gone."""
    if turn.seconds - turn.office.crowd_at >= DAY or not stands:
        turn.set_office(crowd_at=0.0)
        soon(turn)
