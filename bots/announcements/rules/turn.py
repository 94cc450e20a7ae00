"""One rule at work: what it knows so far, what it keeps, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.announcements import handles, kinds
from bots.announcements.models import Announcement, Desk, Round, Subscriber, to_json
from bots.announcements.state import State, Write
from bots.runtime.kit import sparing
from bots.runtime.model import turn
from bots.runtime.model.decision import Decision, Phrase, Say
from federation.model.events import RoomEvent

Values = Mapping[str, object]
MODERATOR = 50


class Turn(turn.Turn[State]):
    def __init__(self, state: State, now: datetime) -> None:
        super().__init__(state, now)
        self.settings = state.settings
        self.texts = state.texts
        self.desk: Desk = state.desk
        self._writes: list[Write] = []

    def decision(self) -> Decision[State]:
        return Decision(replace(self.state, writes=tuple(self._writes)), tuple(self.requests))

    @property
    def purpose(self) -> str | None:
        """What the link at hand is for."""
        return self.state.ticket.purpose if self.state.ticket is not None else None

    # -- what is kept --------------------------------------------------------------------------

    def put(self, kind: str, key: str, value: Any) -> None:
        self._writes.append(Write(kind, key, value))

    def drop(self, kind: str, key: str) -> None:
        self._writes.append(Write(kind, key, None))

    def forget(self, kind: str, key: str) -> None:
        """Drop it for good, whatever backup is restored."""
        self._writes.append(Write(kind, key, None, gone=True))

    def note(self, **changes: Any) -> None:
        """Change the bot's own notes."""
        self.desk = replace(self.desk, **changes)
        self.put(kinds.DESK, "desk", to_json(self.desk))

    def keep(self, item: Announcement) -> Announcement:
        self.put(kinds.ITEM, str(item.number), to_json(item))
        self.state = replace(self.state, item=item)
        return item

    def keep_round(self, circular: Round) -> Round:
        self.put(kinds.ROUND, circular.key, to_json(circular))
        return circular

    def keep_reader(self, reader: Subscriber) -> Subscriber:
        self.put(kinds.READER, reader.id, to_json(reader))
        return reader

    # -- what is said in the room --------------------------------------------------------------

    @property
    def language(self) -> str:
        """In which editors are spoken to."""
        return self.settings.languages[0]

    def phrase(self, key: str, values: Values | None = None) -> Phrase:
        return Phrase(key, self.language, values or {})

    def may_tell(self, key: str) -> bool:
        """Whether this was not said to editors lately; it is noted then."""
        return sparing.may_say(key, self.desk.heard, self.seconds, self.note)

    def tell(
        self, key: str, values: Values | None = None, room: str | None = None, **fields: Any
    ) -> None:
        place = room or self.state.room
        if place is not None:
            self.ask(Say(place, self.phrase(key, values), **fields))

    def answer(self, item: Announcement, key: str, values: Values | None = None) -> None:
        """Say something in the thread of an announcement."""
        self.tell(key, values, item.room, thread=item.original.event)

    def show(self, item: Announcement, key: str, values: Values | None = None) -> None:
        """Bring what stands beneath an announcement up to date."""
        self.tell(key, values, item.room, edits=handles.offer(item.number))

    @property
    def closes(self) -> datetime:
        """When a window ends that is opened now, by the editors' clock."""
        return (self.now + self.settings.undo).astimezone(self.settings.timezone)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.settings.timezone):%H:%M:%S}"

    def is_editor(self, event: RoomEvent) -> bool:
        user = event.origin.sender
        return user in self.settings.editors or event.room.power(user) >= MODERATOR
