"""Help, and answers to commands that are mistyped or not encrypted."""

from __future__ import annotations

from typing import Any

from bots.exchange import commands
from bots.exchange.rules.turn import Turn, Values
from bots.runtime.speech import unheeded
from bots.runtime.speech.vocabulary import HELP
from bots.runtime.understanding.commands import Invocation, Unknown
from federation.model.events import TextMessage


def asked(turn: Turn, event: TextMessage, _: Invocation) -> None:
    if turn.room == turn.settings.exchange:
        key = "help-exchange"
    else:
        key = "help" if turn.open else "hello-off"
    answer(turn, event, key)


def unknown(turn: Turn, event: TextMessage, found: Unknown) -> None:
    """Answer only near misses: other bots have commands too."""
    if found.guess is not None:
        answer(turn, event, *unheeded.unknown(found, HELP))


def in_clear(turn: Turn, event: TextMessage) -> None:
    answer(turn, event, "in-clear")


def target(turn: Turn, event: TextMessage, found: Invocation) -> str | None:
    """The message that a command is about. If there is none, say so."""
    meant = commands.meant(event)
    if meant is None:
        turn.say(event.origin.room_id, "which", {"command": found.command})
    elif unheeded.is_said(found.rest):
        answer(turn, event, "rest-unused", unheeded.values(found))
    return meant


def answer(turn: Turn, event: TextMessage, key: str, values: Values | None = None) -> None:
    there: dict[str, Any] = {"reply_to": event.origin.event_id}
    if event.thread is not None:
        there = {"thread": event.thread}
    turn.say(event.origin.room_id, key, values, **there)
