"""`!erase`: all that is of a person is erased, and who she is (Art. 17 GDPR), in older backups too.

She writes it in her chat and confirms it with a second word. Where she asks in another way, two of
the team write it; then she is told, and whatever she writes within three days stops it. What staff
hold stays until that is over, and she is told so; whose it was is forgotten at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bots.ombuds import commands, keys
from bots.ombuds.cases import disclosing, forgetting, held, retention, thread
from bots.ombuds.documents.cases import Case, CaseMoves
from bots.ombuds.documents.chats import FLAGGERS
from bots.ombuds.documents.erasures import ERASURES, Erasure
from bots.ombuds.documents.flags import FLAGS
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import CancelTimer, SetTimer, Withdraw
from bots.runtime.speech.vocabulary import with_word

VALID = timedelta(days=1)
"""In that time the second word has to come."""
STOPPED = timedelta(hours=72)
"""In which the person can stop what staff were asked to do in her name."""


def ask(turn: Turn, rest: str) -> None:
    """`!erase`: she is told what it means; `!erase everything` does it."""
    lately = sparing.lately(turn.conversation.erasing, turn.seconds, VALID.total_seconds())
    if lately and commands.EVERYTHING.is_meant(rest):
        _everything(turn, turn.conversation.serial)
        return
    turn.converse(erasing=turn.seconds)
    confirm = with_word(commands.ERASE, commands.EVERYTHING)
    turn.say("erase-ask", {"delete": commands.DELETE, "command": confirm})


# -- where staff are asked -------------------------------------------------------------------------


def propose(turn: Turn, staff: str, reason: str) -> None:
    """`!erase 17 REASON`: the first word, or the second."""
    found = turn.get(ERASURES, str(turn.case.number))
    if found is not None and found.agreed_by:
        _tell(turn, "erase-agreed", {"number": found.case, "time": _time(turn, found)})
    elif found is not None and found.asked_by != staff and _counts(turn, found):
        _agree(turn, found, staff)
    elif not reason:
        _tell(turn, "reason-missing", {"command": commands.numbered(commands.ERASE)})
    else:
        _propose(turn, staff, reason)


def _counts(turn: Turn, found: Erasure) -> bool:
    """Who left the team counts no more."""
    lately = sparing.lately(found.asked, turn.seconds, VALID.total_seconds())
    return lately and found.asked_by in turn.office.roster


def _propose(turn: Turn, staff: str, reason: str) -> None:
    case = turn.case
    turn.put(ERASURES, Erasure(case.number, case.conversation, staff, reason, turn.seconds))
    turn.ask(SetTimer(keys.ERASE_PERSON(case=case.number), at=turn.now + VALID))
    turn.record("erase-asked", case=case.number, staff=staff, reason=reason)
    command = commands.full(commands.ERASE, f" {case.number}")
    shown = {"staff": staff, "number": case.number, "text": reason, "command": command}
    _tell(turn, "erase-proposed", shown)
    disclosing.tell_who(turn, staff)


def _agree(turn: Turn, found: Erasure, staff: str) -> None:
    agreed = turn.put(ERASURES, replace(found, asked=turn.seconds, agreed_by=staff))
    turn.ask(SetTimer(keys.ERASE_PERSON(case=found.case), at=turn.now + STOPPED))
    turn.record("erase-agreed", case=found.case, staff=staff, first=found.asked_by)
    _tell(turn, "erase-agreed", {"number": found.case, "time": _time(turn, agreed)})
    if turn.has_chat and not (turn.conversation.left or turn.conversation.exposed):
        turn.say("erase-announced", {"time": _time(turn, agreed)})


def _time(turn: Turn, found: Erasure) -> datetime:
    return datetime.fromtimestamp(found.asked, turn.settings.timezone) + STOPPED


def _tell(turn: Turn, key: str, values: dict[str, object]) -> None:
    """In the thread of the case, if it has one."""
    (turn.tell_case if turn.is_case_here else turn.tell)(key, values)


def stopped(turn: Turn) -> None:
    """The person has written."""
    for key in turn.keys(ERASURES, "conversation", str(turn.conversation.serial)):
        found = turn.get(ERASURES, key)
        if found is not None and found.agreed_by:
            turn.drop(ERASURES, key)
            turn.ask(CancelTimer(keys.ERASE_PERSON(case=found.case)))
            turn.record("erase-stopped", case=found.case)
            turn.tell("erase-objected", {"number": found.case}, about=key)
            turn.say("erase-stopped", about=key)


def due(turn: Turn, erasure: Erasure) -> None:
    turn.drop(ERASURES, str(erasure.case))
    if erasure.agreed_by:
        turn.enter_of(erasure.conversation)
        _everything(turn, erasure.conversation)


# -- what is erased --------------------------------------------------------------------------------


def _everything(turn: Turn, conversation: int) -> None:
    kept = [y for x in forgetting.cases(turn, conversation) if (y := _erase(turn, x)) is not None]
    turn.record("person-erased", kept=len(kept))
    turn.enter_of(conversation)
    if not turn.has_chat:
        return
    if kept:
        until = datetime.fromtimestamp(max(x for _, x in kept), turn.settings.timezone)
        numbers = ", ".join(str(x) for x, _ in kept)
        turn.say("erased-but", {"numbers": numbers, "date": until.date()})
    else:
        turn.say("erased-all")
    _forget_flags(turn, turn.reporter.reveal())
    forgetting.forget(turn, conversation)


def _forget_flags(turn: Turn, user: str) -> None:
    """What she flagged and has not decided about; unless she has another matter with us."""
    flagger = turn.get(FLAGGERS, user)
    for number in flagger.flags if flagger is not None else ():
        turn.drop(FLAGS, str(number))
        turn.ask(*(CancelTimer(x(number=number)) for x in (keys.FORGET, keys.RECOUNT)))
        turn.ask(*(Withdraw(x(number=number)) for x in (keys.QUESTION, keys.EVIDENCE)))
    if flagger is not None:
        turn.put(FLAGGERS, replace(flagger, flags=()))


def _erase(turn: Turn, case: Case) -> tuple[int, float] | None:
    """What staff hold stays until then: its number, and when."""
    turn.take_case(case.number)
    until = held.until(turn)
    if not until:
        retention.erase(turn, case.number, retention.ASKED)
        return None
    turn.file(unwanted=True)
    if CaseMoves.closed.may(case.state):
        thread.move(turn, CaseMoves.closed)
    date = datetime.fromtimestamp(until, turn.settings.timezone).date()
    turn.tell("erase-held", {"number": case.number, "date": date}, about=str(case.number))
    return case.number, until
