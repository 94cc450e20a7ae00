"""What the person writes: a command, or something for a case."""

from __future__ import annotations

from bots.ombuds import commands, keys
from bots.ombuds.cases import filing, thread
from bots.ombuds.cases.filing import Incoming
from bots.ombuds.chats import arrival
from bots.ombuds.chats.languages import guess
from bots.ombuds.documents.cases import CASES
from bots.ombuds.turn import Turn
from bots.runtime.speech import declining, unheeded
from bots.runtime.speech.tongues import asked_for
from bots.runtime.speech.vocabulary import HELP
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import Invocation, Unknown
from federation.model.events import ClientRequest, MediaMessage, TextMessage, Unreadable


def replied(turn: Turn, event: TextMessage) -> None:
    """Find what the person replies to, and which of their cases it is about."""
    if event.reply_to is None:
        return
    turn.target = turn.view.made_by_event(event.reply_to)
    there = turn.target is not None and turn.target.room_id == turn.chat
    made = (turn.target,) if turn.target and there else turn.view.copies_of(event.reply_to)
    case = turn.get(CASES, str(keys.case_of(made)))
    if case is not None and turn.has_chat and case.conversation == turn.conversation.serial:
        turn.take_case(case.number, here=True)


def followed(turn: Turn, body: str) -> str:
    """Carry out a command. Anything that is no command is a message for the office."""
    language = asked_for(body, turn.tongues.language_named)
    command = commands.of_reporter(body)
    if language is not None:
        _choose(turn, language)
        return ""
    if command is None:
        return body
    _command(turn, command)
    return command.rest if isinstance(command, Invocation) else ""


def _command(turn: Turn, found: Invocation | Unknown) -> None:
    if isinstance(found, Unknown):
        _unknown(turn, found)
    elif found.command is HELP:
        turn.say("reporter-help", {"command": commands.NEW, **arrival.to_know(turn)})
    elif found.command is commands.ORIGINAL:
        arrival.original(turn)
    else:
        turn.converse(fresh=True)
        if not found.rest:
            turn.say("new-matter")


def _unknown(turn: Turn, found: Unknown) -> None:
    """A single word that is nearly a command. Anything longer is a message for the office."""
    values = {"word": found.word, "guess": unheeded.guess(found)}
    turn.say("reporter-unknown", {**values, "help": HELP})


def take(turn: Turn, incoming: Incoming) -> None:
    """Pass the message on to the office, and tell the person what to know, unless we have."""
    if turn.conversation.language is None:
        turn.converse(language=guess(incoming.text, turn.settings.languages))
    filing.take(turn, incoming)
    arrival.notice_once(turn)


def media(turn: Turn, event: MediaMessage) -> None:
    if not is_new(turn) or not arrival.adopt(turn, event):
        return
    caption, cut = texts.clean(event.caption)
    origin = event.origin
    take(turn, Incoming(origin.event_id, caption, cut, origin.encrypted, event.kind))
    ask_for_words(turn)


def ask_for_words(turn: Turn) -> None:
    """Ask the person to say it in words, and tell staff that we did."""
    if turn.may_say("text-only"):
        turn.say("text-only")
        turn.tell_case("asked-for-words")


def requested(turn: Turn, event: ClientRequest) -> None:
    """The person's client sent a request of its own: it is no message for a case."""
    if turn.gone or not arrival.adopt(turn, event):
        return
    arrival.expect(turn)
    turn.ask(*declining.refusal(event))
    key = declining.PHRASES[event.asks]
    if turn.may_say(key):
        turn.reply(key)


def is_new(turn: Turn) -> bool:
    return not turn.copies and not turn.gone


def _choose(turn: Turn, language: str) -> None:
    turn.converse(language=language)
    if filing.is_open(turn) and turn.case.language != language:
        turn.file(language=language)
        thread.show(turn)
    turn.say("language-set")
    if turn.conversation.noticed != language:
        arrival.notice(turn)


def unreadable(turn: Turn, event: Unreadable) -> None:
    if turn.gone or not arrival.adopt(turn, event):
        return
    arrival.expect(turn)
    if not turn.may_say("send-again"):
        return
    turn.say("send-again")
    if filing.is_open(turn):
        turn.tell_case("unreadable-case")
    else:
        turn.tell("unreadable-new")
