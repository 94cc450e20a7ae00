"""🚩: it is removed first of all; then whoever set it is asked in private what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.ombuds import handles
from bots.ombuds.flags import Flag, Flagger, Stage
from bots.ombuds.rules import arrival, flagwords
from bots.ombuds.rules.flagwords import Choice
from bots.ombuds.rules.turn import Turn
from bots.ombuds.wording.flags import CHAT
from bots.runtime.decision import CancelTimer, Performed, Phrase, Say, SetTimer, Withdraw
from bots.runtime.kit import chats
from bots.runtime.phrases import PerLanguage
from federation.actions import React, Redact, Ref
from federation.events import Reaction
from federation.links import link, servers

FORGOTTEN = timedelta(days=7)
"""After which nobody expects an answer any more."""
QUIET = timedelta(seconds=3)
"""After which the question tells of what was flagged since."""
TOGETHER = 600.0
"""Seconds in which what somebody flags in one room is one question: an edit rings no phone."""
MOST = 20
"""Messages that one question is about."""

# What is asked with `notify` here may be refused (she may have left, or ignore us); staff are not
# to be troubled with it, and must not learn that somebody flagged something and said no more.


def reacted(turn: Turn, event: Reaction) -> None:
    room = event.origin.room_id
    place = turn.known.desk.places.get(room)
    if place is None or not place.open:
        return
    turn.ask(Redact(room, event.origin.event_id, notify=True))
    take(turn, event.origin.sender, room, event.target)


def take(turn: Turn, user: str, room: str, event: str) -> None:
    """Somebody flags a message, in the room or by its link."""
    flagger = turn.flagger(user)
    open_ = (turn.known.desk.flags.get(str(x)) for x in flagger.flags)
    since = turn.seconds - TOGETHER
    for flag in open_:
        if flag and flag.room == room and flag.stage is Stage.ASKED and flag.asked >= since:
            _add(turn, flag, event)
            return
    _ask(turn, user, room, event)


def _add(turn: Turn, flag: Flag, event: str) -> None:
    if event in flag.events:
        return
    if len(flag.events) < MOST:
        flag = replace(flag, events=(*flag.events, event))
    else:
        flag = replace(flag, more=flag.more + 1)
    turn.keep("flags", flag.number, flag)
    turn.ask(SetTimer(handles.recount_timer(flag.number), turn.now + QUIET))


def _ask(turn: Turn, user: str, room: str, event: str) -> None:
    flag = Flag(turn.number(), user, room, (event,), asked=turn.seconds)
    chat = _chat(turn, user)
    flagger = turn.flagger(user)
    turn.keep("flags", flag.number, flag)
    turn.keep("flaggers", user, replace(flagger, flags=(*flagger.flags, flag.number)))
    question = handles.question(flag.number)
    _say(turn, chat, flag, handle=question)
    ring = Phrase("ring-question", turn.spoken)
    audience = frozenset({user})
    turn.ask(Say(chat, ring, audience=audience, strict=True, after=question, notify=True))
    turn.ask(*(React(chat, question, x.key, notify=True) for x in Choice))
    turn.ask(SetTimer(handles.flag_timer(flag.number), turn.now + FORGOTTEN))


def _say(turn: Turn, chat: Ref, flag: Flag, **fields: Ref) -> None:
    count = len(flag.events) + flag.more
    values = {
        "count": count,
        "link": link(flag.room, flag.events[0], servers(turn.state.view)),
        "message": PerLanguage(flagwords.MESSAGE.word),
        "accommodation": PerLanguage(flagwords.ACCOMMODATION.word),
        "nothing": PerLanguage(flagwords.NOTHING.word),
    }
    phrase = Phrase("flag-question" if count == 1 else "flag-questions", turn.spoken, values)
    audience = frozenset({flag.user})
    # `strict` also keeps a question from being sent in clear while somebody else is there.
    turn.ask(Say(chat, phrase, audience=audience, strict=True, notify=True, **fields))


def _chat(turn: Turn, user: str) -> Ref:
    """Where she is talked to alone: the chat that there is, or one that is made for it."""
    flagger, conversation = turn.flagger(user), turn.known.conversation
    alone = conversation is not None and not conversation.left and not conversation.exposed
    if flagger.room is not None and alone:
        return flagger.room
    if not flagger.making:
        flagger = replace(flagger, making=turn.number(), room=None)
        turn.keep("flaggers", user, flagger)
        turn.keep("chats", flagger.making, user)
        chat = handles.chat(flagger.making)
        name = turn.room_name(CHAT, turn.spoken)
        turn.ask(chats.make(chat, name, user))
    return handles.chat(flagger.making)


def chat_made(turn: Turn, event: Performed, number: str) -> None:
    user = turn.known.desk.chats.get(number)
    if user is None:
        return
    turn.keep("chats", number, None)
    flagger = replace(turn.flagger(user), making=0)
    if event.error is None:
        turn.keep("flaggers", user, replace(flagger, room=flagger.room or event.room_id))
        if turn.known.conversation is None:
            arrival.begin(turn, user, encrypted=True)
        return
    turn.keep("flaggers", user, flagger)
    for flag in _open(turn, flagger):
        forget(turn, flag)


def _open(turn: Turn, flagger: Flagger) -> list[Flag]:
    flags = (turn.known.desk.flags.get(str(x)) for x in flagger.flags)
    return [x for x in flags if x is not None]


def shown(turn: Turn, event: Performed, number: int, what: str) -> None:
    """She can see the question only now, and so her time begins. She may have been asked into the
    chat long before."""
    flag = turn.known.desk.flags.get(str(number))
    stage = Stage.ASKED if what == "question" else Stage.OFFERED
    if event.error is None and flag is not None and flag.stage is stage:
        turn.ask(SetTimer(handles.flag_timer(flag.number), turn.now + FORGOTTEN))


def recount(turn: Turn, number: str) -> None:
    """Tell in the question how many messages it is about by now."""
    flag = turn.known.desk.flags.get(number)
    if flag is not None and flag.stage is Stage.ASKED:
        flagger = turn.flagger(flag.user)
        chat = flagger.room or handles.chat(flagger.making)
        _say(turn, chat, flag, edits=handles.question(flag.number))


def due(turn: Turn, number: str) -> None:
    """She has not answered."""
    flag = turn.known.desk.flags.get(number)
    if flag is not None:
        forget(turn, flag)


def forget(turn: Turn, flag: Flag, *, answered: bool = False) -> None:
    flagger = turn.flagger(flag.user)
    flags = tuple(x for x in flagger.flags if x != flag.number)
    at = turn.seconds if answered else flagger.answered
    turn.keep("flaggers", flag.user, replace(flagger, flags=flags, answered=at))
    turn.keep("flags", flag.number, None)
    turn.ask(CancelTimer(handles.flag_timer(flag.number)))
    turn.ask(CancelTimer(handles.recount_timer(flag.number)))
    for handle in (handles.question(flag.number), handles.evidence(flag.number)):
        turn.ask(Withdraw(handle))
