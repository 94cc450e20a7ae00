"""What the exchange keeps, which part of it an event needs, and the one place that takes back.

Documents, each kind sealed with a key of its own: the office; shared messages by event id; marks,
edits and answers by event id; messages by the number of their copy, and these numbers by the words
of the messages; people and rooms as far as they decided something; messages that are being looked
up; messages whose copies were removed by those who moderate the exchange room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from bots.exchange import handles, index
from bots.exchange.models import (
    Found,
    Office,
    Person,
    Place,
    Restless,
    Settings,
    Shared,
    ShareState,
    answer_from,
    office_from,
    person_from,
    place_from,
    restless_from,
    shared_from,
    to_json,
)
from bots.exchange.rules import commands
from bots.exchange.state import Knowledge, State
from bots.runtime.bot import Docs
from bots.runtime.decision import Due, Event, Performed, Started
from bots.runtime.phrases import Translator
from federation.events import (
    Edit,
    MediaMessage,
    Membership,
    MembershipKind,
    Reaction,
    Redaction,
    RoomEvent,
    RoomView,
    TextMessage,
)
from federation.links import servers

OFFICE = "exchange/office"
SHARED = "exchange/shared"
MARK = "exchange/mark"
EDIT = "exchange/edit"
ANSWER = "exchange/answer"
NUMBER = "exchange/number"
PERSON = "exchange/person"
PLACE = "exchange/place"
LOOKS = "exchange/looks"
REMOVED = "exchange/removed"
RESTLESS = "exchange/restless"
MOST_FOUND = 10
GONE = (MembershipKind.LEAVE, MembershipKind.BAN)


class Follower(Protocol):
    """What else holds something of a shared message: a page, a queue of mails.

    Called in the transaction that changes the archive, so none of them can lag behind another.
    """

    def shared(self, docs: Docs, shared: Shared) -> None:
        """It was shared, or its text has changed."""

    def taken_back(self, docs: Docs, shared: Shared) -> None:
        """Nothing of it may remain anywhere; `docs.forget` keeps backups from bringing it back."""


@dataclass(frozen=True, slots=True)
class Loader:
    docs: Docs
    settings: Settings
    words: Translator

    def load(self, event: Event) -> State:
        state = self._state(event)
        return replace(state, before=state.known)

    def _state(self, event: Event) -> State:
        stored = self.docs.get(OFFICE, "office")
        known = Knowledge(office_from(stored) if stored is not None else Office())
        settings = self.settings.as_known(known.office)

        def look(room: str) -> RoomView:
            account = settings.greeter if room in settings.spread else settings.account
            return self.docs.view(account, known.office.now_at(room))

        state = State(settings, self.words, known, known, look)
        if isinstance(event, Started):
            return self._begun(state)
        if isinstance(event, Due):
            return self._due(state, event.key)
        if isinstance(event, Performed):
            return self._performed(state, event)
        if not isinstance(event, RoomEvent):
            return state
        state = self._at(state, event.origin.room_id)
        if isinstance(event, TextMessage) and self._is_served(state):
            state = self._searched(state, event)
        if state.room == state.settings.exchange:
            return self._in_exchange(state, event)
        return self._in_source(state, event)

    def _begun(self, state: State) -> State:
        places = {room: place_from(x) for room, x in self.docs.scan(PLACE)}
        joined = {room: x for room, x in places.items() if x.joined}
        adopted = {room: x.initiative for room, x in joined.items() if x.initiative}
        return replace(state, joined=frozenset(joined), adopted=adopted)

    def _is_served(self, state: State) -> bool:
        return state.room in state.settings.places or bool(state.known.place.initiative)

    def _due(self, state: State, key: str) -> State:
        if key.startswith((handles.NOTE, handles.ANEW)):
            return self._by_number(state, key.split("/")[1])
        return self._placed(self._with_shared(state, key.partition("/")[2]))

    # -- parts ---------------------------------------------------------------------------------

    def _performed(self, state: State, event: Performed) -> State:
        if event.action == "Join" and event.room_id is not None:
            return self._at(state, event.room_id)
        if event.target is None:
            number = handles.copy_number(event.handle)
            return self._by_number(state, str(number)) if number is not None else state
        return self._placed(self._with_shared(state, event.target))

    def _placed(self, state: State) -> State:
        """With what was decided where the message at hand stands, and by those who marked it."""
        shared = state.known.shared
        if shared is None:
            return state
        state = self._with_place(replace(state, room=state.known.office.meant(shared.room)))
        return self._with_markers(state)

    def _by_number(self, state: State, number: str) -> State:
        source = self.docs.get(NUMBER, number)
        return self._with_shared(state, source) if source is not None else state

    def _with_shared(self, state: State, source: str) -> State:
        stored = self.docs.get(SHARED, source)
        removed = self.docs.get(REMOVED, source) is not None
        shared = shared_from(stored) if stored is not None else None
        copy = self.docs.made(handles.copy(shared.number)) if shared and shared.number else None
        looks = self.docs.get(LOOKS, source) or 0
        stored = self.docs.get(RESTLESS, source)
        restless = restless_from(stored) if stored is not None else Restless()
        known = replace(state.known, shared=shared, removed=removed, looks=looks, restless=restless)
        return replace(state, known=known, copy=copy, event=source)

    def _at(self, state: State, room: str) -> State:
        office = state.known.office
        state = self._with_place(replace(state, room=office.meant(room)))
        old = office.heirs.get(room)
        return replace(state, older=self._place(old)) if old is not None else state

    def _with_place(self, state: State) -> State:
        return replace(state, known=replace(state.known, place=self._place(state.room)))

    def _place(self, room: str) -> Place:
        stored = self.docs.get(PLACE, room)
        return place_from(stored) if stored is not None else Place()

    def _with_people(self, state: State, *users: str) -> State:
        found = {user: self.docs.get(PERSON, user) for user in users}
        people = {user: person_from(x) if x is not None else Person() for user, x in found.items()}
        return replace(state, known=replace(state.known, people=people))

    def _with_markers(self, state: State) -> State:
        """With those who marked the message: whoever looks it up asks for the name of one who
        wants it shown."""
        shared = state.known.shared
        return self._with_people(state, *(x.by for x in shared.marks)) if shared else state

    # -- search --------------------------------------------------------------------------------

    def _searched(self, state: State, event: TextMessage) -> State:
        invocation = commands.found(event)
        if invocation is None or invocation.command is not commands.FIND:
            return state
        wanted = index.words(invocation.rest)[: index.MOST_WANTED]
        hits = (
            self._hit(number, set(wanted))
            for number in index.numbers(self.docs, wanted, state.known.office.shares)
        )
        return replace(state, found=tuple(islice((x for x in hits if x is not None), MOST_FOUND)))

    def _hit(self, number: int, wanted: set[str]) -> Found | None:
        source = self.docs.get(NUMBER, str(number))
        stored = self.docs.get(SHARED, source) if source is not None else None
        shared = shared_from(stored) if stored is not None else None
        made = self.docs.made(handles.copy(number))
        if shared is None or made is None or not wanted <= set(index.words(shared.text)):
            return None
        view = self.docs.view(self.settings.account, made.room_id)
        return Found(
            shared.initiative, shared.shared, made.room_id, made.event_id or "", servers(view)
        )

    # -- rooms ---------------------------------------------------------------------------------

    def _in_source(self, state: State, event: RoomEvent) -> State:
        match event:
            case Reaction() if event.key in commands.SHARE_KEYS:
                return self._marked(state, event.target, event.origin.sender)
            case Redaction():
                known = self.docs.get(MARK, event.target) or self.docs.get(EDIT, event.target)
                return self._with_markers(self._with_shared(state, known or event.target))
            case Edit():
                return self._with_markers(self._with_shared(state, event.target))
            case TextMessage():
                return self._commanded(state, event)
            case Membership() if event.user == state.settings.account:
                return self._ours(state, event)
        return state

    def _ours(self, state: State, event: Membership) -> State:
        if event.membership is MembershipKind.INVITE:
            return self._asked_in(state, event.origin.sender)
        gone = event.membership in GONE and bool(state.known.place.initiative)
        return self._left_behind(state, event.origin.room_id) if gone else state

    def _asked_in(self, state: State, sender: str) -> State:
        theirs = {x.id for x in state.settings.adopted if sender in x.contacts}
        places = (place_from(x) for _, x in self.docs.scan(PLACE)) if theirs else ()
        served = sum(x.asked == sender or x.initiative in theirs for x in places)
        return replace(state, served=served)

    def _left_behind(self, state: State, room: str) -> State:
        kept = (shared_from(x) for _, x in self.docs.scan(SHARED))
        behind = tuple(x for x in kept if x.room == room)
        return replace(state, known=replace(state.known, behind=behind))

    def _marked(self, state: State, target: str, sender: str) -> State:
        state = self._with_people(self._with_shared(state, target), sender)
        return replace(state, ours=self.docs.made_by_event(target) is not None)

    def _commanded(self, state: State, event: TextMessage) -> State:
        invocation = commands.found(event)
        if invocation is None:
            return state
        sender = event.origin.sender
        state = self._marked(state, commands.meant(event) or "", sender)
        if invocation.command is commands.NAME:
            kept = (shared_from(x) for _, x in self.docs.scan(SHARED))
            mine = tuple(x for x in kept if x.author == sender and x.name)
            state = replace(state, known=replace(state.known, mine=mine))
        return state

    def _in_exchange(self, state: State, event: RoomEvent) -> State:
        match event:
            case TextMessage() | MediaMessage():
                for target in (event.thread, event.reply_to):
                    found = self._of_copy(state, target)
                    if found.known.shared is not None:
                        return self._with_answer(found, event.origin.event_id)
            case Redaction():
                stored = self.docs.get(ANSWER, event.target)
                if stored is not None:
                    found = self._by_number(state, str(answer_from(stored, "").number))
                    return self._with_answer(found, event.target)
                return self._of_copy(state, event.target)
        return state

    def _with_answer(self, state: State, event_id: str) -> State:
        shared = state.known.shared
        stored = self.docs.get(ANSWER, event_id)
        answer = answer_from(stored, event_id) if stored is not None else None
        if shared is None or answer is None or answer.number != shared.number:
            return state
        return replace(state, known=replace(state.known, answer=answer))

    def _of_copy(self, state: State, event_id: str | None) -> State:
        made = self.docs.made_by_event(event_id) if event_id is not None else None
        number = handles.copy_number(made.handle) if made is not None else None
        return self._by_number(state, str(number)) if number is not None else state


# -- writing ---------------------------------------------------------------------------------------


def save(docs: Docs, state: State, followers: Sequence[Follower]) -> None:
    """Write what the decision has changed."""
    now, before = state.known, state.before
    if now.office != before.office:
        docs.put(OFFICE, "office", to_json(now.office))
    if now.place != before.place:
        docs.put(PLACE, state.room, to_json(now.place))
    for user, person in now.people.items():
        _save_person(docs, user, person, before.people[user])
    if now.removed and not before.removed:
        docs.put(REMOVED, state.event, True)
    _keep_or_drop(docs, LOOKS, state.event, now.looks, before.looks)
    restless = to_json(now.restless) if now.restless.times else None
    _keep_or_drop(docs, RESTLESS, state.event, restless, before.restless.times or None)
    if now.answer is not None:
        docs.put(ANSWER, now.answer.event, to_json(now.answer))
    for old, new in zip(before.mine, now.mine, strict=True):
        _save_shared(docs, new, old, followers)
    _save_shares(docs, now.shared, before.shared, followers)
    for shared in () if now.behind else before.behind:
        take_back(docs, shared, followers)


def _keep_or_drop(docs: Docs, kind: str, key: str, now: object, before: object) -> None:
    if now and now != before:
        docs.put(kind, key, now)
    elif before and not now:
        docs.delete(kind, key)


def _save_person(docs: Docs, user: str, now: Person, before: Person) -> None:
    if now == before:
        return
    if now == Person():
        docs.delete(PERSON, user)
    else:
        docs.put(PERSON, user, to_json(now))


def _save_shares(
    docs: Docs, now: Shared | None, before: Shared | None, followers: Sequence[Follower]
) -> None:
    if before is not None and now is None:
        take_back(docs, before, followers)
    elif before is not None and now is not None and before.number not in (0, now.number):
        # To be shared anew. A backup that knows the message must find it, to do the same.
        _clear(docs, before, followers)
        _save_shared(docs, now, None, followers)
    elif now is not None:
        _save_shared(docs, now, before, followers)


def _save_shared(
    docs: Docs, now: Shared, before: Shared | None, followers: Sequence[Follower]
) -> None:
    if now == before:
        return
    docs.put(SHARED, now.source, to_json(now))
    old = before or Shared(now.source, now.room)
    _keep_in_step(docs, MARK, _events(old), _events(now), now.source)
    _keep_in_step(docs, EDIT, old.edits, now.edits, now.source)
    if (now.number, now.text, now.name) != (old.number, old.text, old.name):
        docs.put(NUMBER, str(now.number), now.source)
        index.update(docs, now.number, old.text, now.text)
        for follower in followers:
            follower.shared(docs, now)


def _events(shared: Shared) -> tuple[str, ...]:
    return tuple(mark.event for mark in shared.marks)


def _keep_in_step(
    docs: Docs, kind: str, before: Sequence[str], now: Sequence[str], value: object
) -> None:
    for gone in set(before) - set(now):
        docs.delete(kind, gone)
    for new in set(now) - set(before):
        docs.put(kind, new, value)


def take_back(docs: Docs, shared: Shared, followers: Sequence[Follower]) -> None:
    """The one place where a shared message is forgotten: in the archive, and by whoever follows."""
    (docs.forget if shared.number else docs.delete)(SHARED, shared.source)
    _clear(docs, shared, followers)


def _clear(docs: Docs, shared: Shared, followers: Sequence[Follower]) -> None:
    _keep_in_step(docs, MARK, _events(shared), (), None)
    answer = shared.newest
    while answer:
        stored = docs.get(ANSWER, answer)
        docs.delete(ANSWER, answer)
        answer = answer_from(stored, answer).before if stored is not None else ""
    _keep_in_step(docs, EDIT, shared.edits, (), None)
    if shared.state is ShareState.SHARED:
        docs.delete(NUMBER, str(shared.number))
        index.update(docs, shared.number, shared.text, "")
        for follower in followers:
            follower.taken_back(docs, shared)
