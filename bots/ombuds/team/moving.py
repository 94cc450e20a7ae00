"""What happens when the ombuds room is lost: deleted, replaced, or our account removed from it.

Only the homeserver's admin can do that. The room that a tombstone points to may be a trap that
shows complaints to strangers, so the office never goes there. It makes a new room of its own,
invites the team and sends the open cases there, once an hour at most, so that nobody can make it
found rooms for ever.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import keys, known
from bots.ombuds.cases import standing
from bots.ombuds.documents.pins import Hold
from bots.ombuds.team import founding, pins, roster
from bots.ombuds.turn import Turn
from bots.runtime.kit import deadletters, sparing
from bots.runtime.model.decision import Performed, SetAside, SetTimer, Started
from bots.runtime.speech.vocabulary import HELP
from federation.model.actions import Leave, SetState
from federation.model.events import Membership, RoomReplaced

APART = 3600.0
SOON = timedelta(seconds=60)
REFUSED = ("M_FORBIDDEN", "M_NOT_FOUND")


# -- how it is noticed -----------------------------------------------------------------------------


def membership(turn: Turn, event: Membership) -> None:
    if event.user != turn.settings.account:
        roster.membership(turn, event)
    elif event.membership.out:
        _lose(turn)


def replaced(turn: Turn, event: RoomReplaced) -> None:
    if turn.room_id is not None:
        turn.ask(Leave(turn.room_id, notify=True))
    _lose(turn)


def set_aside(turn: Turn, event: SetAside) -> None:
    if not _is_settled(turn, event):
        deadletters.tell(turn, event)


def _is_settled(turn: Turn, event: SetAside) -> bool:
    """Whether the failure is due to a lost room, so that staff need not be told."""
    arrived = keys.ARRIVED.read(event.handle)
    if arrived is not None and event.error == "handle":
        turn.ask(SetTimer(keys.CONFIRM_ARRIVAL(**arrived), after=SOON))
        return True
    if event.error == "clear" and event.room not in (turn.room, turn.room_id):
        return True  # it is said in another chat: see `chats/sealing.py`
    if keys.is_office(event.room) and (event.room != turn.room or turn.office.lost):
        return True
    if event.room in (turn.room, turn.room_id) and event.error in REFUSED:
        probe(turn)
    return False


def started(turn: Turn, _: Started) -> None:
    if turn.room_id is not None:
        look(turn)


def look(turn: Turn) -> None:
    """At the start, and every hour: a room that is purged at once tells nobody that it is gone, and
    as long as nobody writes nothing else is said there."""
    turn.ask(SetTimer(keys.LOOK(), after=founding.LOOKS))
    probe(turn)


def probe(turn: Turn) -> None:
    """Check whether the room is still ours, by setting state that it already has."""
    if turn.room_id is not None and not turn.office.lost:
        kind, content = founding.OFFICE
        turn.ask(SetState(turn.room_id, kind, content, notify=True))


def probed(turn: Turn, event: Performed) -> None:
    if event.room_id == turn.room_id and event.error in REFUSED:
        _lose(turn)


def _lose(turn: Turn) -> None:
    office, room = turn.office, turn.room_id
    if office.lost or room is None:
        return
    turn.set_office(lost=True, former=(*office.former, room))
    turn.record("room-lost", room=room)
    _anew_in_time(turn)


# -- another room ----------------------------------------------------------------------------------


def _anew_in_time(turn: Turn) -> None:
    left = sparing.left(turn.office.moved, turn.seconds, APART)
    if left:
        turn.ask(SetTimer(keys.ANEW(), after=left))
    else:
        _anew(turn)


def due(turn: Turn) -> None:
    if turn.office.lost:
        _anew(turn)


def _anew(turn: Turn) -> None:
    office = turn.office
    staff, others = _asked_in(turn)
    turn.set_office(
        rooms=office.rooms + 1,
        moved=turn.seconds,
        lost=False,
        founded=True,
        roster=staff,
        awaited=(),
        departed=(),
        proposals=(),
    )
    turn.record("room-anew", number=turn.office.rooms)
    turn.ask(founding.room(turn, staff))
    turn.tell("room-anew", {"command": HELP})
    if others:
        turn.tell("room-without", {"people": ", ".join(others), "command": roster.ADDING})
    standing.move(turn)


def _asked_in(turn: Turn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who is asked into the new room: those whose keys are known, and, where nobody's are, all who
    belonged to the team, who can read nothing until one of them is known. And who is not."""
    office = turn.office
    for gone in roster.lately(turn):
        if gone.identity:
            pins.repin(turn, gone.person, gone.identity)
    members = dict.fromkeys((*office.roster, *(x.person for x in roster.lately(turn))))
    firm = [x for x in members if known.hold(turn, x) is Hold.FIRM]
    staff = firm or members or turn.settings.staff
    asked = tuple(x for x in staff if x != turn.settings.account and x not in office.awaited)
    return asked, tuple(x for x in (*members, *office.awaited) if x not in asked)


def made(turn: Turn, event: Performed, number: int) -> None:
    if event.error is not None and number == turn.office.rooms:
        turn.set_office(lost=True)
        _anew_in_time(turn)
