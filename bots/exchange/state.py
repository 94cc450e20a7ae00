"""What one decision works on: the part of what the exchange knows that an event needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.exchange.models import Answer, Found, Office, Person, Place, Restless, Settings, Shared
from bots.runtime.bot import Made
from bots.runtime.phrases import Translator
from federation.events import RoomView
from federation.membership import Look


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is kept, and saved where a decision changed it."""

    office: Office = field(default_factory=Office)
    shared: Shared | None = None
    place: Place = field(default_factory=Place)
    people: Mapping[str, Person] = field(default_factory=dict, repr=False)
    behind: tuple[Shared, ...] = field(default=(), repr=False)
    """All that was shared from a room in which we are not any more."""
    mine: tuple[Shared, ...] = field(default=(), repr=False)
    """All that somebody shares, where her name is to be taken off."""
    removed: bool = False
    """The copy was removed from the exchange room, and the message is not to be copied again."""
    answer: Answer | None = None
    """The answer to the message at hand that the event at hand is about, if it is known."""
    restless: Restless = field(default_factory=Restless)
    """How often it was shared and taken back lately."""


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    words: Translator
    known: Knowledge
    before: Knowledge
    """As it was loaded."""
    look: Look = field(default=lambda _: RoomView(), repr=False, compare=False)
    """Who is in a room or a space, and who is banned, read where a rule asks for it."""
    room: str = ""
    """The room at hand: of the settings by its id there, else as it is."""
    joined: frozenset[str] = frozenset()
    """Rooms that we are in, at a start."""
    adopted: Mapping[str, str] = field(default_factory=dict)
    """Those of them that initiatives run themselves → the id of the initiative."""
    served: int = 0
    """In how many rooms we are by the wish of who asks us into another."""
    older: Place = field(default_factory=Place)
    """What was decided in the room that the one at hand replaces, if others run it."""
    copy: Made | None = None
    """The copy of the message at hand."""
    ours: bool = False
    """What was marked is something of ours."""
    event: str = ""
    """The message at hand, or what it was edited or taken back from."""
    found: tuple[Found, ...] = ()
    """What was searched for."""
