"""The ombuds room: our own account makes it once, and is its only admin."""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import commands, keys
from bots.ombuds.team import roster
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Performed, Say, SetTimer, Started
from bots.runtime.speech.vocabulary import HELP
from federation.model.actions import CreateRoom, Invite

POWER_LEVELS = {
    # No `users`: room version 12 forbids the creator there, and older versions give it 100 anyway.
    "users_default": 0,
    "events_default": 0,
    "events": {},
    "state_default": 100,
    "invite": 100,
    "kick": 100,
    "ban": 100,
    "redact": 100,
    "notifications": {"room": 100},
}
OFFICE = ("org.buendnis.office", {"kind": "ombuds"})
"""Type and content of the state event that marks the room as the ombuds room."""
INITIAL_STATE = (
    # Not `joined`: a case that comes between the invitation and the first visit would never be
    # seen by anybody. New members still read nothing from before.
    {"type": "m.room.history_visibility", "content": {"history_visibility": "invited"}},
    {"type": "m.room.guest_access", "content": {"guest_access": "forbidden"}},
    {"type": "m.room.join_rules", "content": {"join_rule": "invite"}},
    {"type": OFFICE[0], "content": OFFICE[1]},
)


LOOKS = timedelta(hours=1)
"""Between two looks whether the room is still there."""


def started(turn: Turn, _: Started) -> None:
    office = turn.office
    staff = tuple(dict.fromkeys(x for x in turn.settings.staff if x != turn.settings.account))
    if turn.room_id is None and not office.founded:
        turn.set_office(founded=True, roster=staff)
        turn.ask(room(turn, staff))
    elif turn.room_id is not None and not office.roster:
        # Everybody has left: only the office's admin can call a team together again.
        turn.set_office(roster=staff)
        turn.ask(*(Invite(turn.room, x, notify=True, whose=x, there=True) for x in staff))


def room(turn: Turn, staff: tuple[str, ...]) -> CreateRoom:
    return CreateRoom(
        handle=turn.room,
        name=turn.settings.room_name,
        invite=staff,
        encrypted=True,
        federate=turn.settings.federate,
        preset="private_chat",
        power_levels=POWER_LEVELS,
        initial_state=tuple({"state_key": "", **x} for x in INITIAL_STATE),
        picture="room-ombuds",
        notify=True,
    )


def made(turn: Turn, event: Performed) -> None:
    if event.error is not None:
        turn.set_office(founded=False)
        return
    turn.ask(SetTimer(keys.LOOK(), after=LOOKS))
    # Not for those alone who are known: nobody is, and this says how one becomes so.
    audience = frozenset(turn.office.roster)
    turn.ask(Say(turn.room, turn.phrase("founding"), audience=audience))
    answer = commands.full(commands.ANSWER)
    turn.tell("welcome", {"answer": answer, "help": HELP, "team": commands.TEAM})
    if turn.settings.absent:
        people = ", ".join(turn.settings.absent)
        turn.tell("team-absent", {"people": people, "command": roster.ADDING})
