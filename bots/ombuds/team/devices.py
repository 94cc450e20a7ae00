"""Staff read, and command the office, only on devices that they have signed.

The admin of a homeserver can give somebody a new password and log in as that person, but cannot
sign the device with their keys.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.documents.team import DEVICES, Devices
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import NO_TIME, CancelTimer, SetTimer, Started
from federation.model.actions import AskDevices
from federation.model.events import DevicesChanged, Doubt, Edit, TextMessage

AGAIN = timedelta(hours=1)
"""How long we wait before asking again for devices that we could not learn."""


def is_hers(turn: Turn, event: TextMessage | Edit) -> bool:
    """Whether a command counts. If the sender's devices are unknown, we ask for them first and
    decide again."""
    doubt = event.origin.doubt
    if doubt is Doubt.UNKNOWN:
        turn.ask(AskDevices(event.origin.room_id, event.origin.sender))
    elif doubt is Doubt.UNSIGNED:
        _refuse(turn, event.origin.sender)
    return doubt is None


def _refuse(turn: Turn, staff: str) -> None:
    # Only the first refusal rings; the same fault does not ring again.
    key = "device-unsigned" if turn.may_tell("device-unsigned") else "device-again"
    turn.tell(key, {"staff": staff})


def changed(turn: Turn, event: DevicesChanged) -> None:
    look(turn, event.origin.sender)


def started(turn: Turn, _: Started) -> None:
    """Look at members whose devices we do not know."""
    here = turn.look(turn.room_id or "").joined
    look(turn, *(x for x in turn.office.roster if x in here and turn.get(DEVICES, x) is None))


def look(turn: Turn, *users: str) -> None:
    """Check whether these members of the team have new devices."""
    team = (x for x in users if x in turn.office.roster)
    turn.ask(*(SetTimer(keys.DEVICES(user=x), after=NO_TIME) for x in team))


def compare(turn: Turn, user: str) -> None:
    """Say once for each new device what can't be read on it; nothing about the first ones."""
    if user not in turn.office.roster:
        return
    now = turn.view.devices(turn.settings.account, user)
    timer = keys.DEVICES(user=user)
    if now is None:
        turn.ask(AskDevices(turn.room, user), SetTimer(timer, after=AGAIN))
        return
    turn.ask(CancelTimer(timer))
    found = turn.get(DEVICES, user)
    before = found.known if found is not None else ()
    new = now.difference(before)
    if found is None or new:
        turn.put(DEVICES, Devices(user, tuple(sorted(new.union(before)))))
    if before and new:
        turn.tell("device-new", {"staff": user})
