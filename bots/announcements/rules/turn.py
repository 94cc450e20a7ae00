"""One rule at work: what it is about, what it keeps, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.announcements import keys
from bots.announcements.documents.news import DESK, ITEMS, Announcement, Desk
from bots.announcements.settings import Settings
from bots.runtime.kit import sparing, turn
from bots.runtime.kit.documents import View
from bots.runtime.kit.keys import Made
from bots.runtime.model.decision import Phrase, Say
from bots.runtime.speech.tongues import Texts
from federation.model.events import RoomEvent
from federation.model.links import MODERATOR

Values = Mapping[str, object]


class Turn(turn.Turn[Settings]):
    def __init__(self, view: View, settings: Settings, texts: Texts, now: datetime) -> None:
        super().__init__(view, settings, texts, now)
        self.texts = texts

    @property
    def desk(self) -> Desk:
        return self.get(DESK, "desk") or Desk()

    def note(self, **changes: Any) -> None:
        """Change the bot's own notes."""
        self.put(DESK, replace(self.desk, **changes))

    @property
    def room(self) -> str:
        """Where editors write by now."""
        made = self.view.made(self.settings.room)
        return self.desk.now_at(self.settings.room if made is None else made.room_id)

    # -- what an event is about ----------------------------------------------------------------

    def about(self, event_id: str | None) -> Announcement | None:
        """The announcement that a message is about: a text of it, or what we said of it."""
        written = self.find(ITEMS, "event", event_id, most=1) if event_id else ()
        if written:
            return written[0]
        ours = self.ours(keys.OFFER, event_id)
        return None if ours is None else self.get(ITEMS, str(ours["number"]))

    def ours(self, key: Made, event_id: str | None) -> dict[str, Any] | None:
        """What a message of ours is about, if it has such a name."""
        made = self.view.made_by_event(event_id or "")
        return None if made is None else key.read(made.handle)

    def is_editor(self, event: RoomEvent) -> bool:
        user = event.origin.sender
        return user in self.settings.editors or event.room.power(user) >= MODERATOR

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
        self.ask(Say(room or self.room, self.phrase(key, values), **fields))

    def answer(self, item: Announcement, key: str, values: Values | None = None) -> None:
        """Say something in the thread of an announcement."""
        self.tell(key, values, item.room, thread=item.original.event)

    def show(self, item: Announcement, key: str, values: Values | None = None) -> None:
        """Bring the notice beneath an announcement up to date."""
        self.tell(key, values, item.room, edits=keys.OFFER(number=item.number))

    @property
    def closes(self) -> datetime:
        """When a window ends that is opened now, by the editors' clock."""
        return (self.now + self.settings.undo).astimezone(self.settings.timezone)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.settings.timezone):%H:%M:%S}"
