"""Who may be where, counted by what people do: the measure of what onboarding makes of it.

Kept by random tests, whether the homeserver is one in memory or a real one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bots.onboarding.documents import Member, Stage
from bots.onboarding.settings import Initiative
from federation.model.membership import FOR_MEMBERS
from federation.model.network import Access

PRESENT = ("join", "invite")
IN = (Stage.CHOOSING, Stage.MEMBER)
"""Stages of somebody who is let in and has agreed to the rules."""

DEEDS = (
    "come", "come", "come", "knock", "accept", "accept", "accept", "enter", "ask_in",
    "go", "put_out", "ban", "lift",
    "write_to", "write_to", "write_to", "write_to", "decide", "decide", "again",
)  # fmt: skip
"""What somebody does, or is done to her, as often as it is."""
WHILE_AWAY = ("ban", "put_out", "go", "ask_in", "accept", "enter")
"""Of these, what needs no office."""
WORDS = (
    "ja",
    "nein",
    "!rules",
    "!topics",
    "1",
    "2",
    "1 2 3",
    "zu",
    "alle",
    "!leave",
    "!erase",
    "hallo",
)
"""What she writes to the bot."""


@dataclass
class Right:
    """What somebody is entitled to by now."""

    let_in: bool = False
    """By a coordinator, since she was last out."""
    asked: set[str] = field(default_factory=set)
    """Rooms into which a human asked her, since she was last out of what is around them."""
    chosen: set[str] = field(default_factory=set)
    """Ids of initiatives that are open to her, or whose contacts have said yes."""
    due: set[str] = field(default_factory=set)
    """Where she has to be, or to be asked in: it was given to her, and nobody has taken it."""


@dataclass
class Census:
    bot: str
    alliance: str
    for_all: tuple[str, ...]
    initiatives: tuple[Initiative, ...]
    state: dict[tuple[str, str], str] = field(default_factory=lambda: defaultdict(str))
    """User and room → the membership."""
    rights: dict[str, Right] = field(default_factory=lambda: defaultdict(Right))
    wrong: list[str] = field(default_factory=list)
    """What happened and must not."""
    _known: dict[str, Member | None] = field(default_factory=dict)
    """What the bot last knew of somebody."""

    def __post_init__(self) -> None:
        self.spaces = {x.space: x for x in self.initiatives if x.space}
        self.places = {x.room: x for one in self.initiatives for x in one.places}
        self.inside = {x.room: one for one in self.initiatives for x in one.places}
        self.rooms = (self.alliance, *self.for_all, *self.inside)

    def is_in(self, user: str, room: str) -> bool:
        return self.state[user, room] in PRESENT

    def parent(self, room: str) -> str:
        return self.places[room].within if room in self.places else self.alliance

    # -- what happens --------------------------------------------------------------------------

    def moved(self, user: str, room: str, to: str, by: str) -> None:
        before, right = self.state[user, room], self.rights[user]
        if before == to:
            return
        self.state[user, room] = to
        if to == "invite" and by != self.bot:
            right.asked.add(room)
        if to == "join" and room == self.alliance:
            right.let_in = True
        if to in ("ban", "leave") and by != self.bot:
            right.due.discard(room)
            if to == "ban" or before == "join" or (before == "invite" and by != user):
                self._lost(user, room)

    def _lost(self, user: str, room: str) -> None:
        right, beneath = self.rights[user], self._beneath(room)
        right.asked -= beneath
        right.due -= beneath
        if room == self.alliance:
            right.let_in, right.chosen = False, set()
        elif room in self.spaces:
            right.chosen.discard(self.spaces[room].id)

    def _beneath(self, room: str) -> set[str]:
        if room == self.alliance:
            return set(self.rooms)
        return {x.room for x in self.spaces[room].places} if room in self.spaces else {room}

    def known(self, user: str, member: Member | None) -> None:
        """What the bot knows of her by now: what she chose, agreed to and gave up."""
        old, self._known[user] = self._known.get(user), member
        stage, before = member and member.stage, old and old.stage
        if stage is Stage.GONE is not before:  # `!leave`, confirmed
            self._lost(user, self.alliance)
        if stage in IN and before not in IN and self.rights[user].let_in:
            self._give(user, (self.alliance, *self.for_all))
        chosen = {*(member.wishes if member else ())} - {*(old.wishes if old else ())}
        for initiative in self.initiatives:
            if initiative.id in chosen:
                if initiative.access is Access.ALLIANCE:  # entered by choosing it
                    self.rights[user].chosen.add(initiative.id)
                if initiative.id in self.rights[user].chosen:
                    self._give(user, initiative.rooms)

    def _give(self, user: str, rooms: Iterable[str]) -> None:
        self.rights[user].due |= {x for x in rooms if not self.is_barred(user, x)}

    def admitted(self, user: str, initiative: str) -> None:
        """Those who decide about her have said yes; without an initiative the coordinators."""
        where = next((x.space for x in self.initiatives if x.id == initiative), None)
        if self.is_barred(user, where or self.alliance):
            return
        self.rights[user].chosen |= {initiative} - {""}
        self.rights[user].let_in = self.rights[user].let_in or not initiative

    def asks_in(self, user: str, room: str) -> None:
        """The bot."""
        right = self.rights[user]
        of_hers = room not in self.inside or self.inside[room].id in right.chosen
        if not right.let_in or self.is_barred(user, room) or not of_hers:
            self.wrong.append(f"{user} was asked into {room}")

    # -- what follows --------------------------------------------------------------------------

    def is_barred(self, user: str, room: str) -> bool:
        return any(self.state[user, x] == "ban" for x in (self.alliance, self.parent(room), room))

    def may_be(self, user: str, room: str) -> bool:
        """By what the homeserver lets her do, what a human did, or what she is entitled to."""
        right = self.rights[user]
        if self.is_barred(user, room):
            return False
        if room in right.asked or room == self.alliance:
            return True
        if room not in self.inside:
            return right.let_in or self.state[user, self.alliance] == "join"
        place = self.places[room]
        by_rule = place.access in FOR_MEMBERS and self.state[user, place.within] == "join"
        return by_rule or self.inside[room].id in right.chosen

    def audit(self, users: Iterable[str]) -> None:
        assert not self.wrong, self.wrong
        for user in users:
            for room in self.rooms:
                if self.is_in(user, room):
                    assert self.may_be(user, room), f"{user} must not be in {room}"
            missing = sorted(x for x in self.rights[user].due if not self.is_in(user, x))
            assert not missing, f"{user} is not in {missing}"
