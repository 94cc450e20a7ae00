"""Whoever comes, goes, is banned, let in or forgotten in whatever order: at rest everybody is only
where her membership lets her be, is where it takes her, and was asked in nowhere else.

The homeserver here knows join rules and bans; what people are entitled to is counted by
`tests/kit/census.py`. The same at a real homeserver: `tests/synapse/test_membership_random.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.onboarding.documents import WISHES, Wish
from bots.onboarding.settings import Initiative
from bots.runtime.model.decision import Request
from federation.model.actions import Invite, Kick
from federation.model.events import MembershipKind
from federation.model.membership import Place
from federation.model.network import Access
from tests.kit.census import DEEDS, WORDS, Census
from tests.kit.onboarding import ANNA, BOT, COORDINATION, EXCHANGE, NEWS, SETTINGS, SPACE, Town

NORA = "@nora:a.example"
PEOPLE = tuple(f"@p{number}:a.example" for number in range(6))


def initiative(id_: str, access: Access) -> Initiative:
    space = f"!{id_}"
    places = (
        Place(space, SPACE, access, frozenset({NORA})),
        Place(f"{space}-meeting", space, Access.SPACE, frozenset({NORA})),
        Place(f"{space}-board", space, Access.INVITE, frozenset({NORA})),
    )
    given = (space, f"{space}-meeting")
    return Initiative(id_, id_.title(), "", (), given, None, access, places, (NORA,))


OPEN, ASKS = initiative("offen", Access.ALLIANCE), initiative("fragt", Access.ASK)
CLOSED = initiative("zu", Access.INVITE)
ADOPTED = Initiative("fern", "Fern", contacts=(NORA,), server="b.example")
HERE = replace(SETTINGS, initiatives=(OPEN, ASKS, CLOSED, ADOPTED))
FOR_ALL = (NEWS, EXCHANGE)
ROOMS = Census(BOT, SPACE, FOR_ALL, (OPEN, ASKS, CLOSED)).rooms
OUT = ("leave", "ban", "knock", "")


class Server(Town):
    """Does what is asked for as a homeserver would, and tells the bot."""

    def __init__(self) -> None:
        super().__init__(HERE)
        self.census = Census(BOT, SPACE, FOR_ALL, (OPEN, ASKS, CLOSED))
        self.state, self.rights = self.census.state, self.census.rights
        self.carried = 0

    def is_in(self, user: str, room: str) -> bool:
        return self.census.is_in(user, room)

    def set(self, user: str, room: str, to: str, by: str) -> None:
        before = self.state[user, room]
        if before == to or (before == "ban" and to not in ("leave", "ban")):
            return
        self.census.moved(user, room, to, by)
        self.move(room, user, to, by=by, before=MembershipKind(before) if before else None)
        self._look_up(user)

    def _look_up(self, user: str) -> None:
        self.census.known(user, self.known(user))

    # -- what is due ---------------------------------------------------------------------------

    def rest(self) -> None:
        """Carry out what was asked for, and what follows from that."""
        while self.carried < len(self.said):
            request = self.said[self.carried]
            self.carried += 1
            self._carry_out(request)

    def _carry_out(self, request: Request) -> None:
        if isinstance(request, Invite) and request.room in ROOMS and request.user in PEOPLE:
            room = str(request.room)
            self.census.asks_in(request.user, room)
            if self.state[request.user, room] in OUT:
                self.set(request.user, room, "invite", BOT)
        elif isinstance(request, Kick):
            room = str(request.room)
            if self.state[request.user, room] in ("join", "invite", "knock"):
                self.set(request.user, room, "leave", BOT)

    # -- deeds ---------------------------------------------------------------------------------

    def knock(self, user: str, room: str, a: int) -> None:
        where = ASKS.space if room in self.census.inside else SPACE
        if where and self.state[user, where] in ("", "leave"):
            self.set(user, where, "knock", user)

    def accept(self, user: str, room: str, a: int) -> None:
        for known in ROOMS:
            if self.state[user, known] == "invite" and (a % 2 or known == room):
                self.set(user, known, "join", user)

    def enter(self, user: str, room: str, a: int) -> None:
        """By the room's own rule."""
        by_rule = room not in self.rights[user].asked and self.census.may_be(user, room)
        if by_rule and room != SPACE and self.state[user, SPACE] == "join":
            shut = self.census.inside.get(room, OPEN) is not OPEN
            if self.state[user, self.census.parent(room)] == "join" and not shut:
                self.set(user, room, "join", user)

    def ask_in(self, user: str, room: str, a: int) -> None:
        if self.state[user, room] in OUT:
            self.set(user, room, "invite", ANNA if room in (SPACE, *FOR_ALL) else NORA)

    def go(self, user: str, room: str, a: int) -> None:
        if self.state[user, room] in ("join", "invite", "knock"):
            self.set(user, room, "leave", user)

    def put_out(self, user: str, room: str, a: int) -> None:
        if self.state[user, room] in ("join", "invite", "knock"):
            self.set(user, room, "leave", ANNA)

    def ban(self, user: str, room: str, a: int) -> None:
        self.set(user, room, "ban", ANNA)

    def lift(self, user: str, room: str, a: int) -> None:
        if self.state[user, room] == "ban":
            self.set(user, room, "leave", ANNA)

    def write_to(self, user: str, room: str, a: int) -> None:
        self.says_to_bot(user, WORDS[a % len(WORDS)])

    def says_to_bot(self, user: str, *words: str) -> None:
        for word in words:
            before = self.known(user)
            chat = (before and before.chat) or f"!chat-{user}"
            if chat not in self.views:
                self.chat(user, chat)
            self.write(word, user, chat)
            self._look_up(user)
            self.rest()

    def come(self, user: str, room: str, a: int) -> None:
        """All the way in, into both initiatives that can be chosen."""
        self.ask_in(user, SPACE, a)
        self.rest()
        self.accept(user, SPACE, 1)
        self.rest()
        self.says_to_bot(user, "!rules", "!rules", "ja", "!topics", "1 2")
        self.decide(user, room, 1)
        self.rest()
        self.accept(user, room, 1)

    def decide(self, user: str, room: str, a: int) -> None:
        """Whatever is asked about her is answered, by a yes or a no."""
        for wish in self.memory.all(WISHES):
            if wish.user == user and wish.open:
                self._answer(wish, yes=a % 4 != 0)

    def _answer(self, wish: Wish, *, yes: bool) -> None:
        if yes:
            self.census.admitted(wish.user, wish.initiative)
        by, handle = NORA if wish.initiative else ANNA, f"onboarding/wish/{wish.number}"
        if handle in self.memory.handles:
            self.react(self.event_of(handle), "✅" if yes else "❌", by, COORDINATION)
        else:  # many ask at once, and stand in one message
            command = "!admit" if yes else "!decline"
            self.write(f"{command} {wish.user}", by, COORDINATION)
        self._look_up(wish.user)

    def again(self, user: str, room: str, a: int) -> None:
        self.start(a)


Steps = list[tuple[str, str, str, int]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.sampled_from(PEOPLE),
        st.sampled_from(ROOMS),
        st.integers(0, 21),
    ),
    min_size=5,
    max_size=30,
)


def inhabited() -> Server:
    """Half of them are in already, everywhere."""
    town = Server()
    town.start()
    for user in PEOPLE[:3]:
        town.come(user, SPACE, 1)
        for board in (f"{x.space}-board" for x in (OPEN, ASKS)):
            town.ask_in(user, board, 1)
        town.accept(user, SPACE, 1)
        assert len([x for x in ROOMS if town.is_in(user, x)]) == 9
    return town


def lived(steps: Steps) -> Iterator[Server]:
    """The same town at first and after each step, when all has come to rest."""
    town = inhabited()
    yield town
    for deed, user, room, a in steps:
        getattr(town, deed)(user, room, a)
        town.rest()
        yield town


@settings(max_examples=100, deadline=None, derandomize=True)
@given(STEPS)
def test_at_rest_everybody_is_only_where_membership_lets_her_be(
    steps: Steps,
) -> None:
    for town in lived(steps):
        town.census.audit(PEOPLE)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(STEPS)
def test_whoever_is_let_in_after_all_of_that_is_in_the_rooms_for_all(
    steps: Steps,
) -> None:
    """However it began: bans lifted, a coordinator's yes and her own bring her in."""
    *_, town = lived(steps)
    user = PEOPLE[0]
    for room in ROOMS:
        town.lift(user, room, 0)
    town.put_out(user, SPACE, 0)
    town.rest()
    town.ask_in(user, SPACE, 0)
    town.accept(user, SPACE, 1)
    town.says_to_bot(user, "!rules", "!rules", "ja")
    for room in (SPACE, *FOR_ALL):
        assert town.is_in(user, room), f"{user} is not in {room}"
    town.census.audit(PEOPLE)
