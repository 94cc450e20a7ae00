"""A message is shared, changed and taken back; and the small world it is told in."""

from __future__ import annotations

from dataclasses import replace

from bots.exchange.bot import ExchangeBot
from bots.exchange.documents import SHARES
from bots.exchange.keys import SHARE
from bots.exchange.settings import Source
from federation.model.actions import AskNow, Join, Leave, React
from tests.kit.exchange import ANNA, BOT, CEM, EXCHANGE, LEYLA, NORTH, SETTINGS, Market, redacted
from tests.kit.world import said


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
