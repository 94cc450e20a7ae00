"""Whatever happens in whatever order: nobody greeted or invited twice, nobody let in unasked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.onboarding.documents import CHATS, MEMBERS, Stage
from bots.runtime.model.decision import Due, Performed, Request, Say
from federation.model.actions import CreateRoom, Invite, Kick
from federation.model.events import Reaction, RoomReplaced, RoomView
from tests.kit.onboarding import (
    ANNA,
    BILAL,
    BOT,
    CEM,
    COORDINATION,
    CREATOR,
    EXCHANGE,
    LEYLA,
    NEWS,
    NORTH_ROOM,
    SETTINGS,
    SOUTH_ROOM,
    SPACE,
    Town,
)

PEOPLE = (LEYLA, CEM, ANNA)
EVERYBODY = (*PEOPLE, BILAL, BOT, CREATOR)
ROOMS = (SPACE, COORDINATION, NEWS, EXCHANGE, NORTH_ROOM, SOUTH_ROOM, "!chat-a", "!chat-b", "!odd")
GATED = frozenset({NEWS, EXCHANGE, NORTH_ROOM, SOUTH_ROOM})
WORDS = (
    "ja", "nein", "1", "1 2 3", "später", "Nord", "العربية", "English", "!hilfe", "!regeln",
    "!themen", "!gehen", "!löschen", "!einlassen", "!ablehnen", "hallo", "!unknown",
)  # fmt: skip
KEYS = ("✅", "❌", "👍🏽", "🎉", "")


class Chaos(Town):
    """Carries random deeds out, and keeps account of what was promised to whom."""

    def __init__(self) -> None:
        super().__init__()
        self.agreed: set[str] = set()
        self.admitted: set[str] = set()
        self.events: list[str] = ["$none"]

    def pick(self, a: int) -> str:
        ours = [x.event_id for x in self.memory.handles.values() if x.event_id]
        known = ours if a % 4 and ours else self.events
        return known[-1 - a // 4 % len(known)]

    def _chat(self, user: str) -> str | None:
        known = self.known(user)
        return known.chat if known is not None else None

    def join(self, a: int, b: int, noise: str) -> None:
        user = EVERYBODY[a % len(EVERYBODY)]
        if user in PEOPLE:
            self.admitted.add(user)  # the homeserver let her in
        self.joins(user)

    def knock(self, a: int, b: int, noise: str) -> None:
        self.knocks(noise, PEOPLE[a % 3], noise)

    def leave(self, a: int, b: int, noise: str) -> None:
        user = EVERYBODY[a % len(EVERYBODY)]
        self.move(SPACE, user, ("leave", "ban")[b % 2], by=EVERYBODY[b % len(EVERYBODY)])

    def move_about(self, a: int, b: int, noise: str) -> None:
        to = ("invite", "join", "leave", "ban", "knock")[a % 5]
        room, user = ROOMS[1 + b % (len(ROOMS) - 1)], EVERYBODY[(a + b) % len(EVERYBODY)]
        self.move(room, user, to, EVERYBODY[b % len(EVERYBODY)])

    def chat_with(self, a: int, b: int, noise: str) -> None:
        self.chat(PEOPLE[a % 3], ROOMS[6 + b % 2], encrypted=bool(noise))

    def word(self, a: int, b: int, noise: str) -> None:
        user = EVERYBODY[a % len(EVERYBODY)]
        room = self._chat(user) if b % 5 else ROOMS[b % len(ROOMS)]
        room = room or ROOMS[(a + b) % len(ROOMS)]
        body = WORDS[(a * 7 + b) % len(WORDS)] + (noise if a % 3 == 0 else "")
        reply = self.pick(b) if a % 2 else None
        event, _ = self.write(body, user, room, reply_to=reply, encrypted=b % 3 != 0)
        self.events.append(event)

    def reaction(self, a: int, b: int, noise: str) -> None:
        user = EVERYBODY[a % len(EVERYBODY)]
        room = COORDINATION if b % 3 == 0 else self._chat(user) or ROOMS[b % len(ROOMS)]
        origin = self.origin(room, user)
        self.events.append(origin.event_id)
        self.handle(Reaction(origin, self.view(room), self.pick(a + b), KEYS[b % 5]))

    def redaction(self, a: int, b: int, noise: str) -> None:
        self.redact(self.pick(a), EVERYBODY[b % len(EVERYBODY)], ROOMS[(a + b) % len(ROOMS)])

    def garbled(self, a: int, b: int, noise: str) -> None:
        self.garble(EVERYBODY[a % len(EVERYBODY)], ROOMS[b % len(ROOMS)], noise)
        self.media(noise or "image", EVERYBODY[b % len(EVERYBODY)], ROOMS[a % len(ROOMS)])

    def wait(self, a: int, b: int, noise: str) -> None:
        self.pass_time(3_600.0 * a * a)

    def new_rules(self, a: int, b: int, noise: str) -> None:
        self.settings = replace(SETTINGS, rules_version=str(a % 3), approval=b % 2 == 0)
        self.start(a)
        self.pass_time(60)

    def trouble(self, a: int, b: int, noise: str) -> None:
        self.errors = ({}, {"Invite": "M_FORBIDDEN"}, {"Kick": "M_FORBIDDEN"})[a % 3]
        self.handle(Performed("Invite", None, ROOMS[b % 9], None, noise or None, user=CEM))
        self.handle(Due(f"{('hello', 'remind', 'wish')[a % 3]}/{PEOPLE[b % 3]}"))
        self.defer = b % 2 == 0
        if not self.defer:
            self.tell_outcomes()

    def tombstone(self, a: int, b: int, noise: str) -> None:
        room = ROOMS[b % len(ROOMS)]
        self.handle(RoomReplaced(self.origin(room, CREATOR), RoomView(), f"!new-{a}"))


DEEDS = (
    "join", "join", "knock", "leave", "move_about", "chat_with", "word", "word", "word", "word",
    "reaction", "reaction", "redaction", "garbled", "wait", "new_rules", "trouble", "tombstone",
)  # fmt: skip
NOISE = st.one_of(
    st.just(""),
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.sampled_from(["\u202e", "<b>&", "x" * 2_000, "{network}", " bitte"]),
)
NUMBER = st.integers(0, 9)
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), NUMBER, NUMBER, NOISE), max_size=40)


def audit(town: Chaos, asked: list[Request], before: dict[str, set[str]]) -> None:
    """What a single deed led to."""
    invited = Counter((x.room, x.user) for x in asked if isinstance(x, Invite))
    assert not [x for x, count in invited.items() if count > 1]
    for room, user in invited:
        if room in GATED:
            assert town.member(user).accepted, "nobody is invited who has not agreed"
            assert room not in before.get(user, set()), "nobody is invited twice"
    for request in asked:
        if isinstance(request, CreateRoom | Invite | Kick):
            people = request.invite if isinstance(request, CreateRoom) else (request.user,)
            assert not set(people) & {BOT, CREATOR}
        if isinstance(request, Say):
            town.bot.render(request.phrase)


@settings(max_examples=250, deadline=None)
@given(STEPS)
def test_no_order_of_events_breaks_a_promise(steps: list[tuple[str, int, int, str]]) -> None:
    town = Chaos()
    town.start()
    town.joins()
    for deed, a, b, noise in steps:
        before = {
            member.user: set(member.invited)
            for member in town.memory.all(MEMBERS)
            if member.stage is not Stage.GONE
        }
        start = len(town.said)
        getattr(town, deed)(a, b, noise)
        audit(town, town.said[start:], before)
    greeted = Counter(x.handle for x in town.said if isinstance(x, Say) and x.handle)
    assert not [x for x, count in greeted.items() if count > 1]
    reminded = Counter(
        str(x.room) for x in town.said if isinstance(x, Say) and x.phrase.key == "reminder"
    )
    asked = Counter(
        str(x.room)
        for x in town.said
        if isinstance(x, Say) and x.phrase.key in ("rules", "rules-changed")
    )
    assert all(count <= max(1, asked[room]) for room, count in reminded.items())
    for chat in town.memory.all(CHATS):
        assert town.known(chat.user) is not None, chat.room


def test_two_hundred_people_are_greeted_once_each() -> None:
    town = Town()
    people = [f"@p{number}:a.example" for number in range(200)]
    for _ in range(2):
        for person in people:
            town.joins(person)
    for person in people:
        town.says("ja", person)
        town.says("später", person)
        town.move(SPACE, person, "leave")
        town.joins(person)
    made = [x for x in town.said if isinstance(x, CreateRoom)]
    assert len(made) == 200
    keys = Counter(town.keys(town.said))
    assert keys["hello"] == keys["accepted"] == keys["later"] == 200
    assert keys["rules"] == 400, "coming back is a new decision"
    invited = Counter((x.user, x.room) for x in town.said if isinstance(x, Invite))
    assert set(invited.values()) == {1}
    assert len(invited) == 400
