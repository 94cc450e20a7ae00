"""Which part of what the office keeps an event needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.ombuds import handles, kinds
from bots.ombuds.desk import Desks
from bots.ombuds.flags import Stage
from bots.ombuds.models import (
    Case,
    Office,
    Reporter,
    Settings,
    case_from,
    conversation_from,
    office_from,
)
from bots.ombuds.rules import commands, flagwords
from bots.ombuds.state import Knowledge, Listed, State
from bots.runtime import texts
from bots.runtime.bot import Docs, Made
from bots.runtime.commands import Invocation
from bots.runtime.decision import (
    Due,
    Event,
    FormSubmitted,
    MailReceived,
    Performed,
    SetAside,
    Started,
)
from bots.runtime.kit.messages import MessageNow
from bots.runtime.tongues import Tongues
from federation.events import (
    DevicesChanged,
    Edit,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    Shown,
    TextMessage,
)


@dataclass(frozen=True, slots=True)
class Loader:
    docs: Docs
    settings: Settings
    tongues: Tongues

    def load(self, event: Event) -> State:
        state = self._state(event)
        return replace(state, before=state.known)

    def _state(self, event: Event) -> State:
        stored = self.docs.get(kinds.OFFICE, "office")
        known = Knowledge(office_from(stored) if stored is not None else Office())
        made = self.docs.made(handles.room(known.office.rooms))
        room = made.room_id if made is not None else None
        state = State(self.settings, self.tongues, known, known, room)
        match event:
            case Started():
                return self._unmet(self._listing(state))
            case DevicesChanged() | SetAside() | FormSubmitted() | MailReceived():
                return state
            case Due():
                return self._due(state, event.key)
            case Performed() | MessageNow():
                return self._performed(state, event)
        if event.origin.room_id == room:
            return self._in_office(state, event)
        return self._in_private(state, event)

    def _due(self, state: State, key: str) -> State:
        if key == handles.ANEW or handles.receipt_due(key) is not None:
            return self._of_room(state, handles.receipt_due(key))
        if answer := handles.answer_due(key):
            return self._with_case(state, answer[0])
        return self._due_elsewhere(state, key)

    def _due_elsewhere(self, state: State, key: str) -> State:
        if key.startswith(handles.DEVICES):
            return self._with_devices(state, key.removeprefix(handles.DEVICES))
        if key.startswith(handles.WELCOME):
            return self._with_chat(state, key.removeprefix(handles.WELCOME))
        if key.startswith(handles.COLLECT):
            state = self._desks.place(state, key.removeprefix(handles.COLLECT))
            return self._desks.moderators(state)
        if key.startswith(handles.UNUSED):
            return self._desks.place(state, key.removeprefix(handles.UNUSED))
        what, number = handles.numbered(key) or ("", "")
        if what == "notice":
            return self._desks.notice(state, number)
        return self._with_flag(state, number) if what in ("flag", "recount") else state

    def _of_room(self, state: State, case: int | None) -> State:
        if case is None:
            return self._listing(state)
        return replace(self._with_case(state, case), posted=self._is_posted(state, case))

    @property
    def _desks(self) -> Desks:
        return Desks(self.docs, self.settings.account)

    def _performed(self, state: State, event: Performed | MessageNow) -> State:
        if isinstance(event, MessageNow):
            return self._now_known(state, event)
        if asked := handles.flag_question(event.handle):
            return self._with_flag(state, str(asked[0]))
        what, number = handles.numbered(event.handle) or ("", "")
        if what == "chat":
            return self._made_chat(state, event, number)
        if what == "moderator":
            state = self._desks.of(state, "rooms", number)
            user = state.known.desk.rooms.get(number)
            return self._desks.of(state, "moderators", user) if user else state
        return self._carried_out(state, event)

    def _carried_out(self, state: State, event: Performed) -> State:
        if event.action == "SetState" and event.error is not None:
            return self._listing(state)
        failed = event.room_id if event.error is not None else None
        if event.action in ("Redact", "Join") and failed is not None:
            return self._desks.place(state, failed)
        return self._with_case(state, _case_of(event.handle))

    # -- devices of the team -------------------------------------------------------------------

    def _with_devices(self, state: State, user: str) -> State:
        stored = self.docs.get(kinds.DEVICES, user)
        known = {user: tuple(stored)} if stored is not None else {}
        now = self.docs.devices(self.settings.account, user)
        return replace(state, devices=now, known=replace(state.known, devices=known))

    def _unmet(self, state: State) -> State:
        here = self.docs.view(self.settings.account, state.room or "").joined
        team = (x for x in state.known.office.roster if x in here)
        return replace(
            state, unmet=tuple(x for x in team if self.docs.get(kinds.DEVICES, x) is None)
        )

    # -- flags ---------------------------------------------------------------------------------

    def _with_flag(self, state: State, number: str) -> State:
        state, flag = self._desks.flag(state, number)
        return self._to_person(state, flag.user) if flag is not None else state

    def _to_person(self, state: State, user: str) -> State:
        """With the private chat in which she is talked to, if there is one."""
        flagger = self._desks.flagger(state, user)
        if flagger is None or flagger.room is None:
            return state
        return self._with_chat(state, flagger.room)

    def _made_chat(self, state: State, event: Performed, number: str) -> State:
        state = self._desks.of(state, "chats", number)
        user = state.known.desk.chats.get(number)
        if user is not None:
            state = self._desks.person(state, user)
        return self._with_chat(state, event.room_id) if event.room_id else state

    def _now_known(self, state: State, now: MessageNow) -> State:
        """What somebody flagged, or a message of a private chat."""
        if flag := handles.FLAGGED.read(now.why):
            return self._looked_at(state, flag["number"])
        of = handles.TEXT.read(now.why) or {}
        stored = self.docs.get(kinds.CASE, str(of.get("case")))
        state = self._concerning(self._with_chat(state, now.room), now.room, now.event_id)
        case = case_from(stored) if stored is not None else None
        return replace(state, known=replace(state.known, case=case))

    def _looked_at(self, state: State, number: int | str) -> State:
        state, flag = self._desks.looked_at(state, number)
        if flag is None:
            return state
        state = self._to_person(state, flag.user)
        if flag.stage is not Stage.SHOWN:
            return state
        stored = self.docs.get(kinds.CASE, str(flag.case))
        case = case_from(stored) if stored is not None else None
        return replace(state, known=replace(state.known, case=case))

    # -- the ombuds room -----------------------------------------------------------------------

    def _in_office(self, state: State, event: RoomEvent) -> State:
        room = event.origin.room_id
        gone = self._is_gone(room, event.origin.event_id)
        state = replace(state, known=replace(state.known, gone=gone))
        if isinstance(event, Edit | Redaction):
            source = self._source(event)
            copies = self.docs.copies_of(source)
            state = replace(state, copies=copies, event=source, where=room)
            return self._with_case(state, _first_case(copies))
        if isinstance(event, Reaction):
            target = self.docs.made_by_event(event.target)
        elif isinstance(event, TextMessage | MediaMessage):
            target = self._meant(event)
            state = replace(state, copies=self.docs.copies_of(event.origin.event_id))
        else:
            return self._listing(state) if _ends(event) else state
        state = replace(state, target=target)
        number = _case_of(target.handle) if target is not None else None
        if isinstance(event, TextMessage):
            return self._for_command(state, event, number)
        return self._with_case(state, number)

    def _meant(self, event: TextMessage | MediaMessage) -> Made | None:
        for event_id in (event.thread, event.reply_to):
            target = self.docs.made_by_event(event_id) if event_id is not None else None
            if target is not None and handles.place(target.handle) is not None:
                return target
        return None

    def _for_command(self, state: State, event: TextMessage, number: int | None) -> State:
        invocation = commands.OF_STAFF.read(event)
        if not isinstance(invocation, Invocation):
            return self._with_case(state, number)
        if invocation.command is commands.CASES:
            state = self._listing(state)
        if invocation.command.name in commands.OF_CASE and number is None:
            number, _ = commands.split_number(invocation.rest)
        return self._with_case(state, number)

    def _listing(self, state: State) -> State:
        return replace(state, listed=self._listed())

    def _is_posted(self, state: State, number: int) -> bool:
        """Whether the case stands in the room that is used now."""
        made = self.docs.made(handles.root(number))
        return made is not None and made.room_id == state.room

    def _listed(self) -> tuple[Listed, ...]:
        cases = (case_from(data) for _, data in self.docs.scan(kinds.CASE))
        return tuple(Listed(x, self._event_of(x)) for x in cases)

    def _event_of(self, case: Case) -> str | None:
        number = case.number
        made = self.docs.made(handles.header(number) if case.root_gone else handles.root(number))
        return made.event_id if made is not None else None

    def _with_case(self, state: State, number: int | None) -> State:
        """The case, and who is behind it."""
        stored = self.docs.get(kinds.CASE, str(number)) if number is not None else None
        if stored is None:
            return state
        case = case_from(stored)
        made = self.docs.made(handles.root(case.number))
        state = replace(state, posted=made is None or made.room_id == state.room)
        identity = self.docs.get(kinds.IDENTITY, str(case.conversation))
        if identity is not None:
            state = self._with_chat(state, identity["room"])
        return replace(state, known=replace(state.known, case=case))

    # -- private chats -------------------------------------------------------------------------

    def _in_private(self, state: State, event: RoomEvent) -> State:
        if isinstance(event, Shown):
            return self._answered(state, event)
        room = event.origin.room_id
        state = self._concerning(self._with_chat(state, room), room, self._source(event))
        invited = self.docs.get(kinds.INVITATION, room) is not None
        gone = state.known.gone or self._is_gone(room, event.origin.event_id)
        state = replace(state, known=replace(state.known, invited=invited, gone=gone))
        if isinstance(event, Edit | Redaction) and state.known.conversation is not None:
            state = self._of_copies(state)
        return self._of_flags(state, event)

    def _answered(self, state: State, event: Shown) -> State:
        """With the case of the last answer that she was shown, and which of it were."""
        made = filter(None, map(self.docs.made_by_event, event.events))
        places = [x for x in map(handles.place, (y.handle for y in made)) if x is not None]
        answers = [x for x in places if x.part == "answer"]
        if not answers:
            return state
        case = answers[-1].case
        state = self._with_case(self._with_chat(state, event.origin.room_id), case)
        return replace(state, shown=tuple(x.number for x in answers if x.case == case))

    def _source(self, event: RoomEvent) -> str:
        """The message that the event is or is about."""
        if isinstance(event, Edit):
            return event.target
        if isinstance(event, Redaction):
            return self.docs.get(kinds.EDIT, event.target) or event.target
        return event.origin.event_id

    def _concerning(self, state: State, room: str, source: str) -> State:
        known = replace(state.known, gone=self._is_gone(room, source))
        copies = self.docs.copies_of(source)
        return replace(state, known=known, copies=copies, event=source, where=room)

    def _is_gone(self, room: str, event: str) -> bool:
        return self.docs.get(kinds.GONE, kinds.gone(room, event)) is not None

    def _of_copies(self, state: State) -> State:
        stored = self.docs.get(kinds.CASE, str(_first_case(state.copies)))
        case = case_from(stored) if stored is not None else None
        return replace(state, known=replace(state.known, case=case))

    def _of_flags(self, state: State, event: RoomEvent) -> State:
        """What a flag, a decision about one or a command has to do with."""
        room = event.origin.room_id
        state = self._desks.of(state, "places", room)
        if state.known.desk.places.get(room) is not None:
            return self._in_place(state, event)
        if isinstance(event, Reaction):
            state = replace(state, target=self.docs.made_by_event(event.target))
            asked = handles.flag_question(state.target.handle if state.target else None)
            return self._desks.flag(state, asked[0])[0] if asked else state
        others = event.room.others(event.origin.account)
        for user in others if len(others) == 1 else {event.origin.sender} & others:
            state = self._desks.person(state, user)
        if isinstance(event, TextMessage):
            if event.reply_to is not None:
                state = self._replied(state, event.reply_to)
            link = flagwords.link_in(texts.clean(event.body)[0])
            state = self._desks.linked(state, link, event.origin.sender)
        return state

    def _replied(self, state: State, event_id: str) -> State:
        """What she replies to; and the case that it tells of, or of which it is a part."""
        state = replace(state, target=self.docs.made_by_event(event_id))
        there = state.target is not None and state.target.room_id == state.chat
        ours = (state.target,) if state.target is not None and there else ()
        number = _first_case(ours or self.docs.copies_of(event_id))
        stored = self.docs.get(kinds.CASE, str(number))
        case = case_from(stored) if stored is not None else None
        conversation = state.known.conversation
        if case is None or conversation is None or case.conversation != conversation.serial:
            return state
        return replace(state, known=replace(state.known, case=case))

    def _in_place(self, state: State, event: RoomEvent) -> State:
        if isinstance(event, RoomReplaced):
            return self._desks.of(state, "places", event.replacement)
        if isinstance(event, Reaction) and event.key in flagwords.KEYS:
            state = self._desks.person(state, event.origin.sender)
            return self._to_person(state, event.origin.sender)
        return state

    def _with_chat(self, state: State, room_id: str) -> State:
        state = replace(state, chat=room_id)
        stored = self.docs.get(kinds.CONVERSATION, room_id)
        if stored is None:
            return state
        conversation = conversation_from(stored)
        identity = self.docs.get(kinds.IDENTITY, str(conversation.serial))
        case = self.docs.get(kinds.CASE, str(conversation.case))
        known = replace(
            state.known,
            conversation=conversation,
            reporter=Reporter(identity["user"]) if identity is not None else None,
            case=case_from(case) if case is not None else None,
        )
        return replace(state, known=known)


def _ends(event: RoomEvent) -> bool:
    """Whether the room may be lost by it."""
    if isinstance(event, Membership):
        return event.user == event.origin.account
    return isinstance(event, RoomReplaced)


def _case_of(handle: str | None) -> int | None:
    place = handles.place(handle)
    return place.case if place is not None else None


def _first_case(copies: tuple[Made, ...]) -> int | None:
    return next((n for x in copies if (n := _case_of(x.handle)) is not None), None)
