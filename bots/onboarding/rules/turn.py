"""One rule at work: whom and which wish it is about, and what it asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bots.onboarding import keys
from bots.onboarding.documents import (
    CHATS,
    MEMBERS,
    OFFICE,
    WISHES,
    Member,
    Office,
    Question,
    Stage,
    Wish,
    wish_key,
)
from bots.onboarding.settings import Settings
from bots.onboarding.wording import CHAT
from bots.runtime.kit import chats, sparing, turn
from bots.runtime.kit import keys as kit
from bots.runtime.kit.documents import View
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import Event, Performed, Phrase, Say, SetTimer
from bots.runtime.speech.phrases import Person
from bots.runtime.speech.tongues import Texts
from bots.runtime.speech.words import Raw
from federation.model.actions import Handle, Invite, Ref
from federation.model.events import Membership, MembershipKind, RoomEvent, RoomView
from federation.model.links import MODERATOR, server_of
from federation.model.membership import is_in

Values = Mapping[str, object]
DAY = 24 * 3600.0
PRESSES = timedelta(minutes=1)
"""How long somebody of another homeserver has to come in by herself: her first attempt may fail
there, and nobody else would tell her that the next one does not."""


class Turn(turn.Turn[Settings]):
    def __init__(self, view: View, settings: Settings, words: Texts, now: datetime) -> None:
        super().__init__(view, settings, words, now)
        self.tongues = words
        self.settings = settings.as_known(self.office)
        self.room = ""
        """The room at hand: of the settings by its id there, else as it is."""
        self.user = ""
        """The person at hand, whether we know her or not."""
        self._wish = ""
        self._names: Mapping[str, str] = {}

    def begin(self, event: Event) -> None:
        if isinstance(event, Performed):
            self.take(event.user or "")
        elif isinstance(event, RoomEvent):
            self.room = self.office.meant(event.origin.room_id)
            self._names = event.room.names
            if self.room not in self.settings.places:
                chat = self.get(CHATS, self.room)
                self.take(chat.user if chat is not None else _partner(event))
            elif isinstance(event, Membership):
                self.take(event.user)

    # -- the office and its rooms --------------------------------------------------------------

    @property
    def office(self) -> Office:
        return self.get(OFFICE, "office") or Office()

    def set_office(self, **changes: Any) -> None:
        self.put(OFFICE, replace(self.office, **changes))

    def place(self, room: str) -> str:
        """Where a room of the settings is by now."""
        return self.office.now_at(room)

    def look(self, room: str) -> RoomView:
        """Who is in a room of the settings, and who is banned."""
        return self.view.room(self.settings.account, self.place(room))

    def may_decide(self, user: str, coordination: RoomView, contacts: Collection[str] = ()) -> bool:
        """Whether somebody decides who is let in; `contacts`: those who do besides coordinators."""
        settings = self.settings
        if settings.premises.is_barred(user, settings.coordination, self.look):
            return False
        named = user in settings.coordinators or user in contacts
        return named or coordination.power(user) >= MODERATOR

    @property
    def is_private(self) -> bool:
        """Whether the room at hand is known as private with the person at hand."""
        return self.known is not None and self.get(CHATS, self.room) is not None

    # -- the person at hand --------------------------------------------------------------------

    def take(self, user: str, initiative: str = "") -> None:
        """From now on it is about this person, and her wish to join the alliance, or this
        initiative."""
        self.user, self._wish = user, wish_key(user, initiative)

    @property
    def known(self) -> Member | None:
        return self.get(MEMBERS, self.user) if self.user else None

    @property
    def member(self) -> Member:
        found = self.known
        assert found is not None  # noqa: S101
        return found

    def change(self, **changes: Any) -> None:
        """Change what is known of her."""
        self.put(MEMBERS, replace(self.member, **changes))

    def meet(self) -> Member:
        """She is new if we don't know her."""
        if self.known is None:
            serial = self.office.members + 1
            self.set_office(members=serial)
            self.put(MEMBERS, Member(self.user, serial))
        return self.member

    def move(self, happens: Move[Stage], **changes: Any) -> None:
        """This happens to her."""
        self.change(stage=happens(self.member.stage), **changes)

    def let_go(self, happens: Move[Stage], **changes: Any) -> None:
        """What she has agreed to and was allowed is over."""
        self.move(
            happens,
            question=Question.NOTHING,
            approved=False,
            accepted="",
            accepted_at=0.0,
            yes="",
            wishes=(),
            offered=(),
            invited=(),
            **changes,
        )

    def greets(self, user: str) -> bool:
        """Whether this is a person, as far as we know."""
        return user != self.settings.account and user not in self.settings.accounts

    def person(self, user: str) -> Person:
        """Somebody for others to read of, as she calls herself."""
        chat = self.known.chat if self.known is not None else None
        names = self.view.room(self.settings.account, chat).names if chat is not None else {}
        return Person(user, names.get(user, self._names.get(user, "")))

    # -- the wish at hand ----------------------------------------------------------------------

    @property
    def found(self) -> Wish | None:
        return self.get(WISHES, self._wish) if self._wish else None

    @property
    def wish(self) -> Wish:
        found = self.found
        assert found is not None  # noqa: S101
        return found

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide about it."""
        return self.found is not None and self.wish.open

    def set_wish(self, **changes: Any) -> None:
        self.put(WISHES, replace(self.wish, **changes))

    @property
    def doors(self) -> tuple[Wish, ...]:
        """To which initiatives she asked to be let in, decided or not."""
        asked = self.known.asked if self.known is not None else ()
        found = (self.get(WISHES, wish_key(self.user, x)) for x in asked)
        return tuple(x for x in found if x is not None)

    @contextmanager
    def about(self, initiative: str) -> Iterator[None]:
        """For a while it is about her wish to join this one."""
        kept = self._wish
        self.take(self.user, initiative)
        yield
        self._wish = kept

    # -- what is said to her -------------------------------------------------------------------

    @property
    def language(self) -> str:
        """In which she is spoken to; several until she has chosen."""
        chosen = self.known.language if self.known is not None else None
        return chosen or self.settings.first_words

    def text(self, msgid: str, **values: object) -> str:
        """What is no message, in one language."""
        return self.tongues.text(msgid, self.language.split(maxsplit=1)[0], values)

    @property
    def chat(self) -> Ref:
        return self.member.chat or keys.CHAT(serial=self.member.serial)

    @property
    def is_reached(self) -> bool:
        """Whether she is in that room."""
        return self.member.chat is not None and not self.member.away

    def reach(self) -> None:
        """See to it that there is a private room, and that she is asked into it."""
        member = self.member
        if member.chat is None and not member.opened:
            self.change(opened=True)
            # In her list of chats, beside the network's space.
            name = self.text(CHAT, network=Raw(self.settings.network))
            self.ask(chats.make(keys.CHAT(serial=member.serial), name, member.user))
        elif member.chat is not None and member.away:
            self.change(away=False)
            self.ask(Invite(member.chat, member.user, notify=True))

    def may_say(self, key: str) -> bool:
        """Whether this was not said to her lately; it is noted then."""
        return sparing.may_say(key, self.member.heard, self.seconds, self.change)

    def say(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to her, in private."""
        phrase = Phrase(key, self.language, {"network": self.settings.network, **(values or {})})
        # Whoever made the room, or moderates it, may have let others in since.
        audience = frozenset({self.user})
        self.ask(Say(self.chat, phrase, audience=audience, **fields))

    def handle(self, key: kit.Made) -> Handle:
        """For a message that asks her something."""
        number = self.member.asks + 1
        self.change(asks=number)
        return key(serial=self.member.serial, number=number)

    # -- what is said to others ----------------------------------------------------------------

    def may_tell(self, key: str) -> bool:
        """Whether this was not said to coordinators lately; it is noted then."""
        return sparing.may_say(key, self.office.heard, self.seconds, self.set_office)

    def tell(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to the coordinators."""
        self.tell_in(self.settings.coordination, key, values, **fields)

    def tell_in(self, room: str, key: str, values: Values | None = None, **fields: Any) -> None:
        always = {"network": self.settings.network}
        phrase = Phrase(key, self.settings.languages[0], {**always, **(values or {})})
        self.ask(Say(self.place(room), phrase, **fields))

    def tell_of(self, key: str, values: Values, room: str | None = None) -> None:
        """Name her to coordinators, or to others; whom we know, in a message that can be taken
        back."""
        fields: dict[str, Any] = {}
        if self.known is not None:
            number = self.member.told + 1
            self.change(told=number)
            fields["handle"] = keys.TOLD(serial=self.member.serial, number=number)
        values = {"person": self.person(self.user), **values}
        self.tell_in(room or self.settings.coordination, key, values, **fields)

    # -- invitations ---------------------------------------------------------------------------

    def invite(self, rooms: tuple[str, ...]) -> Phrase | str:
        """Invite her where she was not invited so far, or is no more, and is not banned; what to
        tell her of that."""
        premises, invited = self.settings.premises, self.member.invited
        due = (x for x in rooms if x not in invited or not is_in(self.look(x), self.user))
        new = [x for x in dict.fromkeys(due) if not premises.is_barred(self.user, x, self.look)]
        self.change(invited=tuple(dict.fromkeys((*invited, *new))))
        for room in new:
            self.ask_in(room)
        called = tuple(self.settings.names[x] for x in new if x in self.settings.names)
        return Phrase("invited", "", {"rooms": called}) if called else ""

    def ask_in(self, room: str) -> None:
        """Invite her into a room of the settings."""
        self.ask(Invite(self.place(room), self.user, notify=True, whose=self.user, once=True))
        elsewhere = server_of(self.user) != server_of(self.settings.account)
        if elsewhere and room == self.settings.space:
            self.ask(SetTimer(keys.PRESS(user=self.user), after=PRESSES))


def _partner(event: RoomEvent) -> str:
    """With whom we would talk in a room that we don't know yet."""
    if isinstance(event, chats.Message):
        return event.origin.sender
    joined = isinstance(event, Membership) and event.membership is MembershipKind.JOIN
    others = event.room.others(event.origin.account)
    return next(iter(others)) if joined and len(others) == 1 else ""
