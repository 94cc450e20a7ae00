"""What becomes of invitations and removals; and people of other homeservers who were asked in and
have not come: theirs does not answer, or her first attempt failed there."""

from __future__ import annotations

from datetime import timedelta

from bots.onboarding import keys
from bots.onboarding.documents import SILENCES, Silence, Stage
from bots.onboarding.rules.turn import Turn
from bots.runtime.model.decision import Performed, SetTimer
from bots.runtime.speech.phrases import Link
from federation.model.links import link, server_of
from federation.model.membership import is_in

SOON = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
SILENT = "silent"


def invited(turn: Turn, event: Performed) -> None:
    """An invitation was sent, or refused, or her homeserver did not take it."""
    server = server_of(turn.user)
    if event.error is None:
        _heard(turn, server)
    elif event.error == SILENT:
        silence = _unheard(turn, server)
        room = turn.office.meant(event.room_id or "")
        again = keys.AGAIN(room=room, user=turn.user)
        turn.ask(SetTimer(again, after=_pause(turn, silence)))
    else:
        _failed(turn, event, "invite-failed")


def removed(turn: Turn, event: Performed) -> None:
    """Somebody was removed from a room, or could not be."""
    if event.error is None or not _failed(turn, event, "removal-failed"):
        return
    if turn.known is not None and turn.member.stage is Stage.GONE:
        turn.say("leave-yourself", {"room": _room(turn, event)})


def _failed(turn: Turn, event: Performed, key: str) -> bool:
    """Whether it was about a room of the network."""
    ours = turn.office.meant(event.room_id or "") in turn.settings.places
    if ours:
        turn.tell_of(key, {"error": event.error, "room": _room(turn, event)})
    return ours


def _room(turn: Turn, event: Performed) -> Link:
    there = link(turn.place(turn.office.meant(event.room_id or "")))
    return Link(there, there)


# -- homeservers that are silent -------------------------------------------------------------------


def _unheard(turn: Turn, server: str) -> Silence:
    """Coordinators are told once, and not of what is over within a minute."""
    found = turn.get(SILENCES, server)
    if found is None:
        return turn.put(SILENCES, Silence(server, turn.seconds))
    if not found.told and turn.seconds - found.since >= SOON.seconds:
        turn.tell("server-silent", {"server": server})
        return turn.put(SILENCES, Silence(server, found.since, told=True))
    return found


def _heard(turn: Turn, server: str) -> None:
    found = turn.get(SILENCES, server)
    if found is not None:
        turn.drop(SILENCES, server)
        if found.told:
            turn.tell("server-back", {"server": server})


def _pause(turn: Turn, silence: Silence) -> timedelta:
    """As long again as it has been silent."""
    return min(max(timedelta(seconds=turn.seconds - silence.since), SOON), LONGEST)


def again(turn: Turn, room: str, user: str) -> None:
    """Ask her in once more, if she is still to come there."""
    turn.take(user)
    member = turn.known
    if member is None:
        return
    wanted = room in member.invited or (room == turn.settings.space and member.approved)
    barred = turn.settings.premises.is_barred(user, room, turn.look)
    if wanted and not barred and not is_in(turn.look(room), user):
        turn.ask_in(room)


def press_again(turn: Turn) -> None:
    """She was asked into the space a minute ago, and still is."""
    space = turn.settings.space
    if turn.member.approved and turn.user in turn.look(space).invited:
        there = link(turn.place(space), via=(server_of(turn.settings.account),))
        turn.reach()
        turn.say("press-again", {"link": Link(there, there)})
