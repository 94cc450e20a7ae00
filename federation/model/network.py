"""The network as declared: who is in it, and which rooms it wants. Plain values from the YAML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Key = str
"""Names a room or space of the layout: `exchange`, `initiative/willkommen-nord/treffpunkt`."""


class Kind(StrEnum):
    """What a room or space of ours is; `kind` in its mark. Of a room for all it is its key."""

    ALLIANCE = "alliance"
    DISTRICT = "district"
    INITIATIVE = "initiative"
    ROOM = "room"
    """A room in the space of an initiative."""


class Role(StrEnum):
    """What somebody is to the network."""

    CREATOR = "creator"
    COORDINATOR = "coordinator"
    CONTACT = "contact"
    OMBUDS = "ombuds"
    MEMBER = "member"


POWER: Mapping[Role, int] = {
    Role.COORDINATOR: 50,
    Role.CONTACT: 50,
    Role.OMBUDS: 50,
    Role.MEMBER: 0,
}
"""The power level of each role in the rooms that it moderates; each bot has its own. The creator's
is not among them: from room version 12 on it has no number."""


class Access(StrEnum):
    """Who can come in without an invitation."""

    INVITE = "invite"
    """Nobody."""
    ASK = "ask"
    """Who asks and is let in."""
    SPACE = "space"
    """Everybody in the space around it."""
    ALLIANCE = "alliance"
    """Everybody in the alliance's space."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a room is addressed and what it is called."""

    alias: str
    """`#austausch`; on our own server."""
    name: str
    topic: str = ""
    spare_topic: str = ""
    """For a room that has none, and for which none is declared."""


@dataclass(frozen=True, slots=True)
class InitiativeRoom:
    """A room in the space of an initiative."""

    id: str
    words: Words
    encrypted: bool = True
    access: Access = Access.SPACE
    bots: frozenset[str] = frozenset()
    """The names of those that are in it, besides those that are everywhere."""
    flags: bool = False
    """Whether the ombuds office's account is in it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A space that is made here."""

    words: Words
    access: Access
    rooms: tuple[InitiativeRoom, ...]


@dataclass(frozen=True, slots=True)
class Adopted:
    """A space that an initiative runs itself: linked, never written to."""

    alias: str
    """Whole: `#start:sued.example`."""
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class District:
    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Initiative:
    id: str
    space: Made | Adopted
    contacts: tuple[str, ...] = ()
    district: District | None = None


@dataclass(frozen=True, slots=True)
class Bot:
    """An account of ours that serves rooms."""

    name: str
    user: str
    """Its whole Matrix id."""
    power: int = 50
    everywhere: bool = False
    """Whether it is in every space and room."""


@dataclass(frozen=True, slots=True)
class Common:
    """A room for all initiatives."""

    key: Key
    words: Words
    access: Access = Access.ALLIANCE
    bots: frozenset[str] = frozenset()
    """The names of those that are in it, besides those that are everywhere."""
    encrypted: bool = False
    contacts: bool = False
    """Whether the contacts of all initiatives are in it."""
    writers: int = 0
    picture: str = "room-initiative"
    """One of `federation.client.pictures`."""


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that `plan` and `apply` need to know."""

    server: str
    """The name of the homeserver."""
    creator: str
    """The whole Matrix id of the account that makes the rooms."""
    bots: tuple[Bot, ...]
    alliance: Words
    common: tuple[Common, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    coordinators: tuple[str, ...] = ()
    ombuds: str | None = None
    """The account of the ombuds office, which is none of ours."""
    listed: bool = True
    """Whether people find the alliance's space in the homeserver's public list."""
    room_version: str = "12"

    @property
    def accounts(self) -> dict[str, str]:
        """Name → whole Matrix id, the creator's first."""
        return {str(Role.CREATOR): self.creator, **{bot.name: bot.user for bot in self.bots}}


def people(network: Network) -> tuple[str, ...]:
    """Whom the network gives power: coordinators, and contacts of its initiatives."""
    contacts = (user for initiative in network.initiatives for user in initiative.contacts)
    return tuple(dict.fromkeys((*network.coordinators, *contacts)))


def is_on(user: str, server: str) -> bool:
    """Whether it is an account of this server."""
    return user.partition(":")[2] == server


def without(network: Network, absent: Collection[str]) -> Network:
    """The same, as if these people were not named in it."""

    def present(users: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(user for user in users if user not in absent)

    initiatives = (replace(x, contacts=present(x.contacts)) for x in network.initiatives)
    return replace(
        network, coordinators=present(network.coordinators), initiatives=tuple(initiatives)
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """What a room of ours says of itself, in its state and in its first event. Nothing private."""

    kind: str
    """One of `Kind`, or the key of a room for all."""
    initiative: str = ""
    part: str = ""
    """The id of the room within the initiative, or of the district."""

    @property
    def key(self) -> Key:
        if self.kind in (Kind.INITIATIVE, Kind.ROOM):
            return "/".join(filter(None, ("initiative", self.initiative, self.part)))
        return f"{self.kind}/{self.part}" if self.part else str(self.kind)


@dataclass(frozen=True, slots=True)
class Room:
    """A room that is to be there."""

    mark: Mark
    words: Words
    access: Access
    parent: Key | None
    """The space around it; None for the alliance's."""
    encrypted: bool = False
    people: Mapping[str, int] = field(default_factory=dict)
    """Who is invited, and the power level of each; bots first."""
    writers: int = 0
    """The power level that writing takes."""
    listed: bool = False
    """Whether the homeserver's public list of rooms shows it."""
    afar: frozenset[str] = frozenset()
    """Those of the people who are on other servers. Nobody here can tell whether a name there is
    anybody's, so their power waits until they have joined."""
    picture: str = "room-initiative"
    """One of `federation.client.pictures`."""

    @property
    def key(self) -> Key:
        return self.mark.key


@dataclass(frozen=True, slots=True)
class Space(Room):
    """A space that is to be there. Nobody writes in a space itself."""

    writers: int = 100
    picture: str = "space-initiative"


@dataclass(frozen=True, slots=True)
class Child:
    """A link from a space to what is in it."""

    parent: Key
    mark: Mark
    via: tuple[str, ...]
    order: str
    """Sorts it among its siblings (§ m.space.child)."""
    alias: str | None = None
    """Of an adopted space, which has no key of ours."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All spaces and rooms that are to be there, parents first, and what is linked to what."""

    rooms: tuple[Room, ...]
    children: tuple[Child, ...]
    creator: str
    server: str
    room_version: str
