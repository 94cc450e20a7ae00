"""A message is shared, changed and taken back; and the small world it is told in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bots.exchange.bot import ExchangeBot
from bots.exchange.documents import SHARES, Shared
from bots.exchange.keys import SHARE
from bots.exchange.settings import Settings, Source
from bots.runtime.model.decision import Request
from federation.model.actions import AskNow, Join, Leave, React, Redact
from federation.model.events import Edit, RoomView
from tests.unit.world import EnglishWords, World, said

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


def test_a_message_is_shared_changed_and_taken_back() -> None:
    market = Market()
    source = market.writes("Wer hat ein Sofa?")
    reaction, asked = market.react(source, "📣", LEYLA, NORTH)
    assert asked[0] == AskNow(NORTH, source, SHARE())
    copy = said(asked, "copy")
    assert (copy.room, copy.handle, copy.copy_of) == (EXCHANGE, "exchange/1/copy", source)
    text = market.text(asked, "copy")
    assert "From \u2068Willkommen in Nord\u2069:" in text
    assert "Wer hat ein Sofa?" in text
    assert f"https://matrix.to/#/!north/{source.replace('$', '$')}?via=" in text
    assert "To the conversation, for those who are at" in text
    assert LEYLA not in text
    (seen,) = (x for x in asked if isinstance(x, React))
    assert (seen.room, seen.target, seen.key) == (NORTH, source, "✅")
    assert market.texts == {source: "Wer hat ein Sofa?"}

    asked = market.edited(source, "Wer hat ein Bett?")
    assert market.keys(asked) == ["~copy"]
    assert said(asked, "copy").edits == "exchange/1/copy"
    assert "Bett" in market.text(asked, "copy")
    assert market.texts == {source: "Wer hat ein Bett?"}

    asked = market.unmarks(reaction)
    assert redacted(asked) == [(EXCHANGE, "exchange/1/copy"), (NORTH, "exchange/1/seen")]
    assert market.texts == {}
    assert market.shared(source) is None
    assert "Bett" not in market.memory.everything()
    assert (SHARES.kind, source) in market.memory.forgotten


def test_a_message_that_is_deleted_is_deleted_everywhere() -> None:
    market = Market()
    source = market.writes()
    market.marks(source)
    asked = market.redact(source, LEYLA, NORTH)
    assert (EXCHANGE, "exchange/1/copy") in redacted(asked)
    assert market.texts == {}
    assert (SHARES.kind, source) in market.memory.forgotten
    assert market.redact(source, LEYLA, NORTH) == []


def test_a_command_does_what_a_reaction_does() -> None:
    market = Market()
    source = market.writes()
    command, asked = market.write("!teilen", LEYLA, NORTH, reply_to=source)
    assert market.keys(asked) == ["copy"]
    assert redacted(market.unmarks(command))
    market.pass_time(7_200)
    market.write("!share", LEYLA, NORTH, reply_to=source)
    asked = market.write("!zurücknehmen", LEYLA, NORTH, reply_to=source)[1]
    assert (EXCHANGE, "exchange/2/copy") in redacted(asked)


def test_only_its_author_shares() -> None:
    market = Market()
    source = market.writes()
    asked = market.marks(source, CEM)
    assert market.keys(asked) == ["not-author"]
    assert said(asked, "not-author").thread == source
    assert market.texts == {}
    assert market.keys(market.marks(market.writes(), CEM)) == []
    assert market.keys(market.marks(source)) == ["copy"]
    assert market.keys(market.marks(source, ANNA)) == ["not-author"]


def test_answers_are_told_once_an_hour() -> None:
    market = Market()
    source = market.writes()
    market.marks(source)
    copy = market.event_of("exchange/1/copy")
    _, asked = market.write("Ich!", CEM, EXCHANGE, thread=copy)
    note = said(asked, "answers")
    assert (note.room, note.thread) == (NORTH, source)
    assert "1 new answer" in market.text(asked, "answers")
    assert f"/!exchange/{copy}" in market.text(asked, "answers")
    for _ in range(3):
        assert market.keys(market.write("Ich auch", CEM, EXCHANGE, thread=copy)[1]) == []
    asked = market.pass_time(3_601)
    assert "3 new answers" in market.text(asked, "answers")
    assert market.pass_time(100_000) == []
    assert market.keys(market.write("noch", CEM, EXCHANGE, reply_to=copy)[1]) == ["answers"]


def test_a_room_that_the_creator_has_just_made_waits_for_the_settings() -> None:
    creator = "@dienst:a.example"
    market = Market(replace(SETTINGS, creator=creator))
    assert market.move("!new", BOT, "invite", by=creator) == []
    [leave] = market.move("!other", BOT, "invite", by=LEYLA)
    assert isinstance(leave, Leave)
    sources = (*SETTINGS.sources, Source("!new", "Neu"))
    assert isinstance(market.bot, ExchangeBot)
    market.bot.settings = replace(SETTINGS, creator=creator, sources=sources)
    assert Join("!new", notify=True, most=None) in market.start(2)
    assert market.keys(market.move("!new", BOT, "join")) == ["hello-encrypted"]
