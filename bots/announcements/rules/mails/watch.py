"""While mails are under way editors hear, within a minute, if the mail server takes none."""

from __future__ import annotations

from datetime import timedelta

from bots.announcements import keys
from bots.announcements.documents.mails import ROUNDS
from bots.announcements.documents.people import BUDGETS
from bots.announcements.rules.turn import Turn
from bots.announcements.waiting import Budget
from bots.runtime.mail.documents import TROUBLE
from bots.runtime.model.decision import SetTimer

SOON = timedelta(seconds=25)
BEARABLE = 15.0
"""Seconds of trouble that nobody needs to hear of."""


def begin(turn: Turn) -> None:
    soon = SetTimer(keys.WATCH(), after=SOON)
    if soon not in turn.requests:
        turn.ask(soon)


def due(turn: Turn) -> None:
    trouble, told = turn.get(TROUBLE, "trouble"), turn.desk.trouble
    if trouble is None:
        if told:
            turn.tell("mail-again", edits=keys.TROUBLE(since=repr(told)))
            turn.note(trouble=0.0)
        return
    if not _waits(turn):  # else it would stay until the next mail
        turn.drop(TROUBLE, "trouble")
        if told:
            turn.tell("mail-none", edits=keys.TROUBLE(since=repr(told)))
            turn.note(trouble=0.0)
        return
    if not told and turn.seconds - trouble.since >= BEARABLE:
        said = trouble.reply.lstrip("0")
        key = "mail-refused" if said else "mail-away"
        turn.tell(key, {"reply": said}, handle=keys.TROUBLE(since=repr(trouble.since)))
        turn.note(trouble=trouble.since)
    begin(turn)


def _waits(turn: Turn) -> bool:
    """Whether any mail is still to leave."""
    asking = turn.get(BUDGETS, "budget") or Budget()
    coming = any(turn.view.is_coming(x) for x in asking.out)
    return coming or turn.view.count(ROUNDS, "running") > 0
