"""`!help`, and commands that are mistyped: what this room is for, and what can be written here."""

from __future__ import annotations

from typing import Any

from bots.exchange.rules import commands
from bots.exchange.rules.turn import Turn
from bots.runtime.commands import Invocation, Unknown
from bots.runtime.decision import Phrase
from bots.runtime.phrases import PerLanguage
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
    guess = Phrase("command-guess", "", {"command": PerLanguage(found.guess.shown)})
    values = {"word": found.word, "guess": guess, "command": PerLanguage(commands.HELP.shown)}
    turn.say(event.origin.room_id, "command-unknown", values, **there(event))


def there(event: TextMessage) -> dict[str, Any]:
    if event.thread is not None:
        return {"thread": event.thread}
    return {"reply_to": event.origin.event_id}
