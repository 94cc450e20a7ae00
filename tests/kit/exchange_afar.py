"""The exchange in memory, with initiatives of other servers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bots.exchange.settings import Adopted
from bots.runtime.model.decision import Request
from federation.model.actions import Join, Leave
from federation.model.events import RoomReplaced, RoomView
from tests.kit.exchange import (
    BOT,
    OTHER_BOT,
    SETTINGS,
    Market,
)

SARA, MINA, WILLI = "@sara:sued.example", "@mina:sued.example", "@willi:west.example"
CREATOR, GREETER = "@dienst:a.example", "@hallo:a.example"
ROOM, NEW, ALLIANCE = "!theirs", "!newer", "!alliance"
SUED_SPACE, WEST_SPACE = "!sued-space", "!west-space"
SUED = Adopted("sued", "Asyl in Süd", "sued.example", frozenset({SARA}), SUED_SPACE)
WEST = Adopted("west", "West hilft", "west.example", frozenset({WILLI}), WEST_SPACE)
GIVEN = replace(
    SETTINGS,
    adopted=(SUED, WEST),
    spaces=frozenset({SUED_SPACE, WEST_SPACE}),
    accounts=frozenset({BOT, OTHER_BOT, CREATOR, GREETER}),
    creator=CREATOR,
    alliance=ALLIANCE,
    greeter=GREETER,
)


class Afar(Market):
    def __init__(self) -> None:
        super().__init__(GIVEN)
        self.views[ALLIANCE] = RoomView(space=True)
        self.builds(ROOM)

    def builds(
        self,
        room: str,
        maker: str = SARA,
        people: Iterable[str] = (SARA, MINA),
        moderators: Iterable[str] = (SARA,),
        **more: Any,
    ) -> None:
        self.views[room] = RoomView(joined=frozenset(people), maker=maker)
        self.moderated(room, *moderators)
        self.views[room] = replace(self.views[room], **more)

    def asks_in(self, by: str = SARA, room: str = ROOM, **more: bool) -> list[Request]:
        """Somebody asks the bot in, and it comes if it wants to."""
        asked = self.move(room, BOT, "invite", by=by, **more)
        return asked + (self.comes(room) if joins(asked) else [])

    def comes(self, room: str = ROOM) -> list[Request]:
        asked = self.move(room, BOT, "join")
        return asked + (self.goes(room) if Leave(room, notify=True) in asked else [])

    def goes(self, room: str = ROOM, by: str = BOT) -> list[Request]:
        return self.move(room, BOT, "leave", by=by)

    def tombstone(self, room: str, new: str, by: str = SARA) -> list[Request]:
        return self.handle(RoomReplaced(self.origin(room, by), self.view(room), new))

    def shares(self, sender: str = MINA, room: str = ROOM) -> str:
        source = self.writes(sender=sender, room=room)
        self.marks(source, sender, room)
        return source

    def declared(self, *adopted: Adopted) -> None:
        self.bot.settings = replace(GIVEN, adopted=adopted)


def joins(asked: Iterable[Request]) -> list[Join]:
    return [x for x in asked if isinstance(x, Join)]
