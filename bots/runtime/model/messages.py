"""What a message says now: a rule asks (`federation.model.actions.AskNow`), the runtime answers.

Which edit counts, what was taken back, what could not be read, and what a homeserver could have
written in somebody's name is told from each other here, once, for every bot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from federation.model.actions import AskNow
from federation.model.events import (
    Ignored,
    MediaMessage,
    Origin,
    RoomEvent,
    RoomView,
    TextMessage,
    Unreadable,
    in_clear,
)
from federation.model.ports import RawEvent
from federation.model.shapes import is_text, mapping
from federation.model.translate import as_edited

Message = TextMessage | MediaMessage
Weigh = Callable[[Origin, RawEvent], Origin]
"""Adds what is known of the device from which an event came."""

UNDECRYPTABLE, PLAIN, OTHER = "undecryptable", "plain", "other"


@dataclass(frozen=True, slots=True)
class Gone:
    """It was taken back: nothing is left of what it said."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What its author says there cannot be told."""

    reason: str
    """`undecryptable`, also where the homeserver goes on showing what was taken back; `plain`: in
    clear where encryption is due; `other`: it is no message; else why nobody could be asked, as
    `Performed.error` has it."""
    claimed: Message | None = field(default=None, repr=False)
    """What it says in clear: `Origin.encrypted` says why it does not count."""

    @property
    def unread(self) -> bool:
        """Whether there is a message, of which nobody knows what its author wrote."""
        return self.reason in (UNDECRYPTABLE, PLAIN)


@dataclass(frozen=True, slots=True)
class MessageNow:
    """The answer to the newest `AskNow` about a message with the same `why`; an older one gets
    none. It is as a homeserver showed it, with what it had told until then of edits and redactions:
    what changed the message behind that comes to the rule behind this. It may withhold the newest
    edit."""

    room: str
    event_id: str
    why: str
    answer: Message | Gone | Unknown
    """A message holds the words of its author's last edit, and its own origin."""
    author: str = field(default="", repr=False)
    """Who wrote it, as the homeserver says, also of what is gone or unknown; empty if it was not
    found."""
    edit: Origin | None = None
    """Of the edit whose words these are."""
    name: str = field(default="", repr=False)
    """What its author is called in that room, if it was asked for; anybody may choose any name."""
    place: str = ""
    """What the room is called, if it was asked for."""

    @property
    def shown(self) -> Message | None:
        """What it says, also in clear: `Unknown.claimed`."""
        found = self.answer.claimed if isinstance(self.answer, Unknown) else self.answer
        return found if isinstance(found, Message) else None


def written(message: Message) -> tuple[str, str | None]:
    """What its author wrote; of a medium, what she wrote beneath, and of which kind it is."""
    if isinstance(message, TextMessage):
        return message.body, None
    return message.caption, message.kind


def read_now(
    account: str,
    asked: AskNow,
    found: Mapping[str, Any] | None,
    view: RoomView,
    error: str | None = None,
    weigh: Weigh = lambda origin, _: origin,
) -> MessageNow:
    """`found`: as `translate.as_edited` reads it; `view`: the room as it is now."""
    question = (asked.room, asked.event_id, asked.why)
    if error is not None or found is None:
        return MessageNow(*question, Unknown(error or OTHER))
    event, edit = as_edited(account, asked.room, found, view)
    if event.origin.event_id != asked.event_id:
        return MessageNow(*question, Unknown(OTHER))
    raw = mapping(found.get("event"))
    event = replace(event, origin=weigh(event.origin, raw))
    return MessageNow(
        *question,
        _answer(event, raw),
        event.origin.sender,
        None if edit is None else weigh(edit.origin, mapping(found.get("edit"))),
        _text(found, "name"),
        _text(found, "room"),
    )


def _answer(event: RoomEvent, raw: RawEvent) -> Message | Gone | Unknown:
    if isinstance(event, Message):
        return Unknown(PLAIN, event) if in_clear(event) else event
    if isinstance(event, Ignored) and not raw.get("content"):
        return Gone()
    undecryptable = isinstance(event, Unreadable) and event.reason == UNDECRYPTABLE
    return Unknown(UNDECRYPTABLE if undecryptable else OTHER)


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return value if is_text(value) else ""
