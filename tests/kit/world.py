"""A homeserver of the simplest kind, in memory, with one bot at it."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from bots.runtime.kit.records import Record
from bots.runtime.model.decision import (
    CancelTimer,
    Due,
    Event,
    ForgetRoom,
    ForgetSources,
    Performed,
    Phrase,
    Request,
    Say,
    SetPin,
    SetTimer,
    Started,
    Withdraw,
)
from bots.runtime.model.made import Made
from bots.runtime.model.messages import MessageNow, read_now
from bots.runtime.model.requests import slots
from bots.runtime.office import asking
from bots.runtime.office.asking import TRIES
from bots.runtime.office.performing import TryLater
from bots.runtime.speech.words import Words
from bots.runtime.store.records import OUTBOX, Order
from federation.model.actions import AskNow, CreateRoom, Handle, Invite, Kick, Redact
from federation.model.events import (
    Edit,
    MediaMessage,
    Membership,
    MembershipKind,
    Origin,
    Reaction,
    Redaction,
    RoomView,
    TextMessage,
    Unreadable,
)
from federation.performing.perform import Outcome
from federation.syncing.recent import Recent
from tests.kit.memory import Memory

PRESENT = (MembershipKind.JOIN, MembershipKind.INVITE)


class EnglishWords(Words):
    """The texts as they stand in the sources, whatever the catalogues hold by now."""

    NAMES: ClassVar = {
        "deutsch": "de",
        "english": "en",
        "العربية": "ar",
        "ar": "ar",
        "українська": "uk",
    }

    def __init__(self) -> None:
        super().__init__(Path("/nonexistent"))

    def language_named(self, text: str) -> str | None:
        return self.NAMES.get(text.casefold())

    def own_name(self, language: str) -> str:
        return {"de": "Deutsch", "en": "English", "ar": "العربية"}.get(language, language)


@dataclass(frozen=True)
class Found:
    """What a homeserver shows to whoever asks."""

    asked: AskNow
    found: dict[str, Any] | None
    error: str | None


@dataclass
class World:
    """What a rule asks for is done at once."""

    bot: Any
    account: str
    now: datetime = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    memory: Memory = field(default_factory=Memory)
    said: list[Request] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """Handle or name of an action's class → the error that it meets."""
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Event id → what is found of it; by default nothing that can be read."""
    recent: Recent = field(default_factory=lambda: Recent(0))
    defer: bool = False
    """Outcomes wait in `outcomes` instead of being told at once."""
    outcomes: list[Performed | Found] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    """What was noted for good."""

    def __post_init__(self) -> None:
        self.timers: dict[str, datetime] = {}
        self.views = self.memory.views
        self.ids = itertools.count(1)

    # -- the way of an event -------------------------------------------------------------------

    def handle(self, event: Event) -> list[Request]:
        """What the bot asks for, here and in what follows from it at once."""
        asked: list[Request] = []
        remember(self.recent, event)
        queue = deque([event])
        while queue:
            event = queue.popleft()
            requests = self._decided(event)
            slots(requests, strict=True)
            asked += requests
            done = [x for r in requests if (x := self._perform(r)) is not None]
            if self.defer:
                self.outcomes += done
            else:
                queue.extend(map(self._told, done))
        self.said += asked
        return asked

    def _decided(self, event: Event) -> Sequence[Request]:
        decided = self.bot.rule(self.memory, event, self.now)
        self.memory.apply(decided.changes)
        self.records += decided.records
        return list(decided.requests)

    def tell_outcomes(self) -> list[Request]:
        waiting, self.outcomes = self.outcomes, []
        return [x for outcome in waiting for x in self.handle(self._told(outcome))]

    def _perform(self, request: Request) -> Performed | Found | None:
        if isinstance(request, SetTimer):
            self.timers[request.key] = request.rings(self.now)
        elif isinstance(request, AskNow):
            _keep(request)
            return self._found(request)
        elif isinstance(request, CancelTimer):
            self.timers.pop(request.key, None)
        elif isinstance(request, Withdraw | ForgetRoom | ForgetSources):
            pass  # what is asked for is done at once
        elif isinstance(request, SetPin):
            self.memory.pins[request.user] = request.identity
        elif isinstance(request, Say):
            self.bot.render(request.phrase)
            several = " " in request.phrase.language
            assert not (several and _commands(request.phrase)), "a command of one language in all"
            return self._do(request, "Send")
        else:
            _keep(request)
            return self._do(request, type(request).__name__)
        return None

    def _do(self, request: Any, name: str) -> Performed | None:
        handle = getattr(request, "handle", None)
        error = self.errors.get(handle or name, self.errors.get(name))
        made = isinstance(request, CreateRoom)
        room = self._room_made(request) if made else self.at(request)
        event_id = None if made else f"$ours-{next(self.ids)}"
        if handle and error is None:
            self.memory.handles[handle] = Made(handle, room, event_id)
            if isinstance(request, Say) and request.copy_of is not None:
                self.memory.copies.setdefault(request.copy_of, []).append(handle)
        if not request.notify:
            return None
        user = request.user if isinstance(request, Invite | Kick) else None
        return Performed(name, handle, room, event_id, error, user)

    def _room_made(self, request: CreateRoom) -> str:
        return f"!made-{next(self.ids)}"

    def now_of(self, asked: AskNow) -> MessageNow:
        return self._now(self._found(asked))

    def _found(self, asked: AskNow) -> Found:
        """The runtime answers only the newest question of its kind."""
        error = self.errors.get("AskNow")
        found = self.seen.get(asked.event_id) if error is None else None
        if found is None or (found.get("event") or {}).get("room_id", asked.room) != asked.room:
            error = error or "M_NOT_FOUND"
        same = (asked.room, asked.event_id, asked.why)
        self.outcomes = [
            x
            for x in self.outcomes
            if not isinstance(x, Found) or (x.asked.room, x.asked.event_id, x.asked.why) != same
        ]
        return Found(asked, found, error)

    def _told(self, outcome: Performed | Found) -> Performed | MessageNow:
        return self._now(outcome) if isinstance(outcome, Found) else outcome

    def _now(self, told: Found) -> MessageNow:
        view = self.views.get(told.asked.room, RoomView(encrypted=True))
        found = None if told.error else caught_up(self.recent, told, self._found)
        return read_now(self.account, told.asked, found, view, told.error, self._weigh)

    def _weigh(self, origin: Origin, _: Mapping[str, Any]) -> Origin:
        key = self.memory.identity(self.account, origin.sender).master if origin.encrypted else ""
        return replace(origin, identity=key)

    def at(self, request: Any) -> str:
        """The room in which something is done."""
        room: str = request.room
        if (
            isinstance(room, Handle)
            and isinstance(request, Redact)
            and room not in self.memory.handles
        ):
            return ""
        return self.memory.handles[room].room_id if isinstance(room, Handle) else room

    def pass_time(self, seconds: float) -> list[Request]:
        end, asked = self.now + timedelta(seconds=seconds), []
        while due := sorted((at, key) for key, at in self.timers.items() if at <= end):
            self.now = max(self.now, due[0][0])
            del self.timers[due[0][1]]
            asked += self.handle(Due(due[0][1]))
        self.now = end
        return asked

    # -- what people do ------------------------------------------------------------------------

    def start(self, number: int = 1) -> list[Request]:
        return self.handle(Started(self.account, number))

    def origin(self, room: str, sender: str, *, encrypted: bool = True) -> Origin:
        event_id = f"$theirs-{next(self.ids):06}"
        sent_at = int(self.now.timestamp() * 1000)
        key = self.memory.identity(self.account, sender).master if encrypted else ""
        return Origin(self.account, room, event_id, sender, sent_at, encrypted, identity=key)

    def view(self, room: str) -> RoomView:
        return self.views.setdefault(room, RoomView(encrypted=True))

    def moderated(self, room: str, *users: str) -> None:
        levels = {"users": dict.fromkeys(users, 50)}
        self.views[room] = replace(self.view(room), power_levels=levels)

    def move(self, room: str, user: str, to: str, by: str = "", **fields: Any) -> list[Request]:
        view, kind = self.view(room), MembershipKind(to)
        view = replace(view, joined=view.joined - {user}, invited=view.invited - {user})
        view = replace(view, banned=view.banned - {user})
        if kind is MembershipKind.JOIN:
            view = replace(view, joined=view.joined | {user})
            if name := fields.get("name", ""):
                view = replace(view, names={**view.names, user: name})
        elif kind is MembershipKind.INVITE:
            view = replace(view, invited=view.invited | {user})
        elif kind is MembershipKind.BAN:
            view = replace(view, banned=view.banned | {user})
        self.views[room] = view
        return self.handle(Membership(self.origin(room, by or user), view, user, kind, **fields))

    def chat(
        self, person: str, room: str, *, encrypted: bool = True, name: str = ""
    ) -> list[Request]:
        """Begin a private chat, as Element does."""
        names = {person: name} if name else {}
        self.views[room] = RoomView(joined=frozenset({person}), names=names, encrypted=encrypted)
        asked = self.move(room, self.account, "invite", by=person)
        return asked + self.move(room, self.account, "join")

    def write(self, body: str, sender: str, room: str, **fields: Any) -> tuple[str, list[Request]]:
        origin = self.origin(room, sender, encrypted=fields.pop("encrypted", True))
        return origin.event_id, self.handle(TextMessage(origin, self.view(room), body, **fields))

    def media(self, kind: str, sender: str, room: str) -> list[Request]:
        return self.handle(MediaMessage(self.origin(room, sender), self.view(room), kind))

    def edit(self, target: str, body: str, sender: str, room: str, **seal: bool) -> list[Request]:
        return self.handle(Edit(self.origin(room, sender, **seal), self.view(room), target, body))

    def redact(self, target: str, sender: str, room: str) -> list[Request]:
        return self.handle(Redaction(self.origin(room, sender), self.view(room), target))

    def react(self, target: str, key: str, sender: str, room: str) -> tuple[str, list[Request]]:
        origin = self.origin(room, sender, encrypted=False)
        return origin.event_id, self.handle(Reaction(origin, self.view(room), target, key))

    def garble(self, sender: str, room: str, reason: str = "undecryptable") -> list[Request]:
        return self.handle(Unreadable(self.origin(room, sender), self.view(room), reason))

    # -- what there is -------------------------------------------------------------------------

    def event_of(self, handle: str) -> str:
        event_id = self.memory.handles[handle].event_id
        assert event_id is not None
        return event_id

    def keys(self, requests: list[Request], room: str | None = None) -> list[str]:
        """What was said there, by the names of the phrases; edits as `~name`. What only rings is
        left out (see `test_ombuds_ringing`)."""
        return [
            ("~" if x.edits else "") + x.phrase.key
            for x in requests
            if isinstance(x, Say)
            and (room is None or self.at(x) == room)
            and not x.phrase.key.startswith("ring-")
            and x.phrase.key != "opened"
        ]

    def text(self, requests: list[Request], key: str) -> str:
        """The one message of this phrase, as it is read."""
        return str(self.bot.render(said(requests, key).phrase).body)


def remember(recent: Recent, event: Event) -> None:
    """As a session does with each event that comes."""
    if not isinstance(event, Edit | Redaction):
        return
    origin = event.origin
    content: dict[str, Any] = {"redacts": event.target}
    if isinstance(event, Edit):
        kind = "m.text" if event.medium is None else f"m.{event.medium}"
        content = {
            "m.new_content": {"msgtype": kind, "body": event.body},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event.target},
        }
    raw = {
        "event_id": origin.event_id,
        "sender": origin.sender,
        "origin_server_ts": origin.sent_at,
        "type": "m.room.message" if isinstance(event, Edit) else "m.room.redaction",
        "content": content,
    }
    recent.take(origin.room_id, raw, origin.encrypted)


def caught_up(
    recent: Recent, told: Found, again: Callable[[AskNow], Found]
) -> Mapping[str, Any] | None:
    """As the runtime takes it in: with what has come meanwhile, and asked again where nothing tells
    what stands there now."""
    for tries in range(TRIES):
        with suppress(TryLater):
            outcome = Outcome(told.asked.room, told.asked.event_id, told.found)
            return asking.current(recent, outcome, tries).found
        told = again(told.asked)
    raise AssertionError


def _keep(action: Any) -> None:
    """What is asked for comes out of the outbox as it went in."""
    order = Order("", "", action)
    assert OUTBOX.read(OUTBOX.write(order)) == order


def said(requests: list[Request], key: str) -> Say:
    (found,) = (x for x in requests if isinstance(x, Say) and x.phrase.key == key)
    return found


def _commands(value: object, name: str = "") -> list[str]:
    """Commands among the values of a phrase that are the same in each of its languages."""
    if isinstance(value, Phrase):
        return [x for key, inner in value.values.items() for x in _commands(inner, key)]
    if isinstance(value, tuple):
        return [x for inner in value for x in _commands(inner)]
    ours = isinstance(value, str) and value.startswith("!") and name not in ("word", "text")
    return [str(value)] if ours else []
