"""What editors command in words, in the thread of a message or in answer to it."""

from __future__ import annotations

from bots.announcements import commands, keys
from bots.announcements.documents.news import Call
from bots.announcements.rules import offers, release
from bots.announcements.rules.mails import digest, suspending
from bots.announcements.rules.turn import Turn
from bots.runtime.speech import unheeded
from bots.runtime.speech.vocabulary import HELP, listed
from bots.runtime.understanding.commands import Invocation, Unknown
from federation.model.events import TextMessage


def unknown(turn: Turn, event: TextMessage, found: Unknown) -> None:
    turn.tell(*unheeded.unknown(found, HELP), thread=event.thread)


def asks_help(turn: Turn, event: TextMessage, found: Invocation) -> None:
    _heed(turn, event, found)
    values = {"lines": listed(commands.ALL), "example": offers.example(turn)}
    turn.tell("help", values, thread=event.thread)


def asks_digest(turn: Turn, event: TextMessage, found: Invocation) -> None:
    _heed(turn, event, found)
    digest.ask(turn)


def releases(turn: Turn, event: TextMessage, found: Invocation) -> None:
    _heed(turn, event, found)
    item = turn.about(_meant(event))
    if item is not None:
        release.release(turn, item, event.origin.sender, asked=True)
    else:
        _ask_where(turn, event, found)


def undoes(turn: Turn, event: TextMessage, found: Invocation) -> None:
    """Outside the thread of an announcement only suspended readers or a digest can be meant."""
    _heed(turn, event, found)
    item = turn.about(_meant(event))
    if item is not None:
        release.undo(turn, item, asked=True)
    elif (of := turn.ours(keys.SUSPENDED, _meant(event))) is not None:
        suspending.undo(turn, **of)
    elif turn.desk.call is not Call.NONE:
        digest.undo(turn)
    else:
        _ask_where(turn, event, found)


def _meant(event: TextMessage) -> str | None:
    return event.thread or event.reply_to


def _heed(turn: Turn, event: TextMessage, found: Invocation) -> None:
    if unheeded.is_said(found.rest):
        turn.tell("rest-unused", unheeded.values(found), thread=event.thread)


def _ask_where(turn: Turn, event: TextMessage, found: Invocation) -> None:
    command = found.command.shown(turn.language)
    turn.tell("command-where", {"command": command}, thread=event.thread)
