"""Readers at whose address nobody reads, as servers say: suspended, told in numbers, and undone.

A server is believed only where it took most of a round, and not at once: what it says may be its
own fault.
"""

from __future__ import annotations

from dataclasses import replace

from bots.announcements import handles, kinds
from bots.announcements.models import Round, Standing, Subscriber
from bots.announcements.rules.turn import Turn
from bots.announcements.state import Strike
from bots.runtime.kit.undo import SIGN
from bots.runtime.speech import vocabulary
from federation.model.actions import React

SURE_AFTER, FORGOTTEN_AFTER = 24 * 3600.0, 60 * 24 * 3600.0
"""Nobody reads there if it was said twice, more than a day and less than 60 days apart."""


def too_many(circular: Round) -> bool:
    """Whether more was refused than readers can be the reason of."""
    refused = circular.failed + circular.deferred
    return refused > 1 and refused * 10 > circular.total


def note(turn: Turn, circular: Round, strike: Strike) -> None:
    data = {"mailing": strike.mailing.name, "reply": strike.reply, "nobody": strike.nobody}
    turn.put(kinds.STRIKE, _key(circular, strike), data)
    turn.state = replace(turn.state, strikes=(*turn.state.strikes, strike))


def clear(turn: Turn, circular: Round) -> None:
    for strike in turn.state.strikes:
        turn.drop(kinds.STRIKE, _key(circular, strike))
    turn.state = replace(turn.state, strikes=())


def _key(circular: Round, strike: Strike) -> str:
    return f"{circular.key}/{strike.mailing.reader}"


def judge(turn: Turn, circular: Round) -> None:
    """The round is over."""
    believed = circular.sent > 0 and not circular.held
    gone = [x for x in turn.state.strikes if believed and x.nobody and _sure(turn, x.reader)]
    clear(turn, circular)
    ids = [x.mailing.reader for x in gone]
    if not ids:
        return
    turn.put(kinds.SUSPENDED, circular.key, ids)
    values = {
        "n": len(ids),
        "replies": ", ".join(sorted({x.reply for x in gone})),
        "command": vocabulary.UNDO.shown(turn.language),
    }
    turn.tell("suspended", values, handle=handles.suspended(circular.key))
    if turn.state.room is not None:
        turn.ask(React(turn.state.room, handles.suspended(circular.key), SIGN))


def _sure(turn: Turn, reader: Subscriber | None) -> bool:
    if reader is None or reader.standing is not Standing.ACTIVE:
        return False
    since = turn.seconds - reader.failed
    if since > FORGOTTEN_AFTER:
        turn.keep_reader(replace(reader, failed=turn.seconds))
    elif since >= SURE_AFTER:
        turn.keep_reader(replace(reader, standing=Standing.SUSPENDED))
        return True
    return False


def undo(turn: Turn, round_key: str) -> None:
    back = [x for x in turn.state.readers if x.standing is Standing.SUSPENDED]
    for reader in back:
        turn.keep_reader(replace(reader, standing=Standing.ACTIVE, failed=0.0))
    turn.drop(kinds.SUSPENDED, round_key)
    if back:
        turn.tell("suspended-undone", {"n": len(back)}, edits=handles.suspended(round_key))
