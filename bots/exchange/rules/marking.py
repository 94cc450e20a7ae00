"""📣: its author shares a message; somebody else's 📣 is explained to her once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.exchange import handles
from bots.exchange.models import Mark, Restless, Shared, ShareState
from bots.exchange.rules.turn import Turn
from bots.runtime.decision import Performed, SetTimer
from bots.runtime.lookalikes import looks_like
from bots.runtime.texts import called, clean
from federation.actions import Look, React
from federation.events import (
    KNOWN_MEDIA,
    MediaMessage,
    Reaction,
    RoomView,
    TextMessage,
    Unreadable,
)
from federation.links import servers
from federation.shapes import mapping
from federation.translate import looked_up

SEEN = "✅"
FIRST_PAUSE, LONGEST_PAUSE = 3.0, 300.0
"""Seconds before a message is shared again that was just taken back."""
CALM = timedelta(hours=1)
MOST_LOOKS = 3
"""At one message, because it was edited meanwhile."""
PAUSE = 30 * 24 * 3600.0
"""Seconds after which somebody is told again that only authors share."""


def marked(turn: Turn, event: Reaction | TextMessage, target: str) -> None:
    """Somebody has put a 📣 on a message, or answered it with `!share`."""
    origin = event.origin
    if (
        not turn.open
        or turn.state.ours
        or turn.known.removed
        or not _is_person(turn, origin.sender)
    ):
        return
    mark = Mark(origin.event_id, origin.sender)
    if bar := turn.bar(origin.sender):
        _refuse(turn, bar, mark, target)
        return
    if turn.known.shared is None:
        shared = Shared(
            target,
            origin.room_id,
            marks=(mark,),
            via=servers(event.room),
            sealed=event.room.encrypted,
        )
        turn.known = replace(turn.known, shared=shared)
        _look_in_time(turn)
    elif turn.shared.room != origin.room_id:
        return
    elif turn.shared.state is ShareState.ASKED or turn.shared.author == origin.sender:
        others = tuple(x for x in turn.shared.marks if x.event != mark.event)
        turn.change(marks=(*others, mark))
    else:
        _explain(turn, "not-author", (mark,))


def _refuse(turn: Turn, bar: str, mark: Mark, target: str) -> None:
    """Who is out shares nothing."""
    person = turn.person(mark.by)
    if turn.seconds - person.explained >= PAUSE:
        turn.set_person(mark.by, explained=turn.seconds)
        turn.say(turn.place(turn.state.room), bar, reply_to=target)


def _is_person(turn: Turn, user: str) -> bool:
    return user != turn.settings.account and user not in turn.settings.accounts


# -- who changes her mind again and again ----------------------------------------------------------


def note_restless(turn: Turn) -> None:
    """It was shared, and was taken back."""
    times = turn.known.restless.times + 1
    turn.known = replace(turn.known, restless=Restless(times, turn.seconds))
    turn.ask(SetTimer(handles.CALM + turn.state.event, turn.now + CALM))


def calmed(turn: Turn) -> None:
    turn.known = replace(turn.known, restless=Restless())


def _look_in_time(turn: Turn) -> None:
    """At once; but a message that was just taken back is shared again a while later only, the
    longer the more often."""
    restless = turn.known.restless
    if not restless.times:
        look(turn)
        return
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 3.0 ** min(restless.times - 1, 9))
    turn.ask(SetTimer(handles.LOOK + turn.shared.source, turn.now + timedelta(seconds=pause)))


def look_due(turn: Turn) -> None:
    """It is still marked."""
    if turn.known.shared is not None and not turn.shared.looked and turn.shared.marks:
        look(turn)


# -- looking it up ---------------------------------------------------------------------------------


def look_again(turn: Turn) -> None:
    """It was edited while it is looked up. Whoever edits it again and again does not put it off
    for ever."""
    if turn.shared.looked in range(1, MOST_LOOKS):
        look(turn)
    elif turn.shared.looked:
        turn.change(stale=True)


def look(turn: Turn) -> None:
    """Have the message looked up, once more if it is being looked up."""
    turn.known = replace(turn.known, looks=turn.known.looks + 1)
    turn.change(looked=turn.shared.looked + 1)
    named = any(turn.person(x.by).named for x in turn.shared.marks)
    turn.ask(Look(turn.shared.room, turn.shared.source, name=named))


# -- what was found --------------------------------------------------------------------------------

Message = TextMessage | MediaMessage


def found(turn: Turn, event: Performed) -> None:
    """Who wrote it, and what it says."""
    looks = max(0, turn.known.looks - 1)
    turn.known = replace(turn.known, looks=looks)
    if looks or turn.known.shared is None:
        return  # an older answer may not hold any more
    if turn.shared.state is not ShareState.ASKED:
        _refresh(turn, event)
        return
    if _edit(event) in turn.known.place.gone:
        look(turn)
        return
    message = _message(turn, event)
    if message is None or not turn.open or not _is_person(turn, message.origin.sender):
        turn.take_back()
        return
    if not isinstance(message, Unreadable):
        turn.change(thread=message.thread)  # homeservers take no thread that begins within another
    if bar := turn.bar(message.origin.sender):
        _explain(turn, bar, turn.shared.marks)
        turn.take_back()
    else:
        _of_somebody(turn, message, event)


def _of_somebody(turn: Turn, message: Message | Unreadable, event: Performed) -> None:
    mine = tuple(x for x in turn.shared.marks if x.by == message.origin.sender)
    _explain(turn, "not-author", turn.shared.marks, message.origin.sender)
    if mine and not isinstance(message, Unreadable):
        _share(turn, message, mine, event)
    else:
        if mine:
            _explain(turn, "unreadable", mine)
        turn.take_back()


def _refresh(turn: Turn, event: Performed) -> None:
    """What it says now that it is shared, unless an edit has told since."""
    message, edit = _message(turn, event), _edit(event)
    known = edit in (*turn.shared.edits, *turn.known.place.gone) or not edit
    if not turn.shared.stale or known or not isinstance(message, Message):
        return
    turn.change(stale=False)
    if message.origin.sender == turn.shared.author:
        text, kind = _content(message)
        changed = {"text": text, "kind": kind, "changed": turn.seconds}
        turn.change(edits=(*turn.shared.edits, edit), **changed)
        turn.put(turn.shared)


def _edit(event: Performed) -> str:
    """The edit that was found with the message; empty if it was not edited."""
    return str(mapping(mapping(event.found).get("edit")).get("event_id", ""))


def _message(turn: Turn, event: Performed) -> Message | Unreadable | None:
    """What can be shared, or could if it were readable."""
    if event.error is not None or event.found is None:
        return None
    shared, view = turn.shared, RoomView(encrypted=turn.shared.sealed)
    message = looked_up(turn.settings.account, shared.room, event.found, view)
    if isinstance(message, Unreadable):
        return message if message.reason == "undecryptable" else None
    if not isinstance(message, Message) or message.origin.event_id != shared.source:
        return None
    if shared.sealed and not message.origin.encrypted:
        # A homeserver could have written it in somebody's name.
        return Unreadable(message.origin, view, "plain")
    return None if isinstance(message, TextMessage) and message.notice else message


def _explain(turn: Turn, key: str, marks: tuple[Mark, ...], author: str = "") -> None:
    """Say in the conversation why nothing is shared; to each person once in a while."""
    concerned = dict.fromkeys(x.by for x in marks if x.by != author)
    new = [x for x in concerned if turn.seconds - turn.person(x).explained >= PAUSE]
    for user in new:
        turn.set_person(user, explained=turn.seconds)
    if new:
        turn.say_there(key)


def _share(turn: Turn, message: Message, marks: tuple[Mark, ...], event: Performed) -> None:
    source = turn.source
    text, kind = _content(message)
    if source is None or not (text or kind):
        turn.take_back()
        return
    author = message.origin.sender
    name = _name(turn, event) if turn.person(author).named else ""
    number = turn.known.office.shares + 1
    turn.office(shares=number)
    turn.change(
        state=ShareState.SHARED,
        marks=marks,
        number=number,
        into=turn.place(turn.settings.exchange),
        author=author,
        initiative=source.initiative,
        name=name,
        text=text,
        kind=kind,
        edits=(_edit(event),) if _edit(event) else (),
        shared=turn.seconds,
    )
    turn.put(turn.shared, anew=True)
    if turn.shared.stale:
        look(turn)
    turn.ask(React(turn.shared.room, turn.shared.source, SEEN, handles.seen(number), notify=True))


def _name(turn: Turn, event: Performed) -> str:
    """Nobody goes by the name of an initiative."""
    name = called(str((event.found or {}).get("name", "")))
    return "" if looks_like(name, turn.settings.names) else name


def _content(message: Message) -> tuple[str, str]:
    if isinstance(message, TextMessage):
        return clean(message.body)[0], ""
    kind = message.kind if message.kind in KNOWN_MEDIA else "other"
    return clean(message.caption)[0], kind
