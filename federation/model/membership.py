"""Who may be where: the one place that says so. Pure.

Rooms lie within spaces, and all of them within the alliance's. What somebody is in a space holds
for what lies within it: let in, she is asked into what is open to its members; gone from it, or put
out of it, she is out of that, too; banned from it, she stays out of that, whoever asks her in. Whom
the settings name in a room has a seat there, which only a ban takes away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from federation.model.acl import denies
from federation.model.events import RoomView
from federation.model.links import server_of
from federation.model.network import Access

Look = Callable[[str], RoomView]
"""A room as we know it now; empty where we are not in it."""

FOR_MEMBERS = frozenset({Access.SPACE, Access.ALLIANCE})
"""Rooms that those who are in the space around them may join anyway, and are invited to."""


def is_shown(access: Access) -> bool:
    """Whether strangers are told that there is such a place."""
    return access is not Access.INVITE


def asks(access: Access) -> bool:
    """Whether those who run a place are asked before somebody comes in."""
    return access is Access.ASK


def is_in(view: RoomView, user: str) -> bool:
    """In a room, or asked into it."""
    return user in view.joined or user in view.invited


def is_banned(user: str, rooms: Iterable[str], look: Look) -> bool:
    """From any of these."""
    return any(user in look(room).banned for room in rooms)


def is_denied(user: str, rooms: Iterable[str], look: Look) -> bool:
    """Whether any of these keeps her homeserver out."""
    return any(denies(look(room).acl, server_of(user)) for room in rooms)


def is_kept_out(user: str, rooms: Iterable[str], look: Look) -> bool:
    """By a ban, or with her homeserver. Of that nobody is removed who is in: a list of servers is
    easily mistyped, and coming back takes everybody a decision."""
    rooms = tuple(rooms)
    return is_banned(user, rooms, look) or is_denied(user, rooms, look)


@dataclass(frozen=True, slots=True)
class Place:
    """A room or space of ours."""

    room: str
    within: str = ""
    """The space around it; empty of the outermost."""
    access: Access = Access.SPACE
    seats: frozenset[str] = frozenset()
    """Whom the settings name here."""


@dataclass(frozen=True, slots=True)
class Premises:
    """All rooms and spaces of a network."""

    places: tuple[Place, ...] = ()
    _known: Mapping[str, Place] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", {x.room: x for x in self.places})

    def __contains__(self, room: object) -> bool:
        return room in self._known

    def around(self, room: str) -> tuple[str, ...]:
        """A room and the spaces around it, outwards."""
        return tuple(self._outwards(room))

    def _outwards(self, room: str) -> Iterator[str]:
        found = self._known.get(room)
        been: set[str] = set()
        while found is not None and found.room not in been:
            been.add(found.room)
            yield found.room
            found = self._known.get(found.within)

    def beneath(self, space: str) -> tuple[Place, ...]:
        """What lies within a space, at whatever depth."""
        return tuple(x for x in self.places if space in self.around(x.room)[1:])

    def given(self, space: str) -> tuple[str, ...]:
        """Where somebody is asked in who is let into a space: there, and into what is open to its
        members."""
        within = (x.room for x in self.places if x.within == space and x.access in FOR_MEMBERS)
        return (space, *within)

    def is_barred(self, user: str, room: str, look: Look) -> bool:
        """Whether a ban, or her homeserver, keeps her out, from there or from a space around it."""
        return is_kept_out(user, self.around(room), look)

    def is_denied(self, user: str, room: str, look: Look) -> bool:
        """Whether it is her homeserver."""
        return is_denied(user, self.around(room), look)

    def lost(self, user: str, space: str, look: Look) -> tuple[str, ...]:
        """Where she must not be any more, being out of a space: of what lies within it, where she
        is by now or is asked in."""
        within = self.beneath(space)
        if not is_banned(user, self.around(space), look):
            within = tuple(x for x in within if user not in x.seats and self._follows(x, space))
        return tuple(x.room for x in within if is_in(look(x.room), user))

    def _follows(self, place: Place, space: str) -> bool:
        """What is open to the whole alliance needs nobody to be in an initiative's space."""
        return place.access is not Access.ALLIANCE or not self._known[space].within

    def kept(self, user: str, space: str, look: Look) -> tuple[str, ...]:
        """Where she stays all the same, being out of a space: the settings name her there."""
        within = self.beneath(space)
        return tuple(x.room for x in within if user in x.seats and is_in(look(x.room), user))

    def intruders(self, look: Look) -> Iterator[tuple[str, str]]:
        """Rooms, and who is in them though a ban keeps her out."""
        views = {x.room: look(x.room) for x in self.places}
        for room, view in views.items():
            banned = frozenset().union(*(views[x].banned for x in self.around(room)))
            for user in sorted(banned & (view.joined | view.invited)):
                yield room, user
