"""Whatever happens in whatever order: nothing raises, nothing leaks, nothing goes out twice."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.ombuds import keys
from bots.ombuds.documents.chats import Reporter
from bots.runtime.model.decision import (
    CancelTimer,
    Due,
    Performed,
    Request,
    Say,
    SetTimer,
    Withdraw,
)
from federation.model.actions import Handle, Invite, Kick
from federation.model.events import Edit, Reaction, Redaction, RoomView, TextMessage, Unreadable
from tests.kit.ombuds import ANNA, BILAL, BOT, CEM, OFFICE, World

PEOPLE = ("@canary-one:secret.example", "@canary-two:secret.example", CEM)
CHATS = ("!canary-a", "!canary-b", "!canary-c")
STAFF = (ANNA, BILAL)
EVERYBODY = (*PEOPLE, *STAFF, BOT)
ROOMS = (*CHATS, OFFICE, "!canary-unknown")
COMMANDS = (
    "!antwort", "!answer 1", "!undo", "!close", "!reopen 2", "!take", "!cases", "!cases all",
    f"!team add {CEM}", f"!team remove {BILAL}", "!team", "!confirm", "!help", "!nonsense", "!new",
)  # fmt: skip


def shown(world: World, request: Request) -> str:
    """All that a request puts where people of its room can see it."""
    if isinstance(request, Say):
        text = world.bot.render(request.phrase)
        return f"{text.body} {text.html} {request.thread} {request.reply_to} {request.edits}"
    hidden = (
        {"copy_of", "audience", "user", "whose"}
        if isinstance(request, Invite | Kick)
        else {"copy_of"}
    )
    values = [getattr(request, x.name) for x in fields(request) if x.name not in hidden]
    return " ".join(map(str, values))


@dataclass
class Chaos:
    """Carries out random deeds, and marks each text with a letter for who wrote it."""

    world: World = field(default_factory=lambda: World().found())
    sources: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"$canary-unknown": ("", OFFICE)}
    )
    """Who wrote an event, and where."""
    edits: dict[str, str] = field(default_factory=dict)
    """The marks of edits by which somebody changed a message of her own in her chat."""
    late: dict[str, str] = field(default_factory=dict)
    """What an edit was filed in place of → whose it is thereby."""
    removed: list[str] = field(default_factory=list)
    count: int = 0

    def mark(self, letter: str, noise: str) -> str:
        self.count += 1
        return f"{noise} {letter}mark{self.count}x {noise}"

    def letter(self, sender: str, room: str, noise: str) -> str:
        if sender not in STAFF or room != OFFICE:
            return "R"
        return "A" if noise.startswith("!") else "N"

    def pick_event(self, number: int) -> str:
        ours = [x.event_id for x in self.world.memory.handles.values() if x.event_id]
        known = ours if number % 3 == 0 and ours else list(self.sources)
        return known[-1 - number // 3 % len(known)]

    def text(self, room: str, sender: str, number: int, body: str) -> None:
        origin = self.world.origin(room, sender, encrypted=number % 5 != 0)
        self.sources[origin.event_id] = (origin.sender, origin.room_id)
        self.world.wrote.keep(origin, body)
        thread = self.pick_event(number + 1) if number % 3 else None
        reply = self.pick_event(number + 2) if number % 4 == 0 else None
        self.world.handle(
            TextMessage(origin, self.world.view(room), body, reply_to=reply, thread=thread)
        )

    def write(self, a: int, b: int, noise: str) -> None:
        sender, room = EVERYBODY[a % len(EVERYBODY)], ROOMS[b % len(ROOMS)]
        letter = self.letter(sender, room, noise)
        self.text(room, sender, a + b, self.mark(letter, noise))

    def command(self, a: int, b: int, noise: str) -> None:
        sender, body = EVERYBODY[a % len(EVERYBODY)], COMMANDS[b % len(COMMANDS)]
        letter = "A" if sender in STAFF else "S"
        self.text(OFFICE, sender, a, f"{body} {self.mark(letter, noise)}")

    def answer(self, a: int, b: int, noise: str) -> None:
        body = f"!antwort {1 + a % 3} {self.mark('A', '')}"
        origin = self.world.origin(OFFICE, STAFF[b % 2])
        self.sources[origin.event_id] = (origin.sender, origin.room_id)
        event = TextMessage(origin, self.world.view(OFFICE), body)
        self.world.handle(event)
        if noise:
            self.world.handle(event)

    def edit(self, a: int, b: int, noise: str) -> None:
        sender, room = EVERYBODY[a % len(EVERYBODY)], ROOMS[b % len(ROOMS)]
        target = self.pick_event(a + b)
        author, where = self.sources.get(target, ("", room))
        room = where if a % 2 else room
        late = self.may_be_late(target, sender, room)
        forged = sender not in (author, self.late.get(target)) and not late
        body = self.mark("F" if forged else self.letter(sender, room, noise), noise)
        origin, view = self.world.origin(room, sender, encrypted=a % 4 != 0), self.world.view(room)
        self.world.wrote.keep(origin, body, edits=target)
        self.sources[origin.event_id] = (sender, room)
        if not forged and room == where and room in CHATS:
            self.edits[origin.event_id] = re.findall(r"Rmark\d+x", body)[-1]
        self.world.handle(Edit(origin, view, target, body))
        if late and target in self.world.memory.copies:
            self.late[target] = sender

    def may_be_late(self, target: str, sender: str, room: str) -> bool:
        """Whether the office has never seen what somebody edits in a private chat: it may come
        later, and then it is hers."""
        memory = self.world.memory
        known = {*memory.copies, *(x.event_id for x in memory.handles.values())}
        return sender in PEOPLE and room in CHATS and target not in known

    def redact(self, a: int, b: int, noise: str) -> None:
        sender, room = EVERYBODY[a % len(EVERYBODY)], ROOMS[b % len(ROOMS)]
        self.remove(self.pick_event(a + b), sender, room)

    def remove(self, target: str, sender: str, room: str) -> None:
        if self.sources.get(target) == (sender, room):
            self.removed += [self.edits[target]] if target in self.edits else []
            self.world.wrote.erase(target)
        origin, view = self.world.origin(room, sender), self.world.view(room)
        self.world.handle(Redaction(origin, view, target))

    def regret(self, a: int, b: int, noise: str) -> None:
        """Somebody edits the last message that she wrote in her chat, and removes one edit."""
        own = [x for x, (who, room) in self.sources.items() if who in PEOPLE and room in CHATS]
        target = own[-1 - a % len(own)]
        sender, room = self.sources[target]
        body, origin = self.mark("R", noise), self.world.origin(room, sender)
        self.world.wrote.keep(origin, body, edits=target)
        self.edits[origin.event_id] = re.findall(r"Rmark\d+x", body)[-1]
        self.world.handle(Edit(origin, self.world.view(room), target, body))
        self.sources[origin.event_id] = (sender, room)
        edits = list(self.edits)
        edit = edits[-1 - b % len(edits)]
        self.remove(edit, *self.sources[edit])

    def away(self, a: int, b: int, noise: str) -> None:
        self.world.away = a % 2 == 0
        if not self.world.away:
            self.world.back()

    def react(self, a: int, b: int, noise: str) -> None:
        sender, room = EVERYBODY[a % len(EVERYBODY)], ROOMS[b % len(ROOMS)]
        origin, view = self.world.origin(room, sender), self.world.view(room)
        key = ("❌", "✅", noise)[b % 3]
        self.world.handle(Reaction(origin, view, self.pick_event(a), key))

    def move(self, a: int, b: int, noise: str) -> None:
        to = ("invite", "join", "leave", "ban", "knock")[(a + b) % 5]
        by = EVERYBODY[b % len(EVERYBODY)]
        self.world.move(ROOMS[b % len(ROOMS)], EVERYBODY[a % len(EVERYBODY)], to, by)

    def chat(self, a: int, b: int, noise: str) -> None:
        self.world.chat(PEOPLE[a % 3], CHATS[b % 3], encrypted=bool(noise))

    def garble(self, a: int, b: int, noise: str) -> None:
        room = ROOMS[b % len(ROOMS)]
        origin = self.world.origin(room, EVERYBODY[a % len(EVERYBODY)])
        reason = ("undecryptable", "malformed", noise)[a % 3]
        self.world.handle(Unreadable(origin, self.world.view(room), reason))

    def media(self, a: int, b: int, noise: str) -> None:
        self.world.views.setdefault("!canary-chat", RoomView(encrypted=True))
        self.world.send_media("other" if noise else "image", self.mark("R", noise))

    def wait(self, a: int, b: int, noise: str) -> None:
        self.world.pass_time(a * 30)

    def repeat(self, a: int, b: int, noise: str) -> None:
        case, answer = 1 + a % 2, 1 + b % 2
        for _ in range(2):
            self.world.handle(Due(f"answer/{case}/{answer}"))
        done = Performed("Send", f"case/{case}/answer/{answer}", None, None, noise or None)
        self.world.handle(done)

    def fail(self, a: int, b: int, noise: str) -> None:
        self.world.errors = {f"case/{1 + a % 2}/answer/1": "audience", "Invite": "M_NOT_FOUND"}


DEEDS = (
    "write", "write", "answer", "answer", "command", "edit", "redact", "react", "move", "chat",
    "garble", "media", "wait", "repeat", "fail", "regret", "regret", "away",
)  # fmt: skip
NOISE = st.one_of(
    st.just(""),
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.sampled_from(
        ["> <@a:b> x\n\n", "\u202e", "!antwort", "!new", "<b>&", "Deutsch", "x" * 4_000]
    ),
)
NUMBER = st.integers(0, 9)
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), NUMBER, NUMBER, NOISE), max_size=30)


def check(world: World) -> None:
    answers: Counter[str] = Counter()
    for request in world.said:
        if isinstance(request, SetTimer | CancelTimer | Withdraw):
            continue
        text, room = shown(world, request), getattr(request, "room", Handle("office/room"))
        if room == OFFICE or keys.is_office(room):
            assert "canary" not in text, text
            assert "Fmark" not in text, text
            continue
        marks = re.findall(r"([RSNAF])mark\d+x", text)
        answer = isinstance(request, Say) and request.phrase.key == "answer"
        assert not marks or (answer and set(marks) == {"A"}), text
        if isinstance(request, Say) and answer:
            answers[f"{request.handle}"] += 1
            assert request.strict
            assert request.audience is not None
            assert len(request.audience) == 1
    assert not [x for x, count in answers.items() if count > 1]


ELSEWHERE = [
    *(("regret", 0, 0, ""), ("write", 0, 0, ""), ("regret", 0, 1, ""), ("write", 0, 0, "")),
    *(("redact", 4, 3, ""), ("regret", 0, 0, ""), ("regret", 0, 2, "")),
]
"""A redaction in the staff's room names a message of a private chat."""


QUOTED = [
    *(("write", 0, 0, ""), ("regret", 0, 0, ""), ("regret", 2, 1, "")),
    *(("answer", 0, 0, ""), ("regret", 0, 1, "")),
]
"""The notice of an answer quotes words that are taken back."""


@settings(max_examples=300, deadline=None)
@example(ELSEWHERE)
@example(QUOTED)
@given(STEPS)
def test_no_order_of_events_breaks_a_promise(steps: list[tuple[str, int, int, str]]) -> None:
    chaos = Chaos()
    chaos.chat(0, 0, "x")
    chaos.text(CHATS[0], PEOPLE[0], 1, chaos.mark("R", ""))
    for deed, a, b, noise in steps:
        getattr(chaos, deed)(a, b, noise)
    chaos.world.pass_time(1_000)
    check(chaos.world)
    standing = str(chaos.world.standing())
    assert not [x for x in chaos.removed if x in standing]
    chaos.world.back()
    standing = str(chaos.world.standing())
    assert not [x for x in chaos.removed if x in standing]


def test_five_hundred_notes_and_one_answer() -> None:
    chaos = Chaos()
    chaos.chat(0, 0, "x")
    chaos.world.write("Hallo", PEOPLE[0], CHATS[0])
    for number in range(500):
        chaos.world.staff(chaos.mark("N", "Antwort" if number % 2 else "!"), STAFF[number % 2])
        chaos.world.pass_time(30)
    chaos.world.staff("!antwort Amark0x")
    chaos.world.pass_time(100)
    check(chaos.world)
    found = [x for x in chaos.world.said if isinstance(x, Say) and x.phrase.key == "answer"]
    assert len(found) == 1


def test_the_reporter_can_not_be_formatted() -> None:
    person = Reporter("@canary:secret.example")
    holders: list[Any] = [person, [person], {"x": person}, (person,)]
    for holder in holders:
        assert "canary" not in f"{holder} {holder!r} %s" % (holder,)
    assert f"{person:>20}" == "<reporter>"
    assert person.reveal() == "@canary:secret.example"
