"""What the person writes: it becomes a case, or goes on in one."""

from __future__ import annotations

from dataclasses import dataclass

from bots.ombuds import handles
from bots.ombuds.languages import guess
from bots.ombuds.models import Case, CaseState, Flagged
from bots.ombuds.rules import arrival, commands, decisions, flagwords, ringing
from bots.ombuds.rules.turn import Turn
from bots.runtime import declining, texts, unheeded
from bots.runtime.commands import Invocation, Unknown, addressed
from bots.runtime.decision import Phrase
from bots.runtime.kit import sparing
from bots.runtime.phrases import PerLanguage
from bots.runtime.tongues import asked_for
from bots.runtime.vocabulary import HELP
from federation.events import (
    ClientRequest,
    MediaMessage,
    TextMessage,
    Unreadable,
    in_clear,
)


@dataclass(frozen=True, slots=True)
class Incoming:
    event_id: str
    text: str
    cut: bool
    encrypted: bool
    media: str | None = None
    changed: bool = False


def text(turn: Turn, event: TextMessage) -> None:
    if event.notice or not _is_new(turn) or not arrival.adopt(turn, event):
        return
    body, cut = texts.clean(event.body)
    body = addressed(body, event.origin.account, event.people)
    if in_clear(event):
        _plain(turn, event, body, cut=cut)
        return
    if decisions.written(turn, event, body):
        return
    language = asked_for(body, turn.state.tongues.language_named)
    command = commands.of_reporter(body)
    if language is not None:
        _choose(turn, language)
    elif command is not None:
        _command(turn, command)
        if isinstance(command, Invocation) and command.rest:
            _tell(turn, event, command.rest, cut=cut)
    elif body:
        _tell(turn, event, body, cut=cut)


def _plain(turn: Turn, event: TextMessage, body: str, *, cut: bool) -> None:
    """It decides nothing. But no complaint is lost."""
    if flagwords.answers_something(body) or commands.of_reporter(body) is not None:
        turn.reply("in-clear")
    elif body:
        _tell(turn, event, body, cut=cut)


def _command(turn: Turn, found: Invocation | Unknown) -> None:
    if isinstance(found, Unknown):
        _unknown(turn, found)
    elif found.command is HELP:
        _help(turn)
    elif found.command is commands.ORIGINAL:
        arrival.original(turn)
    else:
        turn.converse(fresh=True)
        if not found.rest:
            turn.say("new-matter")


def _tell(turn: Turn, event: TextMessage, body: str, *, cut: bool) -> None:
    take(turn, Incoming(event.origin.event_id, body, cut, event.origin.encrypted))
    decisions.still_open(turn, event.origin.sender, body)


def _unknown(turn: Turn, found: Unknown) -> None:
    """One word that nearly is a command. Anything longer is something to be told."""
    values = {"word": found.word, "guess": unheeded.guess(found)}
    turn.say("reporter-unknown", {**values, "help": PerLanguage(HELP.shown)})


def media(turn: Turn, event: MediaMessage) -> None:
    if not _is_new(turn) or not arrival.adopt(turn, event):
        return
    caption, cut = texts.clean(event.caption)
    origin = event.origin
    take(turn, Incoming(origin.event_id, caption, cut, origin.encrypted, event.kind))
    ask_for_words(turn)


def ask_for_words(turn: Turn) -> None:
    """Ask her to say it in words, and tell staff that she was asked."""
    if turn.may_say("text-only"):
        turn.say("text-only")
        turn.tell_case("asked-for-words")


def requested(turn: Turn, event: ClientRequest) -> None:
    """Her client wants something that nobody said: it is no matter, and no part of one."""
    if turn.known.gone or not arrival.adopt(turn, event):
        return
    arrival.expect(turn)
    turn.ask(*declining.refusal(event))
    key = declining.PHRASES[event.asks]
    if turn.may_say(key):
        turn.reply(key)


def _is_new(turn: Turn) -> bool:
    return not turn.state.copies and not turn.known.gone


def _choose(turn: Turn, language: str) -> None:
    turn.converse(language=language)
    case = turn.known.case
    if case is not None and case.state is not CaseState.CLOSED and case.language != language:
        turn.file(language=language)
        turn.show_case()
    turn.say("language-set")
    if turn.conversation.noticed != language:
        arrival.notice(turn)


def _help(turn: Turn) -> None:
    turn.say(
        "reporter-help",
        {
            "command": PerLanguage(commands.NEW.shown),
            "helplines": arrival.helplines(turn),
            "languages": arrival.languages(turn),
        },
    )


# -- cases -----------------------------------------------------------------------------------------


def take(turn: Turn, incoming: Incoming) -> None:
    if turn.conversation.language is None:
        turn.converse(language=guess(incoming.text, turn.settings.languages))
    case = turn.known.case
    if turn.conversation.fresh or case is None or case.state is CaseState.CLOSED:
        before = None if turn.conversation.fresh else case
        _open(turn, incoming, refers=before.number if before is not None else None)
    else:
        _go_on(turn, incoming)
    if not turn.conversation.noticed:
        arrival.notice(turn)


def flagged(turn: Turn, source: str, flags: tuple[Flagged, ...]) -> None:
    """A case of its own, whatever else of hers is open: it may be about other people, and for
    other eyes. It names no other case."""
    if turn.conversation.language is None:
        turn.converse(language=guess("", turn.settings.languages))
    _open(turn, Incoming(source, "", False, True), flags=flags)
    if not turn.conversation.noticed:
        arrival.notice(turn)


def _open(
    turn: Turn,
    incoming: Incoming,
    *,
    refers: int | None = None,
    flags: tuple[Flagged, ...] = (),
) -> None:
    first, *rest = texts.parts(incoming.text)
    number = turn.known.office.cases + 1
    turn.office(cases=number)
    turn.adopt_case(
        Case(
            number,
            conversation=turn.conversation.serial,
            opened=turn.seconds,
            language=turn.conversation.language,
            text=first,
            media=incoming.media,
            encrypted=incoming.encrypted,
            cut=incoming.cut,
            refers=refers,
            flags=flags,
        )
    )
    turn.converse(case=number, fresh=False, acknowledged=turn.seconds)
    root = handles.root(number)
    turn.tell(turn.case_key, turn.case_values(), handle=root, copy_of=incoming.event_id)
    _continue(turn, incoming.event_id, rest)
    ringing.opened(turn)
    turn.receive(after=root)


def _go_on(turn: Turn, incoming: Incoming) -> None:
    pass_on(turn, incoming)
    turn.at_case()
    if turn.case.state is CaseState.ANSWERED:
        turn.set_state(CaseState.OPEN)
    if not sparing.lately(turn.conversation.acknowledged, turn.seconds):
        turn.converse(acknowledged=turn.seconds)
        number = turn.case.number
        handle = handles.acknowledged(number, turn.case.texts)
        turn.say("acknowledged", {"number": number}, handle=handle)


def pass_on(turn: Turn, incoming: Incoming) -> None:
    """Into the thread of the case at hand."""
    first, *rest = texts.parts(incoming.text)
    shown, kind = _following(turn, incoming, first)
    turn.tell_text(shown, incoming.event_id, kind)
    _continue(turn, incoming.event_id, rest)
    ringing.went_on(turn)


def _following(turn: Turn, incoming: Incoming, text: str) -> tuple[Phrase, str]:
    if incoming.media is not None:
        return turn.medium(incoming.media, text), incoming.media
    marks = turn.marks(encrypted=incoming.encrypted, cut=incoming.cut, changed=incoming.changed)
    return turn.following(text, marks), "text"


def _continue(turn: Turn, source: str, rest: list[str]) -> None:
    for part in rest:
        turn.tell_text(turn.phrase("continued", {"text": part}), source)


def unreadable(turn: Turn, event: Unreadable) -> None:
    if turn.known.gone or not arrival.adopt(turn, event):
        return
    arrival.expect(turn)
    if not turn.may_say("send-again"):
        return
    turn.say("send-again")
    case = turn.known.case
    if case is not None and case.state is not CaseState.CLOSED:
        turn.tell_case("unreadable-case")
    else:
        turn.tell("unreadable-new")
