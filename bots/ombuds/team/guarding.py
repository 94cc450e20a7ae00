"""What somebody deletes in the staff's room that is not theirs.

Only the office has the power to, so it is whoever runs a homeserver, in whosever name. What the
office has said is said again; the rest it does not know, so it only tells that something is gone.
"""

from __future__ import annotations

from bots.ombuds.cases import restoring
from bots.ombuds.team import staff
from bots.ombuds.turn import Turn
from federation.model.events import Redaction


def concerns(turn: Turn, event: Redaction) -> bool:
    """Whether it is not a member of the team who deletes what she wrote."""
    made = turn.view.made_by_event(event.target)
    return _is_ours(turn, event) or made is not None or staff.is_stranger(turn, event)


def _is_ours(turn: Turn, event: Redaction) -> bool:
    return event.origin.sender == turn.settings.account


def redacted(turn: Turn, event: Redaction) -> None:
    made = turn.view.made_by_event(event.target)
    marked = event.ours and _is_ours(turn, event)
    if made is not None and restoring.put(turn, made.handle, ours=marked):
        _alarm(turn, "deleted-restored")
    elif not marked:
        _alarm(turn, "deleted-lost")


def _alarm(turn: Turn, key: str) -> None:
    if turn.may_tell(key):
        turn.alarm(key)
