"""Readers at whose address nobody reads, as servers say: suspended, told in numbers, and undone.

A server is believed only where it took most of a round, and not at once: what it says may be its
own fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.announcements import keys
from bots.announcements.documents.mails import STRIKES, Round, Strike
from bots.announcements.documents.people import READERS, ReaderMoves
from bots.announcements.rules.turn import Turn
from bots.runtime.kit.undo import SIGN
from bots.runtime.speech import vocabulary
from federation.model.actions import React
from federation.model.events import Reaction

SURE_AFTER, FORGOTTEN_AFTER = 24 * 3600.0, 60 * 24 * 3600.0
"""Nobody reads there if it was said twice, more than a day and less than 60 days apart."""


def too_many(circular: Round) -> bool:
    """Whether more was refused than readers can be the reason of."""
    refused = circular.failed + circular.deferred
    return refused > 1 and refused * 10 > circular.total


def strikes(turn: Turn, circular: Round) -> list[Strike]:
    """All of a round's."""
    found = (turn.get(STRIKES, x) for x in turn.keys(STRIKES, "round", circular.key))
    return [x for x in found if x is not None]


def judge(turn: Turn, circular: Round, strikes: Sequence[Strike]) -> None:
    """The round is over, and what was said against its readers is not kept any longer."""
    for strike in strikes:
        turn.drop(STRIKES, strike.key)
    believed = circular.sent > 0 and not circular.held
    gone = [x for x in strikes if believed and x.nobody and _suspended(turn, circular, x)]
    if not gone:
        return
    values = {
        "n": len(gone),
        "replies": ", ".join(sorted({x.reply for x in gone})),
        "command": vocabulary.UNDO.shown(turn.language),
    }
    turn.tell("suspended", values, handle=circular.suspended)
    turn.ask(React(turn.room, circular.suspended, SIGN))


def _suspended(turn: Turn, circular: Round, strike: Strike) -> bool:
    """Whether it was said for the second time."""
    reader = turn.get(READERS, strike.mailing.reader)
    if reader is None or not ReaderMoves.unknown_twice.may(reader.standing):
        return False
    since = turn.seconds - reader.failed
    if since > FORGOTTEN_AFTER:
        turn.put(READERS, replace(reader, failed=turn.seconds))
    elif since >= SURE_AFTER:
        standing = ReaderMoves.unknown_twice(reader.standing)
        turn.put(READERS, replace(reader, standing=standing, suspended=circular.key))
        return True
    return False


# -- undone ----------------------------------------------------------------------------------------


def reacted(turn: Turn, event: Reaction) -> None:
    of = turn.ours(keys.SUSPENDED, event.target)
    if of is not None:
        undo(turn, **of)


def undo(turn: Turn, matter: str, number: int) -> None:
    back = turn.keys(READERS, "suspended", f"{matter}/{number}")
    for id_ in back:
        reader = turn.get(READERS, id_)
        if reader is not None:
            standing = ReaderMoves.undone(reader.standing)
            turn.put(READERS, replace(reader, standing=standing, failed=0.0))
    if back:
        told = keys.SUSPENDED(matter=matter, number=number)
        turn.tell("suspended-undone", {"n": len(back)}, edits=told)
