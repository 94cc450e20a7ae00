"""One rule at work: which case, chat and message it is about, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.ombuds import keys, leaving, mails
from bots.ombuds.documents.cases import CASES, Case
from bots.ombuds.documents.chats import (
    CONVERSATIONS,
    EDITS,
    FLAGGERS,
    GONE,
    IDENTITIES,
    Conversation,
    Edited,
    Flagger,
    Gone,
    Reporter,
)
from bots.ombuds.documents.floods import KEPT, Kept
from bots.ombuds.documents.team import OFFICE, Office
from bots.ombuds.settings import NOTICES, Settings
from bots.runtime.kit import sparing, turn
from bots.runtime.kit.documents import View
from bots.runtime.kit.records import Record, Word
from bots.runtime.model.decision import Phrase, Request, Say
from bots.runtime.model.made import Made
from bots.runtime.speech import declining
from bots.runtime.speech.tongues import Tongues
from bots.runtime.speech.words import Raw
from federation.model.actions import Handle, Ref
from federation.model.events import Edit, Redaction, RoomEvent, RoomView

Values = Mapping[str, object]
FOR_ALL = frozenset(declining.PHRASES.values()) | {
    *NOTICES,
    *("send-again", "in-clear", "not-alone", "alone-again", "chat-over", "private-only"),
    "not-known-yet",
}
"""What tells nothing of a matter: on whichever device of the account it is read."""


class Turn(turn.Turn[Settings]):
    def __init__(self, view: View, settings: Settings, words: Tongues, now: datetime) -> None:
        super().__init__(view, settings, words, now)
        self.tongues = words
        made = view.made(self.room)
        self.room_id = made.room_id if made is not None else None
        """The ombuds room, once it has been made."""
        self._case: int | None = None
        self._chat: str | None = None
        self._message = Gone("", "")
        self.target: Made | None = None
        """The event of ours that is reacted or replied to, or the root of the thread."""

    # -- the office ----------------------------------------------------------------------------

    @property
    def office(self) -> Office:
        return self.get(OFFICE, "office") or Office()

    def set_office(self, **changes: Any) -> None:
        self.put(OFFICE, replace(self.office, **changes))

    @property
    def room(self) -> Handle:
        """The ombuds room, even if it has yet to be made."""
        return keys.office(self.office.rooms)

    def look(self, room: str) -> RoomView:
        """A room as our account knows it."""
        return self.view.room(self.settings.account, room)

    def number(self) -> int:
        """The next serial number for something that has to do with flags."""
        number = self.office.numbers + 1
        self.set_office(numbers=number)
        return number

    def flagger(self, user: str) -> Flagger:
        """The document of a person who flags something, or may do so."""
        found = self.get(FLAGGERS, user)
        return found or self.put(FLAGGERS, Flagger(user, self.number()))

    # -- the case at hand, and its chat --------------------------------------------------------

    def take_case(self, number: int | None, *, here: bool = False) -> None:
        """Make this the case at hand, if it exists. `here`: keep the chat at hand."""
        known = number is not None and self.get(CASES, str(number)) is not None
        self._case = number if known else None
        if not here:
            self._chat = None

    @property
    def has_case(self) -> bool:
        return self._case is not None

    @property
    def case(self) -> Case:
        found = self.get(CASES, str(self._case))
        assert found is not None  # noqa: S101
        return found

    @property
    def is_case_here(self) -> bool:
        """Whether it is in the current room. A closed case stays behind in a lost one, where we can
        neither write nor change anything, until something brings it along."""
        return self.case.stands == self.office.rooms

    def file(self, **changes: Any) -> None:
        """Change the case at hand."""
        self.put(CASES, replace(self.case, **changes))

    def open(self, case: Case) -> None:
        """Begin a case in the chat at hand."""
        self.put(CASES, case)
        self._case = case.number

    def enter(self, room: str | None) -> None:
        """Make this the chat at hand, with its current case: a room, or `Conversation.chat`."""
        self._chat, self._case = room, None
        if self.has_chat:
            self.take_case(self.conversation.case, here=True)

    def enter_of(self, conversation: int) -> None:
        """Make a person's chat the one at hand, wherever it is by now."""
        identity = self.get(IDENTITIES, str(conversation))
        self.enter(identity.chat if identity is not None else None)

    def _where(self) -> str | None:
        """The chat at hand. It is looked up only when needed: rules that only concern a case never
        learn whose it is."""
        if self._chat is None and self._case is not None:
            identity = self.get(IDENTITIES, str(self.case.conversation))
            self._chat = identity.chat if identity is not None else None
        return self._chat

    @property
    def chat(self) -> str:
        """The room in which it is."""
        chat = self._where()
        assert chat is not None  # noqa: S101
        return chat.partition(" ")[0]

    @property
    def beside(self) -> str:
        """See `Conversation`."""
        chat = self._where() or ""
        return chat.partition(" ")[2]

    @property
    def _talk(self) -> Conversation | None:
        room = self._where()
        return None if room is None else self.get(CONVERSATIONS, room)

    @property
    def has_chat(self) -> bool:
        """Whether there is a private chat at hand."""
        return self._talk is not None

    @property
    def conversation(self) -> Conversation:
        found = self._talk
        assert found is not None  # noqa: S101
        return found

    def converse(self, **changes: Any) -> None:
        self.put(CONVERSATIONS, replace(self.conversation, **changes))

    @property
    def reporter(self) -> Reporter:
        identity = self.get(IDENTITIES, str(self.conversation.serial))
        assert identity is not None  # noqa: S101
        return identity.who

    @property
    def reaches(self) -> bool | None:
        """Whether the person's own devices can be given what we say. None: we have to ask."""
        pin = self._pin
        user = self.reporter.reveal()
        return not pin or self.view.reaches(self.settings.account, user, pin)

    def is_reporter(self, user: str) -> bool:
        """Whether the chat at hand is this person's."""
        return self.has_chat and self.reporter == Reporter(user)

    # -- the message at hand -------------------------------------------------------------------

    def take(self, event: RoomEvent) -> None:
        """Make the event's message the one at hand: the message itself, or the one that is edited
        or redacted."""
        source = event.origin.event_id
        if isinstance(event, Edit):
            source = event.target
        elif isinstance(event, Redaction):
            edited = self.get(EDITS, event.target)
            source = event.target if edited is None else edited.source
        self.take_message(event.origin.room_id, source)

    def take_message(self, room: str, event_id: str) -> None:
        self._message = Gone(room, event_id)

    @property
    def message(self) -> str:
        """The event id of the message at hand."""
        return self._message.event

    @property
    def copies(self) -> tuple[Made, ...]:
        return self.copies_of(self.message)

    def copies_of(self, event_id: str) -> tuple[Made, ...]:
        """Our copies of a message, also those on the shelf."""
        kept = self.get(KEPT, event_id)
        found = self.view.copies_of(event_id)
        known = {x.handle for x in found}
        handles = () if kept is None else (x for x in kept.handles if x not in known)
        return *found, *(self.view.made(x) or Made(x, self.room, None) for x in handles)

    @property
    def gone(self) -> bool:
        """Whether its author has taken it back."""
        return self.get(GONE, self._message.key) is not None

    def lose(self) -> None:
        """Note that its author has taken it back."""
        self.put(GONE, self._message)

    def was_removed(self, event: RoomEvent) -> bool:
        """Whether the event itself was taken back before it could be read."""
        origin = event.origin
        return self.get(GONE, Gone(origin.room_id, origin.event_id).key) is not None

    def note_edit(self, edit: str, source: str) -> None:
        """Remember which message an edit changed, in case the edit is removed."""
        self.put(EDITS, Edited(edit, source, self._message.room))

    # -- what is said --------------------------------------------------------------------------

    def ask(self, *requests: Request) -> None:
        leaves = (self._leaving(x) for x in requests)
        super().ask(*(x for x in leaves if x is not None))

    def _leaving(self, request: Request) -> Request | None:
        """As it leaves. Nothing of a case on the shelf does: it is kept, and shown later."""
        if not isinstance(request, leaving.Said):
            return request
        if request.room not in (self.room, self.room_id):
            if isinstance(request, Say) and self._is_shelved(leaving.named(request.after)):
                return replace(request, after=None)
            return request
        case = leaving.case_of(request)
        if self._is_shelved(case):
            self._keep(request)
            return None
        if isinstance(request, Say):
            request = replace(request, phrase=leaving.let_out(request.phrase, self._own))
        return request if case is None else leaving.in_lane(request, case)

    def _own(self) -> str:
        """Who writes in the chat at hand."""
        return self.reporter.reveal() if self.has_chat else ""

    def _is_shelved(self, case: int | None) -> bool:
        found = None if case is None else self.get(CASES, str(case))
        return found is not None and found.shelf is not None

    def _keep(self, request: leaving.Said) -> None:
        """Remember of which message it would have been a copy: edits must find it."""
        if isinstance(request, Say) and request.copy_of is not None and request.handle is not None:
            before = self.get(KEPT, request.copy_of)
            handles = () if before is None else before.handles
            self.put(KEPT, Kept(request.copy_of, (*handles, request.handle)))

    @property
    def staff_language(self) -> str:
        return self.settings.languages[0]

    @property
    def language(self) -> str:
        """The language in which we speak to the person."""
        return self.conversation.language or self.staff_language

    @property
    def spoken(self) -> str:
        """The person's language, or several if it is not known."""
        language = self.conversation.language if self.has_chat else None
        return language or self.settings.spoken

    def room_name(self, msgid: str, languages: str) -> str:
        """The name of a room that we make, in the first of these languages."""
        values = {"office": Raw(self.settings.name)}
        return self.tongues.text(msgid, languages.split(maxsplit=1)[0], values)

    def phrase(self, key: str, values: Values | None = None) -> Phrase:
        return Phrase(key, self.staff_language, values or {})

    def may_tell(self, key: str) -> bool:
        """Whether we may tell staff this again; notes that we do."""
        return sparing.may_say(key, self.office.heard, self.seconds, self.set_office)

    def tell(self, key: str | Phrase, values: Values | None = None, **fields: Any) -> None:
        """Say something in the ombuds room: a phrase, or the one with this name. It is for those
        of the team whose keys are known, and waits while there is nobody."""
        phrase = self.phrase(key, values) if isinstance(key, str) else key
        fields = {"pinned": True, "sealed": True, **fields}
        self.ask(Say(self.room, phrase, audience=frozenset(self.office.roster), **fields))

    def alarm(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Tell everybody something that they must know at once: here, where it rings; by mail,
        which says no more than that; and for good, in the record."""
        told = {name: x for name, x in (values or {}).items() if isinstance(x, int | str)}
        self.records.append(Record("alarm", {**told, "kind": Word(key)}))
        self.tell(key, values, **fields)
        mails.alarm(self, key)

    def tell_case(self, key: str | Phrase, values: Values | None = None, **fields: Any) -> None:
        """Say something in the thread of the case at hand."""
        self.tell(key, values, thread=keys.ROOT(case=self.case.number), **fields)

    def may_say(self, key: str) -> bool:
        """Whether we may say this to the person again; notes that we do."""
        return sparing.may_say(key, self.conversation.heard, self.seconds, self.converse)

    def say(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to the person, in the private chat."""
        self.say_in(self.language, key, values, **fields)

    def reply(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """The same, to a person whose language we may not know yet."""
        self.say_in(self.spoken, key, values, **fields)

    def say_in(self, language: str, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to the person in the given languages."""
        pin = "" if key in FOR_ALL else self._pin
        if pin and self.reaches is False:
            return  # it would stop everything else that is said there
        fields["identities"] = frozenset({pin}) if pin else None
        audience = frozenset({self.reporter.reveal()})
        phrase = Phrase(key, language, values or {})
        self.ask(Say(self._speaks_in, phrase, audience=audience, sealed=True, **fields))

    @property
    def _pin(self) -> str:
        """Whose devices may read what is said."""
        instead = self.get(CONVERSATIONS, self.conversation.instead)
        return self.conversation.pin if instead is None else instead.pin

    @property
    def _speaks_in(self) -> Ref:
        instead = self.conversation.instead
        if not instead:
            return self.chat
        return Handle(instead) if keys.CHAT.read(instead) is not None else instead

    @property
    def closes(self) -> datetime:
        """When a window that opens now will close, in the office's time zone."""
        return (self.now + self.settings.undo).astimezone(self.settings.timezone)

    def clock(self) -> datetime:
        """Now, in the office's time zone."""
        return self.now.astimezone(self.settings.timezone)
