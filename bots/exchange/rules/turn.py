"""One rule at work: what it knows so far, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bots.exchange import handles
from bots.exchange.models import Person, Shared, Source
from bots.exchange.rules import commands
from bots.exchange.state import Knowledge, State
from bots.runtime import turn
from bots.runtime.decision import CancelTimer, Decision, Phrase, Say
from bots.runtime.kit import sparing
from bots.runtime.phrases import Link, PerLanguage, Quote
from bots.runtime.switches import switched
from bots.runtime.texts import parts
from federation.actions import Redact
from federation.links import link
from federation.membership import is_kept_out

Values = Mapping[str, object]


class Turn(turn.Turn[State]):
    def __init__(self, state: State, now: datetime) -> None:
        super().__init__(state, now)
        self.settings = state.settings
        self.known: Knowledge = state.known
        self.asker: str | None = None
        """Who commands something: what is answered holds up nobody else."""

    def decision(self) -> Decision[State]:
        return Decision(replace(self.state, known=self.known), tuple(self.requests))

    # -- what is known -------------------------------------------------------------------------

    @property
    def shared(self) -> Shared:
        assert self.known.shared is not None  # noqa: S101
        return self.known.shared

    def office(self, **changes: Any) -> None:
        self.known = replace(self.known, office=replace(self.known.office, **changes))

    def change(self, **changes: Any) -> None:
        """Change the message at hand."""
        self.known = replace(self.known, shared=replace(self.shared, **changes))

    def settle(self, **changes: Any) -> None:
        """Change what is decided in the room at hand."""
        self.known = replace(self.known, place=replace(self.known.place, **changes))

    def forget_behind(self) -> None:
        """What was shared from a room in which we are not any more."""
        self.known = replace(self.known, behind=())

    def person(self, user: str) -> Person:
        return self.known.people.get(user, Person())

    def set_person(self, user: str, **changes: Any) -> None:
        people = {**self.known.people, user: replace(self.person(user), **changes)}
        self.known = replace(self.known, people=people)

    @property
    def open(self) -> bool:
        """Whether people can share from the room at hand."""
        source, decided = self.source, self.known.place.open
        if source is None:
            return False
        return source.open if decided is None else decided

    @property
    def source(self) -> Source | None:
        """The room at hand, if people share from there."""
        found = self.settings.source(self.state.room)
        initiative = self.settings.initiative(self.known.place.initiative)
        if found is None and initiative is not None:
            found = Source(self.state.room, initiative.name)
        return found

    def bar(self, user: str) -> str | None:
        """What keeps somebody from sharing, as a phrase: a ban, from the alliance, the exchange
        room or where she would share from; of rooms out of which nobody takes her, also that she
        has left the alliance."""
        source = self.source
        around = (self.state.room, *source.within) if source is not None else ()
        if self.is_kept_out(user, *around):
            return "barred"
        gone = user in self.state.look(self.settings.alliance).left
        return "outside" if gone and self.known.place.initiative else None

    def is_kept_out(self, user: str, *around: str) -> bool:
        """She, or her homeserver."""
        rooms = (self.settings.exchange, self.settings.alliance, *around)
        return is_kept_out(user, rooms, self.state.look)

    def reads_exchange(self, user: str) -> bool:
        """Whether she is in the exchange room, or it would let her in."""
        rooms = (self.settings.exchange, self.settings.alliance)
        look, there = self.state.look, self.state.room == self.settings.exchange
        inside = there or any(user in look(room).joined for room in rooms)
        return inside and not is_kept_out(user, rooms, look)

    def place(self, room: str) -> str:
        """Where a room of the settings is by now."""
        return self.known.office.now_at(room)

    # -- what is said --------------------------------------------------------------------------

    def say(self, room: str, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something in the room of an initiative."""
        always = {
            "share": PerLanguage(commands.SHARE.shown),
            "find": PerLanguage(commands.FIND.shown),
            "named": PerLanguage(partial(switched, commands.NAME, on=True)),
            "unnamed": PerLanguage(partial(switched, commands.NAME, on=False)),
            "on": PerLanguage(partial(switched, commands.EXCHANGE, on=True)),
            "off": PerLanguage(partial(switched, commands.EXCHANGE, on=False)),
        }
        phrase = Phrase(key, self.settings.spoken, {**always, **(values or {})})
        whose = f"answer {self.asker}" if self.asker is not None else None
        self.ask(Say(room, phrase, whose=whose, **fields))

    def say_there(self, key: str, values: Values | None = None) -> None:
        """Say something in the conversation of the message at hand."""
        self.say(self.shared.room, key, values, thread=self.shared.thread or self.shared.source)

    def may_tell(self, key: str) -> bool:
        """Whether this was not said to coordinators lately; it is noted then."""
        return sparing.may_say(key, self.known.office.heard, self.seconds, self.office)

    def tell(self, key: str, values: Values) -> None:
        """Say something to the coordinators."""
        if self.settings.coordination is not None:
            phrase = Phrase(key, self.settings.languages[0], values)
            self.ask(Say(self.place(self.settings.coordination), phrase))

    def put(self, shared: Shared, *, anew: bool = False) -> None:
        """Say in the exchange room what was shared, or bring that up to date."""
        copy = handles.copy(shared.number)
        phrase = Phrase("copy", self.settings.languages[0], _values(shared))
        said = Say(shared.into, phrase, notify=True, whose=shared.author)
        if anew:
            self.ask(replace(said, handle=copy, copy_of=shared.source))
        else:
            self.ask(replace(said, edits=copy))

    def take_back(self, *, redact: bool = True) -> None:
        """Everything of the message at hand that we have made, wherever it is."""
        shared = self.shared
        if shared.number:
            copies = ((shared.into, handles.copy(shared.number)),) if redact else ()
            for room, handle in copies:
                self.ask(Redact(room, handle, notify=True, whose=shared.author))
            self.ask(Redact(shared.room, handles.seen(shared.number), notify=True))
            self.ask(CancelTimer(handles.note_timer(shared.number)))
        self.known = replace(self.known, shared=None)


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
