"""The editors' room: that the bot is there, wherever it has moved."""

from __future__ import annotations

from bots.announcements.rules.turn import Turn
from bots.runtime.kit.moves import follow
from bots.runtime.model.decision import Started
from federation.model.events import Membership, MembershipKind, RoomReplaced


def started(turn: Turn, _: Started) -> None:
    """It may have been made anew, and have asked us in before."""
    turn.ask(turn.desk.enter(turn.room))


def invited(turn: Turn, event: Membership) -> None:
    if event.membership is MembershipKind.INVITE and event.user == turn.settings.account:
        turn.ask(turn.desk.enter(turn.room))


def replaced(turn: Turn, event: RoomReplaced) -> None:
    """It was upgraded: go with it."""
    turn.note(moved=turn.desk.after(event))
    turn.ask(follow(event))
