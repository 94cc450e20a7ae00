"""`!help`, and commands that are mistyped: what this room is for, and what can be written here."""

from __future__ import annotations

from typing import Any

from bots.exchange.rules.turn import Turn
from bots.runtime import unheeded
from bots.runtime.commands import Invocation, Unknown
from bots.runtime.vocabulary import HELP
from federation.events import TextMessage


def asked(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    if turn.state.room == turn.settings.exchange:
        key = "help-exchange"
    else:
        key = "help" if turn.open else "hello-off"
    turn.say(event.origin.room_id, key, **there(event))


def unknown(turn: Turn, event: TextMessage, found: Unknown) -> None:
    """Only what is nearly one of ours: other bots have commands too."""
    if found.guess is None:
        return
    turn.say(event.origin.room_id, *unheeded.unknown(found, HELP), **there(event))


def there(event: TextMessage) -> dict[str, Any]:
    if event.thread is not None:
        return {"thread": event.thread}
    return {"reply_to": event.origin.event_id}
