"""One rule at work: what it knows so far, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bots.onboarding import handles
from bots.onboarding.models import Initiative, Member, Question, Stage, Wish
from bots.onboarding.state import Knowledge, State
from bots.onboarding.wording import CHAT
from bots.runtime.kit import chats, sparing
from bots.runtime.model import turn
from bots.runtime.model.decision import Decision, Phrase, Say, SetTimer
from bots.runtime.speech.phrases import Person
from bots.runtime.speech.words import Raw
from federation.model.actions import Handle, Invite, Ref
from federation.model.links import server_of
from federation.model.membership import is_in

Values = Mapping[str, object]
DAY = 24 * 3600.0
PRESSES = timedelta(minutes=1)
"""How long somebody of another homeserver has to come in by herself: her first attempt may fail
there, and nobody else would tell her that the next one does not."""


class Turn(turn.Turn[State]):
    def __init__(self, state: State, now: datetime) -> None:
        super().__init__(state, now)
        self.settings = state.settings
        self.known: Knowledge = state.known

    def decision(self) -> Decision[State]:
        return Decision(replace(self.state, known=self.known), tuple(self.requests))

    # -- what is known -------------------------------------------------------------------------

    @property
    def member(self) -> Member:
        assert self.known.member is not None  # noqa: S101
        return self.known.member

    @property
    def wish(self) -> Wish:
        assert self.known.wish is not None  # noqa: S101
        return self.known.wish

    def office(self, **changes: Any) -> None:
        self.known = replace(self.known, office=replace(self.known.office, **changes))

    def change(self, **changes: Any) -> None:
        """Change the member at hand."""
        self.known = replace(self.known, member=replace(self.member, **changes))

    def let_go(self, stage: Stage, **changes: Any) -> None:
        """What the member at hand has agreed to and was allowed is over."""
        self.change(
            stage=stage,
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

    def meet(self, user: str) -> Member:
        """The member at hand, who is new if we don't know her."""
        if self.known.member is None:
            serial = self.known.office.members + 1
            self.office(members=serial)
            self.known = replace(self.known, member=Member(user, serial))
        return self.member

    def wish_for(self, **changes: Any) -> None:
        """Change the wish at hand."""
        self.known = replace(self.known, wish=replace(self.wish, **changes))

    @contextmanager
    def about(self, door: Wish | None) -> Iterator[None]:
        """What is done to the wish at hand is done to the one to join an initiative."""
        kept = self.known.wish
        self.known = replace(self.known, wish=door)
        yield
        others = (x for x in self.known.doors if x.key != self.wish.key)
        self.known = replace(self.known, wish=kept, doors=(*others, self.wish))

    @property
    def ban(self) -> Phrase | None:
        """What keeps the member at hand, or who asks to be let in, out of there."""
        who = self.known.wish or self.known.member
        if who is None:
            return None
        initiative = self.settings.initiative(getattr(who, "initiative", ""))
        if self.is_barred(who.user):
            ban = Phrase("wish-banned", "", {"network": self.settings.network})
            return self._kept_out(who.user, self.settings.space, self.settings.network) or ban
        if initiative is not None and self.is_barred(who.user, initiative):
            ban = Phrase("door-banned", "", {"initiative": initiative.name})
            return self._kept_out(who.user, initiative.space or "", initiative.name) or ban
        return None

    def _kept_out(self, user: str, room: str, where: str) -> Phrase | None:
        """With her homeserver."""
        if not self.settings.premises.is_denied(user, room, self.state.look):
            return None
        return Phrase("server-kept-out", "", {"server": server_of(user), "where": where})

    def is_barred(self, user: str, initiative: Initiative | None = None) -> bool:
        """Whether a ban keeps her out of the alliance, or of an initiative."""
        room = (initiative.space if initiative is not None else None) or self.settings.space
        return self.settings.premises.is_barred(user, room, self.state.look)

    def place(self, room: str) -> str:
        """Where a room of the settings is by now."""
        return self.known.office.now_at(room)

    def greets(self, user: str) -> bool:
        """Whether this is a person, as far as we know."""
        return user != self.settings.account and user not in self.settings.accounts

    def person(self, user: str) -> Person:
        """Somebody for others to read of, as she calls herself."""
        return Person(user, self.state.names.get(user, ""))

    # -- what is said --------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """In which the member is spoken to; several until she has chosen."""
        return self.member.language or self.settings.first_words

    @property
    def chat(self) -> Ref:
        return self.member.chat or handles.chat(self.member.serial)

    def reach(self) -> None:
        """See to it that there is a private room, and that the member is asked into it."""
        member = self.member
        if member.chat is None and not member.opened:
            self.change(opened=True)
            handle = handles.chat(member.serial)
            name = self._chat_name()
            self.ask(chats.make(handle, name, member.user))
        elif member.chat is not None and member.away:
            self.change(away=False)
            self.ask(Invite(member.chat, member.user, notify=True))

    def _chat_name(self) -> str:
        """In her list of chats, where the network's space stands as well."""
        values = {"network": Raw(self.settings.network)}
        return self.state.tongues.text(CHAT, self.language.split(maxsplit=1)[0], values)

    def may_say(self, key: str) -> bool:
        """Whether this was not said to the member lately; it is noted then."""
        return sparing.may_say(key, self.member.heard, self.seconds, self.change)

    def say(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to the member, in private."""
        always = {"network": self.settings.network}
        phrase = Phrase(key, self.language, {**always, **(values or {})})
        # Whoever made the room, or moderates it, may have let others in since.
        audience = frozenset({self.member.user})
        self.ask(Say(self.chat, phrase, audience=audience, **fields))

    def may_tell(self, key: str) -> bool:
        """Whether this was not said to coordinators lately; it is noted then."""
        return sparing.may_say(key, self.known.office.heard, self.seconds, self.office)

    def tell(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to the coordinators."""
        self.tell_in(self.settings.coordination, key, values, **fields)

    def tell_in(self, room: str, key: str, values: Values | None = None, **fields: Any) -> None:
        always = {"network": self.settings.network}
        phrase = Phrase(key, self.settings.languages[0], {**always, **(values or {})})
        self.ask(Say(self.place(room), phrase, **fields))

    def tell_of_member(self, room: str, key: str, initiative: Initiative) -> None:
        """Name the member to others, in a message that can be taken back."""
        values = {"person": self.person(self.member.user), "initiative": initiative.name}
        self.name_member(room, key, values)

    def name_member(self, room: str, key: str, values: Values) -> None:
        number = self.member.told + 1
        self.change(told=number)
        self.tell_in(room, key, values, handle=handles.told(self.member.serial, number))

    def name_person(self, room: str, key: str, values: Values) -> None:
        """Name somebody whom we may not know."""
        if self.known.member is not None:
            self.name_member(room, key, values)
        else:
            self.tell_in(room, key, values)

    def invite(self, rooms: tuple[str, ...]) -> Phrase | str:
        """Invite the member where she was not invited so far, or is no more, and is not banned;
        what to tell her of that."""
        premises, user, look = self.settings.premises, self.member.user, self.state.look
        due = (x for x in rooms if x not in self.member.invited or not is_in(look(x), user))
        new = tuple(x for x in dict.fromkeys(due) if not premises.is_barred(user, x, look))
        self.change(invited=tuple(dict.fromkeys((*self.member.invited, *new))))
        for room in new:
            self.ask_in(room, user)
        called = tuple(self.settings.names[x] for x in new if x in self.settings.names)
        return Phrase("invited", "", {"rooms": called}) if called else ""

    def ask_in(self, room: str, user: str) -> None:
        """Invite somebody into a room of the settings."""
        self.ask(Invite(self.place(room), user, notify=True, whose=user, once=True))
        elsewhere = server_of(user) != server_of(self.settings.account)
        if elsewhere and room == self.settings.space:
            self.ask(SetTimer(handles.PRESS + user, after=PRESSES))

    def handle(self, kind: str) -> Handle:
        """For a message that asks something."""
        number = self.member.asks + 1
        self.change(asks=number)
        return (handles.rules if kind == "rules" else handles.ask)(self.member.serial, number)
