"""What a person takes back.

Nobody encrypts a redaction, so a homeserver can make one in anybody's name. So it is a request:
staff are shown the message no longer, and it is erased after a while in which nothing contradicts
it. The person is asked nothing: others may be looking at the phone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bots.ombuds import commands, keys
from bots.ombuds.cases import held, retention, ringing, standing, thread
from bots.ombuds.documents.cases import LATER, Later, later_key
from bots.ombuds.documents.hidden import HIDDEN, Hidden, HiddenMoves
from bots.ombuds.keys import Part
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import CancelTimer, SetTimer
from federation.model.actions import Handle, Redact

KEPT = timedelta(hours=72)
LONGEST = 30
"""Days for which staff can hold it."""


def hide(turn: Turn, copies: list[Part], mark: str) -> None:
    """Hide these copies of a message, with everything they ever said. `mark`: of the redaction."""
    case = turn.case
    flags = case.flags if _is_root(copies[0]) else ()
    parts = tuple(x for copy in copies if (x := _kept(turn, copy)) is not None)
    strike(turn, copies)
    until = turn.now + KEPT
    hidden = Hidden(mark, case.number, case.conversation, parts, until.timestamp(), flags)
    if turn.view.was_erased(HIDDEN, mark):  # before a backup was restored
        _erase(turn, hidden)
        return
    turn.put(HIDDEN, hidden)
    turn.record("taken-back", case=case.number)
    turn.ask(SetTimer(keys.ERASE(mark=mark), at=until))
    tell(turn, hidden)
    if turn.is_case_here:
        ringing.went_on(turn)


def _is_root(copy: Part) -> bool:
    return copy.what == "root"


def _kept(turn: Turn, copy: Part) -> Later | None:
    case = turn.case
    if _is_root(copy):
        return Later(case.number, 0, case.media or "text", case.text, case.opened)
    return turn.get(LATER, later_key(case.number, copy.number))


def tell(turn: Turn, hidden: Hidden) -> None:
    """Say what was done, and until when staff can hold it; outside of a thread that is lost."""
    if turn.case.shelf is not None:
        return
    here, number = turn.is_case_here, turn.case.number
    command = commands.full(commands.HOLD, "" if here else f" {number}")
    shown = {"number": number, "time": _time(turn, hidden.until), "command": command}
    handle = keys.TAKEN(mark=hidden.mark)
    (turn.tell_case if here else turn.tell)("taken-back", shown, handle=handle)


def strike(turn: Turn, copies: list[Part]) -> None:
    """Redact the copies. Those in a lost room are out of our reach; the next room never sees
    them."""
    root = _is_root(copies[0])
    numbers = tuple(x.number for x in copies if not _is_root(x))
    for number in numbers:
        thread.forget(turn, number)
    gone = [thread.top(turn.case) if _is_root(x) else handle(x) for x in copies]
    turn.file(struck=(*turn.case.struck, *numbers))
    if root:
        turn.file(root_gone=True, text="", flags=())
    if not turn.is_case_here:
        return
    turn.ask(*(Redact(turn.room, x) for x in gone))
    if root:
        turn.tell_case(thread.root(turn), handle=keys.HEADER(case=turn.case.number))
        standing.put_answers_anew(turn)


def handle(copy: Part) -> Handle:
    if _is_root(copy):
        return keys.ROOT(case=copy.case)
    return keys.TEXT(case=copy.case, kind=copy.what, number=copy.number)


# -- erasing ---------------------------------------------------------------------------------------


def over(turn: Turn, hidden: Hidden) -> None:
    """Its time is over."""
    turn.take_case(hidden.case)
    _erase(turn, hidden)
    retention.unwanted(turn)


def _erase(turn: Turn, hidden: Hidden) -> None:
    """No word of it stays, and none comes back with a backup."""
    turn.record("erased", case=hidden.case)
    held.strike(turn, hidden)
    turn.drop(HIDDEN, hidden.mark, erase=True)
    for part in hidden.parts:
        turn.drop(LATER, later_key(part.case, part.number), erase=True)
    turn.ask(CancelTimer(keys.ERASE(mark=hidden.mark)))


def delete(turn: Turn) -> None:
    """`!delete`: the person does not want to wait."""
    serial = str(turn.conversation.serial)
    found = [x for y in turn.keys(HIDDEN, "conversation", serial) if (x := turn.get(HIDDEN, y))]
    kept = [x for x in found if not HiddenMoves.asked_to_erase.may(x.state)]
    gone = [x for x in found if x not in kept]
    for hidden in gone:
        _erase(turn, hidden)
    if kept:
        until = max(x.until for x in kept)
        time = datetime.fromtimestamp(until, turn.settings.timezone)
        turn.say("deleted-later", {"time": time})
    else:
        turn.say("deleted" if gone else "delete-nothing", {"command": commands.DELETE})
    for number in sorted({x.case for x in gone}):
        turn.take_case(number, here=True)
        if turn.has_case and turn.is_case_here:
            turn.tell_case("erased")


# -- holding ---------------------------------------------------------------------------------------


def hold(turn: Turn, staff: str, rest: str) -> None:
    """`!hold DAYS REASON`, in the case at hand."""
    first, _, reason = rest.partition(" ")
    days = int(first) if first.isdecimal() and len(first) < 3 else 0
    found = held.of_case(turn)
    free = [x for x in found if HiddenMoves.held.may(x.state)]
    if not found:
        turn.tell_case("hold-nothing")
    elif not free:
        until = max(x.until for x in found)
        turn.tell_case("hold-once", {"time": _time(turn, until)})
    elif not 1 <= days <= LONGEST or not reason.strip():
        turn.tell_case("hold-how", {"days": LONGEST, "command": commands.with_days()})
    else:
        _hold(turn, free, staff, days, reason.strip())


def _hold(turn: Turn, found: list[Hidden], staff: str, days: int, reason: str) -> None:
    until = turn.now + timedelta(days=days)
    for hidden in found:
        state = HiddenMoves.held(hidden.state)
        kept = replace(hidden, state=state, until=until.timestamp(), by=staff, reason=reason)
        turn.put(HIDDEN, kept)
        turn.ask(SetTimer(keys.ERASE(mark=hidden.mark), at=until))
        held.show(turn, kept)
    turn.record("held", case=turn.case.number, staff=staff, days=days, reason=reason)
    time = _time(turn, until.timestamp())
    turn.tell_case("held", {"staff": staff, "time": time, "reason": reason})


def _time(turn: Turn, at: float) -> datetime:
    return datetime.fromtimestamp(at, turn.settings.timezone)
