"""Flags in rooms: removed at once, asked about in private, told to nobody but whom she chose."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.ombuds import keys
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.chats import FLAGGERS
from bots.ombuds.documents.flags import FLAGS, MODERATORS, NOTICES, PLACES
from bots.runtime.model.decision import Performed, Request, Say, SetTimer, Withdraw
from federation.model.actions import (
    AskNow,
    CreateRoom,
    Invite,
    Join,
    Leave,
    React,
    Redact,
    SetState,
)
from federation.model.events import Ignored, RoomReplaced, RoomView
from tests.kit.flags import (
    AUTHOR,
    CHAT,
    EVERYBODY,
    MESSAGE,
    MODA,
    MODI,
    ROOM,
    WORDS,
    YUSRA,
    ZOYA,
    Meadow,
)
from tests.kit.ombuds import ANNA, BOT, SETTINGS
from tests.kit.world import EnglishWords, said

# -- rooms -----------------------------------------------------------------------------------------


def test_a_room_is_entered_and_flags_are_off_in_it() -> None:
    meadow = Meadow()
    asked = meadow.invited()
    assert meadow.world.keys(asked, ROOM) == ["flags-hello"]
    assert not any(isinstance(x, Leave) for x in asked)
    assert meadow.flag() == []
    assert "ombuds/flag" not in meadow.world.memory.documents


def test_what_is_said_in_a_room_is_no_complaint() -> None:
    meadow = Meadow().on()
    before = meadow.world.memory.documents.copy()
    assert meadow.world.write("They hit us!", YUSRA, ROOM)[1] == []
    assert meadow.world.media("image", YUSRA, ROOM) == []
    assert meadow.world.garble(YUSRA, ROOM) == []
    assert meadow.world.edit("$x", "!flags off", MODA, ROOM) == []
    assert meadow.world.redact("$x", YUSRA, ROOM) == []
    assert meadow.world.memory.documents == before


def test_a_room_that_has_two_people_left_is_still_no_private_chat() -> None:
    meadow = Meadow().on()
    for user in EVERYBODY[1:]:
        meadow.world.move(ROOM, user, "leave")
    assert meadow.world.write("Help me", YUSRA, ROOM)[1] == []
    assert meadow.world.memory.documents.get("ombuds/conversation", {}) == {}


@pytest.mark.parametrize("body", ["!flags on", "!Flaggen an", "！bayraklar aç", "!flags: ON"])
def test_moderators_turn_flags_on(body: str) -> None:
    meadow = Meadow()
    meadow.invited()
    asked = meadow.world.write(body, MODI, ROOM)[1]
    assert meadow.world.keys(asked, ROOM) == ["flags-on"]
    assert isinstance(meadow.flag()[0], Redact)


def test_what_the_room_is_told_stands_in_two_languages() -> None:
    meadow = Meadow()
    meadow.invited()
    asked = meadow.world.write("!flags on", MODA, ROOM)[1]
    assert said(asked, "flags-on").phrase.language == "de en"
    text = meadow.world.text(asked, "flags-on")
    assert text.count("I remove the 🚩 at once") == 2
    assert text.index("!flaggen aus") < text.index("!flags off")
    assert text.count("Others may see the 🚩 for a moment") == 2


def test_others_can_not_turn_flags_on() -> None:
    meadow = Meadow()
    meadow.invited()
    event, asked = meadow.world.write("!flags on", YUSRA, ROOM)
    assert meadow.world.keys(asked) == ["flags-moderators-only"]
    assert said(asked, "flags-moderators-only").reply_to == event
    assert meadow.flag() == []


def test_creators_of_version_12_moderate() -> None:
    meadow = Meadow()
    meadow.levels = {"users": {BOT: 100}}
    meadow.invited(creators=frozenset({MODA}))
    assert meadow.world.keys(meadow.world.write("!flags on", MODA, ROOM)[1]) == ["flags-on"]


def test_where_everybody_may_remove_messages_nobody_moderates() -> None:
    meadow = Meadow()
    meadow.levels = {"redact": 0, "kick": 0, "users_default": 0}
    meadow.invited()
    asked = meadow.world.write("!flags on", YUSRA, ROOM)[1]
    assert meadow.world.keys(asked) == ["flags-moderators-only"]


def test_a_command_in_clear_is_not_obeyed_in_an_encrypted_room() -> None:
    meadow = Meadow()
    meadow.invited()
    asked = meadow.world.write("!flags on", MODA, ROOM, encrypted=False)[1]
    assert meadow.world.keys(asked) == ["flags-plain"]
    assert meadow.flag() == []


def test_commands_of_machines_and_of_other_bots_are_left_alone() -> None:
    meadow = Meadow()
    meadow.invited()
    assert meadow.world.write("!flags on", MODA, ROOM, notice=True)[1] == []
    assert meadow.world.write("!exchange off", MODA, ROOM)[1] == []
    assert meadow.world.write("flags on", MODA, ROOM)[1] == []


def test_the_command_alone_tells_how_things_are() -> None:
    meadow = Meadow()
    meadow.invited()
    assert meadow.world.keys(meadow.world.write("!flags", YUSRA, ROOM)[1]) == ["flags-off"]
    meadow.world.write("!flags on", MODA, ROOM)
    assert meadow.world.keys(meadow.world.write("!flags", YUSRA, ROOM)[1]) == ["flags-on"]
    assert meadow.world.keys(meadow.world.write("!flags off", MODA, ROOM)[1]) == ["flags-off"]
    assert meadow.flag() == []


@pytest.mark.parametrize(
    "levels",
    [{"users": {MODA: 50}}, {"users": {MODA: 100, BOT: 50}, "redact": 60},
     {"users": {MODA: 100, BOT: 50}, "events": {"m.room.redaction": 70}}],
)  # fmt: skip
def test_without_the_power_to_remove_flags_stay_off(levels: dict[str, Any]) -> None:
    meadow = Meadow()
    meadow.levels = levels
    meadow.invited()
    asked = meadow.world.write("!flags on", MODA, ROOM)[1]
    assert meadow.world.keys(asked) == ["flags-powerless"]
    level = max(levels.get("redact", 50), levels.get("events", {}).get("m.room.redaction", 0))
    assert f"power level {level}" in meadow.world.text(asked, "flags-powerless")
    assert meadow.flag() == []


def test_flags_go_off_with_the_power() -> None:
    meadow = Meadow().on()
    view = replace(meadow.world.view(ROOM), power_levels={"users": {MODA: 100}})
    meadow.world.views[ROOM] = view
    event = Ignored(meadow.world.origin(ROOM, MODA), view, "m.room.power_levels")
    assert meadow.world.keys(meadow.world.handle(event)) == ["flags-lost"]
    assert meadow.flag() == []
    assert meadow.world.handle(event) == []


def test_a_reaction_that_can_not_be_removed_turns_flags_off_too() -> None:
    meadow = Meadow().on()
    meadow.world.errors["Redact"] = "M_FORBIDDEN"
    asked = meadow.flag()
    assert "flags-lost" in meadow.world.keys(asked, ROOM)
    assert meadow.flag(ZOYA) == []


def test_a_reaction_that_is_gone_already_does_no_harm() -> None:
    meadow = Meadow().on()
    meadow.world.errors["Redact"] = "M_NOT_FOUND"
    assert meadow.world.keys(meadow.flag(), ROOM) == []
    assert isinstance(meadow.flag(ZOYA)[0], Redact)


def test_a_room_of_which_a_lost_store_knew_says_that_flags_are_off() -> None:
    meadow = Meadow().on()
    meadow.world.memory.documents.pop("ombuds/place")
    assert meadow.world.keys(meadow.flag()) == ["flags-off"]
    assert meadow.flag(ZOYA) == []
    assert meadow.world.keys(meadow.world.write("!flags on", MODA, ROOM)[1]) == ["flags-on"]


def test_a_room_that_puts_us_out_is_forgotten() -> None:
    meadow = Meadow().on()
    meadow.world.move(ROOM, BOT, "leave", by=MODA)
    assert meadow.kept("ombuds/place") == {}
    assert meadow.world.keys(meadow.invited()) == ["flags-hello"]


def test_we_do_not_stay_where_flags_are_off() -> None:
    meadow = Meadow()
    meadow.invited()
    meadow.world.write("!flags on", MODA, ROOM)
    assert meadow.world.pass_time(8 * 24 * 3600) == []
    meadow.world.write("!flags off", MODA, ROOM)
    assert meadow.world.pass_time(6 * 24 * 3600) == []
    asked = meadow.world.pass_time(2 * 24 * 3600)
    assert meadow.world.keys(asked, ROOM) == ["flags-unused"]
    assert asked[-1] == Leave(ROOM, notify=True)
    meadow.world.move(ROOM, BOT, "leave")
    assert meadow.kept("ombuds/place") == {}
    assert meadow.world.pass_time(8 * 24 * 3600) == []


def test_we_leave_a_room_in_which_nobody_wanted_us() -> None:
    meadow = Meadow()
    meadow.invited()
    assert Leave(ROOM, notify=True) in meadow.world.pass_time(8 * 24 * 3600)
    meadow.world.move(ROOM, BOT, "leave")
    assert meadow.world.keys(meadow.invited()) == ["flags-hello"]


def test_a_moderator_alone_in_her_room_turns_flags_on() -> None:
    meadow = Meadow()
    meadow.invited(MODA)
    asked = meadow.world.write("!flags on", MODA, ROOM)[1]
    assert meadow.world.keys(asked) == ["flags-on"]
    assert meadow.kept("ombuds/conversation") == meadow.kept("ombuds/identity") == {}
    assert meadow.world.pass_time(10) == []
    meadow.world.move(ROOM, YUSRA, "join")
    assert isinstance(meadow.flag()[0], Redact)


@pytest.mark.parametrize("deed", ["join", "invite", "write"])
def test_a_room_that_others_come_into_is_no_private_chat_any_more(deed: str) -> None:
    meadow = Meadow()
    meadow.invited(MODA)
    if deed == "write":  # nobody told us that others have come
        meadow.world.views[ROOM] = replace(meadow.world.view(ROOM), joined=frozenset(EVERYBODY))
        asked = meadow.world.write("Welcome, all of you!", MODA, ROOM)[1]
    else:
        asked = meadow.world.move(ROOM, YUSRA, deed)
    assert meadow.world.keys(asked) == ["flags-hello"]
    assert meadow.world.write("Welcome, all of you!", MODA, ROOM)[1] == []
    assert meadow.kept("ombuds/conversation") == meadow.kept("ombuds/identity") == {}
    assert meadow.world.pass_time(10) == []


def test_a_complaint_stays_private_though_others_come() -> None:
    meadow = Meadow()
    meadow.invited(YUSRA)
    meadow.world.write("They hit us.", YUSRA, ROOM)
    asked = meadow.world.move(ROOM, ZOYA, "join")
    assert meadow.world.keys(asked) == ["not-alone", "exposed"]


def test_flags_are_not_turned_on_in_a_private_chat() -> None:
    meadow = Meadow().chat()
    assert meadow.world.keys(meadow.answer("!flags on", CHAT)) == ["flags-not-here"]
    assert meadow.world.keys(meadow.answer("Help", CHAT), meadow.office) == ["case-root"]


# -- upgrades --------------------------------------------------------------------------------------


def test_who_asks_the_office_in_sees_that_it_does_not_come() -> None:
    meadow, new = Meadow().on(), "!new"
    world = meadow.world
    failed = Performed("Join", None, new, None, "M_FORBIDDEN")
    assert world.handle(failed) == [Leave(new, notify=True)]
    world.handle(RoomReplaced(world.origin(ROOM, MODA), world.view(ROOM), new))
    assert world.handle(failed) == []  # it may yet be asked in


@pytest.mark.parametrize(("moderates", "key"), [(True, "flags-on"), (False, "flags-hello")])
def test_flags_move_along_with_the_room(moderates: bool, key: str) -> None:
    meadow = Meadow().on()
    world, new = meadow.world, "!new"
    asked = world.handle(RoomReplaced(world.origin(ROOM, MODA), world.view(ROOM), new))
    assert asked[0] == Join(new, notify=True, via=("north.example",))
    assert world.keys(asked) == []
    levels = {"users": {BOT: 50, **({MODA: 50} if moderates else {})}}
    world.views[new] = RoomView(joined=frozenset(EVERYBODY), power_levels=levels)
    assert world.keys(world.move(new, BOT, "join")) == [key]
    assert meadow.flag() == []
    asked = world.react("$x", "🚩", YUSRA, new)[1]
    assert any(isinstance(x, Redact) for x in asked) is moderates


def test_nobody_can_turn_flags_on_elsewhere_by_an_upgrade() -> None:
    meadow = Meadow().on()
    world, other = meadow.world, "!other"
    world.views[other] = RoomView(joined=frozenset(EVERYBODY), power_levels=meadow.levels)
    world.move(other, BOT, "invite", by=MODI)
    world.move(other, BOT, "join")
    world.handle(RoomReplaced(world.origin(ROOM, MODA), world.view(ROOM), other))
    assert world.react("$x", "🚩", YUSRA, other)[1] == []


# -- the flag --------------------------------------------------------------------------------------


def test_the_removal_is_the_first_thing_and_gives_no_reason() -> None:
    meadow = Meadow().on()
    reaction, asked = meadow.world.react(MESSAGE, "🚩", YUSRA, ROOM)
    assert asked[0] == Redact(ROOM, reaction, notify=True)
    assert [type(x) for x in asked[:3]] == [Redact, CreateRoom, Say]


def test_other_reactions_stay() -> None:
    meadow = Meadow().on()
    for key in ("👍", "⚠", "🏳", "🏴", "🚩🚩", "flag"):
        assert meadow.flag(key=key) == []


def test_who_flags_is_asked_in_a_private_encrypted_chat() -> None:
    meadow = Meadow().on()
    asked = meadow.flag()
    (made,) = [x for x in asked if isinstance(x, CreateRoom)]
    assert (made.invite, made.direct, made.encrypted) == ((YUSRA,), True, True)
    assert made.name.endswith("Ombudsstelle: a question for you")
    question = said(asked, "flag-question")
    assert (question.audience, question.strict) == (frozenset({YUSRA}), True)
    assert question.phrase.language == "de en"
    assert meadow.world.at(question) == meadow.world.memory.handles[made.handle].room_id
    assert [x.key for x in asked if isinstance(x, React)] == ["💬", "🏠", "✖\ufe0f"]
    assert not any(isinstance(x, AskNow) for x in asked)
    assert meadow.world.keys(asked, ROOM) == meadow.world.keys(asked, meadow.office) == []


def test_a_chat_that_there_is_is_used_and_its_language_too() -> None:
    meadow = Meadow().on().chat()
    meadow.answer("العربية", CHAT)
    asked = meadow.flag()
    assert meadow.question(asked) == CHAT
    assert said(asked, "flag-question").phrase.language == "ar"
    assert not any(isinstance(x, CreateRoom) for x in asked)


def test_the_question_is_shown_in_the_original_too_where_nobody_has_checked_it() -> None:
    class Unchecked(EnglishWords):
        def reviewed(self, msgid: str, language: str) -> bool:
            return False

    meadow = Meadow().on().chat()
    meadow.world.bot = OmbudsBot(SETTINGS, Unchecked())
    meadow.answer("العربية", CHAT)
    assert meadow.world.text(meadow.flag(), "flag-question").count("What is it about?") == 2


@pytest.mark.parametrize("deed", ["leave", "stranger"])
def test_a_chat_in_which_she_is_not_alone_is_not_used(deed: str) -> None:
    meadow = Meadow().on().chat()
    meadow.world.move(CHAT, *((YUSRA, "leave") if deed == "leave" else (ZOYA, "join")))
    assert meadow.question(meadow.flag()) != CHAT
    assert not any(isinstance(x, CreateRoom) for x in meadow.flag(event="$second"))


def test_somebody_who_has_left_is_asked_all_the_same() -> None:
    meadow = Meadow().on()
    meadow.world.move(ROOM, YUSRA, "leave")
    asked = meadow.flag()
    assert isinstance(asked[0], Redact)
    assert meadow.question(asked)


def test_a_moderator_who_flags_is_asked_like_everybody() -> None:
    meadow = Meadow().on()
    room = meadow.asked(MODA)
    assert meadow.world.keys(meadow.answer("1", room, MODA), room) == ["flag-passed"]


def test_who_can_not_be_reached_is_not_known_any_more() -> None:
    meadow = Meadow().on()
    meadow.world.errors["CreateRoom"] = "M_FORBIDDEN"
    asked = meadow.flag()
    assert meadow.world.keys(asked, meadow.office) == []
    assert meadow.kept("ombuds/flag") == meadow.kept("ombuds/chat") == {}
    del meadow.world.errors["CreateRoom"]
    assert any(isinstance(x, CreateRoom) for x in meadow.flag())


# -- nothing ---------------------------------------------------------------------------------------


def flags_kept(meadow: Meadow) -> dict[str, dict[str, str]]:
    kinds = ("ombuds/flag", "ombuds/flagged", "ombuds/notice", "ombuds/chat")
    return {kind: meadow.kept(kind) for kind in kinds if meadow.kept(kind)}


@pytest.mark.parametrize("text", ["3", "3️⃣", "✖️", "✖", "❌", "nichts", "Nothing!", "٣", "هیچ"])
def test_a_mistake_is_forgotten(text: str) -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    asked = meadow.answer(text, room)
    assert meadow.world.keys(asked) == ["flag-forgotten"]
    assert flags_kept(meadow) == {}
    assert MESSAGE not in str(meadow.world.memory.documents)
    assert meadow.world.pass_time(8 * 24 * 3600) == []


def test_without_an_answer_it_is_forgotten() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    assert meadow.world.keys(meadow.world.pass_time(8 * 24 * 3600)) == []
    assert flags_kept(meadow) == {}
    assert YUSRA not in str(meadow.kept("ombuds/flag"))
    question = meadow.world.event_of(said_question(meadow))
    asked = meadow.world.react(question, "1⃣", YUSRA, room)[1]
    assert meadow.world.keys(asked) == ["flag-closed"]


def said_question(meadow: Meadow) -> str:
    return next(x for x in meadow.world.memory.handles if x.endswith("/question"))


def test_an_answer_comes_once() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("3", room)
    assert meadow.world.keys(meadow.answer("2", room)) == ["flag-closed"]
    assert meadow.world.keys(meadow.answer("It is cold", room), meadow.office) == ["case-root"]


def test_a_number_alone_is_no_complaint() -> None:
    meadow = Meadow().chat()
    assert meadow.world.keys(meadow.answer("2", CHAT)) == ["flag-closed"]
    assert meadow.world.keys(meadow.answer("4", CHAT), meadow.office) == ["case-root"]
    assert meadow.world.keys(meadow.answer("2", CHAT), meadow.office) == ["followup"]


def test_what_she_writes_besides_is_a_complaint_and_the_question_stays() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    asked = meadow.answer("The guard hit him.", room)
    assert meadow.world.keys(asked, meadow.office) == ["case-root"]
    assert meadow.world.keys(meadow.answer("1", room), room) == ["flag-passed"]


# -- the moderators --------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["1", "Nachricht", "1️⃣.", "💬"])
def test_each_moderator_is_told_by_herself(answer: str) -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    asked = meadow.answer(answer, room)
    assert meadow.world.keys(asked, room) == ["flag-passed"]
    assert meadow.rooms_told(asked) == [MODA, MODI]
    made = [x for x in asked if isinstance(x, CreateRoom)]
    assert [x.invite for x in made] == [(MODA,), (MODI,)]
    for x in made:
        assert x.encrypted
        assert x.power_levels["events_default"] == 100
    told = next(x for x in asked if isinstance(x, Say) and x.phrase.key == "moderators-told")
    text = meadow.world.bot.render(told.phrase).body
    assert "https://matrix.to/#/!meadow/$flagged?via=" in text
    assert "canary" not in text
    assert WORDS not in text
    assert meadow.world.keys(asked, ROOM) == meadow.world.keys(asked, meadow.office) == []
    assert meadow.kept("ombuds/flag") == {}


def test_moderators_phones_ring_once_without_the_link() -> None:
    meadow = Meadow().on()
    asked = meadow.answer("1", meadow.asked())
    mine = [x for x in asked if isinstance(x, Say) and x.audience == frozenset({MODA})]
    texts = [meadow.world.bot.render(x.phrase) for x in mine]
    assert [x.phrase.key for x in mine] == ["moderators-told", "ring-moderators"]
    assert [x.notice for x in texts] == [True, False]
    assert "matrix.to" not in texts[1].body


def test_by_reaction_it_is_the_same() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    question = meadow.world.event_of(said_question(meadow))
    asked = meadow.world.react(question, "1⃣", YUSRA, room)[1]
    assert meadow.rooms_told(asked) == [MODA, MODI]
    again = meadow.world.react(question, "2⃣", YUSRA, room)[1]
    assert meadow.world.keys(again) == ["flag-closed"]


def test_a_yes_to_staff_shows_nothing_of_what_was_flagged() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    meadow.world.pass_time(5)
    meadow.world.write("!answer 1 Are you safe? Shall I show it?", ANNA, meadow.office)
    meadow.world.pass_time(300)
    for text in ("Yes", "ok", "👍", "ja bitte", "3", "nothing"):
        asked = meadow.answer(text, room)
        told = [x for x in meadow.world.keys(asked, meadow.office) if x != "~answer-delivered"]
        assert told[0] == "followup", text
        assert "evidence" not in meadow.world.keys(asked), text
        assert "flag-closed" not in meadow.world.keys(asked), text
        assert "evidence-open" in meadow.world.keys(asked, room), text
    # The word itself is asked about once more, since staff have asked something since.
    asked = meadow.answer("Show", room)
    assert meadow.world.keys(asked, meadow.office)[0] == "followup"
    assert meadow.world.keys(asked, room)[-1] == "evidence-ask"
    assert meadow.world.keys(meadow.answer("Show", room), meadow.office) == ["evidence"]


def test_no_mere_yes_shows_what_was_flagged() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    for text in ("yes", "ok", "👍🏽", "einverstanden", "نعم"):
        assert meadow.world.keys(meadow.answer(text, room)) == ["evidence-open"], text
    assert meadow.world.keys(meadow.answer("Ja, zeigen!", room), meadow.office) == ["evidence"]


def test_a_number_is_for_staff_once_there_is_a_case() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    meadow.answer("nein danke", room)
    for text in ("3", "nothing", "drei", "nichts"):
        assert meadow.world.keys(meadow.answer(text, room), meadow.office)[0] == "followup", text


def test_a_question_that_is_open_is_not_met_with_silence() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    asked = meadow.answer("The guard hits people", room)
    assert meadow.world.keys(asked, room) == ["arrived", "notice", "flag-open"]
    assert meadow.world.keys(meadow.answer("yes", room), room) == ["flag-open"]
    asked = meadow.answer("die zweite", room)
    assert "flag-open" not in meadow.world.keys(asked, room)
    assert meadow.case().flags or meadow.kept("ombuds/flag")


def test_somebody_else_can_not_answer_for_her() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    question = meadow.world.event_of(said_question(meadow))
    assert meadow.world.react(question, "1⃣", ZOYA, room)[1] == []
    hint = meadow.world.react(question, "👍", YUSRA, room)[1]
    assert meadow.world.keys(hint, room) == ["flag-open"]
    assert len(meadow.kept("ombuds/flag")) == 1


def test_a_reaction_that_is_quicker_than_the_news_of_the_chat() -> None:
    meadow = Meadow().on()
    meadow.world.defer = True
    room = meadow.question(meadow.flag())
    meadow.accept(room)
    question = meadow.world.event_of(said_question(meadow))
    asked = meadow.world.react(question, "3⃣", YUSRA, room)[1]
    assert meadow.world.keys(asked, room) == ["flag-forgotten"]
    meadow.world.tell_outcomes()
    assert len(meadow.kept("ombuds/conversation")) == 1


def test_an_author_who_moderates_is_not_told() -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, MODA)
    asked = meadow.answer("1", meadow.asked())
    assert meadow.rooms_told(asked) == [MODI]
    assert [x.invite for x in asked if isinstance(x, CreateRoom)] == [(MODI,)]


def test_of_several_messages_a_moderator_is_not_told_of_her_own() -> None:
    meadow = Meadow().on()
    meadow.wrote("$hers", MODA)
    room = meadow.asked()
    meadow.flag(event="$hers")
    asked = meadow.answer("1", room)
    texts = {
        next(iter(x.audience or ())): meadow.world.bot.render(x.phrase).body
        for x in asked
        if isinstance(x, Say) and x.phrase.key == "moderators-told"
    }
    assert {user: "$hers" in text for user, text in texts.items()} == {MODA: False, MODI: True}
    assert all(MESSAGE in text for text in texts.values())


@pytest.mark.parametrize(("reporter", "author"), [(MODA, MODI), (MODI, MODA)])
def test_nobody_is_told_who_would_know_at_once_who_flagged(reporter: str, author: str) -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, author)
    room = meadow.asked(reporter)
    asked = meadow.answer("1", room, reporter)
    assert meadow.world.keys(asked) == ["flag-nobody"]
    asked = meadow.answer("2", room, reporter)
    assert meadow.world.keys(asked, meadow.office) == ["case-root"]


def test_machines_are_not_told() -> None:
    meadow = Meadow().on()
    settings = replace(SETTINGS, accounts=frozenset({MODA}))
    meadow.world.bot = OmbudsBot(settings, EnglishWords())
    assert meadow.rooms_told(meadow.answer("1", meadow.asked())) == [MODI]


def test_a_message_that_can_not_be_found_is_told_to_no_moderator() -> None:
    # Its author may be one of them.
    meadow = Meadow().on()
    del meadow.world.seen[MESSAGE]
    assert meadow.world.keys(meadow.answer("1", meadow.asked())) == ["flag-nobody"]


def test_a_message_of_ours_is_told_to_nobody() -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, BOT)
    assert meadow.world.keys(meadow.answer("1", meadow.asked())) == ["flag-ours"]
    assert flags_kept(meadow) == {}


def test_a_message_of_another_room_is_not_found_by_its_id() -> None:
    meadow = Meadow().on()
    meadow.world.seen[MESSAGE]["event"]["room_id"] = "!elsewhere"
    assert meadow.world.keys(meadow.answer("1", meadow.asked())) == ["flag-nobody"]


def test_when_we_are_out_of_the_room_nobody_is_told() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.world.move(ROOM, BOT, "ban", by=MODA)
    meadow.world.views[ROOM] = RoomView()
    meadow.world.errors["AskNow"] = "M_FORBIDDEN"
    assert meadow.world.keys(meadow.answer("1", room)) == ["flag-nobody"]
    asked = meadow.answer("2", room)
    assert meadow.world.keys(asked, meadow.office) == ["case-root"]
    assert "could not be read" in meadow.world.text(asked, "case-root")


def test_flags_that_were_turned_off_since_are_still_passed_on() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.world.write("!flags off", MODA, ROOM)
    assert meadow.rooms_told(meadow.answer("1", room)) == [MODA, MODI]


def test_who_flags_the_same_message_is_only_counted() -> None:
    meadow = Meadow().on()
    meadow.answer("1", meadow.asked())
    room = meadow.asked(ZOYA)
    asked = meadow.answer("1", room, ZOYA)
    assert meadow.rooms_told(asked) == [MODA, MODI]
    assert all(x.edits for x in asked if isinstance(x, Say) and x.phrase.key == "moderators-told")
    told = next(x for x in asked if isinstance(x, Say) and x.phrase.key == "moderators-told")
    assert "🚩 × 2" in meadow.world.bot.render(told.phrase).body
    again = meadow.answer("1", meadow.asked(ZOYA), ZOYA)
    assert meadow.world.keys(again) == ["flag-passed"]


def test_several_that_are_flagged_again_are_one_change_of_what_was_told() -> None:
    meadow = Meadow().on()
    meadow.wrote("$second")
    marks = []
    for user in (YUSRA, ZOYA):
        room = meadow.asked(user)
        meadow.flag(user, "$second")
        asked = meadow.answer("1", room, user)
        told = [x for x in asked if isinstance(x, Say) and x.phrase.key == "moderators-told"]
        assert [bool(x.edits) for x in told] == [user == ZOYA] * 2, "one for each moderator"
        lines: Any = told[0].phrase.values["lines"]
        marks.append([x.values["mark"] for x in lines])
    assert marks == [["🚩", "🚩"], ["🚩 × 2", "🚩 × 2"]]


def test_what_moderators_were_told_is_forgotten_after_a_month() -> None:
    meadow = Meadow().on()
    meadow.answer("1", meadow.asked())
    assert len(meadow.kept("ombuds/notice")) == 1
    asked = meadow.world.pass_time(31 * 24 * 3600)
    assert {type(x) for x in asked} == {Withdraw}, "for moderators who never came to their room"
    assert flags_kept(meadow) == {}


def test_moderators_are_left_in_peace_for_a_while() -> None:
    meadow = Meadow().on()
    meadow.answer("1", meadow.asked())
    told = []
    for number in range(5):
        meadow.wrote(f"$more-{number}")
        told += meadow.answer("1", meadow.asked(ZOYA, f"$more-{number}"), ZOYA)
    assert meadow.rooms_told(told) == []
    asked = meadow.world.pass_time(61)
    assert meadow.rooms_told(asked) == [MODA, MODI]
    assert not any(isinstance(x, CreateRoom) for x in asked)
    assert meadow.world.pass_time(600) == []


def test_fifty_flags_in_a_minute_are_one_question_and_one_message() -> None:
    meadow = Meadow().on()
    asked = [x for n in range(50) for x in meadow.flag(event=f"$many-{n}")]
    assert len([x for x in asked if isinstance(x, Redact)]) == 50
    assert meadow.world.keys(asked).count("flag-question") == 1
    room = meadow.question(asked)
    meadow.accept(room)
    for number in range(50):
        meadow.wrote(f"$many-{number}")
    edit = meadow.world.pass_time(5)
    assert meadow.world.keys(edit) == ["~flag-questions"]
    assert "flagged 50 messages" in meadow.world.text(edit, "flag-questions")
    asked = meadow.answer("1", room)
    assert meadow.rooms_told(asked) == [MODA, MODI]
    assert meadow.world.pass_time(600) == []


def test_the_same_message_twice_is_one_flag() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    assert [type(x) for x in meadow.flag()] == [Redact]
    assert meadow.world.pass_time(10) == []
    asked = meadow.answer("2", room)
    assert len([x for x in asked if isinstance(x, AskNow)]) == len(meadow.case().flags) == 1


def test_a_flag_of_later_is_a_question_of_its_own() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    first = meadow.world.event_of(said_question(meadow))
    meadow.world.pass_time(700)
    meadow.wrote("$later")
    assert meadow.question(meadow.flag(event="$later")) == room
    asked = meadow.world.write("3", YUSRA, room, reply_to=first)[1]
    assert meadow.world.keys(asked) == ["flag-forgotten"]
    assert meadow.rooms_told(meadow.answer("1", room)) == [MODA, MODI]


def test_a_moderator_who_left_her_room_is_asked_back() -> None:
    meadow = Meadow().on()
    asked = meadow.answer("1", meadow.asked())
    rooms = {x.invite[0]: meadow.world.memory.handles[x.handle].room_id
             for x in asked if isinstance(x, CreateRoom)}  # fmt: skip
    meadow.world.views[rooms[MODI]] = RoomView(joined=frozenset({BOT}))
    meadow.world.views[rooms[MODA]] = RoomView(joined=frozenset({BOT, MODA}))
    meadow.world.pass_time(100)
    meadow.wrote("$next")
    meadow.world.errors["Invite"] = "M_FORBIDDEN"
    asked = meadow.answer("1", meadow.asked(event="$next"))
    assert [x.user for x in asked if isinstance(x, Invite)] == [MODI]
    assert meadow.world.keys(asked, meadow.office) == [], "no matter of the team's"


def test_a_room_that_could_not_be_made_for_a_moderator_is_tried_again() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.world.errors["CreateRoom"] = "M_FORBIDDEN"
    assert meadow.world.keys(meadow.answer("1", room), meadow.office) == []
    del meadow.world.errors["CreateRoom"]
    meadow.world.pass_time(100)
    meadow.wrote("$next")
    asked = meadow.answer("1", meadow.asked(event="$next"))
    assert len([x for x in asked if isinstance(x, CreateRoom)]) == 2


# -- the office ------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["2", "Unterkunft", "سكن", "2️⃣", "🏠"])
def test_an_accommodation_is_a_case(answer: str) -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    event, asked = meadow.world.write(answer, YUSRA, room)
    assert meadow.world.keys(asked, meadow.office) == ["case-root"]
    assert meadow.world.keys(asked, room) == ["arrived-flagged", "notice", "evidence-ask"]
    root = said(asked, "case-root")
    assert root.copy_of == event
    text = meadow.world.text(asked, "case-root")
    assert AUTHOR in text
    assert "https://matrix.to/#/!meadow/$flagged?via=" in text
    assert "canary" not in text
    assert meadow.rooms_told(asked) == []
    later = meadow.world.pass_time(100)
    assert meadow.world.keys(later, room) == ["receipt"]
    assert len(later) == 1


@pytest.mark.parametrize(
    ("answer", "language"), [("2", "de en"), ("Unterkunft", "de"), ("shelter", "en"), ("سكن", "ar")]
)
def test_her_language_is_known_by_the_word_with_which_she_answers(
    answer: str, language: str
) -> None:
    meadow = Meadow().on()
    asked = meadow.answer(answer, meadow.asked())
    assert said(asked, "evidence-ask").phrase.language == language
    assert said(asked, "arrived-flagged").phrase.language == language.split(maxsplit=1)[0]


def test_the_text_is_shown_if_she_wants_it() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    asked = meadow.answer("zeigen", room)
    assert meadow.world.keys(asked, meadow.office) == ["evidence"]
    assert said(asked, "evidence").thread == keys.ROOT(case=1)
    assert WORDS in meadow.world.text(asked, "evidence")
    assert meadow.world.keys(asked, room) == ["evidence-shown"]
    assert flags_kept(meadow) == {}


def test_what_is_shown_of_a_closed_case_brings_it_into_the_room_that_followed() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    root = meadow.world.event_of(keys.ROOT(case=1))
    meadow.world.write("!schließen", ANNA, meadow.office, thread=root)
    meadow.world.move(meadow.office, BOT, "leave", by=ANNA)
    asked = meadow.answer("zeigen", room)
    new = meadow.world.memory.handles["office/room/1"].room_id
    assert meadow.world.keys(asked, new) == ["case-root", "evidence"]


def test_a_reaction_shows_nobody_the_text() -> None:
    """A homeserver can set it in her name."""
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    question = next(x for x in meadow.world.memory.handles if x.endswith("/evidence"))
    asked = meadow.world.react(meadow.world.event_of(question), "✅", YUSRA, room)[1]
    assert meadow.world.keys(asked) == ["evidence-open"]
    assert meadow.world.keys(meadow.answer("zeigen", room), meadow.office) == ["evidence"]


def test_a_reaction_can_refuse() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    question = next(x for x in meadow.world.memory.handles if x.endswith("/evidence"))
    asked = meadow.world.react(meadow.world.event_of(question), "❌", YUSRA, room)[1]
    assert meadow.world.keys(asked) == ["evidence-kept"]


def test_nothing_offers_a_sign_that_does_not_count() -> None:
    meadow = Meadow().on()
    asked = meadow.answer("2", meadow.asked())
    assert not [x for x in asked if isinstance(x, React)]
    assert "✅" not in meadow.world.text(asked, "evidence-ask")


def test_in_a_chat_in_clear_the_word_shows_nobody_the_text() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    meadow.world.views[room] = replace(meadow.world.view(room), encrypted=False)
    asked = meadow.world.write("zeigen", YUSRA, room, encrypted=False)[1]
    assert meadow.world.keys(asked) == ["in-clear"]


def test_the_text_is_not_shown_if_she_does_not_want_it() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    assert meadow.world.keys(meadow.answer("nein", room)) == ["evidence-kept"]
    assert WORDS not in str(meadow.world.memory.documents)
    assert meadow.world.keys(meadow.answer("zeigen", room), meadow.office) == ["followup"]


def shown_an_edit() -> tuple[Meadow, list[Request]]:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    new = {"msgtype": "m.text", "body": "changed"}
    relation = {"rel_type": "m.replace", "event_id": MESSAGE}
    content = {"msgtype": "m.text", "body": "*", "m.new_content": new, "m.relates_to": relation}
    edit = {
        "type": "m.room.message",
        "event_id": "$e",
        "sender": AUTHOR,
        "content": content,
    }
    meadow.wrote(MESSAGE, edit=edit)
    return meadow, meadow.answer("show", room)


def test_an_edited_message_is_shown_as_it_is_now() -> None:
    meadow, asked = shown_an_edit()
    assert "changed" in meadow.world.text(asked, "evidence")


@pytest.mark.parametrize("target", [MESSAGE, "$e"])
def test_what_the_office_was_shown_stays_whatever_its_author_removes(target: str) -> None:
    """The message, or one edit of it: neither makes evidence disappear."""
    meadow, _ = shown_an_edit()
    assert meadow.world.redact(target, AUTHOR, ROOM) == []


def test_what_was_deleted_before_she_answered() -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, content={})
    room = meadow.asked()
    asked = meadow.answer("2", room)
    assert "deleted in the meantime" in meadow.world.text(asked, "case-root")
    assert meadow.world.keys(asked, room) == ["arrived-flagged", "notice", "evidence-failed"]
    told = meadow.answer("1", meadow.asked(ZOYA), ZOYA)
    assert "🗑" in str([x for x in told if isinstance(x, Say)])


def test_what_was_deleted_before_it_was_shown() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    meadow.wrote(MESSAGE, content={})
    asked = meadow.answer("zeigen", room)
    assert meadow.world.keys(asked, meadow.office) == ["evidence-unreadable"]
    assert meadow.world.keys(asked, room) == ["evidence-failed"]


@pytest.mark.parametrize(
    "seen",
    [{"locked": True, "encrypted": False}, {"encrypted": False}],
)
def test_what_can_not_be_read_is_said_to_be_so(seen: dict[str, Any]) -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, **seen)
    room = meadow.asked()
    asked = meadow.answer("2", room)
    assert "could not be read" in meadow.world.text(asked, "case-root")
    assert AUTHOR in meadow.world.text(asked, "case-root")
    assert "evidence-ask" not in meadow.world.keys(asked)


PICTURE = {"msgtype": "m.image", "body": "canary-leyla.jpg", "url": "mxc://x/y"}


def test_of_a_picture_the_office_is_shown_what_stands_beneath() -> None:
    meadow = Meadow().on()
    content = {**PICTURE, "body": "AskNow at this mould.", "filename": PICTURE["body"]}
    meadow.wrote(MESSAGE, content=content, name="Hamid")
    room = meadow.asked()
    assert "evidence-ask" in meadow.world.keys(meadow.answer("2", room), room)
    asked = meadow.answer("zeigen", room)
    assert meadow.world.keys(asked, meadow.office)[0] == "evidence-beneath"
    text = meadow.world.text(asked, "evidence-beneath")
    assert "AskNow at this mould." in text
    assert "picture" in text
    assert f"Hamid ({AUTHOR})" in text
    assert "canary" not in text


def test_a_picture_without_words_can_be_described() -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, content=PICTURE)
    room = meadow.asked()
    asked = meadow.answer("2", room)
    assert "(not text, " in meadow.world.text(asked, "case-root")
    assert meadow.world.keys(asked, room)[-1] == "evidence-medium"
    assert "evidence-ask" not in meadow.world.keys(asked)


def test_a_case_begins_with_the_room_in_which_something_was_flagged() -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, name="Hamid", room="Haus am See, Bewohnerinnen und Bewohner")
    room = meadow.asked()
    asked = meadow.answer("2", room)
    root = meadow.world.text(asked, "case-flagged")
    first = re.sub("[\u2066-\u2069\u200e]", "", root.splitlines()[0])
    assert first.startswith("Case 1 · – · 🚩 Haus am See,")
    assert len(first) <= 40
    assert "Haus am See, Bewohnerinnen und Bewohner" in root
    assert f"Hamid ({AUTHOR})" in root
    shown = meadow.world.write("!fälle", ANNA, meadow.office)[1]
    assert "🚩 Haus am See" in meadow.world.text(shown, "cases")
    found = meadow.world.write("!fälle see", ANNA, meadow.office)[1]
    assert "🚩 Haus am See" in meadow.world.text(found, "cases")
    assert "🚩 Haus am See" in meadow.world.text(
        meadow.world.write("!antwort 1 Danke", ANNA, meadow.office)[1], "answer-pending"
    )


def test_a_room_whose_name_shows_nothing_or_an_id_has_none() -> None:
    for name in ("\u2800\u2800", "@anna:x.org", "\u202e"):
        meadow = Meadow().on()
        meadow.wrote(MESSAGE, room=name)
        asked = meadow.answer("2", meadow.asked())
        assert meadow.world.keys(asked, meadow.office)[0] == "case-root"


def test_her_own_message_does_not_give_her_name_away() -> None:
    meadow = Meadow().on()
    meadow.wrote(MESSAGE, YUSRA, name="Canary Yusra")
    room = meadow.asked()
    asked = meadow.answer("2", room) + meadow.answer("zeigen", room)
    for request in asked:
        if isinstance(request, Say) and meadow.world.at(request) == meadow.office:
            body = meadow.world.bot.render(request.phrase).body
            assert YUSRA not in body
            assert "Canary Yusra" not in body
    assert "Canary Yusra" not in str(meadow.world.memory.documents)


def beside() -> Meadow:
    """Case 1 is what she wrote, case 2 what she flagged while it was open."""
    meadow = Meadow().on().chat()
    meadow.cold = meadow.world.write("It is cold.", YUSRA, CHAT)[0]
    meadow.flag()
    meadow.decision = meadow.world.write("2", YUSRA, CHAT)[0]
    return meadow


def thread(asked: list[Request], key: str = "followup") -> Any:
    return said(asked, key).thread


def test_what_is_flagged_is_a_case_of_its_own_beside_one_that_is_open() -> None:
    meadow = Meadow().on().chat()
    meadow.answer("It is cold.", CHAT)
    meadow.flag()
    asked = meadow.answer("2", CHAT)
    assert meadow.world.keys(asked, meadow.office) == ["case-root"]
    assert meadow.world.keys(asked, CHAT) == ["arrived-flagged", "evidence-ask"]
    assert "number is 2" in meadow.world.text(asked, "arrived-flagged")
    root = meadow.world.text(asked, "case-root")
    assert "2" in root
    assert AUTHOR in root
    assert "cold" not in root
    assert meadow.case(2).refers is None
    assert meadow.case(1).texts == 0
    shown = meadow.answer("zeigen", CHAT)
    assert meadow.world.keys(shown, meadow.office) == ["evidence"]
    assert thread(shown, "evidence") == keys.ROOT(case=2)


def test_what_she_writes_goes_to_the_case_of_which_she_last_heard() -> None:
    meadow = beside()
    assert thread(meadow.answer("He shouted.", CHAT)) == keys.ROOT(case=2)
    meadow.world.write("!antwort 1 How cold?", ANNA, meadow.office)
    told = meadow.world.pass_time(61)
    assert "number 1" in meadow.world.text(told, "answer")
    asked = meadow.answer("Ten degrees.", CHAT)
    assert thread(asked) == keys.ROOT(case=1)
    assert "number 1" in meadow.world.text(asked, "acknowledged")
    assert meadow.case(2).texts == 1


def test_the_text_goes_to_what_was_flagged_though_staff_asked_about_something_else() -> None:
    meadow = beside()
    meadow.world.write("!antwort 1 How cold?", ANNA, meadow.office)
    meadow.world.pass_time(61)
    question = next(x for x in meadow.world.memory.handles if x.endswith("/evidence"))
    reply = meadow.world.event_of(question)
    asked = meadow.world.write("zeigen", YUSRA, CHAT, reply_to=reply)[1]
    assert thread(asked, "evidence") == keys.ROOT(case=2)
    assert thread(meadow.answer("Ten degrees.", CHAT)) == keys.ROOT(case=1)


def test_a_text_that_she_is_asked_to_copy_goes_to_what_she_flagged() -> None:
    meadow = beside()
    meadow.world.write("!antwort 1 How cold?", ANNA, meadow.office)
    meadow.world.pass_time(61)
    meadow.world.seen.clear()
    question = next(x for x in meadow.world.memory.handles if x.endswith("/evidence"))
    reply = meadow.world.event_of(question)
    asked = meadow.world.write("zeigen", YUSRA, CHAT, reply_to=reply)[1]
    assert "evidence-failed" in meadow.world.keys(asked, CHAT)
    assert thread(meadow.answer("He wrote: go home.", CHAT)) == keys.ROOT(case=2)


@pytest.mark.parametrize("handle", ["case/1/arrived", "her own", "case/1/answer/1"])
def test_a_reply_goes_to_the_case_that_it_replies_to(handle: str) -> None:
    meadow = beside()
    meadow.world.write("!antwort 1 How cold?", ANNA, meadow.office)
    meadow.world.pass_time(61)
    meadow.world.write("!antwort 2 Who was it?", ANNA, meadow.office)
    meadow.world.pass_time(61)
    about = meadow.cold if handle == "her own" else meadow.world.event_of(handle)
    asked = meadow.world.write("Ten degrees.", YUSRA, CHAT, reply_to=about)[1]
    assert thread(asked) == keys.ROOT(case=1)
    assert "number 1" in meadow.world.text(asked, "acknowledged")
    assert thread(meadow.answer("And at night less.", CHAT)) == keys.ROOT(case=1)
    where = meadow.world.event_of("case/1/acknowledged/1")
    meadow.world.write("!antwort 2 Who was it?", ANNA, meadow.office)
    meadow.world.pass_time(61)
    asked = meadow.world.write("More.", YUSRA, CHAT, reply_to=where)[1]
    assert thread(asked) == keys.ROOT(case=1)


def test_a_reply_to_a_case_of_somebody_else_stays_in_her_own() -> None:
    meadow = beside()
    room = meadow.asked(ZOYA)
    meadow.answer("2", room, ZOYA)
    foreign = meadow.world.event_of("case/3/arrived")
    asked = meadow.world.write("Hello?", YUSRA, CHAT, reply_to=foreign)[1]
    assert thread(asked) == keys.ROOT(case=2)
    root = meadow.world.event_of("case/3/root")
    asked = meadow.world.write("Hello?", YUSRA, CHAT, reply_to=root)[1]
    assert thread(asked) == keys.ROOT(case=2)


def test_edits_and_removals_follow_in_the_case_that_is_not_at_hand() -> None:
    meadow = beside()
    more = meadow.world.write("He shouted.", YUSRA, CHAT)[0]
    asked = meadow.world.edit(meadow.cold, "It is very cold.", YUSRA, CHAT)
    assert said(asked, "case-root").edits == keys.ROOT(case=1)
    meadow.world.write("!antwort 1 How cold?", ANNA, meadow.office)
    meadow.world.pass_time(61)
    asked = meadow.world.edit(more, "He shouted at me.", YUSRA, CHAT)
    assert said(asked, "followup").edits == keys.TEXT(case=2, kind="text", number=1)
    assert meadow.case(1).texts == 0
    gone = meadow.world.redact(meadow.decision, YUSRA, CHAT)
    assert [x.target for x in gone if isinstance(x, Redact)] == [keys.ROOT(case=2)]
    assert thread(gone, "case-header") == keys.ROOT(case=2)
    assert AUTHOR not in str(meadow.kept("ombuds/case"))
    assert meadow.case(1).text == "It is very cold."
    assert thread(meadow.answer("Ten degrees.", CHAT)) == keys.ROOT(case=1)


@pytest.mark.parametrize("begun", [True, False])
def test_a_decision_that_is_taken_back_takes_all_of_it_back(begun: bool) -> None:
    meadow = Meadow().on().chat()
    if begun:
        meadow.answer("It is cold.", CHAT)
    meadow.flag()
    event, _ = meadow.world.write("2", YUSRA, CHAT)
    meadow.answer("zeigen", CHAT)
    asked = meadow.world.redact(event, YUSRA, CHAT)
    assert len([x for x in asked if isinstance(x, Redact)]) == 2
    assert AUTHOR not in str(meadow.kept("ombuds/case"))
    number = 2 if begun else 1
    root = meadow.world.event_of(keys.ROOT(case=number))
    asked = meadow.world.write("!behalten 14 Gefahr", ANNA, meadow.office, thread=root)[1]
    shown = [meadow.world.bot.render(x.phrase).body for x in asked if isinstance(x, Say)]
    assert AUTHOR in shown[0]
    assert WORDS in shown[1]
    meadow.world.pass_time(15 * 24 * 3600)
    assert WORDS not in meadow.world.memory.everything()


def test_a_decision_that_is_taken_back_ends_the_question_for_the_text() -> None:
    meadow = Meadow().on().chat()
    meadow.flag()
    event, _ = meadow.world.write("2", YUSRA, CHAT)
    meadow.world.redact(event, YUSRA, CHAT)
    assert flags_kept(meadow) == {}


def test_a_decision_that_is_taken_back_before_the_look_makes_no_case() -> None:
    meadow = Meadow().on().chat()
    meadow.flag()
    meadow.world.defer = True
    event, _ = meadow.world.write("2", YUSRA, CHAT)
    meadow.world.redact(event, YUSRA, CHAT)
    assert meadow.world.tell_outcomes() == []
    assert flags_kept(meadow) == {}


def test_a_decision_that_is_edited_changes_nothing() -> None:
    meadow = Meadow().on().chat()
    meadow.flag()
    event, _ = meadow.world.write("2", YUSRA, CHAT)
    assert meadow.world.edit(event, "2 and more", YUSRA, CHAT) == []
    assert meadow.case().flags[0].author == AUTHOR


def test_staff_answer_her_as_always() -> None:
    meadow = Meadow().on()
    room = meadow.asked()
    meadow.answer("2", room)
    cases = meadow.world.write("!fälle", ANNA, meadow.office)[1]
    assert "1 · open · \u2068🚩" in meadow.world.text(cases, "cases")
    root = meadow.world.event_of("case/1/root")
    meadow.world.write("!antwort We look into it.", ANNA, meadow.office, thread=root)
    assert meadow.world.keys(meadow.world.pass_time(61), room) == ["receipt", "answer"]


def test_two_people_decide_about_one_message_at_the_same_time() -> None:
    meadow = Meadow().on().chat()
    meadow.flag()
    other = meadow.asked(ZOYA)
    meadow.world.defer = True
    meadow.answer("2", CHAT)
    meadow.answer("1", other, ZOYA)
    asked = meadow.world.tell_outcomes()
    assert meadow.world.keys(asked, meadow.office) == ["case-root"]
    assert meadow.rooms_told(asked) == [MODA, MODI]
    assert meadow.world.keys(asked, other) == ["flag-passed"]


# -- without a trace -------------------------------------------------------------------------------

LINK = "https://matrix.to/#/!meadow/$flagged?via=north.example"


@pytest.mark.parametrize(
    "body", [LINK, f"!flag {LINK}", f"!melden {LINK}", "matrix:roomid/meadow/e/flagged",
             "https://matrix.to/#/%21meadow/%24flagged"],
)  # fmt: skip
def test_a_link_in_private_flags_and_leaves_no_trace(body: str) -> None:
    meadow = Meadow().on().chat()
    asked = meadow.answer(body, CHAT)
    assert meadow.world.keys(asked) == ["flag-question"]
    assert not any(isinstance(x, Redact) for x in asked)
    assert meadow.rooms_told(meadow.answer("1", CHAT)) == [MODA, MODI]


@pytest.mark.parametrize("why", ["off", "outside", "elsewhere", "no link"])
def test_a_link_that_means_nothing_tells_nothing(why: str) -> None:
    meadow = Meadow().on().chat()
    body = f"!flag {LINK}"
    if why == "off":
        meadow.world.write("!flags off", MODA, ROOM)
    elif why == "outside":
        meadow.world.move(ROOM, YUSRA, "leave")
    elif why == "elsewhere":
        body = body.replace("meadow", "other")
    else:
        body = "!flag this"
    assert meadow.world.keys(meadow.answer(body, CHAT)) == ["flag-unknown"]


def test_a_link_that_can_not_be_flagged_is_something_she_says() -> None:
    meadow = Meadow().chat()
    assert meadow.world.keys(meadow.answer(LINK, CHAT), meadow.office) == ["case-root"]


def test_of_several_chats_the_one_in_which_she_speaks_goes_on() -> None:
    meadow = Meadow().on()
    first = meadow.asked()
    meadow.chat()
    assert meadow.world.keys(meadow.answer("2", first), first)[0] == "arrived-flagged"
    assert meadow.world.keys(meadow.answer(LINK, CHAT), CHAT) == ["flag-question"]
    assert meadow.world.keys(meadow.answer("1", CHAT), CHAT) == ["flag-passed"]


# -- all of it -------------------------------------------------------------------------------------


def test_what_is_kept_of_flags_can_be_logged() -> None:
    meadow = Meadow().on()
    meadow.answer("1", meadow.asked())
    meadow.flag(ZOYA)
    memory = meadow.world.memory
    kinds: tuple[Any, ...] = (FLAGS, FLAGGERS, PLACES, NOTICES, MODERATORS)
    kept = [x for kind in kinds for x in memory.all(kind)]
    assert {type(x).__name__ for x in kept} == {"Flag", "Flagger", "Place", "Notice", "Moderator"}
    assert "canary" not in repr(kept)


def test_a_flag_that_waits_is_asked_of_no_clock_but_ours() -> None:
    meadow = Meadow().on()
    timers = {x.key: x.rings(meadow.world.now) for x in meadow.flag() if isinstance(x, SetTimer)}
    assert [at - meadow.world.now for at in timers.values()] == [timedelta(days=7)]


def test_her_time_begins_when_she_can_see_the_question() -> None:
    meadow = Meadow().on()
    meadow.world.defer = True
    meadow.flag()
    meadow.world.pass_time(6 * 24 * 3600)  # she was asked into the chat, and comes only now
    meadow.world.tell_outcomes()
    meadow.world.tell_outcomes()  # the chat is made, then the question is there
    meadow.world.pass_time(6 * 24 * 3600)
    assert flags_kept(meadow) != {}
    meadow.world.pass_time(2 * 24 * 3600)
    assert flags_kept(meadow) == {}


def test_what_she_never_saw_is_not_asked_any_more() -> None:
    meadow = Meadow().on()
    meadow.world.defer = True
    meadow.flag()
    asked = meadow.world.pass_time(8 * 24 * 3600)
    question = said_question(meadow)
    assert Withdraw(question) in asked
    assert meadow.kept("ombuds/flag") == {}
    ring = next(
        x for x in meadow.world.said if isinstance(x, Say) and x.phrase.key == "ring-question"
    )
    assert ring.after == question, "or it would ring for nothing"


def test_asked_in_again_without_a_word_of_having_been_put_out_flags_are_off() -> None:
    meadow = Meadow().on()
    assert meadow.world.keys(meadow.invited()) == ["flags-hello"]
    assert meadow.flag() == []


@pytest.mark.parametrize("rule", ["public", "knock", "restricted"])
def test_a_room_that_is_open_to_others_is_no_private_chat(rule: str) -> None:
    """Encryption can't be turned off again, and the room is not ours."""
    meadow = Meadow()
    meadow.invited(MODA, join_rule=rule, encrypted=False)
    assert not [x for x in meadow.world.said if isinstance(x, SetState)]
    assert meadow.kept("ombuds/conversation") == {}
    assert meadow.world.keys(meadow.world.said, ROOM) == ["flags-hello"]


@pytest.mark.parametrize("more", [{"join_rule": "public"}, {"space": True}, {"direct": True}])
def test_where_we_are_of_no_use_we_say_so_and_leave(more: dict[str, Any]) -> None:
    meadow = Meadow()
    more = {"join_rule": "public", "encrypted": False, "power_levels": {}, **more}
    meadow.invited(YUSRA, **more)
    assert meadow.world.keys(meadow.world.said, ROOM) == ["private-only"]
    assert Leave(ROOM, notify=True) in meadow.world.said
    assert not [x for x in meadow.world.said if isinstance(x, SetState)]


def test_a_room_with_power_is_encrypted_once_she_complains_there() -> None:
    meadow = Meadow()
    meadow.invited(YUSRA, encrypted=False)
    assert not [x for x in meadow.world.said if isinstance(x, SetState)]
    asked = meadow.world.write("They hit us.", YUSRA, ROOM, encrypted=False)[1]
    assert [x.type for x in asked if isinstance(x, SetState)] == ["m.room.encryption"]
