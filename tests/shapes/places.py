"""Where shapes are sent: each place is one bot with somebody who writes to it.

Every event goes from raw JSON through `federation.model.translate`, the bot's `load`, `rule` and
`save`; what is looked up is found as a homeserver keeps it. What is left to be seen at the end,
edits and removals done, is what counts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

from bots.runtime.model.decision import Request, Say
from federation.model.actions import DeclineVerification, Handle, Redact
from federation.model.events import RoomEvent, RoomView
from federation.model.translate import translate
from tests.kit import announcements, exchange, flags, ombuds, onboarding
from tests.kit.memory import key_of
from tests.shapes.recorded import Shape

AUTHOR = "@canary-author:secret.example"
OPEN = frozenset({"m.reaction", "m.room.redaction"})
"""What is never encrypted."""


@dataclass(frozen=True)
class Seen:
    """A message that somebody can read."""

    by: str
    key: str
    """The name of the phrase."""
    text: str
    whole: str
    """With HTML and all."""


class Place(ABC):
    name: ClassVar[str]
    about: ClassVar[str]
    encrypted = True

    def __init__(self) -> None:
        self.author = AUTHOR
        self.kept: dict[str, dict[str, Any]] = {}
        """The person's messages as a homeserver keeps them."""
        self.world: Any
        self.room: str
        self.target: str
        self.thread: str
        self.readers: dict[str, str]
        """Room → who reads there."""
        self.prepare()
        self.said: list[Request] = []

    @abstractmethod
    def prepare(self) -> None:
        """Begin what the shape is sent into."""

    def keep(self) -> None:  # noqa: B027
        """Let the world find what was sent."""

    def finish(self, first: str) -> None:  # noqa: B027
        """What others do with it, before we look."""

    def also(self) -> list[Seen]:
        """What is seen elsewhere than in rooms."""
        return []

    # -- sending -------------------------------------------------------------------------------

    def play(self, shape: Shape) -> list[Seen]:
        self.send(shape)
        self.finish("$shape-0")
        return self.seen()

    def send(self, shape: Shape, again: str = "") -> None:
        ids = {"target": self.target, "thread": self.thread, "account": self.account}
        for raw in shape.played(**ids):
            raw["event_id"] += again
            self.said += self.world.handle(self.event(raw))

    @property
    def account(self) -> str:
        found: str = self.world.bot.settings.account
        return found

    @property
    def view(self) -> RoomView:
        found: RoomView = self.world.view(self.room)
        return found

    def event(self, raw: dict[str, Any]) -> RoomEvent:
        raw |= {"sender": self.author, "room_id": self.room, "origin_server_ts": 0}
        sealed = self.encrypted and raw["type"] not in OPEN and "state_key" not in raw
        if raw["type"] == "m.room.redaction":
            self.kept.pop(raw["content"]["redacts"], None)
        else:
            self.kept[raw["event_id"]] = {**raw, "edits": _edits(raw), "sealed": sealed}
        self.keep()
        event = translate(self.account, self.room, raw, self.view, sealed)
        key = key_of(event.origin.sender) if sealed else ""
        return replace(event, origin=replace(event.origin, identity=key))

    def last_edit(self, event_id: str) -> dict[str, Any]:
        found = [x for x in self.kept.values() if x["edits"] == event_id]
        return found[-1] if found else {}

    # -- seeing --------------------------------------------------------------------------------

    def seen(self) -> list[Seen]:
        """All that can be read at the end."""
        left: dict[str, Seen] = {}
        for number, request in enumerate(self.said):
            if isinstance(request, Redact):
                left.pop(str(request.target), None)
            elif isinstance(request, DeclineVerification):
                left[str(number)] = Seen("author", "(declined)", "", "")
            elif isinstance(request, Say):
                left[str(request.edits or request.handle or number)] = self._read(request)
        return [*left.values(), *self.also()]

    def _read(self, request: Say) -> Seen:
        text = self.world.bot.render(request.phrase)
        reader = self.readers.get(self.where(request), "somebody else")
        return Seen(reader, request.phrase.key, text.body, repr(text))

    def where(self, request: Say) -> str:
        found: str = self.world.at(request)
        return found


def _edits(raw: Mapping[str, Any]) -> str:
    relation = raw["content"].get("m.relates_to", {})
    return relation["event_id"] if relation.get("rel_type") == "m.replace" else ""


class Newcomer(Place):
    name = "onboarding: a newcomer's chat"
    about = "She was asked to agree to the rules."

    def prepare(self) -> None:
        self.world = town = onboarding.Town()
        town.joins(AUTHOR)
        self.room = town.member(AUTHOR).chat or ""
        town.move(self.room, AUTHOR, "join")
        self.target = self.thread = town.event_of("onboarding/1/rules/1")
        self.readers = {self.room: "author", onboarding.COORDINATION: "coordinators"}


class Sharing(Place):
    name = "exchange: an initiative's room"
    about = "Its author marks it with 📣."

    def prepare(self) -> None:
        self.world = market = exchange.Market()
        self.room, self.target, self.thread = exchange.NORTH, "$other", "$root"
        joined = market.view(self.room).joined | {AUTHOR}
        market.views[self.room] = replace(market.view(self.room), joined=joined, encrypted=True)
        self.readers = {self.room: "room", exchange.EXCHANGE: "everybody"}

    def keep(self) -> None:
        self.world.seen = _found(self)

    def finish(self, first: str) -> None:
        self.said += self.world.marks(first, AUTHOR, self.room)


class Editors(Place):
    name = "announcements: the editors' room"
    about = "Another editor releases it with ✅; a reader gets the mail."
    encrypted = False

    def prepare(self) -> None:
        self.author = announcements.ANNA
        self.world = announcements.World().start()
        self.world.subscribe("reader@net.example")
        self.room, self.target, self.thread = announcements.ROOM, "$other", "$root"
        self.readers = {self.room: "editors"}
        self.mailed = len(self.world.mails)

    @property
    def view(self) -> RoomView:
        found: RoomView = self.world.view
        return found

    def keep(self) -> None:
        self.world.wrote.events = dict(self.kept)

    def finish(self, first: str) -> None:
        self.said += self.world.react(first, "✅", announcements.BILAL)
        self.world.pass_time(timedelta(hours=1))

    def also(self) -> list[Seen]:
        letters = (x for _, _, x in self.world.mails[self.mailed :])
        texts = ((x, "\n".join(block.text for block in x.blocks)) for x in letters)
        return [Seen("mail", "mail", text, f"{x.subject} {text} {x!r}") for x, text in texts]

    def where(self, request: Say) -> str:
        return announcements.ROOM


class _Office(Place):
    def prepare(self) -> None:
        self.world = ombuds.World().found()
        self.world.chat(AUTHOR)
        self.readers = {ombuds.OFFICE: "staff", ombuds.CHAT: "author"}

    def keep(self) -> None:
        self.world.wrote.events |= self.kept
        for event_id in set(self.world.wrote.events) - set(self.kept):
            self.world.wrote.events[event_id]["edits"] = ""


class Reporter(_Office):
    name = "ombuds: a reporter's chat"
    about = "It is the first that she writes."

    def prepare(self) -> None:
        super().prepare()
        self.room, self.target, self.thread = ombuds.CHAT, "$greeting", "$root"


class Staff(_Office):
    name = "ombuds: the staff's room"
    about = "There is a case; an answer goes out after its pause."

    def prepare(self) -> None:
        super().prepare()
        self.world.write("Nobody answers us.", AUTHOR)
        self.world.pass_time(20)  # she is told her receipt
        self.author, self.room = ombuds.ANNA, ombuds.OFFICE
        self.target = self.thread = self.world.event_of("case/1/root")

    def finish(self, first: str) -> None:
        self.said += self.world.pass_time(3600)


class Flagged(Place):
    name = "ombuds: a flagged message"
    about = "Somebody flags it and shows it to staff."

    def prepare(self) -> None:
        self.meadow = flags.Meadow().on()
        self.world = self.meadow.world
        self.author, self.room = flags.AUTHOR, flags.ROOM
        self.target, self.thread = "$other", "$root"
        self.readers = {self.meadow.office: "staff", self.room: "room"}

    def keep(self) -> None:
        self.world.seen = _found(self)

    def finish(self, first: str) -> None:
        chat = self.meadow.asked(event=first)
        self.readers[chat] = "author"
        self.said += self.meadow.answer("2", chat)
        if any(x.endswith("/evidence") for x in self.world.memory.handles):
            self.said += self.meadow.answer("show", chat)


def _found(place: Place) -> dict[str, dict[str, Any]]:
    return {
        key: {"event": raw, "edit": place.last_edit(key), "encrypted": raw["sealed"]}
        for key, raw in place.kept.items()
    }


PLACES: tuple[type[Place], ...] = (Newcomer, Sharing, Editors, Reporter, Staff, Flagged)

__all__ = ["PLACES", "Handle", "Place", "Seen"]
