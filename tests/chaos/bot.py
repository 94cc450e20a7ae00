"""A bot that does whatever an office can do, on command, and keeps count of it.

Every text it says holds the word that it was asked with, so that an observer can tell what is
missing and what is there twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.runtime.kit.documents import Collection, Put, View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import (
    Due,
    Event,
    FormSubmitted,
    Performed,
    Request,
    SetTimer,
)
from bots.runtime.model.made import Made
from bots.runtime.model.messages import MessageNow
from federation.model.actions import (
    AskNow,
    CreateRoom,
    EditMessage,
    Handle,
    Invite,
    Join,
    Kick,
    Leave,
    React,
    Redact,
    Send,
    SetState,
    Text,
)
from federation.model.events import (
    Edit,
    Membership,
    MembershipKind,
    Reaction,
    Redaction,
    TextMessage,
    Unreadable,
)
from tests.kit.wordless import Wordless

PATIENCE = timedelta(seconds=0.4)


@dataclass(frozen=True, slots=True)
class Room:
    id: str
    count: int = 0
    """Messages of this room that were answered."""


ROOMS = Collection("busy/room", Room, key=lambda x: x.id)


class Busy(Wordless):
    name = "busy"

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        match event:
            case TextMessage(notice=False):
                room = event.origin.room_id
                known = view.get(ROOMS, room) or Room(room)
                counted = replace(known, count=known.count + 1)
                return Decision((Put(ROOMS, counted),), tuple(_answers(counted, event, now)))
            case Membership(membership=MembershipKind.INVITE) if event.user == event.origin.account:
                return Decision(requests=(Join(event.origin.room_id),))
            case Edit() | Redaction():
                copies = view.copies_of(event.target)
                return Decision(requests=tuple(_follow(copies, event)))
        return Decision(requests=tuple(_reactions(event)))


def _reactions(event: Event) -> Iterator[Request]:
    if isinstance(event, Performed):
        yield from _after(event)
    else:
        yield from _words(event)


def _words(event: Event) -> Iterator[Request]:
    match event:
        case MessageNow(answer=TextMessage(body=body)):
            yield _say(event.room, f"found {body}")
        case Due():
            room, _, word = event.key.partition(" ")
            yield _say(room, f"due {word}")
        case FormSubmitted():
            yield _say(event.fields["room"], event.fields["text"])
        case Reaction():
            yield _say(event.origin.room_id, f"saw {event.key}")
        case Unreadable():
            yield _say(event.origin.room_id, f"unreadable {event.origin.event_id}")


def _after(event: Performed) -> Iterator[Request]:
    what, _, rest = (event.handle or "").partition("/")
    if what == "room":
        yield _say(Handle(f"room/{rest}"), f"performed {rest}")
    elif what == "nowhere":
        room, _, word = rest.partition("/")
        yield _say(room, f"failed {word} {event.error}")
    elif event.action == "Kick":
        yield Kick(event.room_id or "", event.user or "")
        yield Leave(event.room_id or "")


def _follow(copies: Iterable[Made], event: Edit | Redaction) -> Iterator[Request]:
    for made in copies:
        if isinstance(event, Edit):
            yield EditMessage(made.room_id, Handle(made.handle), Text(f"edited {event.body}"))
        else:
            yield Redact(made.room_id, Handle(made.handle))


def _answers(known: Room, event: TextMessage, now: datetime) -> Iterator[Request]:
    seal = "encrypted" if event.origin.encrypted else "plain"
    yield _say(known.id, f"{seal} {event.body} #{known.count}")
    verb, _, word = event.body.partition(" ")
    if verb == "later":
        yield SetTimer(f"{known.id} {word}", at=now + PATIENCE)
    elif verb in _COMMANDS:
        yield from _COMMANDS[verb](event, word)


def _room(event: TextMessage, word: str) -> Iterator[Request]:
    room, welcome = Handle(f"room/{word}"), Handle(f"welcome/{word}")
    invite = (event.origin.sender,)
    yield CreateRoom(str(room), name=f"room {word}", invite=invite, notify=True)
    yield _say(room, f"welcome {word}", handle=str(welcome))
    yield SetState(room, "m.room.topic", {"topic": word})
    # The answer waits for a handle that another lane fills.
    yield Send(event.origin.room_id, Text(f"made {word}"), reply_to=welcome)


def _draft(event: TextMessage, word: str) -> Iterator[Request]:
    draft = Handle(f"draft/{word}")
    yield _say(event.origin.room_id, f"draft {word}", handle=str(draft))
    yield EditMessage(event.origin.room_id, draft, Text(f"final {word}"))


def _mistake(event: TextMessage, word: str) -> Iterator[Request]:
    mistake = Handle(f"mistake/{word}")
    yield _say(event.origin.room_id, f"mistake {word}", handle=str(mistake))
    yield Redact(event.origin.room_id, mistake)


def _copy(event: TextMessage, word: str) -> Iterator[Request]:
    yield Send(event.origin.room_id, Text(f"copy {word}"), copy_of=event.origin.event_id)


def _react(event: TextMessage, word: str) -> Iterator[Request]:
    yield React(event.origin.room_id, event.origin.event_id, "👍")


def _look(event: TextMessage, word: str) -> Iterator[Request]:
    yield AskNow(event.origin.room_id, event.origin.event_id, "found", name=True)


def _nowhere(event: TextMessage, word: str) -> Iterator[Request]:
    handle = f"nowhere/{event.origin.room_id}/{word}"
    yield Send(Handle("nowhere"), Text("lost"), handle=handle, notify=True)


def _again(event: TextMessage, word: str) -> Iterator[Request]:
    """Who asks is in the room by now: the homeserver refuses, and there is nothing to do."""
    yield Invite(Handle(f"room/{word}"), event.origin.sender)


def _out(event: TextMessage, word: str) -> Iterator[Request]:
    """Everybody out, the second time in vain, and ourselves last: see `_after`."""
    room = Handle(f"room/{word}")
    yield Kick(room, event.origin.sender, notify=True)


_COMMANDS = {
    "room": _room,
    "draft": _draft,
    "mistake": _mistake,
    "copy": _copy,
    "react": _react,
    "look": _look,
    "nowhere": _nowhere,
    "again": _again,
    "out": _out,
}


def _say(room: str | Handle, text: str, handle: str | None = None) -> Send:
    return Send(room, Text(text), handle=handle)
