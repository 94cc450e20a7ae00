"""What the person decides about what she flagged: by a reaction, by a word, or not at all."""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import handles
from bots.ombuds.flags import Flag, Stage
from bots.ombuds.models import Reporter
from bots.ombuds.rules import arrival, flagging, flagwords, places
from bots.ombuds.rules.flagwords import AGREE, Choice
from bots.ombuds.rules.turn import Turn, Values
from bots.runtime import answers
from bots.runtime.kit import sparing
from bots.runtime.phrases import PerLanguage
from bots.runtime.questions import latest
from bots.runtime.vocabulary import NO
from federation.actions import AskNow, React
from federation.events import Reaction, TextMessage

LATELY = 3600.0
"""Seconds in which a choice by itself is still meant for a question that is closed."""


def written(turn: Turn, event: TextMessage, body: str) -> bool:
    """Whether a private message was about flags."""
    invocation = flagwords.in_private(body)
    if invocation is not None and invocation.command is flagwords.FLAGS:
        _switch(turn, event)
        return True
    linked = turn.state.linked
    if linked is not None and linked.allowed:
        _here(turn, event.origin.sender)
        flagging.take(turn, event.origin.sender, linked.room, linked.event)
        return True
    if invocation is not None and not flagwords.tells(invocation):
        turn.reply("flag-unknown")
        return True
    return _answered(turn, event, body)


def _switch(turn: Turn, event: TextMessage) -> None:
    """Flags are turned on in rooms. One that its moderator is alone in yet looks like a chat."""
    if event.room.direct or turn.known.case is not None:
        turn.reply("flags-not-here")
        return
    places.become(turn)
    places.text(turn, event)


def _answered(turn: Turn, event: TextMessage, body: str) -> bool:
    flag = _meant(turn, event)
    if flag is None:
        return _too_late(turn, event.origin.sender, body)
    if flag.stage is Stage.ASKED and (choice := flagwords.choice(body)) is not None:
        _learn(turn, body)
        _decide(turn, flag, choice, event.origin.event_id)
        return True
    if flag.stage is Stage.OFFERED and (shows := flagwords.shows(body)) is not None:
        _show(turn, flag, agrees=shows)
        return True
    if flag.stage is Stage.OFFERED and answers.agreement(body):
        # What somebody else wrote is shown for the word that was asked for, not for any "ok".
        _hint(turn, flag)
        return True
    return False


def _meant(turn: Turn, event: TextMessage) -> Flag | None:
    """The question that a text can answer: the one that it replies to, else what was asked last
    in this chat, by us or by staff."""
    asked = handles.flag_question(turn.state.target.handle if turn.state.target else None)
    if asked is not None:
        waiting = _waiting(turn, event.origin.sender)
        return next((x for x in waiting if x.number == asked[0]), None)
    return latest(_waiting(turn, event.origin.sender), since=_spoken(turn))


def _waiting(turn: Turn, user: str) -> list[Flag]:
    """Flags about which something was asked, the newest first."""
    flags = [x for x in turn.known.desk.flags.values() if x and x.user == user]
    asked = [x for x in flags if x.stage in (Stage.ASKED, Stage.OFFERED)]
    return sorted(asked, key=lambda x: -x.number)


def _spoken(turn: Turn) -> float:
    return turn.known.conversation.spoken if turn.known.conversation is not None else 0.0


def still_open(turn: Turn, user: str, body: str) -> None:
    """What she wrote went to the office; say so where it may have been meant as an answer."""
    flag = latest(_waiting(turn, user))
    if flag is None:
        return
    long_ago = flag.stage is Stage.ASKED and not sparing.lately(flag.hinted, turn.seconds)
    if flag.stage is Stage.OFFERED and flagwords.shows(body):
        # The word for a question of ours, after a question of staff: ask again, to be sure.
        offer(turn, flag)
    elif long_ago or flagwords.answers_something(body):
        _hint(turn, flag)


def offer(turn: Turn, flag: Flag) -> None:
    """Ask whether the office may read what was flagged."""
    turn.keep("flags", flag.number, replace(flag, stage=Stage.OFFERED, asked=turn.seconds))
    question = handles.evidence(flag.number)
    after = handles.root(flag.case)
    turn.reply("evidence-ask", _words(), handle=question, after=after, notify=True)
    turn.ask(React(turn.chat, question, AGREE, notify=True))


def _hint(turn: Turn, flag: Flag) -> None:
    turn.keep("flags", flag.number, replace(flag, hinted=turn.seconds))
    turn.reply("flag-open" if flag.stage is Stage.ASKED else "evidence-open", _words())


def _words() -> Values:
    return {
        "message": PerLanguage(flagwords.MESSAGE.word),
        "accommodation": PerLanguage(flagwords.ACCOMMODATION.word),
        "nothing": PerLanguage(flagwords.NOTHING.word),
        "show": PerLanguage(flagwords.SHOW.word),
        "no": PerLanguage(NO.word),
    }


def _learn(turn: Turn, body: str) -> None:
    """Her language, if only one of those that are offered has this word."""
    spoken = flagwords.languages_of(body) & {*turn.settings.languages}
    if turn.known.conversation is not None and turn.conversation.language is None:
        turn.converse(language=next(iter(spoken)) if len(spoken) == 1 else None)


def _too_late(turn: Turn, user: str, body: str) -> bool:
    """Whether this can only be meant for a question that is closed."""
    replied = handles.flag_question(turn.state.target.handle if turn.state.target else None)
    flagger = turn.known.desk.flaggers.get(user)
    lately = flagger is not None and sparing.lately(flagger.answered, turn.seconds, LATELY)
    # A number alone is no complaint; a lost store may have known the question. But where there is
    # a case, staff may have asked how many people live in a room.
    bare = turn.known.case is None and (lately or flagwords.is_number(body))
    if (replied is not None or bare) and flagwords.choice(body) is not None:
        turn.reply("flag-closed")
        return True
    return False


def reacted(turn: Turn, event: Reaction) -> None:
    """In a private chat, on a question of ours."""
    asked = handles.flag_question(turn.state.target.handle if turn.state.target else None)
    if asked is None:
        return
    flag = turn.known.desk.flags.get(str(asked[0]))
    if flag is not None and flag.user == event.origin.sender:
        if turn.known.conversation is None:  # she was quicker than the news that the chat is made
            arrival.begin(turn, flag.user, encrypted=event.room.encrypted)
        _by_reaction(turn, flag, asked[1], event)
    elif flag is None and turn.known.reporter == Reporter(event.origin.sender):
        _closed(turn, asked[1], event.key)


def _by_reaction(turn: Turn, flag: Flag, what: str, event: Reaction) -> None:
    choice, agrees = flagwords.choice(event.key), flagwords.shows(event.key)
    if what == "question" and flag.stage is Stage.ASKED and choice is not None:
        _decide(turn, flag, choice, event.origin.event_id)
    elif what == "evidence" and flag.stage is Stage.OFFERED and agrees is not None:
        _show(turn, flag, agrees=agrees)
    elif (what, flag.stage) in (("question", Stage.ASKED), ("evidence", Stage.OFFERED)):
        _hint(turn, flag)
    else:
        _closed(turn, what, event.key)


def _closed(turn: Turn, what: str, key: str) -> None:
    if what == "question" and flagwords.choice(key) is not None:
        turn.reply("flag-closed")


# -- the decision ----------------------------------------------------------------------------------


def _here(turn: Turn, user: str) -> None:
    """Of several chats, go on in the one in which she speaks."""
    turn.keep("flaggers", user, replace(turn.flagger(user), room=turn.chat))


def _decide(turn: Turn, flag: Flag, choice: Choice, source: str) -> None:
    _here(turn, flag.user)
    if choice is Choice.NOTHING:
        flagging.forget(turn, flag, answered=True)
        turn.reply("flag-forgotten")
    else:
        stage = Stage.OFFICE if choice is Choice.ACCOMMODATION else Stage.MODERATORS
        _look(turn, replace(flag, stage=stage, source=source))


def _show(turn: Turn, flag: Flag, *, agrees: bool) -> None:
    _here(turn, flag.user)
    if agrees:
        readable = tuple(x.event for x in flag.found if x.readable)
        _look(turn, replace(flag, stage=Stage.SHOWN, events=readable, found=()))
    else:
        flagging.forget(turn, flag, answered=True)
        turn.reply("evidence-kept")


def _look(turn: Turn, flag: Flag) -> None:
    """Only now is anybody's message looked at."""
    turn.keep("flags", flag.number, flag)
    for event in flag.events:
        why = handles.FLAGGED(number=flag.number)
        turn.ask(AskNow(flag.room, event, why, name=flag.stage is not Stage.MODERATORS))


def withdrawn(turn: Turn, target: str) -> None:
    """She has taken the message or reaction back by which she decided."""
    for flag in turn.known.desk.flags.values():
        if flag is not None and flag.source == target:
            flagging.forget(turn, flag, answered=True)
