"""The digest: once at its hour, never twice, never an empty one."""

from __future__ import annotations

from bots.announcements import handles
from bots.announcements.letters import digest_letter
from bots.announcements.models import Kind, Round, next_digest
from bots.announcements.rules import rounds
from bots.announcements.rules.turn import Turn
from bots.runtime.decision import SetTimer


def wind(turn: Turn) -> None:
    at = next_digest(turn.settings.digest, turn.settings.timezone, turn.now)
    turn.ask(SetTimer(handles.DIGEST, at))


def started(turn: Turn) -> None:
    if not turn.desk.digested:
        turn.note(digested=turn.seconds)
    wind(turn)


def due(turn: Turn) -> None:
    wind(turn)
    items = turn.state.items
    if not items:
        return
    readers = [(x.id, x.language) for x in turn.state.readers if x.kind is Kind.DIGEST]
    number = turn.desk.digests + bool(readers)
    turn.note(digests=number, digested=max(x.released for x in items))
    if not readers:
        return
    circular = Round(
        key=handles.digest_round(number),
        event=f"digest {turn.seconds!r}",
        total=len(readers),
        editions=tuple(sorted({language for _, language in readers})),
        items=tuple(x.number for x in items),
    )
    for language in circular.editions:
        letter = digest_letter(turn.settings, turn.texts, items, circular, language)
        rounds.put_letter(turn, letter)
    rounds.start(turn, circular, readers, thread=None)
