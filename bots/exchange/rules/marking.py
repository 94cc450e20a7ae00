"""📣: authors share their messages. Anyone else who adds one is told once why nothing happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bots.exchange import keys
from bots.exchange.documents import (
    REMOVED,
    RESTLESS,
    SHARES,
    Mark,
    Restless,
    Shared,
    ShareMoves,
    ShareState,
)
from bots.exchange.rules import helping
from bots.exchange.rules.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import SetTimer
from bots.runtime.model.messages import Message, MessageNow, Unknown, written
from bots.runtime.understanding.commands import Invocation
from bots.runtime.understanding.lookalikes import looks_like
from bots.runtime.understanding.texts import called, clean
from federation.model.actions import AskNow, React
from federation.model.events import Reaction, TextMessage
from federation.model.links import servers

SEEN = "✅"
FIRST_PAUSE, LONGEST_PAUSE = 3.0, 300.0
"""Seconds to wait before sharing a message again that was just taken back."""
CALM = timedelta(hours=1)
PAUSE = 30 * 24 * 3600.0
"""Seconds before we tell somebody again why nothing is shared."""


def reacted(turn: Turn, event: Reaction) -> None:
    _marked(turn, event, event.target)


def asked(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
    """`!share`, in reply to a message."""
    target = helping.target(turn, event, invocation)
    if target is not None and turn.open:
        _marked(turn, event, target)
    elif target is not None:
        turn.say(event.origin.room_id, "hello-off", reply_to=event.origin.event_id)


def _marked(turn: Turn, event: Reaction | TextMessage, target: str) -> None:
    sender = event.origin.sender
    if not (turn.open and _is_person(turn, sender) and _is_shareable(turn, target)):
        return
    mark = Mark(event.origin.event_id, sender)
    if bar := turn.bar(sender):
        _refuse(turn, bar, mark, target)
        return
    shared = turn.take(target)
    if shared is None:
        room = event.origin.room_id
        _begin(turn, Shared(target, room, marks=(mark,), via=servers(event.room)))
    elif shared.room != event.origin.room_id:
        return
    elif shared.state is not ShareState.SHARED or shared.author == sender:
        others = tuple(x for x in shared.marks if x.event != mark.event)
        turn.change(marks=(*others, mark))
    else:
        _explain(turn, "not-author", (mark,))


def _is_shareable(turn: Turn, target: str) -> bool:
    ours = turn.view.made_by_event(target) is not None
    return not ours and turn.get(REMOVED, target) is None


def _refuse(turn: Turn, bar: str, mark: Mark, target: str) -> None:
    """People who were banned or have left share nothing."""
    if _is_new(turn, bar, mark.by):
        turn.say(turn.now_at(turn.room), bar, reply_to=target)


def _is_person(turn: Turn, user: str) -> bool:
    return user != turn.settings.account and user not in turn.settings.accounts


# -- who changes her mind again and again ----------------------------------------------------------


def note_restless(turn: Turn) -> None:
    """Count that a shared message was taken back."""
    restless = turn.get(RESTLESS, turn.message) or Restless(turn.message)
    turn.put(RESTLESS, Restless(turn.message, restless.times + 1))
    turn.ask(SetTimer(keys.CALM(source=turn.message), after=CALM))


def calmed(turn: Turn, source: str) -> None:
    turn.drop(RESTLESS, source)


def _begin(turn: Turn, shared: Shared) -> None:
    """Look it up at once, or after a pause if it was just taken back; the pause grows each time."""
    restless = turn.get(RESTLESS, turn.message)
    if restless is None:
        turn.put(SHARES, shared)
        look(turn)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 3.0 ** min(restless.times - 1, 9))
    turn.put(SHARES, replace(shared, state=ShareState.RESTS))
    turn.ask(SetTimer(keys.LOOK(source=turn.message), after=timedelta(seconds=pause)))


def look_due(turn: Turn, source: str) -> None:
    """The pause is over."""
    shared = turn.take(source)
    if shared is not None and ShareMoves.pause_over.may(shared.state):
        turn.change(state=ShareMoves.pause_over(shared.state))
        look(turn)


# -- looking it up ---------------------------------------------------------------------------------


def look(turn: Turn) -> None:
    """Ask what the message says and who wrote it."""
    named = any(turn.person(x.by).named for x in turn.shared.marks)
    turn.ask(AskNow(turn.shared.room, turn.shared.source, keys.SHARE(), name=named))


# -- what was found --------------------------------------------------------------------------------


def found(turn: Turn, now: MessageNow) -> None:
    """We know now who wrote it and what it says."""
    shared = turn.take(now.event_id)
    if shared is None or not ShareMoves.found.may(shared.state):
        return
    if not turn.open or not _counts(now) or not _is_person(turn, now.author):
        turn.take_back()
    else:
        _of_somebody(turn, now)


def _counts(now: MessageNow) -> bool:
    """Whether it can be shared, or could be if we were able to read it."""
    answer = now.answer
    if isinstance(answer, Unknown):
        return answer.unread
    return isinstance(answer, Message) and not (isinstance(answer, TextMessage) and answer.notice)


def _of_somebody(turn: Turn, now: MessageNow) -> None:
    message = now.answer if isinstance(now.answer, Message) else None
    if message is not None:
        turn.change(thread=message.thread)  # homeservers refuse a thread within another
    if bar := turn.bar(now.author):
        _explain(turn, bar, turn.shared.marks)
        turn.take_back()
        return
    mine = tuple(x for x in turn.shared.marks if x.by == now.author)
    _explain(turn, "not-author", turn.shared.marks, now.author)
    if mine and message is not None:
        _share(turn, message, mine, now)
    else:
        if mine:
            _explain(turn, "unreadable", mine)
        turn.take_back()


def _explain(turn: Turn, key: str, marks: tuple[Mark, ...], author: str = "") -> None:
    """Say in the thread why nothing is shared, to each person only once in a while."""
    concerned = dict.fromkeys(x.by for x in marks if x.by != author)
    if [x for x in concerned if _is_new(turn, key, x)]:
        turn.say_there(key)


def _is_new(turn: Turn, key: str, user: str) -> bool:
    keep = partial(turn.set_person, user)
    return sparing.may_say(key, turn.person(user).heard, turn.seconds, keep, PAUSE)


def _share(turn: Turn, message: Message, marks: tuple[Mark, ...], now: MessageNow) -> None:
    source = turn.source
    text, kind = _content(message)
    if source is None or not (text or kind):
        turn.take_back()
        return
    author = now.author
    name = _name(turn, now) if turn.person(author).named else ""
    number = turn.office.shares + 1
    turn.set_office(shares=number)
    turn.change(
        state=ShareMoves.found(turn.shared.state),
        marks=marks,
        number=number,
        into=turn.now_at(turn.settings.exchange),
        author=author,
        initiative=source.initiative,
        name=name,
        text=text,
        kind=kind,
        edits=(now.edit.event_id,) if now.edit is not None else (),
        shared=turn.seconds,
    )
    turn.show(turn.shared, anew=True)
    turn.ask(
        React(turn.shared.room, turn.shared.source, SEEN, keys.SEEN(number=number), notify=True)
    )


def _name(turn: Turn, now: MessageNow) -> str:
    """The author's name, unless it imitates an initiative's."""
    name = called(now.name)
    return "" if looks_like(name, turn.settings.names) else name


def _content(message: Message) -> tuple[str, str]:
    words, kind = written(message)
    return clean(words)[0], kind or ""
