"""Who shares what, and what is never shared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.exchange.documents import ANSWERS, SHARES
from bots.exchange.keys import SHARE
from bots.runtime.model.decision import Performed, SetAside
from federation.model.actions import AskNow, Join, Leave
from federation.model.events import EncryptionEnabled, RoomReplaced, RoomView
from tests.kit.exchange import (
    ANNA,
    BOT,
    CEM,
    CLOSED,
    COORDINATION,
    EXCHANGE,
    LEYLA,
    NORTH,
    OTHER_BOT,
    SETTINGS,
    SOUTH,
    Market,
    redacted,
)
from tests.kit.world import said

SEALED = RoomView(joined=frozenset({BOT, LEYLA, CEM, ANNA}), encrypted=True)


@pytest.fixture
def market() -> Market:
    return Market()


# -- marks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["👍", "", "📣📣", "megaphone", "✅"])
def test_other_reactions_share_nothing(market: Market, key: str) -> None:
    assert market.marks(market.writes(), key=key) == []


def test_a_second_mark_of_the_author_makes_no_second_copy(market: Market) -> None:
    source = market.writes()
    first, _ = market.react(source, "📣", LEYLA, NORTH)
    second, asked = market.react(source, "📢", LEYLA, NORTH)
    assert asked == []
    assert market.redact(first, LEYLA, NORTH) == []
    assert redacted(market.unmarks(second))


def test_marks_that_come_while_it_is_looked_up(market: Market) -> None:
    market.defer = True
    source = market.writes()
    market.marks(source, CEM)
    mine, asked = market.react(source, "📣", LEYLA, NORTH)
    assert asked == []
    market.defer = False
    asked = market.tell_outcomes()
    assert market.keys(asked) == ["not-author", "copy"]
    stored = market.shared(source)
    assert stored is not None
    assert [x.event for x in stored.marks] == [mine]
    assert len(market.memory.listed(SHARES, "event")) == 1


def test_a_mark_that_is_gone_before_anything_was_found(market: Market) -> None:
    market.defer = True
    source = market.writes()
    reaction, _ = market.react(source, "📣", LEYLA, NORTH)
    assert market.redact(reaction, LEYLA, NORTH) == []
    assert market.tell_outcomes() == []
    assert market.said == [AskNow(NORTH, source, SHARE())]


def test_a_message_that_is_gone_before_anything_was_found(market: Market) -> None:
    market.defer = True
    source = market.writes()
    market.marks(source)
    assert market.redact(source, LEYLA, NORTH) == []
    assert market.tell_outcomes() == []


def test_a_message_that_is_edited_while_it_is_looked_up(market: Market) -> None:
    market.defer = True
    source = market.writes("Schrank")
    market.marks(source)
    assert market.edits(source, "new")[1] == []
    market.defer = False
    asked = market.tell_outcomes()
    assert market.keys(asked) == ["copy"]
    assert "new" in market.text(asked, "copy")
    assert "Schrank" not in market.memory.everything()


@pytest.mark.parametrize(
    "found",
    [
        {"event": {}},
        {"event": None},
        {},
        {"event": {"event_id": "$x", "sender": LEYLA, "type": "m.room.message", "content": {}}},
        {
            "event": {
                "event_id": "$x",
                "sender": LEYLA,
                "type": "m.room.member",
                "content": {"a": 1},
            }
        },
    ],
)
def test_what_is_no_message_shares_nothing(market: Market, found: dict[str, Any]) -> None:
    source = market.writes()
    market.seen[source] = found
    assert market.keys(market.marks(source)) == []
    assert market.shared(source) is None
    assert not market.memory.listed(SHARES, "event")


def test_another_event_than_the_one_that_was_asked_for_shares_nothing(market: Market) -> None:
    one, other = market.writes("one"), market.writes("other")
    market.seen[one] = market.seen[other]
    assert market.keys(market.marks(one)) == []


def test_what_can_not_be_looked_up_shares_nothing(market: Market) -> None:
    assert market.keys(market.marks("$nowhere")) == []
    assert market.shared("$nowhere") is None


def test_an_outcome_that_comes_twice_shares_once(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    assert market.handle(market.now_of(AskNow(NORTH, source, SHARE()))) == []


# -- no loops --------------------------------------------------------------------------------------


def test_what_machines_write_is_never_shared(market: Market) -> None:
    for source in (
        market.writes(sender=OTHER_BOT),
        market.writes(content={"msgtype": "m.notice"}),
    ):
        assert market.keys(market.marks(source)) == []
        assert market.keys(market.marks(source, CEM)) in ([], ["not-author"])
        assert market.marks(source, OTHER_BOT) == []
    assert market.texts == {}


def test_our_own_words_and_copies_are_never_shared(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    copy = market.event_of("exchange/1/copy")
    assert market.marks(copy, LEYLA, EXCHANGE) == []
    assert market.marks(copy, LEYLA, NORTH) == []
    assert market.write("!share", LEYLA, EXCHANGE, reply_to=copy)[1] == []
    assert market.marks(market.writes(room=EXCHANGE), room=EXCHANGE) == []


def test_a_forged_mark_of_ours_shares_nothing_by_itself(market: Market) -> None:
    source = market.writes(sender=CEM, content={"org.buendnis.id": "0" * 32})
    assert market.keys(market.marks(source, LEYLA)) == ["not-author"]


def test_a_room_that_is_none_of_ours_is_left(market: Market) -> None:
    [leave] = market.move("!strange", BOT, "invite", by=CEM)
    assert isinstance(leave, Leave)
    assert leave.room == "!strange"
    assert market.marks(market.writes(room="!strange"), room="!strange") == []


def test_the_same_id_in_another_room_is_another_message(market: Market) -> None:
    source = market.writes()
    mine, _ = market.react(source, "📣", LEYLA, NORTH)
    assert market.redact(source, LEYLA, SOUTH) == []
    assert market.edit(source, "evil", LEYLA, SOUTH) == []
    assert market.marks(source, LEYLA, SOUTH) == []
    assert market.write("!unshare", LEYLA, SOUTH, reply_to=source)[1] == []
    assert market.texts == {source: "Wer hat ein Sofa?"}
    assert redacted(market.unmarks(mine))


# -- edits -----------------------------------------------------------------------------------------


def test_an_edit_by_somebody_else_changes_nothing(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    assert market.edit(source, "evil", CEM, NORTH) == []
    assert market.edit(source, "Wer hat ein Sofa?", LEYLA, NORTH) == []
    assert market.edit("$unknown", "x", LEYLA, NORTH) == []


def test_a_plain_edit_in_an_encrypted_room_changes_nothing(market: Market) -> None:
    market.views[NORTH] = SEALED
    source = market.writes()
    market.marks(source)
    assert market.edit(source, "forged", LEYLA, NORTH, encrypted=False) == []
    assert market.keys(market.edit(source, "true", LEYLA, NORTH)) == ["~copy"]


def test_moderators_can_take_back(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    assert market.write("!unshare", CEM, NORTH, reply_to=source)[1] == []
    assert redacted(market.write("!unshare", ANNA, NORTH, reply_to=source)[1])


def test_taking_back_while_it_is_looked_up(market: Market) -> None:
    market.defer = True
    source = market.writes()
    market.marks(source)
    market.write("!unshare", LEYLA, NORTH, reply_to=source)
    assert market.tell_outcomes() == []


def test_it_can_be_shared_again_after_it_was_taken_back(market: Market) -> None:
    source = market.writes()
    reaction, _ = market.react(source, "📣", LEYLA, NORTH)
    market.unmarks(reaction)
    market.marks(source)
    assert said(market.pass_time(3), "copy").handle == "exchange/2/copy"
    assert market.memory.listed(SHARES, "number") == {"2"}


# -- encrypted rooms -------------------------------------------------------------------------------


def test_what_can_not_be_read_is_explained_to_its_author(market: Market) -> None:
    market.views[NORTH] = SEALED
    source = market.writes()
    event = {**market.seen[source]["event"], "type": "m.room.encrypted", "content": {}}
    market.seen[source] = {"event": event, "locked": True}
    assert market.keys(market.marks(source)) == ["unreadable"]
    assert market.keys(market.marks(source, CEM)) == ["not-author"]


def test_plain_text_in_an_encrypted_room_is_not_its_authors(market: Market) -> None:
    market.views[NORTH] = SEALED
    source = market.writes()
    market.seen[source] |= {"encrypted": False}
    assert market.keys(market.marks(source)) == ["unreadable"]
    asked = market.write("!share", LEYLA, NORTH, reply_to=source, encrypted=False)[1]
    assert market.keys(asked) == ["in-clear"]


# -- content ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["m.image", "m.audio", "m.strange"])
def test_media_are_named_and_linked(market: Market, kind: str) -> None:
    source = market.writes("IMG_0815.jpg", content={"msgtype": kind})
    asked = market.marks(source)
    assert "not text" in market.text(asked, "copy")
    assert "IMG_0815" not in market.text(asked, "copy")


def test_a_long_text_is_cut(market: Market) -> None:
    asked = market.marks(market.writes("wort " * 5_000))
    text = market.text(asked, "copy")
    assert len(text) < 4_500
    assert "longer" in text


def test_nothing_that_people_write_becomes_markup(market: Market) -> None:
    market.bot = type(market.bot)(
        replace(SETTINGS, sources=(replace(SETTINGS.sources[0], initiative="<i>Nord</i>"),)),
        market.bot.words,
    )
    asked = market.marks(market.writes("<script>@room</script>\u202e"))
    html = market.bot.render(said(asked, "copy").phrase).html or ""
    assert "<script" not in html
    assert "<i>" not in html
    assert "\u202e" not in html


def test_an_empty_text_shares_nothing(market: Market) -> None:
    assert market.keys(market.marks(market.writes("\u202e \u0000"))) == []


def test_a_message_in_a_thread_keeps_its_thread(market: Market) -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root"}
    source = market.writes(content={"m.relates_to": relation})
    assert said(market.marks(source, CEM), "not-author").thread == "$root"
    market.marks(source)
    copy = market.event_of("exchange/1/copy")
    _, asked = market.write("Ich", CEM, EXCHANGE, thread=copy)
    assert said(asked, "answers").thread == "$root"


# -- names -----------------------------------------------------------------------------------------


def test_a_name_stands_there_only_if_she_wants_it(market: Market) -> None:
    assert market.keys(market.write("!name an", LEYLA, NORTH)[1]) == ["name-on"]
    source = market.writes()
    market.seen[source] |= {"name": "Leyla\u202e R."}
    asked = market.marks(source)
    assert AskNow(NORTH, source, SHARE(), name=True) in asked
    assert "Leyla R." in market.text(asked, "copy")
    asked = market.write("!name aus", LEYLA, NORTH)[1]
    assert market.keys(asked) == ["~copy", "name-off"]
    assert "Leyla" not in market.text(asked, "copy")
    assert "Leyla" not in market.memory.everything()
    assert AskNow(NORTH, source, SHARE(), name=True) not in market.marks(market.writes())


def test_a_name_is_that_of_the_author(market: Market) -> None:
    market.write("!name on", CEM, NORTH)
    market.defer = True
    source = market.writes()
    market.marks(source, CEM)
    market.marks(source, LEYLA)
    market.seen[source] |= {"name": "Leyla"}
    market.defer = False
    asked = market.handle(market.now_of(AskNow(NORTH, source, SHARE())))
    assert "Leyla" not in market.text(asked, "copy")


def test_no_name_is_shown_without_the_word_for_it(market: Market) -> None:
    for text in ("!name", "!name?", "!name ja", "!name Leyla"):
        assert market.keys(market.write(text, LEYLA, NORTH)[1]) == ["name-is-off"]
    market.write("!ім’я увімкнути", LEYLA, NORTH)
    assert market.keys(market.write("!name", LEYLA, NORTH)[1]) == ["name-is-on"]


# -- rooms -----------------------------------------------------------------------------------------


def test_rooms_are_joined_and_introduced_once(market: Market) -> None:
    asked = market.start()
    assert {x.room for x in asked if isinstance(x, Join)} == SETTINGS.places
    assert market.keys(market.move(NORTH, BOT, "join")) == ["hello"]
    market.views[SOUTH] = SEALED
    asked = market.move(SOUTH, BOT, "join")
    assert market.keys(asked) == ["hello-encrypted"]
    assert "encrypted" in market.text(asked, "hello-encrypted")
    assert market.keys(market.move(CLOSED, BOT, "join")) == ["hello-off"]
    assert market.move(EXCHANGE, BOT, "join") == []
    assert market.move(NORTH, BOT, "join") == []
    assert {x.room for x in market.start(2) if isinstance(x, Join)} == {COORDINATION}
    market.move(NORTH, BOT, "leave")
    assert NORTH in {x.room for x in market.start(3) if isinstance(x, Join)}
    assert market.move(NORTH, BOT, "invite", by=ANNA) == [Join(NORTH, notify=True, most=None)]
    assert market.move(NORTH, BOT, "join") == []


def test_moderators_turn_sharing_on_and_off(market: Market) -> None:
    assert market.marks(market.writes(room=CLOSED), room=CLOSED) == []
    assert market.keys(market.write("!austausch an", CEM, CLOSED)[1]) == ["moderators-only"]
    assert market.keys(market.write("!austausch an", ANNA, CLOSED)[1]) == ["hello"]
    source = market.writes(room=CLOSED)
    assert market.keys(market.marks(source, room=CLOSED)) == ["copy"]
    assert market.keys(market.write("!exchange off", ANNA, CLOSED)[1]) == ["off"]
    assert market.marks(market.writes(room=CLOSED), room=CLOSED) == []
    later = market.writes(room=CLOSED)
    _, asked = market.write("!share", LEYLA, CLOSED, reply_to=later)
    assert market.keys(asked) == ["hello-off"]
    assert redacted(market.redact(source, LEYLA, CLOSED))


def test_sharing_that_is_turned_off_while_it_is_looked_up(market: Market) -> None:
    market.defer = True
    market.marks(market.writes())
    market.write("!austausch aus", ANNA, NORTH)
    assert market.keys(market.tell_outcomes()) == []


def test_the_state_of_the_room_is_told_to_everybody(market: Market) -> None:
    assert market.keys(market.write("!austausch", CEM, NORTH)[1]) == ["hello"]
    assert market.keys(market.write("!austausch", CEM, CLOSED)[1]) == ["hello-off"]


def test_a_room_that_becomes_encrypted_is_told(market: Market) -> None:
    event = EncryptionEnabled(market.origin(NORTH, ANNA), SEALED)
    assert market.handle(event) == []
    market.move(NORTH, BOT, "join")
    assert market.keys(market.handle(event)) == ["encrypted"]


def test_a_command_without_a_message_is_asked_back(market: Market) -> None:
    assert market.keys(market.write("!teilen", LEYLA, NORTH)[1]) == ["which"]
    assert market.write("!teilen", LEYLA, NORTH, notice=True)[1] == []
    assert market.keys(market.write("!hilfe", LEYLA, NORTH)[1]) == ["help"]
    assert market.keys(market.write("!teilne", LEYLA, NORTH)[1]) == ["command-unknown"]
    assert market.write("!karma", LEYLA, NORTH)[1] == []
    assert market.write("Bitte !teilen", LEYLA, NORTH)[1] == []


def test_a_room_that_is_upgraded_is_followed(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    tombstone = RoomReplaced(market.origin(NORTH, ANNA), market.view(NORTH), "!new-north")
    moved = Join("!new-north", notify=True, via=("a.example",))
    assert market.handle(tombstone) == [moved]
    assert moved.most is not None  # who may say so there may name a crowd
    market.views["!new-north"] = RoomView(joined=frozenset({BOT, LEYLA}))
    assert market.keys(market.marks(market.writes(room="!new-north"), room="!new-north")) == [
        "copy"
    ]
    assert redacted(market.redact(source, LEYLA, NORTH))
    strange = RoomReplaced(market.origin("!x", ANNA), market.view("!x"), "!y")
    assert market.handle(strange) == []


def test_of_a_room_that_is_upgraded_again_everything_can_be_taken_back(market: Market) -> None:
    said_in: dict[str, str] = {}
    for room, new in ((NORTH, "!second"), ("!second", "!third"), ("!third", None)):
        said_in[room] = market.writes(room=room)
        assert market.keys(market.marks(said_in[room], room=room)) == ["copy"]
        if new is not None:
            market.handle(RoomReplaced(market.origin(room, ANNA), market.view(room), new))
            market.views[new] = RoomView(joined=frozenset({BOT, LEYLA}))
    for number, (room, source) in enumerate(said_in.items(), 1):
        assert (EXCHANGE, f"exchange/{number}/copy") in redacted(market.redact(source, LEYLA, room))


def test_settings_that_name_the_new_room_change_nothing(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    market.write("!austausch aus", ANNA, SOUTH)
    news = {NORTH: "!new-north", SOUTH: "!new-south", EXCHANGE: "!new-exchange"}
    for old, new in news.items():
        market.handle(RoomReplaced(market.origin(old, ANNA), market.view(old), new))
        market.views[new] = market.view(old)
    sources = tuple(replace(x, room=news.get(x.room, x.room)) for x in SETTINGS.sources)
    bot: Any = market.bot
    bot.settings = replace(SETTINGS, sources=sources, exchange="!new-exchange")
    market.start(2)
    copied = market.marks(market.writes(room="!new-north"), room="!new-north")
    assert said(copied, "copy").room == "!new-exchange"
    # What its moderators decided stands, and what was shared from the old room can be taken back.
    assert market.marks(market.writes(room="!new-south"), room="!new-south") == []
    assert (EXCHANGE, "exchange/1/copy") in redacted(market.redact(source, LEYLA, NORTH))


def test_an_exchange_room_that_is_upgraded_keeps_its_copies(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    market.handle(RoomReplaced(market.origin(EXCHANGE, ANNA), RoomView(), "!new-exchange"))
    other = market.writes("another")
    assert said(market.marks(other), "copy").room == "!new-exchange"
    assert (EXCHANGE, "exchange/1/copy") in redacted(market.redact(source, LEYLA, NORTH))


# -- the exchange room -----------------------------------------------------------------------------


def test_a_copy_that_moderators_removed_stays_removed(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    asked = market.redact(market.event_of("exchange/1/copy"), ANNA, EXCHANGE)
    assert redacted(asked) == [(NORTH, "exchange/1/seen")]
    assert market.texts == {}
    assert market.marks(source) == []
    assert market.redact("$anything", ANNA, EXCHANGE) == []


def test_an_answer_that_is_deleted_counts_no_more(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    copy = market.event_of("exchange/1/copy")
    one, _ = market.write("eins", CEM, EXCHANGE, thread=copy)
    two, _ = market.write("zwei", CEM, EXCHANGE, thread=copy)
    assert market.redact(two, CEM, EXCHANGE) == []
    assert market.redact(two, CEM, EXCHANGE) == []
    assert market.pass_time(10_000) == []
    market.write("drei", CEM, EXCHANGE, thread=copy)
    market.redact(one, CEM, EXCHANGE)
    assert market.memory.all(ANSWERS), "each is kept until the copy goes"
    market.write("!unshare", LEYLA, NORTH, reply_to=source)
    assert market.memory.all(ANSWERS) == []


def test_what_is_no_answer_is_not_counted(market: Market) -> None:
    market.marks(market.writes())
    copy = market.event_of("exchange/1/copy")
    assert market.write("!", CEM, EXCHANGE)[1] == []
    assert market.write("x", CEM, EXCHANGE, thread="$other")[1] == []
    assert market.write("x", OTHER_BOT, EXCHANGE, thread=copy)[1] == []
    assert market.write("x", CEM, EXCHANGE, thread=copy, notice=True)[1] == []
    assert market.write("x", BOT, EXCHANGE, thread=copy)[1] == []
    assert market.keys(market.media("image", CEM, EXCHANGE)) == []


def test_nothing_is_told_of_answers_after_it_was_taken_back(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    copy = market.event_of("exchange/1/copy")
    market.write("eins", CEM, EXCHANGE, thread=copy)
    market.write("zwei", CEM, EXCHANGE, thread=copy)
    market.redact(source, LEYLA, NORTH)
    assert market.pass_time(10_000) == []
    assert market.write("drei", CEM, EXCHANGE, thread=copy)[1] == []
    assert market.memory.all(ANSWERS) == []


# -- failures --------------------------------------------------------------------------------------


def test_a_copy_that_can_not_be_made_is_told_to_its_author(market: Market) -> None:
    market.errors["exchange/1/copy"] = "M_FORBIDDEN"
    source = market.writes()
    asked = market.marks(source)
    assert market.keys(asked) == ["copy", "failed"]
    assert market.texts == {}
    assert market.shared(source) is None


def test_failures_are_told_sparingly(market: Market) -> None:
    assert market.keys(market.handle(SetAside("x", "action")), COORDINATION) == ["set-aside"]
    assert market.handle(SetAside("x", "action")) == []
    quiet = Market(replace(SETTINGS, coordination=None))
    assert quiet.handle(SetAside("x", "action")) == []


def test_settings_need_a_language() -> None:
    with pytest.raises(ValueError, match="language"):
        Market(replace(SETTINGS, languages=()))


def test_a_copy_that_was_on_its_way_while_its_room_was_replaced_is_said_anew(
    market: Market,
) -> None:
    old = market.writes("long before")
    market.marks(old)
    market.pass_time(60)
    source = market.writes("just before")
    market.marks(source)
    origin = replace(market.origin(EXCHANGE, ANNA), sent_at=int(market.now.timestamp() * 1000))
    asked = market.handle(RoomReplaced(origin, RoomView(), "!new-exchange"))
    asked += market.pass_time(1)
    assert said(asked, "copy").room == "!new-exchange"
    assert redacted(asked) == [(EXCHANGE, "exchange/2/copy"), (NORTH, "exchange/2/seen")]
    assert market.texts == {old: "long before", source: "just before"}
    assert market.pass_time(60) == []


def test_coordinators_are_told_once_that_we_can_not_come_into_the_new_exchange_room(
    market: Market,
) -> None:
    market.handle(RoomReplaced(market.origin(EXCHANGE, ANNA), RoomView(), "!new-exchange"))
    shut = Performed("Join", None, "!new-exchange", None, "M_FORBIDDEN")
    assert market.keys(market.handle(shut), COORDINATION) == ["exchange-moved"]
    assert market.handle(shut) == []
    for other in (NORTH, "!anything", None):
        assert market.handle(Performed("Join", None, other, None, "M_FORBIDDEN")) == []
    assert market.handle(Performed("Join", None, "!new-exchange", None)) == []
