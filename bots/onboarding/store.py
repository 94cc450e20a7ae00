"""What onboarding keeps, and which part of it an event needs.

Documents, each kind sealed with a key of its own: the office; members by their Matrix id; whose
private room a room is; members by serial number; wishes by Matrix id, and by number; invitations of
ours to private rooms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bots.onboarding import handles
from bots.onboarding.models import (
    Member,
    Office,
    Question,
    Settings,
    Wish,
    WishState,
    asking,
    member_from,
    office_from,
    to_json,
    wish_from,
    wish_key,
)
from bots.onboarding.rules import commands
from bots.onboarding.rules.gathering import about
from bots.onboarding.state import Knowledge, State
from bots.runtime.model.bot import Docs
from bots.runtime.model.decision import Due, Event, Performed, Started
from bots.runtime.speech.tongues import Tongues
from bots.runtime.understanding.people import person_in
from federation.model.events import (
    ClientRequest,
    MediaMessage,
    Membership,
    MembershipKind,
    Reaction,
    RoomEvent,
    RoomView,
    TextMessage,
    Unreadable,
)

OFFICE = "onboarding/office"
MEMBER = "onboarding/member"
CHAT = "onboarding/chat"
SERIAL = "onboarding/serial"
WISH = "onboarding/wish"
NUMBER = "onboarding/number"
ROOM = "onboarding/room"
INVITATION = "onboarding/invitation"
AT_ONCE = 20
"""Members who are asked about new rules in one decision."""


@dataclass(frozen=True, slots=True)
class Loader:
    docs: Docs
    settings: Settings
    tongues: Tongues

    def load(self, event: Event) -> State:
        state = self._state(event)
        return replace(state, before=state.known)

    def _state(self, event: Event) -> State:
        stored = self.docs.get(OFFICE, "office")
        known = Knowledge(office_from(stored) if stored is not None else Office())
        settings = self.settings.as_known(known.office)

        def look(room: str) -> RoomView:
            return self.docs.view(settings.account, known.office.now_at(room))

        state = State(settings, self.tongues, known, known, look)
        if isinstance(event, Due):
            return self._due(state, event.key)
        if isinstance(event, Performed):
            return self._performed(state, event)
        if isinstance(event, Started):
            return replace(state, joined=frozenset(room for room, _ in self.docs.scan(ROOM)))
        return self._in_room(state, event) if isinstance(event, RoomEvent) else state

    def _due(self, state: State, key: str) -> State:
        if key == handles.RENEW:
            return self._with_people(state)
        if key == handles.GATHER:
            return replace(state, waiting=tuple(x for x in self._open() if x.gathered))
        if key.startswith((handles.WISH, handles.SHOW)):
            return self._with_message(self._with(state, key.partition("/")[2]))
        if key.startswith(handles.REMIND):
            return self._with_rules(self._with(state, key.removeprefix(handles.REMIND)))
        if key.startswith((handles.HELLO, handles.PRESS, handles.AGAIN)):
            return self._with(state, asking(key.partition("/")[2]))
        return state

    def _with_rules(self, state: State) -> State:
        """Whether the rules that the member at hand was shown still wait for her to come."""
        member = state.known.member
        if member is None:
            return state
        shown = handles.rules(member.serial, member.first)
        return replace(state, coming=self.docs.is_coming(shown))

    def _with_message(self, state: State) -> State:
        """The message that tells coordinators of the wish at hand."""
        wish = state.known.wish
        if wish is None:
            return state
        handle = about(wish, state.known.office)
        return replace(state, target=self.docs.made(handle), coming=self.docs.is_coming(handle))

    def _with_people(self, state: State) -> State:
        version = state.settings.rules_version
        if state.known.office.renewed == version:
            return state
        asked = (x for x in self._members() if x.accepted and x.shown != version)
        people = tuple(x for x, _ in zip(asked, range(AT_ONCE), strict=False))
        return replace(state, known=replace(state.known, people=people))

    def _members(self) -> Iterator[Member]:
        return (member_from(data) for _, data in self.docs.scan(MEMBER))

    def _performed(self, state: State, event: Performed) -> State:
        place = handles.place(event.handle)
        user = self.docs.get(SERIAL, str(place.serial)) if place is not None else event.user
        return self._with(state, user) if user is not None else state

    def _with(self, state: State, key: str) -> State:
        """With somebody: who she is to us, and the wish of hers that is meant."""
        stored = self.docs.get(MEMBER, asking(key))
        member = member_from(stored) if stored is not None else None
        known = replace(state.known, member=member, wish=self._wish(key), doors=self._doors(member))
        chat = member.chat if member is not None else None
        names = self.docs.view(self.settings.account, chat).names if chat is not None else {}
        return replace(state, known=known, names={**state.names, **names})

    def _wish(self, key: str) -> Wish | None:
        stored = self.docs.get(WISH, key)
        return wish_from(stored) if stored is not None else None

    def _doors(self, member: Member | None) -> tuple[Wish, ...]:
        if member is None:
            return ()
        found = (self._wish(wish_key(member.user, x)) for x in member.asked)
        return tuple(x for x in found if x is not None)

    # -- rooms ---------------------------------------------------------------------------------

    def _in_room(self, state: State, event: RoomEvent) -> State:
        settings = state.settings
        room = state.known.office.meant(event.origin.room_id)
        state = replace(state, room=room, names=event.room.names)
        if isinstance(event, Membership) and event.user == settings.account:
            state = self._ours(state, event)
        if room in settings.places and isinstance(event, Membership):
            return self._with(state, event.user)
        if room == settings.coordination:
            return self._in_coordination(state, event)
        return state if room in settings.places else self._in_private(state, event)

    def _ours(self, state: State, event: Membership) -> State:
        here = self.docs.get(ROOM, state.room) is not None
        state = replace(state, known=replace(state.known, here=here))
        came = event.membership is MembershipKind.JOIN and event.before is not event.membership
        if not came or state.room != state.settings.coordination:
            return state
        waiting = self._untold(event.origin.room_id, state.known.office)
        return replace(state, waiting=tuple(waiting))

    def _untold(self, room: str, office: Office) -> Iterator[Wish]:
        """Open wishes of which nothing stands in this room, nor is on its way."""
        for wish in self._open():
            handle = about(wish, office)
            made = self.docs.made(handle)
            if not self.docs.is_coming(handle) and (made is None or made.room_id != room):
                yield wish

    def _open(self) -> Iterator[Wish]:
        wishes = (wish_from(data) for _, data in self.docs.scan(WISH))
        return (x for x in wishes if x.state is WishState.OPEN)

    def _in_coordination(self, state: State, event: RoomEvent) -> State:
        match event:
            case Reaction():
                targets: Iterable[str | None] = (event.target,)
            case TextMessage() if commands.COORDINATION.read(event) is not None:
                # Whom she names is meant, whatever message she happens to answer.
                targets = () if _names_somebody(event) else (event.reply_to, event.thread)
            case _:
                return state
        for event_id in targets:
            made = self.docs.made_by_event(event_id) if event_id is not None else None
            number = handles.wish_number(made.handle) if made is not None else None
            key = self.docs.get(NUMBER, str(number)) if number is not None else None
            if key is not None:
                return self._with(replace(state, target=made), key)
        return self._named(state, event) if isinstance(event, TextMessage) else state

    def _named(self, state: State, event: TextMessage) -> State:
        """A command that stands by itself: it names somebody, or means the only one who waits."""
        invocation = commands.COORDINATION.read(event)
        if invocation is not None and invocation.rest:
            number = commands.number(invocation.rest)
            key = self.docs.get(NUMBER, number) if number is not None else None
            if key is not None:
                return self._with(state, key)
            return self._of_person(state, person_in(invocation.rest, event.people) or "")
        waiting = tuple(self._open())
        state = replace(state, waiting=waiting)
        return self._with(state, waiting[0].key) if len(waiting) == 1 else state

    def _of_person(self, state: State, user: str) -> State:
        """With the wish of hers that is open, if there is one alone."""
        state = self._with(state, user)
        if state.known.wish is not None and state.known.wish.state is WishState.OPEN:
            return state
        doors = [x for x in state.known.doors if x.state is WishState.OPEN]
        known = replace(state.known, wish=doors[0]) if len(doors) == 1 else state.known
        return replace(state, known=known)

    def _in_private(self, state: State, event: RoomEvent) -> State:
        room = event.origin.room_id
        user = self.docs.get(CHAT, room)
        state = self._with(state, user if user is not None else _candidate(event))
        invited = self.docs.get(INVITATION, room) is not None
        private = user is not None and state.known.member is not None
        known = replace(state.known, invited=invited)
        state = replace(state, known=known, private=private)
        if isinstance(event, Reaction):
            state = replace(state, target=self.docs.made_by_event(event.target))
        member = state.known.member
        if member is not None and member.question is Question.ERASE:
            chats = tuple(x for x, whose in self.docs.scan(CHAT) if whose == member.user)
            state = replace(state, chats=chats)
        return state


def _names_somebody(event: TextMessage) -> bool:
    """Whether a command names somebody."""
    invocation = commands.COORDINATION.read(event)
    if invocation is None:
        return False
    numbered = commands.number(invocation.rest) is not None
    return numbered or person_in(invocation.rest, event.people) is not None


def _candidate(event: RoomEvent) -> str:
    """Who somebody is whom we would talk with, in a room that we don't know yet."""
    if isinstance(event, TextMessage | MediaMessage | ClientRequest | Unreadable):
        return event.origin.sender
    joined = isinstance(event, Membership) and event.membership is MembershipKind.JOIN
    others = event.room.others(event.origin.account)
    return next(iter(others)) if joined and len(others) == 1 else ""


def save(docs: Docs, state: State) -> None:
    """Write what the decision has changed."""
    now, before = state.known, state.before
    if now.office != before.office:
        docs.put(OFFICE, "office", to_json(now.office))
    for member in now.people:
        docs.put(MEMBER, member.user, to_json(member))
    if now.member != before.member:
        _save_member(docs, state)
    if now.wish != before.wish:
        _save_wish(docs, now.wish, before.wish)
    _save_doors(docs, now.doors, before.doors)
    if now.here != before.here:
        (docs.put(ROOM, state.room, True) if now.here else docs.delete(ROOM, state.room))
    if now.invited and not before.invited:
        docs.put(INVITATION, state.room, True)
    elif before.invited and not now.invited:
        docs.delete(INVITATION, state.room)


def _save_member(docs: Docs, state: State) -> None:
    now, before = state.known.member, state.before.member
    if now is None:
        assert before is not None  # noqa: S101
        docs.forget(MEMBER, before.user)
        docs.forget(SERIAL, str(before.serial))
        for room in state.chats:
            docs.forget(CHAT, room)
        return
    docs.put(MEMBER, now.user, to_json(now))
    if before is None:
        docs.put(SERIAL, str(now.serial), now.user)
    if now.chat is not None and (before is None or now.chat != before.chat):
        docs.put(CHAT, now.chat, now.user)


def _save_wish(docs: Docs, now: Wish | None, before: Wish | None) -> None:
    if before is not None and (now is None or now.number != before.number):
        (docs.forget if now is None else docs.delete)(NUMBER, str(before.number))
    if now is None:
        assert before is not None  # noqa: S101
        docs.forget(WISH, before.key)
    else:
        docs.put(WISH, now.key, to_json(now))
        docs.put(NUMBER, str(now.number), now.key)


def _save_doors(docs: Docs, now: Sequence[Wish], before: Sequence[Wish]) -> None:
    after, old = {x.key: x for x in now}, {x.key: x for x in before}
    for key in dict.fromkeys((*old, *after)):
        if after.get(key) != old.get(key):
            _save_wish(docs, after.get(key), old.get(key))
