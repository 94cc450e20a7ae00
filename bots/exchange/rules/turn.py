"""One rule at work: which message and which room it is about, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.exchange import commands, keys
from bots.exchange.documents import (
    ANSWERS,
    OFFICE,
    PEOPLE,
    PLACES,
    SHARES,
    Office,
    Person,
    Place,
    Shared,
)
from bots.exchange.settings import Settings, Source
from bots.runtime.kit import sparing, turn
from bots.runtime.kit.documents import MOST, View
from bots.runtime.model.decision import NO_TIME, CancelTimer, Event, Phrase, Say, SetTimer
from bots.runtime.speech.phrases import Link, Quote, Translator
from bots.runtime.speech.switches import switched
from bots.runtime.understanding.texts import parts
from federation.model.actions import Redact
from federation.model.events import RoomEvent, RoomView
from federation.model.links import link
from federation.model.membership import is_kept_out

Values = Mapping[str, object]


class Turn(turn.Turn[Settings]):
    def __init__(self, view: View, settings: Settings, words: Translator, now: datetime) -> None:
        super().__init__(view, settings, words, now)
        self.settings = settings.as_known(self.office)
        self.room = ""
        """The room at hand, by its id in the settings if it replaced a room of theirs."""
        self.message = ""
        """Event id of the message at hand."""

    def begin(self, event: Event) -> None:
        if isinstance(event, RoomEvent):
            self.enter(event.origin.room_id)

    # -- the office and its rooms --------------------------------------------------------------

    @property
    def office(self) -> Office:
        return self.get(OFFICE, "office") or Office()

    def set_office(self, **changes: Any) -> None:
        self.put(OFFICE, replace(self.office, **changes))

    def enter(self, room: str) -> None:
        """Make this the room at hand."""
        self.room = self.office.meant(room)

    @property
    def place(self) -> Place:
        return self.get(PLACES, self.room) or Place(self.room)

    @property
    def older(self) -> Place:
        """What was decided in the room that the one at hand replaces, if an initiative runs it
        itself."""
        old = self.office.heirs.get(self.room, "")
        return self.get(PLACES, old) or Place(old)

    def settle(self, **changes: Any) -> None:
        """Change what is decided in the room at hand."""
        self.put(PLACES, replace(self.place, **changes))

    def now_at(self, room: str) -> str:
        """The current id of a room of the settings."""
        return self.office.now_at(room)

    def look(self, room: str) -> RoomView:
        """Who is in a room or a space, and who is banned."""
        settings = self.settings
        account = settings.greeter if room in settings.spread else settings.account
        return self.view.room(account, self.now_at(room))

    @property
    def source(self) -> Source | None:
        """The room at hand, if people share from there."""
        found = self.settings.source(self.room)
        initiative = self.settings.initiative(self.place.initiative)
        if found is None and initiative is not None:
            found = Source(self.room, initiative.name)
        return found

    @property
    def open(self) -> bool:
        """Whether people can share from the room at hand."""
        source, decided = self.source, self.place.open
        if source is None:
            return False
        return source.open if decided is None else decided

    # -- people --------------------------------------------------------------------------------

    def person(self, user: str) -> Person:
        return self.get(PEOPLE, user) or Person(user)

    def set_person(self, user: str, **changes: Any) -> None:
        person = replace(self.person(user), **changes)
        if person == Person(user):
            self.drop(PEOPLE, user)
        else:
            self.put(PEOPLE, person)

    def bar(self, user: str) -> str | None:
        """The phrase for what keeps somebody from sharing: a ban from the alliance, the exchange
        room or the room at hand and its spaces; in rooms that initiatives run themselves, also
        having left the alliance."""
        source = self.source
        around = (self.room, *source.within) if source is not None else ()
        if self.is_kept_out(user, *around):
            return "barred"
        gone = user in self.look(self.settings.alliance).left
        return "outside" if gone and self.place.initiative else None

    def is_kept_out(self, user: str, *around: str) -> bool:
        """Whether the user or their homeserver is banned."""
        rooms = (self.settings.exchange, self.settings.alliance, *around)
        return is_kept_out(user, rooms, self.look)

    def reads_exchange(self, user: str) -> bool:
        """Whether the user is in the exchange room or could join it."""
        rooms = (self.settings.exchange, self.settings.alliance)
        there = self.room == self.settings.exchange
        inside = there or any(user in self.look(room).joined for room in rooms)
        return inside and not is_kept_out(user, rooms, self.look)

    # -- the message at hand -------------------------------------------------------------------

    @property
    def found(self) -> Shared | None:
        return self.get(SHARES, self.message)

    @property
    def shared(self) -> Shared:
        found = self.found
        assert found is not None  # noqa: S101
        return found

    def take(self, source: str | None) -> Shared | None:
        """Make this the message at hand and, if there is no room at hand, its room too."""
        self.message = source or ""
        found = self.found
        if found is not None and not self.room:
            self.enter(found.room)
        return found

    def take_by(self, index_: str, value: str) -> Shared | None:
        """As `take`, for the message under a value of an index."""
        found = self.find(SHARES, index_, value, most=1)
        return self.take(found[0].source) if found else None

    def take_copy(self, event_id: str | None) -> Shared | None:
        """As `take`, for the message that one of our events copies."""
        made = self.view.made_by_event(event_id) if event_id is not None else None
        number = keys.COPY.read(made.handle) if made is not None else None
        return self.take_by("number", str(number["number"])) if number is not None else None

    def change(self, **changes: Any) -> None:
        """Change the message at hand."""
        self.put(SHARES, replace(self.shared, **changes))

    def take_back(self, *, copy: bool = True, seen: bool = True) -> None:
        """Forget the message at hand, and redact our copy and our reaction. Leave out the copy if
        somebody else removed it, and the reaction if we have left the room."""
        shared = self.shared
        self.drop(SHARES, shared.source)
        if not shared.number:
            return
        self.forget_answers(shared.number)
        made, reaction = keys.COPY(number=shared.number), keys.SEEN(number=shared.number)
        if copy:
            self.ask(Redact(shared.into, made, notify=True, whose=shared.author))
        if seen:
            self.ask(Redact(shared.room, reaction, notify=True))
        self.ask(CancelTimer(keys.NOTE(number=shared.number)))

    def forget_answers(self, number: int) -> None:
        """Forget the answers to a message that is no longer shared."""
        found = self.find(ANSWERS, "number", str(number))
        for answer in found:
            self.drop(ANSWERS, answer.event)
        if len(found) == MOST:
            self.ask(SetTimer(keys.CLEAR(number=number), after=NO_TIME))

    # -- what is said --------------------------------------------------------------------------

    def say(self, room: str, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something in the room of an initiative."""
        always = {
            "share": commands.SHARE,
            "find": commands.FIND,
            "named": switched(commands.NAME, on=True),
            "unnamed": switched(commands.NAME, on=False),
            "on": switched(commands.EXCHANGE, on=True),
            "off": switched(commands.EXCHANGE, on=False),
        }
        phrase = Phrase(key, self.settings.spoken, {**always, **(values or {})})
        whose = f"answer {self.asker}" if self.asker is not None else None
        self.ask(Say(room, phrase, whose=whose, **fields))

    def say_there(self, key: str, values: Values | None = None) -> None:
        """Say something in the thread of the message at hand."""
        self.say(self.shared.room, key, values, thread=self.shared.thread or self.shared.source)

    def may_tell(self, key: str) -> bool:
        """Whether we may tell coordinators this again; notes that we do."""
        return sparing.may_say(key, self.office.heard, self.seconds, self.set_office)

    def tell(self, key: str, values: Values) -> None:
        """Say something to the coordinators."""
        if self.settings.coordination is not None:
            phrase = Phrase(key, self.settings.languages[0], values)
            self.ask(Say(self.now_at(self.settings.coordination), phrase))

    def show(self, shared: Shared, *, anew: bool = False) -> None:
        """Send the copy to the exchange room, or bring it up to date."""
        copy = keys.COPY(number=shared.number)
        phrase = Phrase("copy", self.settings.languages[0], _values(shared))
        said = Say(shared.into, phrase, notify=True, whose=shared.author)
        if anew:
            self.ask(replace(said, handle=copy, copy_of=shared.source))
        else:
            self.ask(replace(said, edits=copy))


def _values(shared: Shared) -> Values:
    first, *rest = parts(shared.text)
    who = "from-named" if shared.name else "from"
    about = {"initiative": shared.initiative, "name": shared.name}
    medium: object = ""
    if shared.kind:
        medium = Phrase("medium", "", {"kind": Phrase(f"kind-{shared.kind}", "")})
    return {
        "from": Phrase(who, "", about),
        "medium": medium,
        "text": Quote(first),
        "cut": Phrase("cut", "") if rest else "",
        "link": Link(
            link(shared.room, shared.source, shared.via),
            Phrase("go", "", {"initiative": shared.initiative}),
        ),
    }
