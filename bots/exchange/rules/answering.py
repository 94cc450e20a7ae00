"""Answers in the exchange room: their number goes back to the conversation, once an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bots.exchange import handles
from bots.exchange.models import Answer
from bots.exchange.rules import commands
from bots.exchange.rules.turn import Turn
from bots.runtime.decision import Phrase, SetTimer
from bots.runtime.phrases import Link
from federation.events import MediaMessage, TextMessage
from federation.links import link, servers

PAUSE = 3600.0


def answered(turn: Turn, event: TextMessage | MediaMessage) -> None:
    sender, event_id = event.origin.sender, event.origin.event_id
    machine = sender in turn.settings.accounts or getattr(event, "notice", False)
    if turn.known.shared is None or machine or turn.known.answer is not None:
        return
    if isinstance(event, TextMessage) and commands.found(event) is not None:
        return
    answer = Answer(turn.shared.number, event_id, turn.shared.newest)
    turn.known = replace(turn.known, answer=answer)
    turn.change(answered=turn.shared.answered + 1, newest=event_id, back=servers(event.room))
    later = turn.shared.noted + PAUSE
    if turn.seconds >= later:
        _note(turn)
    else:
        key = handles.note_timer(turn.shared.number)
        turn.ask(SetTimer(key, datetime.fromtimestamp(later, UTC)))


def removed(turn: Turn, answer: Answer) -> None:
    if answer.counts:
        turn.known = replace(turn.known, answer=replace(answer, counts=False))
        left = max(0, turn.shared.answered - 1)
        turn.change(answered=left, told=min(turn.shared.told, left))


def due(turn: Turn) -> None:
    if turn.known.shared is not None and turn.shared.answered > turn.shared.told:
        _note(turn)


def _note(turn: Turn) -> None:
    count = turn.shared.answered
    new = count - turn.shared.told
    turn.change(noted=turn.seconds, told=count)
    copy = turn.state.copy
    event_id = copy.event_id if copy is not None else None
    url = link(turn.shared.into, event_id, turn.shared.back)
    turn.say_there("answers", {"n": new, "link": Link(url, Phrase("go-exchange", ""))})
