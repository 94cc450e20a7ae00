"""What staff keep for a while although it was taken back: they are shown it again."""

from __future__ import annotations

from datetime import datetime

from bots.ombuds import keys
from bots.ombuds.cases import thread
from bots.ombuds.documents.cases import Later
from bots.ombuds.documents.hidden import HIDDEN, Hidden, HiddenState
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Phrase
from federation.model.actions import Redact


def of_case(turn: Turn) -> list[Hidden]:
    """All that was taken back in the case at hand, and is still kept."""
    found = (turn.get(HIDDEN, x) for x in turn.keys(HIDDEN, "case", str(turn.case.number)))
    return [x for x in found if x is not None]


def until(turn: Turn) -> float:
    """Up to when staff keep something of the case at hand, or all of it; 0: they keep nothing."""
    ends = [x.until for x in of_case(turn) if x.state is HiddenState.HELD]
    if turn.case.held is not None:
        ends.append(turn.case.held.until)
    return max(ends, default=0.0)


def put(turn: Turn) -> None:
    """Show all that is held of the case at hand."""
    for hidden in of_case(turn):
        if hidden.state is HiddenState.HELD:
            show(turn, hidden)


def show(turn: Turn, hidden: Hidden) -> None:
    for part in hidden.parts:
        put_part(turn, hidden, part)


def put_part(turn: Turn, hidden: Hidden, part: Later) -> None:
    until = datetime.fromtimestamp(hidden.until, turn.settings.timezone)
    shown = {"time": until, "text": _said(turn, hidden, part)}
    turn.tell_case("held-part", shown, handle=keys.HELD(case=hidden.case, number=part.number))


def _said(turn: Turn, hidden: Hidden, part: Later) -> Phrase | str:
    if not part.number and hidden.flags:
        return thread.flagged(turn, hidden.flags)
    if part.kind == "evidence":
        return thread.evidence(turn, part.author, part.link, part.text)
    return part.text if part.kind == "text" else thread.medium(turn, part.kind, part.text)


def strike(turn: Turn, hidden: Hidden) -> None:
    """Staff are not shown it any more."""
    if hidden.state is HiddenState.HELD and turn.has_case and turn.is_case_here:
        handles = (keys.HELD(case=hidden.case, number=x.number) for x in hidden.parts)
        turn.ask(*(Redact(turn.room, x) for x in handles))
