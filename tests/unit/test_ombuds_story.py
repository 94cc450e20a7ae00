"""The ombuds office's own story, told event by event; and the small world it is told in."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from bots.ombuds import keys
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.cases import CASES, Case
from bots.ombuds.documents.chats import CONVERSATIONS, Conversation
from bots.ombuds.settings import Settings
from bots.runtime.kit.documents import Collection
from bots.runtime.model.decision import (
    CancelTimer,
    Due,
    Event,
    Performed,
    Phrase,
    Request,
    Say,
    SetTimer,
    Started,
    Withdraw,
)
from bots.runtime.model.made import Made
from bots.runtime.model.messages import MessageNow, read_now
from bots.runtime.model.requests import slots
from federation.model.actions import (
    AskNow,
    CreateRoom,
    EditMessage,
    Handle,
    Invite,
    React,
    Redact,
    Send,
    SetState,
)
from federation.model.events import (
    Edit,
    MediaMessage,
    Membership,
    MembershipKind,
    Origin,
    Reaction,
    Redaction,
    RoomView,
    Shown,
    TextMessage,
    Unreadable,
)
from federation.syncing.recent import Recent
from tests.kit.memory import Memory
from tests.unit.world import EnglishWords, Found, caught_up, remember, said

D = TypeVar("D")
BOT = "@ombuds:office.example"
ANNA, BILAL, CEM = "@anna:staff.example", "@bilal:staff.example", "@cem:staff.example"
YUSRA = "@canary-yusra:secret.example"
OFFICE, CHAT = "!office", "!canary-chat"
SETTINGS = Settings(
    account=BOT,
    staff=(ANNA, BILAL),
    languages=("de", "en", "ar", "fa", "uk"),
    timezone=ZoneInfo("Europe/Berlin"),
    helplines=("110", "112"),
    room_name="Ombudsstelle",
)


@dataclass
class World:
    """A homeserver of the simplest kind, with the bot at it."""

    settings: Settings = SETTINGS
    now: datetime = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    docs: Memory = field(default_factory=Memory)
    said: list[Request] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """Handle or name of an action's class → the error that it meets."""

    def __post_init__(self) -> None:
        self.bot = OmbudsBot(self.settings, EnglishWords())
        self.timers: dict[str, datetime] = {}
        self.views = self.docs.views
        self.ids = itertools.count(1)
        self.wrote: dict[str, dict[str, Any]] = {}
        """Messages and edits as a homeserver keeps them; what was redacted is not among them."""
        self.looks: list[Found] = []
        self.recent = Recent(0)
        self.away = False
        """Whether nothing can be looked up for now."""

    # -- the way of an event -------------------------------------------------------------------

    def handle(self, event: Event) -> list[Request]:
        """What the bot asks for, here and in what follows from it at once."""
        remember(self.recent, event)
        asked: list[Request] = []
        queue = deque([event])
        while queue:
            event = queue.popleft()
            decision = self.bot.rule(self.docs, event, self.now)
            assert "canary" not in repr(decision.changes), "what is kept can be logged"
            self.docs.apply(decision.changes)
            slots(decision.requests, strict=True)
            asked += decision.requests
            done = [
                self._look(x) if isinstance(x, AskNow) else self._perform(x)
                for x in decision.requests
            ]
            queue.extend(x for x in done if x is not None)
        self.said += asked
        return asked

    def _perform(self, request: Request) -> Performed | None:
        if isinstance(request, SetTimer):
            self.timers[request.key] = request.rings(self.now)
            return None
        if isinstance(request, CancelTimer | Withdraw):
            self.timers.pop(getattr(request, "key", ""), None)
            return None
        if isinstance(request, Say):
            self.bot.render(request.phrase)
        handle = getattr(request, "handle", None)
        name = "Send" if isinstance(request, Say) else type(request).__name__
        error = self.errors.get(handle or name, self.errors.get(name))
        room = self.room_of(request)
        if isinstance(request, CreateRoom):
            room = OFFICE + request.handle.removeprefix("office/room")
        made = None if isinstance(request, CreateRoom) else f"$ours-{next(self.ids)}"
        if handle and error is None:
            self.docs.handles[handle] = Made(handle, room, made)
            if isinstance(request, Say) and request.copy_of is not None:
                self.docs.copies.setdefault(request.copy_of, []).append(handle)
        if not getattr(request, "notify", False):
            return None
        user = request.user if isinstance(request, Invite) else None
        return Performed(name, handle, room, made, error, user)

    # -- what a homeserver keeps ---------------------------------------------------------------

    def _look(self, asked: AskNow) -> MessageNow | None:
        found = self._found(asked)
        if self.away:
            self.looks = [x for x in self.looks if x.asked != asked] + [found]
        return None if self.away else self._now(found)

    def _found(self, asked: AskNow) -> Found:
        target = asked.event_id
        event = self.wrote.get(target)
        error = self.errors.get("AskNow", None if event else "M_NOT_FOUND")
        found = None
        if event is not None and error is None:
            edit = self._edit_of(target)
            found = {"event": {**event}, "edit": {**edit}, "encrypted": event["sealed"]}
        return Found(asked, found, error)

    def _now(self, told: Found) -> MessageNow:
        found = None if told.error else caught_up(self.recent, told, self._found)
        return read_now(BOT, told.asked, found, self.view(told.asked.room), told.error)

    def _edit_of(self, target: str) -> dict[str, Any]:
        author = self.wrote[target]["sender"]
        edits = [x for x in self.wrote.values() if x["edits"] == target and x["sender"] == author]
        return edits[-1] if edits else {}

    def keep(self, origin: Origin, body: str, edits: str = "", **content: Any) -> None:
        content = {"msgtype": "m.text", "body": body, **content}
        if edits:
            relation = {"rel_type": "m.replace", "event_id": edits}
            content |= {"m.new_content": dict(content), "m.relates_to": relation}
        self.wrote[origin.event_id] = {
            "event_id": origin.event_id,
            "type": "m.room.message",
            "sender": origin.sender,
            "content": content,
            "edits": edits,
            "sealed": origin.encrypted,
        }

    def erase(self, event_id: str) -> None:
        """What a redaction leaves."""
        if event_id in self.wrote:
            self.wrote[event_id] |= {"content": {}, "edits": ""}

    def back(self) -> list[Request]:
        """What was found meanwhile is told."""
        self.away = False
        looks, self.looks = self.looks, []
        return [x for found in looks for x in self.handle(self._now(found))]

    def room_of(self, request: Request) -> str:
        room = getattr(request, "room", "")
        if not isinstance(room, Handle):
            return str(room)
        made = self.docs.handles.get(room)
        return made.room_id if made is not None else ""

    def pass_time(self, seconds: float) -> list[Request]:
        end, asked = self.now + timedelta(seconds=seconds), []
        while due := sorted((at, key) for key, at in self.timers.items() if at <= end):
            self.now = max(self.now, due[0][0])
            del self.timers[due[0][1]]
            asked += self.handle(Due(due[0][1]))
        self.now = end
        return asked

    # -- what people do ------------------------------------------------------------------------

    def origin(self, room: str, sender: str, *, encrypted: bool = True) -> Origin:
        return Origin(BOT, room, f"$theirs-canary-{next(self.ids):06}", sender, 0, encrypted)

    def view(self, room: str) -> RoomView:
        return self.views.setdefault(room, RoomView(encrypted=True))

    def found(self) -> World:
        self.handle(Started(BOT, 1))
        for user in (BOT, *self.settings.staff):
            self.move(OFFICE, user, "join")
        self.said.clear()
        self.pass_time(0)  # the devices of the team are looked at
        return self

    def move(self, room: str, user: str, to: str, by: str = "") -> list[Request]:
        view, kind = self.view(room), MembershipKind(to)
        view = replace(view, joined=view.joined - {user}, invited=view.invited - {user})
        if kind is MembershipKind.JOIN:
            view = replace(view, joined=view.joined | {user})
        elif kind is MembershipKind.INVITE:
            view = replace(view, invited=view.invited | {user})
        self.views[room] = view
        return self.handle(Membership(self.origin(room, by or user), view, user, kind))

    def chat(self, person: str = YUSRA, room: str = CHAT, *, encrypted: bool = True) -> World:
        """Begin a private chat, as Element does."""
        self.views[room] = RoomView(joined=frozenset({person}), encrypted=encrypted)
        self.move(room, BOT, "invite", by=person)
        self.move(room, BOT, "join")
        return self

    def write(
        self, body: str, sender: str = YUSRA, room: str = CHAT, **fields: Any
    ) -> tuple[str, list[Request]]:
        encrypted = fields.pop("encrypted", True)
        origin = self.origin(room, sender, encrypted=encrypted)
        event = TextMessage(origin, self.view(room), body, **fields)
        self.keep(origin, body)
        return origin.event_id, self.handle(event)

    def send_media(self, kind: str, caption: str = "") -> tuple[str, list[Request]]:
        origin = self.origin(CHAT, YUSRA)
        self.keep(origin, caption, msgtype=f"m.{kind}", filename="x")
        return origin.event_id, self.handle(MediaMessage(origin, self.view(CHAT), kind, caption))

    def staff(self, body: str, sender: str = ANNA, case: int | None = 1) -> list[Request]:
        """Write in the ombuds room, in the thread of a case or outside."""
        thread = self.event_of(keys.ROOT(case=case)) if case is not None else None
        return self.write(body, sender, OFFICE, thread=thread)[1]

    def edit(self, target: str, body: str, sender: str = YUSRA, room: str = CHAT) -> list[Request]:
        return self.change(target, body, sender, room)[1]

    def change(
        self, target: str, body: str, sender: str = YUSRA, room: str = CHAT
    ) -> tuple[str, list[Request]]:
        origin = self.origin(room, sender)
        self.keep(origin, body, edits=target)
        return origin.event_id, self.handle(Edit(origin, self.view(room), target, body))

    def redact(self, target: str, sender: str = YUSRA, room: str = CHAT) -> list[Request]:
        self.erase(target)
        return self.handle(Redaction(self.origin(room, sender), self.view(room), target))

    def react(self, handle: str, key: str, sender: str = ANNA) -> list[Request]:
        origin = self.origin(OFFICE, sender, encrypted=False)
        return self.handle(Reaction(origin, self.view(OFFICE), self.event_of(handle), key))

    def garble(
        self, room: str = CHAT, sender: str = YUSRA, reason: str = "undecryptable"
    ) -> list[Request]:
        return self.handle(Unreadable(self.origin(room, sender), self.view(room), reason))

    # -- what there is -------------------------------------------------------------------------

    def standing(self) -> list[str]:
        """All that the ombuds room's events still say, edits included."""
        said: dict[str, list[str]] = {}
        for number, x in enumerate(self.said):
            if isinstance(x, Say) and keys.is_office(str(x.room)):
                name = str(x.handle or x.edits or number)
                said.setdefault(name, []).append(self.bot.render(x.phrase).body)
            elif isinstance(x, Redact) and keys.is_office(str(x.room)):
                said.pop(str(x.target), None)
        return [text for texts in said.values() for text in texts]

    def event_of(self, handle: str) -> str:
        event_id = self.docs.handles[handle].event_id
        assert event_id is not None
        return event_id

    def kept(self, collection: Collection[D], key: str) -> D:
        found = self.docs.get(collection, key)
        assert found is not None
        return found

    def case(self, number: int = 1) -> Case:
        return self.kept(CASES, str(number))

    def conversation(self, room: str = CHAT) -> Conversation:
        return self.kept(CONVERSATIONS, room)

    def keys(self, requests: list[Request], room: str) -> list[str]:
        """What was said there, by the names of the phrases; edits as `~name`. What only rings is
        left out (see `test_ombuds_ringing`)."""
        return [
            ("~" if x.edits else "") + x.phrase.key
            for x in requests
            if isinstance(x, Say) and self.room_of(x) == room and not rings(x)
        ]

    def office_keys(self, requests: list[Request]) -> list[str]:
        return self.keys(requests, OFFICE)

    def chat_keys(self, requests: list[Request]) -> list[str]:
        return self.keys(requests, CHAT)


def rings(say: Say) -> bool:
    """Whether it says no more than that there is something."""
    return say.phrase.key == "opened" or say.phrase.key.startswith("ring-")


def flat(phrase: Phrase) -> str:
    """A phrase as its text in English."""
    return OmbudsBot(SETTINGS, EnglishWords()).render(phrase).body


# -- the story -------------------------------------------------------------------------------------


def test_a_matter_goes_all_the_way() -> None:
    world = World().found().chat()
    event, asked = world.write("Der Wächter schlägt uns. Was können wir tun?")
    assert world.office_keys(asked) == ["case-root"]
    assert world.chat_keys(asked) == ["receipt", "notice"]
    root = said(asked, "case-root")
    assert (root.handle, root.copy_of) == ("case/1/root", event)
    assert root.audience == frozenset({ANNA, BILAL})
    assert said(asked, "receipt").audience == frozenset({YUSRA})

    asked = world.staff("!antwort Danke.\nWir sprechen mit dem Träger.")
    assert world.office_keys(asked) == ["answer-pending"]
    assert world.chat_keys(asked) == []
    assert any(isinstance(x, React) and x.key == "❌" for x in asked)

    asked = world.pass_time(61)
    answer = said(asked, "answer")
    assert answer.phrase.values["text"] == "Danke.\nWir sprechen mit dem Träger."
    assert (answer.room, answer.audience, answer.strict) == (CHAT, frozenset({YUSRA}), True)
    assert (answer.handle, answer.notify) == ("case/1/answer/1", True)
    assert world.office_keys(asked) == ["~answer-sent", "~case-root"]
    assert world.case().state == "answered"
    # What her client has shown her has come to her homeserver; another's receipt tells nothing.
    there = getattr(world.docs.made("case/1/answer/1"), "event_id", "")
    view = world.views[CHAT]

    def shows(user: str, *events: str) -> list[str]:
        origin = Origin(BOT, CHAT, f"shown {user} {events}", user, 0, encrypted=False)
        return world.office_keys(world.handle(Shown(origin, view, events)))

    assert shows(ANNA, there) == shows("@stranger:x", there) == shows(YUSRA, "$older") == []
    assert shows(YUSRA, "$older", there) == ["~answer-delivered"]
    assert shows(YUSRA, "$older", there) == []


@pytest.mark.parametrize("how", ["text", "reaction"])
def test_who_writes_after_an_answer_has_it(how: str) -> None:
    world = World().found().chat()
    world.write("They hit us.")
    world.staff("!answer We ask them.")
    world.pass_time(61)
    there = world.docs.made("case/1/answer/1")
    assert there is not None
    view, now = world.views[CHAT], int(world.now.timestamp() * 1000)
    for at, known in ((now - 61_000, False), (now, True)):
        origin = Origin(BOT, CHAT, f"$at-{at}", YUSRA, at, encrypted=how == "text")
        if how == "text":
            asked = world.handle(TextMessage(origin, view, "Thank you."))
        else:
            asked = world.handle(Reaction(origin, view, there.event_id or "", "👍"))
        assert ("~answer-delivered" in world.office_keys(asked)) is known


def test_the_room_is_made_once() -> None:
    world = World()
    asked = world.handle(Started(BOT, 1))
    room = asked[0]
    assert isinstance(room, CreateRoom)
    assert (room.encrypted, room.federate, room.preset) == (True, False, "private_chat")
    assert room.topic == ""
    assert "users" not in room.power_levels
    assert room.power_levels["events_default"] == 0
    assert {room.power_levels[x] for x in ("invite", "kick", "ban", "state_default")} == {100}
    contents = {x["type"]: x["content"] for x in room.initial_state}
    assert contents["m.room.history_visibility"] == {"history_visibility": "invited"}
    assert contents["org.buendnis.office"] == {"kind": "ombuds"}
    assert world.office_keys(asked) == ["welcome"]
    assert not creates(world.handle(Started(BOT, 2)))


def test_who_was_named_and_has_no_account_is_told_and_not_invited() -> None:
    world = World(settings=replace(SETTINGS, staff=(ANNA,), absent=(BILAL,)))
    asked = world.handle(Started(BOT, 1))
    assert isinstance(asked[0], CreateRoom)
    assert asked[0].invite == (ANNA,)
    assert world.office_keys(asked) == ["welcome", "team-absent"]
    [told] = [x.phrase for x in asked if isinstance(x, Say) and x.phrase.key == "team-absent"]
    assert told.values["people"] == BILAL


def creates(asked: list[Request]) -> bool:
    """Whether anything is made or said; that the room is still ours is asked at every start."""
    return any(not isinstance(x, SetState) for x in asked)


def test_a_room_that_could_not_be_made_is_tried_again() -> None:
    world = World(errors={"office/room": "M_FORBIDDEN"})
    assert len(world.handle(Started(BOT, 1))) == 1
    world.errors.clear()
    asked = world.handle(Started(BOT, 2))
    assert isinstance(asked[0], CreateRoom)
    assert not creates(world.handle(Started(BOT, 3)))


def test_no_second_room_while_the_first_is_on_its_way() -> None:
    world = World()
    world.handle(Started(BOT, 1))
    del world.docs.handles["office/room"]
    assert world.handle(Started(BOT, 2)) == []


def test_a_team_that_has_left_is_called_together_at_the_next_start() -> None:
    world = World().found()
    for user in (ANNA, BILAL):
        world.move(OFFICE, user, "leave")
    asked = world.handle(Started(BOT, 2))
    assert [x.user for x in asked if isinstance(x, Invite)] == [ANNA, BILAL]


def test_what_is_said_to_people_is_never_sent_by_hand() -> None:
    world = World().found().chat()
    world.write("Hallo")
    world.staff("!antwort Hallo")
    world.pass_time(100)
    assert not [x for x in world.said if isinstance(x, Send | EditMessage)]
