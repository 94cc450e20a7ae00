"""What the exchange keeps, and which part of it an event needs.

Documents, each kind sealed with a key of its own: the office; shared messages by event id; marks,
edits and answers by event id; messages by the number of their copy, and these numbers by the words
of the messages; people and rooms as far as they decided something; messages whose copies were
removed by those who moderate the exchange room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from bots.exchange import handles, index
from bots.exchange.models import (
    Found,
    Office,
    Person,
    Place,
    Restless,
    Settings,
    answer_from,
    office_from,
    person_from,
    place_from,
    restless_from,
    shared_from,
)
from bots.exchange.rules import commands
from bots.exchange.state import Knowledge, State
from bots.runtime.bot import Docs
from bots.runtime.decision import Due, Event, Performed, Started
from bots.runtime.kit.messages import MessageNow
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
REMOVED = "exchange/removed"
RESTLESS = "exchange/restless"
MOST_FOUND = 10


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
        if isinstance(event, Performed | MessageNow):
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

    def _performed(self, state: State, event: Performed | MessageNow) -> State:
        if isinstance(event, MessageNow):
            return self._placed(self._with_shared(state, event.event_id))
        if event.action == "Join" and event.room_id is not None:
            return self._at(state, event.room_id)
        number = handles.copy_number(event.handle)
        return self._by_number(state, str(number)) if number is not None else state

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
        stored = self.docs.get(RESTLESS, source)
        restless = restless_from(stored) if stored is not None else Restless()
        known = replace(state.known, shared=shared, removed=removed, restless=restless)
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
        gone = event.membership.out and bool(state.known.place.initiative)
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
