"""An edit is removed from a message that is shared: its words are gone wherever they had come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.exchange.documents import SHARES
from bots.exchange.keys import SHARE
from bots.runtime.model.decision import CancelTimer
from federation.model.actions import AskNow, Redact
from federation.model.events import Edit
from tests.kit.exchange import ANNA, CEM, EXCHANGE, LEYLA, NORTH, Market, redacted
from tests.kit.world import said

OLD = [(EXCHANGE, "exchange/1/copy"), (NORTH, "exchange/1/seen")]


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.mark.parametrize("by", [LEYLA, ANNA])
def test_a_new_copy_says_what_the_message_says_now(market: Market, by: str) -> None:
    source = market.writes("Wer hat ein Sofa?")
    market.marks(source)
    edit, asked = market.edits(source, "Ruft mich an: 0301234")
    assert market.keys(asked) == ["~copy"]

    market.seen[source] = {**market.seen[source], "edit": {}}
    asked = market.redact(edit, by, NORTH)
    assert redacted(asked) == OLD
    assert [type(x) for x in asked[:3]] == [Redact, Redact, CancelTimer]
    assert asked[3] == AskNow(NORTH, source, SHARE())
    copy = said(asked, "copy")
    assert copy.handle == "exchange/2/copy"
    assert "Sofa" in market.text(asked, "copy")
    assert market.texts == {source: "Wer hat ein Sofa?"}
    assert "0301234" not in market.memory.everything()
    assert (SHARES.kind, source) not in market.memory.forgotten, (
        "a backup must find it, to do the same"
    )
    assert redacted(market.redact(source, LEYLA, NORTH))[0] == (EXCHANGE, "exchange/2/copy")


def test_also_where_it_was_shared_after_the_edit(market: Market) -> None:
    source = market.writes("Wer hat ein Sofa?")
    edit, _ = market.edits(source, "Ruft mich an: 0301234")
    assert "0301234" in market.text(market.marks(source), "copy")
    market.seen[source] = {**market.seen[source], "edit": {}}
    asked = market.redact(edit, LEYLA, NORTH)
    assert redacted(asked) == OLD
    assert "Sofa" in market.text(asked, "copy")


def test_an_earlier_edit_stands_in_the_history_of_the_copy(market: Market) -> None:
    source = market.writes("eins")
    market.marks(source)
    first, _ = market.edits(source, "zwei")
    market.edits(source, "drei")
    asked = market.redact(first, LEYLA, NORTH)
    assert redacted(asked) == OLD
    assert "drei" in market.text(asked, "copy")


def test_nobody_hears_what_was_removed_while_it_was_looked_up(market: Market) -> None:
    market.defer = True
    source = market.writes("Wer hat ein Sofa?")
    edit, _ = market.edits(source, "Ruft mich an: 0301234")
    market.marks(source)
    market.seen[source] = {**market.seen[source], "edit": {}}
    assert market.redact(edit, LEYLA, NORTH) == []
    market.defer = False
    asked = market.tell_outcomes()
    assert "Sofa" in market.text(asked, "copy")
    assert "0301234" not in "".join(market.text(market.said, "copy"))


def test_the_last_answer_counts_where_somebody_marks_it_twice(market: Market) -> None:
    market.defer = True
    source = market.writes("Schrank")
    mark, _ = market.react(source, "📣", LEYLA, NORTH)
    market.redact(mark, LEYLA, NORTH)
    market.edited(source, "Bett")
    market.marks(source)
    market.defer = False
    asked = market.tell_outcomes()
    assert market.keys(asked) == ["copy"]
    assert "Bett" in market.text(asked, "copy")


def test_edits_of_others_are_not_known(market: Market) -> None:
    source = market.writes("Wer hat ein Sofa?")
    mark, _ = market.react(source, "📣", LEYLA, NORTH)
    origin = market.origin(NORTH, CEM)
    assert market.edit(source, "forged", CEM, NORTH) == []
    assert market.memory.listed(SHARES, "event") == {mark}
    assert market.redact(origin.event_id, CEM, NORTH) == []


def test_what_is_taken_back_leaves_no_edit(market: Market) -> None:
    source = market.writes("eins")
    mark, _ = market.react(source, "📣", LEYLA, NORTH)
    edits = [market.edits(source, f"Satz {number}")[0] for number in range(60)]
    assert market.memory.listed(SHARES, "event") == {mark, *edits[-50:]}
    market.redact(source, LEYLA, NORTH)
    assert market.memory.listed(SHARES, "event") == set()


def test_words_that_a_homeserver_goes_on_showing_are_not_shared(market: Market) -> None:
    source = market.writes("Wer hat ein Sofa?")
    edit, _ = market.edits(source, "Ruft mich an: 0301234")
    market.redact(edit, LEYLA, NORTH)
    assert market.keys(market.marks(source)) == ["unreadable"]
    assert "0301234" not in market.memory.everything()
    market.seen[source] = {**market.seen[source], "edit": {}}
    assert "Sofa" in market.text(market.marks(source), "copy")


@pytest.mark.parametrize("late", [False, True])
def test_her_name_stands_beside_the_new_copy_too(market: Market, late: bool) -> None:
    market.write("!name on", LEYLA, NORTH)
    source = market.writes("Wer hat ein Sofa?")
    market.seen[source] = {**market.seen[source], "name": "Leyla"}
    market.defer = late
    asked = market.marks(source)
    edit, _ = market.edits(source, "Ruft mich an: 0301234")
    if not late:
        market.seen[source] = {**market.seen[source], "edit": {}}
        asked = market.redact(edit, LEYLA, NORTH)
    assert [x.name for x in asked if isinstance(x, AskNow)] == [True]
    market.defer = False
    asked += market.tell_outcomes()
    assert "Leyla" in market.text(asked, "copy")


def test_a_message_that_becomes_a_picture_is_one_in_its_copy_too(market: Market) -> None:
    source = market.writes("Wer hat ein Sofa?")
    market.marks(source)
    event = Edit(market.origin(NORTH, LEYLA), market.view(NORTH), source, "", "image")
    asked = market.handle(event)
    assert market.keys(asked) == ["~copy"]
    assert "Sofa" not in market.text(asked, "copy")
    assert market.shared(source).kind == "image"  # type: ignore[union-attr]
    again = replace(
        event, origin=market.origin(NORTH, LEYLA), body="Wer hat ein Bett?", medium=None
    )
    assert "Bett" in market.text(market.handle(again), "copy")
    assert market.shared(source).kind == ""  # type: ignore[union-attr]
