"""What one decision works on: the part of what onboarding knows that an event needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.onboarding.models import Member, Office, Settings, Wish
from bots.runtime.model.bot import Made
from bots.runtime.speech.tongues import Tongues
from federation.model.events import RoomView
from federation.model.membership import Look


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is kept, and saved where a decision changed it."""

    office: Office = field(default_factory=Office)
    member: Member | None = None
    wish: Wish | None = None
    """What coordinators, or contacts of an initiative, decide about."""
    doors: tuple[Wish, ...] = ()
    """To which initiatives the member at hand asked to be let in, decided or not."""
    people: tuple[Member, ...] = ()
    """Who must be asked about new rules."""
    here: bool = False
    """We are in the room of the network that is at hand."""
    invited: bool = False
    """Somebody invited us into the room at hand, and we have not seen ourselves join."""


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    tongues: Tongues
    known: Knowledge
    before: Knowledge
    """As it was loaded."""
    look: Look = field(default=lambda _: RoomView(), repr=False, compare=False)
    """Who is in a room of the settings, and who is banned, read where a rule asks for it."""
    room: str = field(default="", repr=False)
    """The room at hand: of the settings by its id there, else as it is."""
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How people call themselves: the member at hand, and those of the room at hand."""
    private: bool = False
    """The room at hand is known as private with the member at hand."""
    target: Made | None = None
    """Ours: what a reaction is about, the thread's root, or what is replied to."""
    coming: bool = False
    """The message at hand (about a wish, or with the rules) is on its way."""
    waiting: tuple[Wish, ...] = ()
    """Wishes that nobody has decided: for a command that names none; where we come into a room of
    coordinators, those that are told of nowhere in it."""
    joined: frozenset[str] = frozenset()
    """Rooms of the network that we are in, as far as the start needs to know."""
    chats: tuple[str, ...] = field(default=(), repr=False)
    """Every private room with the member at hand, where they are to be left."""
