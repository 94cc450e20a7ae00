"""What the person writes: it becomes a case, or goes on in one."""

from __future__ import annotations

from dataclasses import dataclass

from bots.ombuds import commands, keys
from bots.ombuds.cases import ringing, thread
from bots.ombuds.cases.documents import CASES, Case, CaseState, Flagged
from bots.ombuds.chats import arrival
from bots.ombuds.chats.languages import guess
from bots.ombuds.flags import decisions, flagwords
from bots.ombuds.team import moving
from bots.ombuds.turn import Turn
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


def replied(turn: Turn, event: TextMessage) -> None:
    """What she replies to; and the case of hers that it tells of, or of which it is a part."""
    if event.reply_to is None:
        return
    turn.target = turn.view.made_by_event(event.reply_to)
    there = turn.target is not None and turn.target.room_id == turn.chat
    made = (turn.target,) if turn.target and there else turn.view.copies_of(event.reply_to)
    case = turn.get(CASES, str(keys.case_of(made)))
    if case is not None and turn.has_chat and case.conversation == turn.conversation.serial:
        turn.take_case(case.number, here=True)


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
    language = asked_for(body, turn.tongues.language_named)
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
    if turn.gone or not arrival.adopt(turn, event):
        return
    arrival.expect(turn)
    turn.ask(*declining.refusal(event))
    key = declining.PHRASES[event.asks]
    if turn.may_say(key):
        turn.reply(key)


def _is_new(turn: Turn) -> bool:
    return not turn.copies and not turn.gone


def _choose(turn: Turn, language: str) -> None:
    turn.converse(language=language)
    if is_open(turn) and turn.case.language != language:
        turn.file(language=language)
        thread.show(turn)
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


def is_open(turn: Turn) -> bool:
    return turn.has_case and turn.case.state is not CaseState.CLOSED


def take(turn: Turn, incoming: Incoming) -> None:
    if turn.conversation.language is None:
        turn.converse(language=guess(incoming.text, turn.settings.languages))
    if turn.conversation.fresh or not is_open(turn):
        before = turn.case.number if turn.has_case and not turn.conversation.fresh else None
        _open(turn, incoming, refers=before)
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
    number = turn.office.cases + 1
    turn.set_office(cases=number)
    turn.open(
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
            stands=turn.office.rooms,
        )
    )
    turn.converse(case=number, fresh=False, acknowledged=turn.seconds)
    root = keys.ROOT(case=number)
    turn.tell(thread.key(turn), thread.values(turn), handle=root, copy_of=incoming.event_id)
    _continue(turn, incoming.event_id, rest)
    ringing.opened(turn)
    thread.receive(turn, after=root)


def _go_on(turn: Turn, incoming: Incoming) -> None:
    moving.bring(turn)
    pass_on(turn, incoming)
    thread.belongs_here(turn)
    if turn.case.state is CaseState.ANSWERED:
        thread.set_state(turn, CaseState.OPEN)
    if not sparing.lately(turn.conversation.acknowledged, turn.seconds):
        turn.converse(acknowledged=turn.seconds)
        number = turn.case.number
        handle = keys.ACKNOWLEDGED(case=number, number=turn.case.texts)
        turn.say("acknowledged", {"number": number}, handle=handle)


def pass_on(turn: Turn, incoming: Incoming) -> None:
    """Into the thread of the case at hand."""
    first, *rest = texts.parts(incoming.text)
    shown, kind = _following(turn, incoming, first)
    thread.tell_text(turn, shown, incoming.event_id, kind)
    _continue(turn, incoming.event_id, rest)
    ringing.went_on(turn)


def _following(turn: Turn, incoming: Incoming, text: str) -> tuple[Phrase, str]:
    if incoming.media is not None:
        return thread.medium(turn, incoming.media, text), incoming.media
    marks = thread.marks(
        turn, encrypted=incoming.encrypted, cut=incoming.cut, changed=incoming.changed
    )
    return thread.following(turn, text, marks), "text"


def _continue(turn: Turn, source: str, rest: list[str]) -> None:
    for part in rest:
        thread.tell_text(turn, turn.phrase("continued", {"text": part}), source)


def unreadable(turn: Turn, event: Unreadable) -> None:
    if turn.gone or not arrival.adopt(turn, event):
        return
    arrival.expect(turn)
    if not turn.may_say("send-again"):
        return
    turn.say("send-again")
    if is_open(turn):
        turn.tell_case("unreadable-case")
    else:
        turn.tell("unreadable-new")
