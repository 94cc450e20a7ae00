"""Who gets the mails about alarms, and what becomes of these mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.ombuds import keys, mails
from bots.ombuds.documents.alarms import ALARMS
from bots.ombuds.turn import Turn
from bots.runtime.mail.documents import ADDRESSES, LATER, LETTERS, NOBODY, REFUSED, Address, word
from bots.runtime.model.decision import Performed, SetTimer, Started

PAUSES = tuple(timedelta(minutes=x) for x in (5, 15, 60, 240))
"""Before each further attempt at a mail that was refused for now; the last one is repeated."""
TOLD_AT = 3
"""The attempt at which the team hears that a mail does not get through."""


def started(turn: Turn, _: Started) -> None:
    """Whom the settings name by now."""
    noted, addresses = mails.known(turn), turn.settings.alarms
    for number, address in enumerate(addresses):
        turn.put(ADDRESSES, Address(keys.reader(number), address))
    for number in range(len(addresses), noted.addresses):
        turn.drop(ADDRESSES, keys.reader(number))
    if noted.addresses != len(addresses):
        turn.put(ALARMS, replace(noted, addresses=len(addresses)))


def due(turn: Turn, key: str) -> None:
    """An hour after the last mail about this alarm, which has come again since."""
    if key in mails.known(turn).waiting:
        mails.alarm(turn, key)


def forget(turn: Turn, number: int) -> None:
    turn.drop(LETTERS, keys.LETTER(number=number))


def performed(turn: Turn, event: Performed, letter: int, to: int, attempt: int) -> None:
    what = word(event.error)
    if what == LATER:
        pause = PAUSES[min(attempt, len(PAUSES)) - 1]
        turn.ask(SetTimer(keys.MAIL_AGAIN(letter=letter, to=to, attempt=attempt + 1), after=pause))
    unsent = what in (REFUSED, NOBODY) or (what == LATER and attempt == TOLD_AT)
    if unsent and turn.may_tell("alarm-unsent"):
        turn.tell("alarm-unsent")


def again(turn: Turn, letter: int, to: int, attempt: int) -> None:
    mails.deliver(turn, letter, to, attempt)
