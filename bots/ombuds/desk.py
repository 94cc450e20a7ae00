"""Which part of what the office knows of flags an event needs, and how that is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bots.ombuds import handles
from bots.ombuds.flags import (
    Desk,
    Flag,
    Flagger,
    Stage,
    flag_from,
    flagger_from,
    moderator_from,
    notice_from,
    place_from,
    to_json,
)
from bots.ombuds.rules import moderation
from bots.ombuds.state import Linked, State
from bots.runtime.bot import Docs
from federation.links import event_of

KINDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "places": ("ombuds/place", place_from),
    "flags": ("ombuds/flag", flag_from),
    "flaggers": ("ombuds/flagger", flagger_from),
    "chats": ("ombuds/chat", str),
    "flagged": ("ombuds/flagged", int),
    "notices": ("ombuds/notice", notice_from),
    "moderators": ("ombuds/moderator", moderator_from),
    "rooms": ("ombuds/moderator-room", str),
}
"""Field of a `Desk` → kind of its documents, and how one is read."""


@dataclass(frozen=True, slots=True)
class Desks:
    docs: Docs
    account: str

    def of(self, state: State, field: str, *keys: str) -> State:
        """With these documents, as far as there are any."""
        kind, read = KINDS[field]
        stored = {key: self.docs.get(kind, key) for key in keys}
        found = {key: read(value) for key, value in stored.items() if value is not None}
        if not found:
            return state
        desk = state.known.desk
        desk = replace(desk, **{field: {**getattr(desk, field), **found}})
        return replace(state, known=replace(state.known, desk=desk))

    def person(self, state: State, user: str) -> State:
        """What waits for somebody's decision."""
        state = self.of(state, "flaggers", user)
        flagger = state.known.desk.flaggers.get(user)
        numbers = flagger.flags if flagger is not None else ()
        return self.of(state, "flags", *map(str, numbers))

    def flagger(self, state: State, user: str) -> Flagger | None:
        return state.known.desk.flaggers.get(user)

    def flag(self, state: State, number: int | str) -> tuple[State, Flag | None]:
        """A flag, who set it, and where."""
        state = self.of(state, "flags", str(number))
        flag = state.known.desk.flags.get(str(number))
        if flag is None:
            return state, None
        return self.place(self.person(state, flag.user), flag.room), flag

    def place(self, state: State, room: str) -> State:
        """A room in which something was flagged, as it is now."""
        state = self.of(state, "places", room)
        return replace(state, there=room, view=self.docs.view(self.account, room))

    def notices(self, state: State, events: Iterable[str]) -> State:
        """What moderators were told of these messages before."""
        state = self.of(state, "flagged", *events)
        numbers = {str(x) for x in state.known.desk.flagged.values()}
        state = self.of(state, "notices", *numbers)
        told = {user for x in state.known.desk.notices.values() if x for user in x.told}
        return self.of(state, "moderators", *told)

    def notice(self, state: State, number: str) -> State:
        state = self.of(state, "notices", number)
        notice = state.known.desk.notices.get(number)
        if notice is None:
            return state
        state = self.of(state, "moderators", *notice.told)
        return self.of(state, "flagged", *(x.event for x in notice.items))

    def moderators(self, state: State) -> State:
        """Those of the room at hand, and which of them have left the room made for them."""
        users = sorted(moderation.moderators(state.view))
        state = self.of(state, "moderators", *users)
        absent = frozenset(x for x in users if self._is_absent(state, x))
        return replace(state, absent=absent)

    def _is_absent(self, state: State, user: str) -> bool:
        moderator = state.known.desk.moderators.get(user)
        made = self.docs.made(handles.moderator(moderator.serial)) if moderator else None
        if made is None:
            return False
        view = self.docs.view(self.account, made.room_id)
        return self.account in view.joined and user not in view.joined | view.invited

    def looked_at(self, state: State, number: int | str) -> tuple[State, Flag | None]:
        """A flag of which messages were looked up."""
        state, flag = self.flag(state, number)
        if flag is not None and flag.stage is Stage.MODERATORS:
            state = self.moderators(self.notices(state, flag.events))
        return state, flag

    def linked(self, state: State, link: str, sender: str) -> State:
        """A message to which the person's own links, if it may be flagged."""
        found = event_of(link)
        if found is None:
            return state
        room, event = found
        state = self.place(state, room)
        place = state.known.desk.places.get(room)
        allowed = place is not None and place.open and sender in state.view.joined
        return replace(state, linked=Linked(room, event, allowed))


def save(docs: Docs, now: Desk, before: Desk) -> None:
    if now is before:
        return
    for field, (kind, _) in KINDS.items():
        new, old = getattr(now, field), getattr(before, field)
        for key in new.keys() | old.keys():
            value = new.get(key)
            if value is None and old.get(key) is not None:
                docs.delete(kind, key)
            elif value is not None and value != old.get(key):
                docs.put(kind, key, to_json(value))
