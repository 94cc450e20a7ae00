"""On which devices of the team something can be read, and whose keys they are."""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import keys, known
from bots.ombuds.documents.pins import Hold
from bots.ombuds.documents.team import DEVICES, Devices
from bots.ombuds.team import leading, pins
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import NO_TIME, CancelTimer, SetTimer, Started
from federation.model.actions import AskDevices
from federation.model.events import DevicesChanged

AGAIN = timedelta(hours=1)
"""How long we wait before asking again for devices that we could not learn."""


def changed(turn: Turn, event: DevicesChanged) -> None:
    look(turn, event.origin.sender)


def started(turn: Turn, _: Started) -> None:
    """Look at members whose devices we do not know."""
    here = turn.look(turn.room_id or "").joined
    look(turn, *(x for x in turn.office.roster if x in here and turn.get(DEVICES, x) is None))


def look(turn: Turn, *users: str) -> None:
    """Check whether these members of the team have new devices."""
    turn.ask(*(SetTimer(keys.DEVICES(user=x), after=NO_TIME) for x in users if _concerns(turn, x)))


def _concerns(turn: Turn, user: str) -> bool:
    members = (*turn.office.roster, *turn.office.awaited)
    return user in members or known.trustee(turn, user) is not None


def compare(turn: Turn, user: str) -> None:
    """Say once for each new device what can't be read on it; nothing about the first ones."""
    if not _concerns(turn, user):
        return
    now = turn.view.devices(turn.settings.account, user)
    timer = keys.DEVICES(user=user)
    leading.settle(turn, user)
    if now is None:
        turn.ask(AskDevices(known.place(turn, user), user), SetTimer(timer, after=AGAIN))
        return
    turn.ask(CancelTimer(timer))
    if user in turn.office.awaited:
        return
    if known.trustee(turn, user) is not None:
        pins.watch(turn, user)
    else:
        _compare(turn, user, now)


def _compare(turn: Turn, user: str, now: frozenset[str]) -> None:
    found = turn.get(DEVICES, user)
    before = found.known if found is not None else ()
    new = now.difference(before)
    if found is None or new:
        turn.put(DEVICES, Devices(user, tuple(sorted(new.union(before)))))
    pins.watch(turn, user, more=bool(new))
    if before and new and known.hold(turn, user) is not Hold.CHANGED:
        turn.tell("device-new", {"staff": user})
