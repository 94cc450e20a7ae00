"""A room in memory whose messages are flagged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.cases import CASES
from bots.runtime.model.decision import Performed, Request, Say
from federation.model.actions import (
    Handle,
)
from federation.model.events import RoomView
from tests.kit.founders import code_of, given
from tests.kit.ombuds import ANNA, BILAL, BOT, SETTINGS, Days
from tests.kit.world import EnglishWords, World, said

ROOM, CHAT = "!meadow", "!canary-chat"
YUSRA, ZOYA = "@canary-yusra:secret.example", "@canary-zoya:secret.example"
MODA, MODI = "@moda:north.example", "@modi:north.example"
AUTHOR = "@author:north.example"
EVERYBODY = (YUSRA, ZOYA, MODA, MODI, AUTHOR)
MESSAGE = "$flagged"
WORDS = "canary words of the room"


class Homeserver(Days):
    """Refuses what is asked for in a room that was never made."""

    def _do(self, request: Any, name: str) -> Performed | None:
        room = getattr(request, "room", "")
        if not isinstance(room, Handle) or room in self.memory.handles:
            return super()._do(request, name)
        assert request.notify, "staff would be told"
        return Performed(name, None, None, None, "handle")

    def at(self, request: Any) -> str:
        room: str = request.room
        missing = isinstance(room, Handle) and room not in self.memory.handles
        return "" if missing else super().at(request)


@dataclass
class Meadow:
    """A room with moderators, in which flags are on."""

    collect: int = 60
    world: World = field(init=False)
    cold: str = ""
    decision: str = ""

    def __post_init__(self) -> None:
        staff = (ANNA, BILAL)
        settings = replace(SETTINGS, collect=timedelta(seconds=self.collect), codes=given(*staff))
        self.world = Homeserver(OmbudsBot(settings, EnglishWords()), BOT)
        self.world.start()
        self.office = self.world.memory.handles["office/room"].room_id
        for user in (BOT, *staff):
            self.world.move(self.office, user, "join")
        for user in staff:
            self.world.write(code_of(user), user, self.office)
        self.world.pass_time(0)
        self.levels: dict[str, Any] = {"users": {MODA: 50, MODI: 50, BOT: 50}}

    def invited(self, *people: str, **view: Any) -> list[Request]:
        joined = frozenset(people or EVERYBODY)
        usual = {"encrypted": True, "power_levels": self.levels}
        self.world.views[ROOM] = RoomView(joined=joined, **{**usual, **view})
        self.world.move(ROOM, BOT, "invite", by=MODA)
        return self.world.move(ROOM, BOT, "join")

    def on(self) -> Meadow:
        self.invited()
        self.world.write("!flaggen an", MODA, ROOM)
        self.wrote(MESSAGE)
        self.world.said.clear()
        return self

    def chat(self, person: str = YUSRA) -> Meadow:
        joined = frozenset({person})
        self.world.views[CHAT] = RoomView(joined=joined, encrypted=True, direct=True)
        self.world.move(CHAT, BOT, "invite", by=person)
        self.world.move(CHAT, BOT, "join")
        return self

    def wrote(self, event: str, author: str = AUTHOR, **fields: Any) -> None:
        """A message of the room, as a look finds it."""
        content = fields.pop("content", {"msgtype": "m.text", "body": WORDS})
        raw = {"type": "m.room.message", "event_id": event, "sender": author, "content": content}
        self.world.seen[event] = {"event": raw, "encrypted": True, **fields}

    def flag(self, user: str = YUSRA, event: str = MESSAGE, key: str = "🚩") -> list[Request]:
        return self.world.react(event, key, user, ROOM)[1]

    def question(self, requests: list[Request]) -> str:
        """The room in which she is asked."""
        asked = said(requests, "flag-question")
        return self.world.at(asked)

    def accept(self, room: str, user: str = YUSRA) -> None:
        self.world.views[room] = RoomView(joined=frozenset({BOT}), encrypted=True)
        self.world.move(room, user, "join")

    def asked(self, user: str = YUSRA, event: str = MESSAGE) -> str:
        """Flag, and go into the chat that is made for it."""
        room = self.question(self.flag(user, event))
        if user not in self.world.view(room).joined:
            self.accept(room, user)
        return room

    def answer(self, text: str, room: str, user: str = YUSRA) -> list[Request]:
        return self.world.write(text, user, room)[1]

    def rooms_told(self, requests: list[Request]) -> list[str]:
        """Whose rooms got a notice, edits included."""
        found = [x for x in requests if isinstance(x, Say) and x.phrase.key == "moderators-told"]
        return sorted(next(iter(x.audience or ())) for x in found)

    def kept(self, kind: str) -> dict[str, str]:
        return self.world.memory.documents.get(kind, {})

    def case(self, number: int = 1) -> Any:
        return self.world.memory.get(CASES, str(number))
