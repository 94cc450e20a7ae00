"""While mails are under way editors hear, within a minute, if the mail server takes none."""

from __future__ import annotations

from datetime import timedelta

from bots.announcements import keys
from bots.announcements.rules.turn import Turn
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
    if not told and turn.seconds - trouble.since >= BEARABLE:
        said = trouble.reply.lstrip("0")
        key = "mail-refused" if said else "mail-away"
        turn.tell(key, {"reply": said}, handle=keys.TROUBLE(since=repr(trouble.since)))
        turn.note(trouble=trouble.since)
    begin(turn)
