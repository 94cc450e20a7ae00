"""Whatever is flagged and answered in whatever order: nobody is told what nobody chose to tell."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.ombuds.documents.flags import PLACES
from bots.ombuds.flags import moderation
from bots.runtime.model.decision import CancelTimer, Request, Say, SetTimer, Withdraw
from federation.model.actions import CreateRoom, Invite, Redact
from federation.model.events import Ignored, RoomReplaced, RoomView
from tests.kit.flags import AUTHOR, EVERYBODY, MODA, MODI, ROOM, YUSRA, ZOYA, Meadow
from tests.kit.ombuds import BOT

PEOPLE = (YUSRA, ZOYA, MODA)
AUTHORS = (AUTHOR, MODA, MODI, BOT, YUSRA)
EVENTS = tuple(f"$event-{n}-by-{m}" for n, m in enumerate((0, 0, 1, 2, 3, 4)))
HERS = EVENTS[-1]
CHATS = {user: f"!canary-chat-{n}" for n, user in enumerate(PEOPLE)}
NEW = "!canary-new"
WORDS = "canarywords of "
ANSWERS = ("1", "2", "3", "zeigen", "nein", "The guard shouts at us.", "!new", "Deutsch")


@dataclass
class Chaos:
    meadow: Meadow = field(default_factory=lambda: Meadow().on())
    flagged: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Event → who flagged it."""
    chose: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Person → what she ever answered."""

    def __post_init__(self) -> None:
        for event in EVENTS:
            author = AUTHORS[int(event[-1])]
            content = {"msgtype": "m.text", "body": WORDS + event}
            self.meadow.wrote(event, author, content=content)

    # -- deeds ---------------------------------------------------------------------------------

    def flag(self, a: int, b: int) -> None:
        user, event = PEOPLE[a % 3], EVENTS[b % len(EVENTS)]
        world, before = self.meadow.world, len(self.meadow.world.said)
        place = world.memory.get(PLACES, ROOM)
        reaction, _ = world.react(event, "🚩", user, ROOM)
        removals = [x for x in world.said[before:] if isinstance(x, Redact)]
        if place is not None and place.open:
            self.flagged[event].add(user)
            assert world.said[before] == Redact(ROOM, reaction, notify=True)
            assert len(removals) == 1
        else:
            assert removals == []

    def link(self, a: int, b: int) -> None:
        user, event = PEOPLE[a % 3], EVENTS[b % len(EVENTS)]
        self.flagged[event].add(user)
        self.begin(a, b)
        text = f"!flag https://matrix.to/#/{ROOM}/{event}"
        self.meadow.world.write(text, user, CHATS[user])

    def begin(self, a: int, b: int) -> None:
        user = PEOPLE[a % 3]
        room = CHATS[user]
        if BOT not in self.meadow.world.view(room).joined:
            self.meadow.world.views[room] = RoomView(
                joined=frozenset({user}), encrypted=True, direct=True
            )
            self.meadow.world.move(room, BOT, "invite", by=user)
            self.meadow.world.move(room, BOT, "join")

    def rooms_of(self, user: str) -> list[str]:
        world = self.meadow.world
        asked = [x for x in world.said if isinstance(x, CreateRoom) and x.invite == (user,)]
        made = [world.memory.made(x.handle) for x in asked if x.handle.startswith("chat/")]
        found = [x.room_id for x in made if x is not None]
        for room in found:
            if user not in self.meadow.world.view(room).joined:
                self.meadow.accept(room, user)
        return [CHATS[user], *found]

    def answer(self, a: int, b: int) -> None:
        user, text = PEOPLE[a % 3], ANSWERS[b % len(ANSWERS)]
        self.chose[user].add(text)
        rooms = self.rooms_of(user)
        self.meadow.world.write(text, user, rooms[-1 - b // 8 % len(rooms)])

    def react(self, a: int, b: int) -> None:
        user, key = PEOPLE[a % 3], ("💬", "🏠", "✖", "✅", "❌", "2⃣")[b % 6]
        choices = {"💬": "1", "🏠": "2", "2⃣": "2", "✅": "zeigen"}
        handles = self.meadow.world.memory.handles
        questions = [x for x in handles.values() if x.handle.startswith("flag/") and x.event_id]
        if questions:
            question = questions[-1 - a % len(questions)]
            self.chose[user].add(choices.get(key, ""))
            self.meadow.world.react(question.event_id or "", key, user, question.room_id)

    def switch(self, a: int, b: int) -> None:
        text = ("!flags on", "!flags off", "!flags")[b % 3]
        self.meadow.world.write(text, (MODA, MODI, ZOYA)[a % 3], ROOM)

    def power(self, a: int, b: int) -> None:
        users = dict.fromkeys((MODA, *((MODI,) if b % 2 else ()), *((BOT,) if a % 3 else ())), 50)
        world = self.meadow.world
        world.views[ROOM] = replace(world.view(ROOM), power_levels={"users": users})
        world.handle(Ignored(world.origin(ROOM, MODA), world.view(ROOM), "m.room.power_levels"))

    def move(self, a: int, b: int) -> None:
        user = (*EVERYBODY, BOT)[a % 6]
        self.meadow.world.move(ROOM, user, ("leave", "join", "join", "ban")[b % 4])

    def stranger(self, a: int, b: int) -> None:
        user = PEOPLE[a % 3]
        room = self.rooms_of(user)[-1]
        who = (user, ZOYA, MODI)[b % 3]
        self.meadow.world.move(room, who, ("leave", "join")[a % 2])

    def delete(self, a: int, b: int) -> None:
        event = EVENTS[b % len(EVENTS)]
        fates: tuple[dict[str, Any], ...] = (
            {"content": {}},
            {"locked": True},
            {"encrypted": False},
        )
        self.meadow.wrote(event, AUTHORS[int(event[-1])], **fates[a % 3])

    def lose(self, a: int, b: int) -> None:
        self.meadow.world.seen.pop(EVENTS[b % len(EVENTS)], None)

    def fail(self, a: int, b: int) -> None:
        what = ("CreateRoom", "AskNow", "Redact", "Send")[a % 4]
        errors = ({}, {what: "M_FORBIDDEN"})[b % 2]
        self.meadow.world.errors = {str(k): v for k, v in errors.items()}

    def defer(self, a: int, b: int) -> None:
        self.meadow.world.defer = bool(b % 2)
        self.meadow.world.tell_outcomes()

    def upgrade(self, a: int, b: int) -> None:
        world = self.meadow.world
        world.views[NEW] = world.view(ROOM)
        world.handle(RoomReplaced(world.origin(ROOM, MODA), world.view(ROOM), NEW))
        if b % 2:
            world.move(NEW, BOT, "join")

    def take_back(self, a: int, b: int) -> None:
        sources = list(self.meadow.world.memory.copies)
        if sources:
            user = PEOPLE[b % 3]
            self.meadow.world.redact(sources[a % len(sources)], user, self.rooms_of(user)[-1])

    def wait(self, a: int, b: int) -> None:
        self.meadow.world.pass_time(a**4)


DEEDS = (
    "flag", "flag", "flag", "link", "begin", "answer", "answer", "answer", "react", "react",
    "switch", "power", "move", "stranger", "delete", "lose", "fail", "defer", "upgrade",
    "take_back", "wait",
)  # fmt: skip
NUMBER = st.integers(0, 20)
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), NUMBER, NUMBER), max_size=40)


def check(chaos: Chaos) -> None:
    for request in chaos.meadow.world.said:
        if isinstance(request, SetTimer | CancelTimer | Withdraw):
            continue
        room = chaos.meadow.world.at(request) if hasattr(request, "room") else ""
        if isinstance(request, Say) and request.phrase.key == "moderators-told":
            _to_moderators(chaos, request)
        elif room == chaos.meadow.office:
            _to_staff(chaos, request)
        elif room == ROOM:
            _to_the_room(chaos, request)


def _shown(chaos: Chaos, request: Say) -> str:
    text = chaos.meadow.world.bot.render(request.phrase)
    return f"{text.body} {text.html} {request.thread} {request.reply_to}"


def _told_by(chaos: Chaos, event: str, choice: str) -> bool:
    return any(choice in chaos.chose[x] for x in chaos.flagged[event])


def _to_moderators(chaos: Chaos, request: Say) -> None:
    (user,) = request.audience or frozenset[str]()
    assert user in (MODA, MODI)
    text = _shown(chaos, request)
    assert "canary" not in text
    told = set(re.findall(r"\$event-\d-by-\d", text))
    assert told
    for event in told:
        assert AUTHORS[int(event[-1])] not in (user, BOT)
        assert _told_by(chaos, event, "1")


def _to_staff(chaos: Chaos, request: Request) -> None:
    if not isinstance(request, Say):
        return
    assert request.phrase.key != "set-aside"
    text = _shown(chaos, request)
    for secret in (ZOYA, *CHATS.values()):
        assert secret not in text
    if YUSRA in text:  # as an author, whom somebody else has named
        assert HERS in text
        assert any("2" in chaos.chose[x] for x in chaos.flagged[HERS] - {YUSRA})
    for event in re.findall(WORDS + r"(\$event-\d-by-\d)", text):
        assert _told_by(chaos, event, "2")
        assert _told_by(chaos, event, "zeigen")
    for event in re.findall(r"\$event-\d-by-\d", text):
        assert _told_by(chaos, event, "2")


def _to_the_room(chaos: Chaos, request: Request) -> None:
    if isinstance(request, Say):
        assert "canary" not in _shown(chaos, request)
        assert request.notify
    elif isinstance(request, Invite):
        raise AssertionError(request)


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_nobody_is_told_what_nobody_chose_to_tell(steps: list[tuple[str, int, int]]) -> None:
    chaos = Chaos()
    for deed, a, b in steps:
        getattr(chaos, deed)(a, b)
    check(chaos)
    world = chaos.meadow.world
    world.defer = False
    world.tell_outcomes()
    world.pass_time(40 * 24 * 3600)
    check(chaos)
    for kind in ("flag", "flagged", "notice"):
        assert chaos.meadow.kept(f"ombuds/{kind}") == {}, kind


def test_the_deeds_come_to_something() -> None:
    """A story that is told to the end by the same deeds, so that the checks have what to check."""
    chaos = Chaos()
    chaos.flag(0, 0)
    chaos.answer(0, 0)
    chaos.flag(1, 1)
    chaos.answer(1, 1)
    chaos.answer(1, 3)
    keys = [x.phrase.key for x in chaos.meadow.world.said if isinstance(x, Say)]
    assert {"moderators-told", "case-root", "evidence"} <= set(keys)
    check(chaos)


def test_who_moderates_is_a_question_of_power() -> None:
    view = RoomView(joined=frozenset({MODA}), power_levels={"users": {MODA: 50, MODI: 50}})
    assert moderation.moderators(view) == {MODA}
