"""🚩: we remove it first, then ask the person who set it, in private, what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.ombuds import flagwords, keys
from bots.ombuds.cases import forgetting
from bots.ombuds.chats import arrival, sealing
from bots.ombuds.documents.chats import FLAGGERS, Flagger
from bots.ombuds.documents.flags import FLAGS, PLACES, Flag, FlagMoves, Stage
from bots.ombuds.flags.wording import CHAT
from bots.ombuds.flagwords import Choice
from bots.ombuds.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import CancelTimer, Performed, Phrase, Say, SetTimer, Withdraw
from federation.model.actions import React, Redact, Ref
from federation.model.events import Reaction
from federation.model.links import link, servers

FORGOTTEN = timedelta(days=7)
"""How long a question stays open."""
QUIET = timedelta(seconds=3)
"""How long we wait before adding later flags to the question."""
TOGETHER = 600.0
"""Seconds in which everything a person flags in one room joins one question: an edit rings no
phone."""
MOST = 20
"""Messages in one question."""

# What is asked with `notify` here may be refused, if the person has left or ignores us. Staff are
# not troubled with that, and must not learn that somebody flagged something and said no more.


def reacted(turn: Turn, event: Reaction) -> None:
    room = event.origin.room_id
    place = turn.get(PLACES, room)
    if place is None or not place.open:
        return
    turn.ask(Redact(room, event.origin.event_id, notify=True))
    turn.enter(turn.flagger(event.origin.sender).room)
    take(turn, event.origin.sender, room, event.target)


def take(turn: Turn, user: str, room: str, event: str) -> None:
    """A person flags a message, in its room or by its link."""
    flagger = turn.flagger(user)
    since = turn.seconds - TOGETHER
    for flag in flags_of(turn, flagger):
        open_ = FlagMoves.more_flagged.may(flag.stage) and flag.asked >= since
        if open_ and flag.room == room:
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
    turn.put(FLAGS, flag)
    turn.ask(SetTimer(keys.RECOUNT(number=flag.number), after=QUIET))


def _ask(turn: Turn, user: str, room: str, event: str) -> None:
    flag = Flag(turn.number(), user, room, (event,), asked=turn.seconds)
    chat = _chat(turn, user)
    flagger = turn.flagger(user)
    turn.put(FLAGS, flag)
    turn.put(FLAGGERS, replace(flagger, flags=(*flagger.flags, flag.number)))
    question = keys.QUESTION(number=flag.number)
    _say(turn, chat, flag, handle=question)
    ring = Phrase("ring-question", turn.spoken)
    audience = frozenset({user})
    said = Say(chat, ring, audience=audience, strict=True, sealed=True, notify=True)
    turn.ask(replace(said, after=question))
    turn.ask(*(React(chat, question, x.key, notify=True) for x in Choice))
    turn.ask(SetTimer(keys.FORGET(number=flag.number), at=turn.now + FORGOTTEN))


def _say(turn: Turn, chat: Ref, flag: Flag, **fields: Any) -> None:
    count = len(flag.events) + flag.more
    values = {
        "count": count,
        "link": link(flag.room, flag.events[0], servers(turn.look(flag.room))),
        **flagwords.SHOWN,
    }
    phrase = Phrase("flag-question" if count == 1 else "flag-questions", turn.spoken, values)
    audience = frozenset({flag.user})
    # `strict` also keeps a question from being sent in clear while somebody else is there.
    said = Say(chat, phrase, audience=audience, strict=True, sealed=True, notify=True)
    turn.ask(replace(said, **fields))


def _chat(turn: Turn, user: str) -> Ref:
    """Where we talk to the person alone: an existing chat, or a new one."""
    flagger = turn.flagger(user)
    alone = turn.has_chat and not turn.conversation.left and not turn.conversation.exposed
    if flagger.room is not None and alone:
        return flagger.room
    if not flagger.making:
        flagger = replace(flagger, making=turn.number(), room=None)
        turn.put(FLAGGERS, flagger)
        chat = keys.CHAT(number=flagger.making)
        name = turn.room_name(CHAT, turn.spoken)
        turn.ask(chats.make(chat, name, user))
    return keys.CHAT(number=flagger.making)


def chat_made(turn: Turn, event: Performed, number: int) -> None:
    found = turn.find(FLAGGERS, "making", str(number), most=1)
    if not found:
        return
    turn.enter(event.room_id)
    flagger = replace(found[0], making=0)
    if event.error is None:
        turn.put(FLAGGERS, replace(flagger, room=flagger.room or event.room_id, clear=""))
        sealing.moved(turn, flagger.clear)
        if not turn.has_chat:
            arrival.begin(turn, flagger.user, encrypted=True)
        return
    turn.put(FLAGGERS, replace(flagger, clear=""))
    sealing.failed(turn, flagger.clear)
    for flag in flags_of(turn, flagger):
        forget(turn, flag)


def flags_of(turn: Turn, flagger: Flagger | None) -> list[Flag]:
    """Flags that wait for the person's decision."""
    flags = (turn.get(FLAGS, str(x)) for x in (flagger.flags if flagger is not None else ()))
    return [x for x in flags if x is not None]


def shown(turn: Turn, event: Performed, flag: Flag, *, stage: Stage) -> None:
    """The person can see the question only now, so their time begins now. They may have been
    invited to the chat long before."""
    if event.error is None and flag.stage is stage:
        turn.ask(SetTimer(keys.FORGET(number=flag.number), at=turn.now + FORGOTTEN))


def recount(turn: Turn, flag: Flag) -> None:
    """Update the question with the number of messages it is about."""
    if flag.stage is Stage.ASKED:
        flagger = turn.flagger(flag.user)
        turn.enter(flagger.room)
        chat = flagger.room or keys.CHAT(number=flagger.making)
        _say(turn, chat, flag, edits=keys.QUESTION(number=flag.number))


def forget(turn: Turn, flag: Flag, *, answered: bool = False) -> None:
    """The person has answered, or will not."""
    flagger = turn.flagger(flag.user)
    flags = tuple(x for x in flagger.flags if x != flag.number)
    at = turn.seconds if answered else flagger.answered
    turn.put(FLAGGERS, replace(flagger, flags=flags, answered=at))
    turn.drop(FLAGS, str(flag.number))
    if not answered:
        forgetting.forget_flagger(turn, flag.user)
    turn.ask(CancelTimer(keys.FORGET(number=flag.number)))
    turn.ask(CancelTimer(keys.RECOUNT(number=flag.number)))
    for handle in (keys.QUESTION(number=flag.number), keys.EVIDENCE(number=flag.number)):
        turn.ask(Withdraw(handle))
