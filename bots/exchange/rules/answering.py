"""Answers in the exchange room: once an hour, the room that a message comes from hears how many
there are."""

from __future__ import annotations

from dataclasses import replace

from bots.exchange import commands, keys
from bots.exchange.documents import ANSWERS, Answer
from bots.exchange.rules.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import Phrase, SetTimer
from bots.runtime.speech.phrases import Link
from federation.model.events import MediaMessage, TextMessage
from federation.model.links import link, servers

PAUSE = 3600.0


def answered(turn: Turn, event: TextMessage | MediaMessage) -> None:
    sender, event_id = event.origin.sender, event.origin.event_id
    if sender in turn.settings.accounts or getattr(event, "notice", False):
        return
    if isinstance(event, TextMessage) and commands.found(event) is not None:
        return
    found = turn.take_copy(event.thread) or turn.take_copy(event.reply_to)
    known = turn.get(ANSWERS, event_id)
    if found is None or (known is not None and known.number == found.number):
        return
    turn.put(ANSWERS, Answer(found.number, event_id))
    turn.change(answered=found.answered + 1, back=servers(event.room))
    left = sparing.left(found.noted, turn.seconds, PAUSE)
    if left:
        turn.ask(SetTimer(keys.NOTE(number=found.number), after=left))
    else:
        _note(turn)


def removed(turn: Turn, answer: Answer) -> None:
    if turn.take_by("number", str(answer.number)) is not None and answer.counts:
        turn.put(ANSWERS, replace(answer, counts=False))
        left = max(0, turn.shared.answered - 1)
        turn.change(answered=left, told=min(turn.shared.told, left))


def due(turn: Turn, number: int) -> None:
    found = turn.take_by("number", str(number))
    if found is not None and found.answered > found.told:
        _note(turn)


def _note(turn: Turn) -> None:
    count = turn.shared.answered
    new = count - turn.shared.told
    turn.change(noted=turn.seconds, told=count)
    copy = turn.view.made(keys.COPY(number=turn.shared.number))
    event_id = copy.event_id if copy is not None else None
    url = link(turn.shared.into, event_id, turn.shared.back)
    turn.say_there("answers", {"n": new, "link": Link(url, Phrase("go-exchange", ""))})
