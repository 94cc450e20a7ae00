"""People of other homeservers who were asked in and have not come: theirs does not answer, or her
first attempt failed there."""

from __future__ import annotations

from datetime import timedelta

from bots.onboarding import handles
from bots.onboarding.rules.turn import Turn
from bots.runtime.model.decision import Performed, SetTimer
from bots.runtime.speech.phrases import Link
from federation.model.links import link, server_of
from federation.model.membership import is_in

SOON = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
SILENT = "silent"


def performed(turn: Turn, event: Performed) -> None:
    """An invitation was sent, or her homeserver did not take it."""
    assert event.user is not None  # noqa: S101
    server = server_of(event.user)
    if event.error == SILENT:
        _unheard(turn, server)
        key = f"{handles.AGAIN}{event.user} {turn.known.office.meant(event.room_id or '')}"
        turn.ask(SetTimer(key, after=_pause(turn, server)))
    elif event.error is None:
        _heard(turn, server)


def _unheard(turn: Turn, server: str) -> None:
    """Coordinators are told once, and not of what is over within a minute."""
    office = turn.known.office
    if server not in office.silent:
        turn.office(silent={**office.silent, server: turn.seconds})
    elif server not in office.unheard and turn.seconds - office.silent[server] >= SOON.seconds:
        turn.office(unheard=(*office.unheard, server))
        turn.tell("server-silent", {"server": server})


def _heard(turn: Turn, server: str) -> None:
    office = turn.known.office
    if server in office.silent:
        turn.office(silent={x: at for x, at in office.silent.items() if x != server})
    if server in office.unheard:
        turn.office(unheard=tuple(x for x in office.unheard if x != server))
        turn.tell("server-back", {"server": server})


def _pause(turn: Turn, server: str) -> timedelta:
    """As long again as it has been silent."""
    silent = timedelta(seconds=turn.seconds - turn.known.office.silent[server])
    return min(max(silent, SOON), LONGEST)


def due(turn: Turn, key: str) -> None:
    if turn.known.member is None:
        return
    if key.startswith(handles.PRESS):
        _press_again(turn)
    else:
        _again(turn, key.partition(" ")[2])


def _again(turn: Turn, room: str) -> None:
    """Ask her in once more, if she is still to come there."""
    member, look = turn.member, turn.state.look
    wanted = room in member.invited or (room == turn.settings.space and member.approved)
    out = is_in(look(room), member.user) or turn.settings.premises.is_barred(
        member.user, room, look
    )
    if wanted and not out:
        turn.ask_in(room, member.user)


def _press_again(turn: Turn) -> None:
    """She was asked into the space a minute ago, and still is."""
    space = turn.settings.space
    if turn.member.approved and turn.member.user in turn.state.look(space).invited:
        there = link(turn.place(space), via=(server_of(turn.settings.account),))
        turn.reach()
        turn.say("press-again", {"link": Link(there, there)})
