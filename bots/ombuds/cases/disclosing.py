"""`!identity`: who brought a case. A procedure, no cryptography: whoever controls the running
office can read it anyway.

Two members of the team ask for it, each in an encrypted word that names the case or is written in
its thread; the first gives a reason. Both are recorded. The thread shows the name for a day. A day
later the person is told, with the reason, unless two postpone that because it would endanger
somebody; then it is told after 30 days, unless two postpone it again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bots.ombuds import commands, keys, known
from bots.ombuds.cases import ringing
from bots.ombuds.documents.disclosures import DISCLOSURES, Disclosure, DisclosureMoves
from bots.ombuds.turn import Turn
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import SetTimer
from bots.runtime.speech.words import Raw
from federation.model.actions import Redact

VALID = timedelta(days=1)
"""In that time the second word has to come."""
SEEN = timedelta(days=1)
"""How long the thread shows the name."""
TOLD = timedelta(days=1)
"""Then the person is told."""
POSTPONED = timedelta(days=30)


def ask(turn: Turn, staff: str, reason: str) -> None:
    """`!identity`: the first word, or the second."""
    found = _open(turn)
    if not turn.has_chat:
        turn.tell_case("identity-none")
    elif found is not None and found.asked_by != staff:
        _show(turn, found, staff)
    elif _is_untold(turn):
        turn.tell_case("identity-untold")
    elif not reason:
        turn.tell_case("reason-missing", {"command": commands.numbered(commands.IDENTITY)})
    else:
        _propose(turn, staff, reason)


def _open(turn: Turn) -> Disclosure | None:
    """What waits for a second word. Who left the team counts no more."""
    found = _of_case(turn)
    if found is None or not DisclosureMoves.agreed.may(found.state):
        return None
    lately = 0 <= turn.seconds - found.asked <= VALID.total_seconds()
    return found if lately and found.asked_by in turn.office.roster else None


def _is_untold(turn: Turn) -> bool:
    """Whether the person has yet to be told of the last time."""
    found = _of_case(turn)
    return found is not None and not DisclosureMoves.asked_again.may(found.state)


def _of_case(turn: Turn) -> Disclosure | None:
    return turn.get(DISCLOSURES, str(turn.case.number))


def _propose(turn: Turn, staff: str, reason: str) -> None:
    case = turn.case.number
    before = _of_case(turn)
    begun = Disclosure(case, staff, reason, turn.seconds)
    if before is not None:
        begun = replace(begun, state=DisclosureMoves.asked_again(before.state))
    turn.put(DISCLOSURES, begun)
    turn.record("identity-asked", case=case, staff=staff, reason=reason)
    until = _date(turn, turn.now + VALID)
    shown = {"staff": staff, "number": case, "text": reason, "time": until}
    turn.tell_case("identity-asked", {**shown, "command": _command(turn)})
    tell_who(turn, staff)
    ringing.changed(turn)


def tell_who(turn: Turn, staff: str) -> None:
    """Where nobody is there who could agree: it never takes one word alone."""
    if any(x != staff for x in known.there(turn)):
        return
    if others := [x for x in known.away(turn) if x.user != staff]:
        turn.tell_case("second-away", {"away": known.told(turn, *others)})
    else:
        turn.tell_case("second-none", {"command": commands.TEAM})


def _show(turn: Turn, found: Disclosure, staff: str) -> None:
    case = turn.case.number
    _move(turn, found, DisclosureMoves.agreed, agreed_by=staff, shown=turn.seconds)
    turn.record("identity-shown", case=case, staff=staff, first=found.asked_by)
    told = _date(turn, turn.now + TOLD)
    values = {"number": case, "person": Raw(turn.reporter.reveal()), "time": told}
    postpone = commands.full(commands.POSTPONE, f" {case}")
    handle = keys.DISCLOSED(case=case)
    turn.tell_case("identity-shown", {**values, "command": postpone}, handle=handle)
    turn.ask(SetTimer(keys.COVER(case=case), after=SEEN))
    turn.ask(SetTimer(keys.TELL_PERSON(case=case), at=turn.now + TOLD))


def cover(turn: Turn, case: int) -> None:
    """The name has stood in the thread for long enough."""
    turn.ask(Redact(turn.room, keys.DISCLOSED(case=case), notify=True, whose=f"case {case}"))


# -- telling the person ----------------------------------------------------------------------------


def tell(turn: Turn, disclosure: Disclosure) -> None:
    case = disclosure.case
    turn.take_case(case)
    if not DisclosureMoves.told.may(disclosure.state) or not turn.has_case:
        return
    if not turn.has_chat:
        turn.drop(DISCLOSURES, str(case))
        return
    if turn.conversation.left or turn.conversation.exposed or not turn.reaches:
        turn.ask(SetTimer(keys.TELL_PERSON(case=case), at=turn.now + TOLD))
        return
    _move(turn, disclosure, DisclosureMoves.told)
    turn.record("identity-told", case=case)
    at = _date(turn, datetime.fromtimestamp(disclosure.shown, turn.settings.timezone))
    turn.say("identity-told", {"number": case, "date": at, "text": disclosure.reason})
    turn.tell_case("identity-person-told")


def postpone(turn: Turn, staff: str, reason: str) -> None:
    """`!postpone`: two say that telling the person would endanger somebody."""
    found = _of_case(turn)
    if found is None or not DisclosureMoves.postponed.may(found.state):
        turn.tell_case("postpone-nothing")
    elif found.postponing and found.postponing != staff:
        _postpone(turn, found, staff)
    elif not reason:
        turn.tell_case("reason-missing", {"command": commands.numbered(commands.POSTPONE)})
    else:
        _move(turn, found, DisclosureMoves.first_to_postpone, postponing=staff)
        turn.record("postpone-asked", case=found.case, staff=staff, reason=reason)
        command = commands.full(commands.POSTPONE, f" {found.case}")
        turn.tell_case("postpone-asked", {"staff": staff, "text": reason, "command": command})
        tell_who(turn, staff)
        ringing.changed(turn)


def _postpone(turn: Turn, found: Disclosure, staff: str) -> None:
    until = turn.now + POSTPONED
    _move(turn, found, DisclosureMoves.postponed, postponing="")
    turn.record("postponed", case=found.case, staff=staff, first=found.postponing)
    turn.ask(SetTimer(keys.TELL_PERSON(case=found.case), at=until))
    turn.tell_case("postponed", {"date": _date(turn, until)})


def _move(turn: Turn, found: Disclosure, happens: Move[Any], **changes: Any) -> None:
    turn.put(DISCLOSURES, replace(found, state=happens(found.state), **changes))


def _command(turn: Turn) -> object:
    return commands.full(commands.IDENTITY, f" {turn.case.number}")


def _date(turn: Turn, at: datetime) -> datetime:
    return at.astimezone(turn.settings.timezone)
