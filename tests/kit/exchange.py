"""The exchange in memory, with the people who share."""

from __future__ import annotations

from typing import Any

from bots.exchange.bot import ExchangeBot
from bots.exchange.documents import SHARES, Shared
from bots.exchange.settings import Settings, Source
from bots.runtime.model.decision import Request
from federation.model.actions import Redact
from federation.model.events import Edit, RoomView
from tests.kit.world import EnglishWords, World

BOT, OTHER_BOT = "@austausch:a.example", "@rundbrief:a.example"
LEYLA, CEM, ANNA = "@leyla:a.example", "@cem:b.example", "@anna:a.example"
NORTH, SOUTH, CLOSED, EXCHANGE, COORDINATION = "!north", "!south", "!closed", "!exchange", "!coord"
SETTINGS = Settings(
    account=BOT,
    exchange=EXCHANGE,
    languages=("de", "en"),
    sources=(
        Source(NORTH, "Willkommen in Nord"),
        Source(SOUTH, "Asyl Süd"),
        Source(CLOSED, "Zu", open=False),
    ),
    coordination=COORDINATION,
    accounts=frozenset({OTHER_BOT}),
)


def replacing(target: str, body: str) -> dict[str, Any]:
    """Content of an edit."""
    return {
        "msgtype": "m.text",
        "body": f"* {body}",
        "m.new_content": {"msgtype": "m.text", "body": body},
        "m.relates_to": {"rel_type": "m.replace", "event_id": target},
    }


class Market(World):
    def __init__(self, settings: Settings = SETTINGS) -> None:
        super().__init__(ExchangeBot(settings, EnglishWords()), BOT)
        for room in (NORTH, SOUTH, CLOSED):
            people = frozenset({BOT, LEYLA, CEM, ANNA})
            self.views[room] = RoomView(joined=people)
            self.moderated(room, ANNA)

    def writes(
        self, body: str = "Wer hat ein Sofa?", sender: str = LEYLA, room: str = NORTH, **more: Any
    ) -> str:
        """Write a message, as the homeserver will show it to whoever looks it up."""
        content = {"msgtype": "m.text", "body": body, **more.pop("content", {})}
        event_id, asked = self.write(body, sender, room, **more)
        assert asked == []
        raw = {
            "event_id": event_id, "sender": sender, "type": "m.room.message", "content": content,
        }  # fmt: skip
        self.seen[event_id] = {"event": raw, "edit": {}, "encrypted": True}
        return event_id

    def edited(
        self, target: str, body: str, sender: str = LEYLA, room: str = NORTH
    ) -> list[Request]:
        raw = dict(self.seen[target]["event"])
        raw["content"] = {**raw["content"], "body": body}
        self.seen[target] = {**self.seen[target], "event": raw}
        return self.edit(target, body, sender, room)

    def edits(
        self, target: str, body: str, sender: str = LEYLA, room: str = NORTH
    ) -> tuple[str, list[Request]]:
        """As `edited`, but as an event of its own, which can be removed."""
        origin = self.origin(room, sender)
        raw = {
            "event_id": origin.event_id, "sender": sender, "type": "m.room.message",
            "origin_server_ts": origin.sent_at, "content": replacing(target, body),
        }  # fmt: skip
        self.seen[target] = {**self.seen[target], "edit": raw}
        return origin.event_id, self.handle(Edit(origin, self.view(room), target, body))

    def marks(
        self, target: str, sender: str = LEYLA, room: str = NORTH, key: str = "📣"
    ) -> list[Request]:
        return self.react(target, key, sender, room)[1]

    def shared(self, source: str) -> Shared | None:
        return self.memory.get(SHARES, source)

    def unmarks(self, mark: str, by: str = LEYLA, room: str = NORTH) -> list[Request]:
        """Takes a 📣 back, and stays with that."""
        return [*self.redact(mark, by, room), *self.pass_time(2)]

    @property
    def texts(self) -> dict[str, str]:
        """Of what is shared, by the message."""
        return {x.source: x.text for x in self.memory.all(SHARES) if x.number}


def redacted(requests: list[Request]) -> list[tuple[str, str]]:
    return [(x.room, str(x.target)) for x in requests if isinstance(x, Redact)]
