"""What somebody writes to us in private, and how she reacts to what we wrote."""

from __future__ import annotations

from collections.abc import Callable

from bots.onboarding import commands, keys
from bots.onboarding.documents import Question, Stage
from bots.onboarding.rules import (
    arrival,
    choosing,
    consent,
    greeting,
    parting,
    wishes,
)
from bots.onboarding.rules.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import Phrase, Request
from bots.runtime.speech import declining, unheeded
from bots.runtime.speech.tongues import asked_for
from bots.runtime.speech.vocabulary import HELP, NO, YES, listed
from bots.runtime.understanding import answers
from bots.runtime.understanding.commands import Invocation, Unknown, is_asking, spoken
from federation.model.events import (
    ClientRequest,
    Edit,
    MediaMessage,
    Reaction,
    Redaction,
    TextMessage,
    Unreadable,
    in_clear,
)

PARTING = (Question.LEAVE, Question.ERASE)


def text(turn: Turn, event: TextMessage) -> None:
    if event.notice or not arrival.adopt(turn, event):
        return
    if in_clear(event):
        _plain(turn)
        return
    body = spoken(event)
    language = asked_for(body, turn.tongues.language_named)
    if language is not None:
        _choose(turn, language)
    elif turn.member.stage is Stage.NEW:
        _remember(turn, body)
        greeting.greet(turn)
    elif not _command(turn, body) and not _answer(turn, body):
        _puzzled(turn, body)


def _plain(turn: Turn) -> None:
    """Nothing counts of it; but whoever wrote before the chat was encrypted is greeted."""
    if turn.member.stage is Stage.NEW:
        greeting.greet(turn)
    else:
        turn.say("in-clear")


def _choose(turn: Turn, language: str) -> None:
    turn.change(language=language)
    if turn.member.stage is Stage.NEW:
        greeting.greet(turn)
        return
    turn.say("language-set")
    if turn.member.pending:
        consent.show(turn)
    elif turn.member.stage is Stage.CHOOSING:
        choosing.offer(turn)


def _command(turn: Turn, body: str) -> bool:
    found = _found(turn, body)
    if isinstance(found, Unknown):
        turn.say(*unheeded.unknown(found, HELP))
    elif found is not None:
        if turn.member.question in PARTING:
            turn.change(question=Question.NOTHING)
        _do(turn, found)
    return found is not None


def _found(turn: Turn, body: str) -> Invocation | Unknown | None:
    """A command; its word alone, too, unless it answers what is asked."""
    if is_asking(body):
        return Invocation(HELP)
    found = commands.PRIVATE.find(body)
    return found or (None if _answers(turn, body) else commands.PRIVATE.bare(body))


def _answers(turn: Turn, body: str) -> bool:
    if turn.member.open is Question.TOPICS and choosing.understands(turn, body):
        return True
    return answers.agreement(body) is not None or answers.is_cancel(body)


def _do(turn: Turn, found: Invocation) -> None:
    said = unheeded.is_said(found.rest)
    if said and found.command is commands.TOPICS and turn.member.offered:
        choosing.chosen(turn, found.rest)
        return
    if said:
        _besides(turn, found)
    DOES[found.command.name](turn)


def _besides(turn: Turn, found: Invocation) -> None:
    """What she wrote behind a command. While others decide about her, it is for them."""
    if turn.member.stage is Stage.WAITING and turn.found is not None:
        wishes.add(turn, found.rest)
        turn.say("added")
    else:
        turn.say("rest-unused", unheeded.values(found))


def _answer(turn: Turn, body: str) -> bool:
    """An answer to what we asked last; False if nothing is asked, or nothing that it could be."""
    asked, said = turn.member.open, answers.agreement(body)
    if asked is Question.TOPICS:
        choosing.chosen(turn, body)
    elif asked is Question.NOTHING:
        return False
    elif said is None and not answers.is_cancel(body):
        _how(turn, asked, body)
    elif asked is Question.RULES:
        (consent.yes if said else consent.no)(turn)
    else:
        (parting.confirmed if said else parting.kept)(turn)
    return True


def _how(turn: Turn, asked: Question, body: str) -> None:
    """What she wrote is no answer: a question that is open is never met with silence."""
    kept = asked is Question.RULES and _remember(turn, body)
    values = {
        "kept": Phrase("rules-kept", "") if kept else "",
        "yes": YES,
        "no": NO,
        "rules": commands.RULES,
    }
    turn.say("rules-open" if asked is Question.RULES else f"{asked}-open", values)


def _remember(turn: Turn, body: str) -> bool:
    """For those who decide about her, should she agree: they are told what she wrote."""
    if not turn.settings.approval or turn.member.approved:
        return False
    turn.change(said=wishes.joined(turn.member.said, body))
    return True


def _puzzled(turn: Turn, body: str) -> None:
    if turn.member.stage is Stage.WAITING and turn.found is not None:
        wishes.add(turn, body)
        turn.say("added")
    elif turn.may_say("not-understood"):
        turn.say("not-understood", {"help": HELP})


# -- commands --------------------------------------------------------------------------------------


def _help(turn: Turn) -> None:
    lines = listed(commands.OF_PEOPLE)
    turn.say("help", {"lines": lines, "languages": greeting.languages(turn)})


def _topics(turn: Turn) -> None:
    if turn.member.stage in consent.IN:
        choosing.offer(turn)
    elif turn.member.stage is Stage.WAITING:
        consent.waiting(turn)
    else:
        consent.show(turn)


DOES: dict[str, Callable[[Turn], None]] = {
    "help": _help,
    "rules": consent.read,
    "topics": _topics,
    "leave": parting.leave,
    "erase": lambda turn: consent.ask(turn, Question.ERASE),
}


# -- what is not text ------------------------------------------------------------------------------


def reacted(turn: Turn, event: Reaction) -> None:
    said, member = answers.sign(event.key), turn.known
    made = turn.view.made_by_event(event.target)
    if said is None or member is None or made is None or event.origin.sender != member.user:
        return
    rules, ask = keys.RULES.read(made.handle), keys.ASK.read(made.handle)
    asked = rules or ask
    if asked is None or asked["serial"] != member.serial:
        return
    number = int(asked["number"])
    if rules and number >= member.first:
        (consent.yes(turn, event.origin.event_id) if said else consent.no(turn))
    elif ask and number == member.asks and member.question in PARTING:
        (parting.confirmed if said else parting.kept)(turn)


def redacted(turn: Turn, event: Redaction) -> None:
    """Her ✅ is gone: she may have thought that this is how one leaves."""
    member = turn.known
    if member is not None and member.yes == event.target and event.origin.sender == member.user:
        turn.change(yes="")
        turn.say("yes-gone", {"leave": commands.LEAVE})


def media(turn: Turn, event: MediaMessage) -> None:
    _ask_again(turn, event, "text-only")


def edited(turn: Turn, event: Edit) -> None:
    """It is not read as an answer: what she changes may be older than what we asked."""
    if not turn.is_private or turn.member.user != event.origin.sender:
        return
    waits = turn.member.open is not Question.NOTHING or turn.member.stage is Stage.WAITING
    if waits and turn.may_say("edited"):
        turn.say("edited")


def requested(turn: Turn, event: ClientRequest) -> None:
    """Her client wants something that a program can't do."""
    _ask_again(turn, event, declining.PHRASES[event.asks], *declining.refusal(event))


def unreadable(turn: Turn, event: Unreadable) -> None:
    _ask_again(turn, event, "send-again")


def _ask_again(turn: Turn, event: chats.Message, key: str, *requests: Request) -> None:
    if not arrival.adopt(turn, event):
        return
    turn.ask(*requests)
    if turn.member.stage is Stage.NEW:
        greeting.greet(turn)
    elif turn.may_say(key):
        turn.say(key)
