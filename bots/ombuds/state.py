"""What one decision works on: the part of the office's knowledge that an event needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.ombuds.flags import Desk
from bots.ombuds.models import Case, Conversation, Office, Reporter, Settings
from bots.runtime.bot import Made
from bots.runtime.tongues import Tongues
from federation.events import RoomView


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as `!cases` shows it."""

    case: Case
    event_id: str | None
    """Where it stands in the room, once it does."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is kept, and saved where a decision changed it."""

    office: Office = field(default_factory=Office)
    conversation: Conversation | None = None
    reporter: Reporter | None = None
    case: Case | None = None
    invited: bool = False
    """Somebody invited us into the room at hand, and we have not seen ourselves join."""
    gone: bool = False
    """The person has taken the event at hand back."""
    edits: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What edits brought into copies: event id of the edit → that of the message."""
    devices: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict, repr=False)
    """Of the team: the devices on which somebody has been so far. None is deleted."""
    desk: Desk = field(default_factory=Desk)
    """Rooms with flags, and what was flagged there."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A message of another room, to which the person's own message links."""

    room: str
    event: str
    allowed: bool
    """Flags are on in that room, and she is in it."""


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    tongues: Tongues
    known: Knowledge
    before: Knowledge
    """As it was loaded."""
    room: str | None = None
    """The ombuds room, once it is made."""
    chat: str | None = field(default=None, repr=False)
    """The room at hand, if it is not the ombuds room; else that of the case at hand."""
    event: str | None = field(default=None, repr=False)
    """What `known.gone` is about; of an edit, that of the message."""
    where: str = field(default="", repr=False)
    """The room in which that stands."""
    copies: tuple[Made, ...] = field(default=(), repr=False)
    """Of the event at hand, or of the one that it edits or takes back."""
    target: Made | None = None
    """Ours: what a reaction is about, the thread's root, or what is replied to."""
    listed: tuple[Listed, ...] = field(default=(), repr=False)
    devices: frozenset[str] | None = field(default=None, repr=False)
    """On which the member of the team at hand reads now; None: that has to be asked."""
    unmet: tuple[str, ...] = ()
    """Members whose devices were never looked at."""
    shown: tuple[int, ...] = ()
    """Answers in the case at hand that her client has shown her."""
    posted: bool = True
    """The case at hand stands in the ombuds room that is used now."""
    linked: Linked | None = field(default=None, repr=False)
    there: str = ""
    """The room in which the messages at hand were flagged."""
    view: RoomView = field(default_factory=RoomView, repr=False)
    """That room."""
    absent: frozenset[str] = field(default=frozenset(), repr=False)
    """Moderators who have left the room that we made for them."""
