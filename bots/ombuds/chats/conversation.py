"""What the person writes: a command, or something for a case."""

from __future__ import annotations

from collections.abc import Callable

from bots.ombuds import commands, keys
from bots.ombuds.cases import blocks, erasing, filing, hiding, ringing, thread
from bots.ombuds.cases.filing import Incoming
from bots.ombuds.chats import arrival, linking, receipts, weighing
from bots.ombuds.chats.languages import guess
from bots.ombuds.documents.cases import CASES, Shelf
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import declining, unheeded
from bots.runtime.speech.tongues import asked_for
from bots.runtime.speech.vocabulary import HELP
from bots.runtime.understanding.commands import Command, Invocation, Unknown
from federation.model.events import ClientRequest, MediaMessage, TextMessage, Unreadable


def replied(turn: Turn, event: TextMessage) -> None:
    """Find what the person replies to, and which of their cases it is about."""
    if event.reply_to is None:
        return
    turn.target = turn.view.made_by_event(event.reply_to)
    there = turn.target is not None and turn.target.room_id == turn.chat
    made = (turn.target,) if turn.target and there else turn.copies_of(event.reply_to)
    case = turn.get(CASES, str(keys.case_of(made)))
    if case is not None and turn.has_chat and case.conversation == turn.conversation.serial:
        turn.take_case(case.number, here=True)


def followed(turn: Turn, event: TextMessage, body: str) -> str:
    """Carry out a command. Anything that is no command is a message for the office."""
    language = asked_for(body, turn.tongues.language_named)
    command = commands.of_reporter(body)
    if language is not None:
        _choose(turn, language)
        return ""
    if command is None:
        return body
    return _command(turn, event, command)


def _command(turn: Turn, event: TextMessage, found: Invocation | Unknown) -> str:
    """What else is in the message, for the office."""
    if isinstance(found, Unknown):
        _unknown(turn, found)
    elif found.command is commands.NEW:
        turn.converse(fresh=True)
        if not found.rest:
            turn.say("new-matter")
        return found.rest
    elif found.command in weighing.COMMANDS and not event.origin.encrypted:
        turn.reply("in-clear")
    else:
        COMMANDS[found.command](turn, event, found.rest)
        return commands.split_number(found.rest)[1] if found.command is commands.LINK else ""
    return ""


def _help(turn: Turn, _: TextMessage, __: str) -> None:
    single: object = Phrase("team-single", "") if len(turn.office.roster) == 1 else ""
    shown = {"command": commands.NEW, "receipt": commands.RECEIPT, "erase": commands.ERASE}
    turn.say("reporter-help", {**shown, "single": single})
    arrival.notice(turn)


def _original(turn: Turn, _: TextMessage, __: str) -> None:
    arrival.original(turn)


def _receipt(turn: Turn, event: TextMessage, _: str) -> None:
    receipts.anew(turn, event.origin)


def _noted(turn: Turn, _: TextMessage, __: str) -> None:
    receipts.delete(turn)


def _delete(turn: Turn, _: TextMessage, __: str) -> None:
    hiding.delete(turn)


def _erase(turn: Turn, _: TextMessage, rest: str) -> None:
    erasing.ask(turn, rest)


def _link(turn: Turn, _: TextMessage, rest: str) -> None:
    linking.link(turn, rest)


COMMANDS: dict[Command, Callable[[Turn, TextMessage, str], None]] = {
    HELP: _help,
    commands.ORIGINAL: _original,
    commands.DELETE: _delete,
    commands.ERASE: _erase,
    commands.RECEIPT: _receipt,
    commands.NOTED: _noted,
    commands.LINK: _link,
}
"""`rule(turn, event, rest)`"""


def _unknown(turn: Turn, found: Unknown) -> None:
    """A single word that is nearly a command. Anything longer is a message for the office."""
    values = {"word": found.word, "guess": unheeded.guess(found)}
    turn.say("reporter-unknown", {**values, "help": HELP})


def take(turn: Turn, incoming: Incoming) -> None:
    """Pass the message on to the office, and tell the person what to know, unless we have."""
    if turn.conversation.language is None:
        turn.converse(language=guess(incoming.text, turn.settings.languages))
    erasing.stopped(turn)
    closed = turn.case.number if turn.has_case and not turn.conversation.fresh else None
    filing.take(turn, incoming)
    if turn.case.shelf is Shelf.BLOCKED:
        return
    if closed is not None and turn.case.number != closed:
        linking.offer(turn, closed)
    arrival.notice_once(turn)
    if turn.beside and "receipt-ask" not in turn.conversation.heard and turn.may_say("receipt-ask"):
        turn.say("receipt-ask")
    if incoming.encrypted:
        receipts.promise(turn, incoming.event_id)


def media(turn: Turn, event: MediaMessage) -> None:
    if not is_new(turn) or not arrival.adopt(turn, event):
        return
    caption, cut = receipts.clean(event.caption)
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
        ringing.changed(turn)
    elif not blocks.is_blocked(turn) and turn.may_tell("unreadable-new"):
        turn.tell("unreadable-new")
