"""What the bot keeps, and which part of it an event needs. Each kind is sealed with its own key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bots.announcements import handles
from bots.announcements.kinds import (
    BUDGET,
    CHUNK,
    DESK,
    EDIT,
    EVENT,
    GONE,
    ITEM,
    MAILBOX,
    PAGE,
    READER,
    REQUEST,
    ROUND,
    STRIKE,
    SUSPENDED,
    TICKET,
    WAITING,
)
from bots.announcements.models import (
    Announcement,
    Desk,
    Published,
    Round,
    Settings,
    Standing,
    Subscriber,
    Texts,
    announcement_from,
    asked_from,
    desk_from,
    published_from,
    round_from,
    subscriber_from,
)
from bots.announcements.models import State as Stage
from bots.announcements.rules import suspending
from bots.announcements.rules.addresses import fingerprint
from bots.announcements.rules.commands import asks_for_digest
from bots.announcements.rules.versions import token_in
from bots.announcements.rules.waiting import Budget, Waiting
from bots.announcements.state import State, Strike, Ticket, Trouble
from bots.runtime.mail import documents
from bots.runtime.model.bot import Docs
from bots.runtime.model.decision import Due, Event, FormSubmitted, MailReceived, Performed
from bots.runtime.model.documents import read
from bots.runtime.model.messages import MessageNow
from federation.model.events import Edit, MediaMessage, Reaction, Redaction, RoomEvent, TextMessage

DIGESTS_UNDER_WAY = 8
LOOKED_AT = 500
"""Announcements, drafts among them, until the page has enough of those that were released."""


@dataclass(frozen=True, slots=True)
class Loader:
    docs: Docs
    settings: Settings
    texts: Texts

    def load(self, event: Event) -> State:
        stored = self.docs.get(DESK, "desk")
        made = self.docs.made(self.settings.room)
        desk = desk_from(stored) if stored is not None else Desk()
        room = made.room_id if made is not None else self.settings.room
        state = State(self.settings, self.texts, desk, desk.now_at(room))
        match event:
            case Due(key):
                return self._due(state, key)
            case Performed() | MessageNow():
                return self._performed(state, event)
            case FormSubmitted():
                return self._form(state, event)
            case MailReceived():
                return self._ticket(state, token_in(str(event.content.get("subject", ""))))
        if isinstance(event, RoomEvent) and event.origin.room_id == state.room:
            return self._in_room(state, event)
        return self._elsewhere(state, event) if isinstance(event, Redaction) else state

    # -- documents -----------------------------------------------------------------------------

    def item(self, number: int | str | None) -> Announcement | None:
        stored = self.docs.get(ITEM, str(number)) if number is not None else None
        return announcement_from(stored) if stored is not None else None

    def circular(self, key: str) -> Round | None:
        stored = self.docs.get(ROUND, key)
        return round_from(stored) if stored is not None else None

    def reader(self, id_: str) -> Subscriber | None:
        stored = self.docs.get(READER, id_)
        return subscriber_from(stored) if stored is not None else None

    def readers(self) -> tuple[Subscriber, ...]:
        """Everybody who gets mails, in an order that stays the same."""
        found = (subscriber_from(data) for _, data in self.docs.scan(READER))
        return tuple(
            sorted((x for x in found if x.standing is Standing.ACTIVE), key=lambda x: x.id)
        )

    def _items(self, numbers: tuple[int, ...]) -> tuple[Announcement, ...]:
        return tuple(x for x in map(self.item, numbers) if x is not None)

    # -- timers, outcomes, forms ---------------------------------------------------------------

    def _due(self, state: State, key: str) -> State:
        if key == handles.DIGEST or handles.number_after("call", key) is not None:
            return self._for_digest(state)
        if (number := handles.number_after("undo", key)) is not None:
            return replace(state, item=self.item(number), readers=self.readers())
        if (due := handles.round_due(key)) is not None:
            kind, round_key, chunk = due
            stored = self.docs.get(CHUNK, handles.chunk_key(round_key, chunk))
            parts = tuple((reader, language) for reader, language in stored or ())
            state = replace(state, circular=self.circular(round_key))
            chunk_ = parts if kind == "chunk" else ()
            return replace(state, chunk=chunk_, trouble=self._trouble())
        if key == handles.WATCH:
            return replace(state, trouble=self._trouble())
        return self._mail_due(state, key)

    def _mail_due(self, state: State, key: str) -> State:
        if key == handles.CONFIRMING:
            return self._confirming(state)
        if (mailing := handles.mailing(key)) is not None:
            return self._mailing(state, mailing)
        return self._with_asked(state, key.removeprefix("expiry/"))

    def _for_digest(self, state: State) -> State:
        found = (announcement_from(data) for _, data in self.docs.scan(ITEM))
        fresh = [x for x in found if x.state is Stage.RELEASED and x.released > state.desk.digested]
        items = tuple(sorted(fresh, key=lambda x: x.released))
        return replace(state, items=items, readers=self.readers())

    def _performed(self, state: State, event: Performed | MessageNow) -> State:
        if isinstance(event, MessageNow):
            parts = handles.TEXT.read(event.why) or {}
            return replace(state, item=self.item(parts.get("item")))
        mailing = handles.mailing(event.handle)
        if mailing is None:
            return state
        state = self._mailing(state, mailing)
        refused = event.error is not None
        return self._with_strikes(state) if _is_judged(state.circular, refused) else state

    def _with_strikes(self, state: State) -> State:
        if state.circular is None:
            return state
        start = f"{state.circular.key}/"
        found = (data for key, data in self.docs.scan(STRIKE) if key.startswith(start))
        strikes = [(x, handles.mailing(x["mailing"])) for x in found]
        return replace(
            state,
            strikes=tuple(
                Strike(mailing, self.reader(mailing.reader), data["reply"], data["nobody"])
                for data, mailing in strikes
                if mailing is not None
            ),
        )

    def _trouble(self) -> Trouble | None:
        stored = self.docs.get(documents.TROUBLE, documents.TROUBLE)
        return Trouble(stored["since"], stored["reply"]) if stored is not None else None

    def _mailing(self, state: State, mailing: handles.Mailing) -> State:
        if mailing.matter == handles.CONFIRM:
            return self._with_asked(replace(state, budget=self._budget()), mailing.reader)
        state = replace(state, circular=self.circular(mailing.matter))
        return self._with_reader(state, mailing.reader)

    def _with_reader(self, state: State, id_: str | None) -> State:
        if id_ is None:
            return state
        known = self.docs.get(documents.ADDRESS, id_) is not None
        return replace(state, reader=self.reader(id_), address=known)

    def _form(self, state: State, event: FormSubmitted) -> State:
        if event.form == "subscribe":
            found = fingerprint(self.settings, event.fields.get("address", ""))
            state = replace(state, budget=self._budget())
            if found is None:
                return state
            return self._with_reader(self._with_mailbox(state, found.mailbox), found.id)
        return self._ticket(state, event.fields.get("token", ""))

    def _ticket(self, state: State, token: str | None) -> State:
        stored = self.docs.get(TICKET, token) if token else None
        if stored is None:
            return state
        if "request" in stored:
            state = replace(state, ticket=Ticket(stored["purpose"], stored["request"]))
            return self._with_asked(state, stored["request"])
        state = replace(state, ticket=Ticket(stored["purpose"], stored["reader"]))
        state = self._with_reader(state, stored["reader"])
        return self._with_mailbox(state, state.reader.mailbox) if state.reader else state

    # -- requests that nobody has confirmed yet ------------------------------------------------

    def _with_asked(self, state: State, id_: str) -> State:
        stored = self.docs.get(REQUEST, id_)
        if stored is None:
            return state
        asked = asked_from(stored)
        address = self.docs.get(documents.ADDRESS, id_)
        state = replace(state, asked=asked, asked_address=address)
        return self._with_reader(self._with_mailbox(state, asked.mailbox), asked.reader)

    def _with_mailbox(self, state: State, mailbox: str) -> State:
        stored = self.docs.get(MAILBOX, mailbox) or ()
        return replace(state, mailbox=tuple((at, request) for at, request in stored))

    def _budget(self) -> Budget:
        stored = self.docs.get(BUDGET, BUDGET)
        return read(Budget, stored) if stored is not None else Budget()

    def _confirming(self, state: State) -> State:
        budget = self._budget()
        out = tuple(x for x in budget.out if self.docs.is_coming(x))
        waiting = tuple(read(Waiting, data) for _, data in self.docs.scan(WAITING))
        return replace(state, budget=replace(budget, out=out), waiting=waiting)

    # -- the room ------------------------------------------------------------------------------

    def _in_room(self, state: State, event: RoomEvent) -> State:
        state = replace(state, gone=self.docs.get(GONE, event.origin.event_id) is not None)
        match event:
            case TextMessage():
                return self._text(state, event)
            case MediaMessage(thread=root):
                return self._about(state, root)
            case Reaction():
                return self._about(state, event.target)
            case Edit():
                return self._about(state, event.target)
            case Redaction():
                return self._taken_back(state, event)
        return state

    def _taken_back(self, state: State, event: Redaction) -> State:
        """The redacted message, or the one of which an edit was redacted."""
        source = self.docs.get(EDIT, event.target) or event.target
        state = replace(self._about(state, source), source=source)
        return self._with_rounds(state)

    def _elsewhere(self, state: State, event: Redaction) -> State:
        """What was written before the room was replaced can still be taken back there."""
        found = self._taken_back(state, event)
        here = found.item is not None and found.item.room == event.origin.room_id
        return found if here else state

    def _text(self, state: State, event: TextMessage) -> State:
        if asks_for_digest(event):
            return self._for_digest(state)
        if event.thread is not None:
            return self._about(state, event.thread)
        if event.reply_to is not None:
            state = self._about(state, event.reply_to)
            if state.suspended is not None:
                return state
            if state.item is not None:
                return replace(state, previous=state.item.original.event, readers=self.readers())
        return replace(state, readers=self.readers())

    def _about(self, state: State, event_id: str | None) -> State:
        """The announcement that a message is about: an editor's own, or one of ours."""
        if event_id is None:
            return state
        stored = self.docs.get(EVENT, event_id)
        if stored is not None:
            number, language = stored
            return replace(state, item=self.item(number), version=language)
        made = self.docs.made_by_event(event_id)
        if made is None:
            return state
        if (key := handles.suspended_of(made.handle)) is not None:
            ids = self.docs.get(SUSPENDED, key) or ()
            found = tuple(x for x in map(self.reader, ids) if x is not None)
            return replace(state, suspended=key, readers=found)
        item = self.item(handles.item_of(made.handle))
        return replace(state, item=item, call=handles.call_of(made.handle))

    def _with_rounds(self, state: State) -> State:
        if state.item is None:
            return state
        number = state.item.number
        digests = tuple(x for x in self._digests(state.desk.digests) if number in x.items)
        held = sorted({x for digest in digests for x in digest.items})
        return replace(
            state,
            circular=self.circular(handles.announcement_round(number)),
            digests=digests,
            items=self._items(tuple(held)),
        )

    def _digests(self, newest: int) -> Iterator[Round]:
        """Those on their way: a mail is given up long before so many further digests."""
        for number in range(newest, max(0, newest - DIGESTS_UNDER_WAY), -1):
            digest = self.circular(handles.digest_round(number))
            if digest is not None and not digest.finished:
                yield digest


def _is_judged(circular: Round | None, refused: bool) -> bool:
    """Whether this outcome may end the round, or be the one too many of what was refused: all that
    was is looked at only then."""
    if circular is None:
        return False
    one_more = replace(circular, failed=circular.failed + 1)
    too_many = refused and not circular.held and suspending.too_many(one_more)
    return too_many or circular.settled + 1 >= circular.total


def published(docs: Docs, most: int = 20) -> tuple[Published, ...]:
    """What stands on the web, the newest first."""
    desk = docs.get(DESK, "desk")
    newest = desk_from(desk).announcements if desk is not None else 0
    numbers = range(newest, max(0, newest - LOOKED_AT), -1)
    stored = (docs.get(PAGE, str(number)) for number in numbers)
    found = islice((published_from(x) for x in stored if x is not None), most)
    return tuple(sorted(found, key=lambda x: -x.released))


def save(docs: Docs, state: State) -> None:
    for write in state.writes:
        if write.gone:
            docs.forget(write.kind, write.key)
        elif write.value is None:
            docs.delete(write.kind, write.key)
        else:
            docs.put(write.kind, write.key, write.value)
