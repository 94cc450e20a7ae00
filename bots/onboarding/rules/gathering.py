"""Many ask to join at a time: coordinators read of them in one message, which changes, and rings
once a day at most. Who came first has a message of her own all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bots.onboarding import handles
from bots.onboarding.models import Office, Wish
from bots.onboarding.rules import commands
from bots.onboarding.rules.turn import DAY, Turn
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
        turn.office(told=(*_lately(turn), turn.seconds))


def _lately(turn: Turn) -> tuple[float, ...]:
    return tuple(at for at in turn.known.office.told if turn.seconds - at < BURST)


def about(wish: Wish, office: Office) -> Handle:
    """The message that tells of it."""
    return handles.crowd(office.crowd) if wish.gathered else handles.wish(wish.number)


def soon(turn: Turn) -> None:
    """Bring the message up to date, once for all that happens until then."""
    if not turn.known.office.gathering:
        turn.office(gathering=True)
        turn.ask(SetTimer(handles.GATHER, after=SETTLE))


def anew(turn: Turn) -> None:
    """Nothing of what the message says or has said may remain."""
    if turn.known.office.crowd_at:
        handle = handles.crowd(turn.known.office.crowd)
        turn.ask(Redact(handle, handle, notify=True))
        turn.office(crowd_at=0.0)
    soon(turn)


def due(turn: Turn) -> None:
    """`turn.state.waiting`: everybody of whom it is to tell."""
    office, waiting = turn.known.office, sorted(turn.state.waiting, key=lambda x: x.number)
    turn.office(gathering=False)
    if waiting and not office.crowd_at:
        number = office.crowd + 1
        turn.office(crowd=number, crowd_at=turn.seconds)
        turn.tell("crowd", _values(turn, waiting), handle=handles.crowd(number))
    elif office.crowd_at:
        handle = handles.crowd(office.crowd)  # the room may have been replaced since
        key, values = ("crowd", _values(turn, waiting)) if waiting else ("crowd-done", {})
        turn.tell_in(handle, key, values, edits=handle)
    if not waiting:
        turn.office(crowd_at=0.0)


def _values(turn: Turn, waiting: Sequence[Wish]) -> dict[str, object]:
    language, number = turn.settings.languages[0], waiting[0].number
    more = len(waiting) - MOST_SHOWN
    shown = waiting if more <= 0 else [*waiting[: MOST_SHOWN // 2], *waiting[-MOST_SHOWN // 2 :]]
    return {
        "lines": tuple(_line(turn, x) for x in shown),
        "more": Phrase("crowd-more", "", {"n": more}) if more > 0 else "",
        "admit": f"{commands.ADMIT.shown(language)} {number}",
        "decline": f"{commands.DECLINE.shown(language)} {number}",
    }


def _line(turn: Turn, wish: Wish) -> Phrase:
    reason = excerpt(" ".join(wish.reason.split()), LONGEST)
    values = {"number": wish.number, "person": Person(wish.user, wish.name), "reason": reason}
    return Phrase("crowd-reason" if reason else "crowd-line", "", values)


def remind(turn: Turn, *, stands: bool) -> None:
    """Once a day for all of them; and at once where the message is gone."""
    if turn.seconds - turn.known.office.crowd_at >= DAY or not stands:
        turn.office(crowd_at=0.0)
        soon(turn)
    turn.ask(SetTimer(handles.WISH + turn.wish.key, after=turn.settings.remind_after))
