"""Private rooms: what somebody writes there, how she agrees, changes her mind, leaves, returns."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.onboarding.bot import OnboardingBot
from bots.onboarding.documents import CHATS, MEMBERS, WISHES, Stage
from bots.runtime.model.decision import Due, Performed, Request, Say, SetAside
from bots.runtime.model.made import Made
from federation.model.actions import (
    CreateRoom,
    DeclineVerification,
    Invite,
    Join,
    Kick,
    Leave,
    Redact,
    SetState,
)
from federation.model.events import (
    Asked,
    ClientRequest,
    MembershipKind,
    RoomReplaced,
    RoomView,
    TextMessage,
)
from tests.kit.onboarding import (
    ANNA,
    BOT,
    CEM,
    CHAT,
    COORDINATION,
    CREATOR,
    EXCHANGE,
    LEYLA,
    NEWS,
    NORTH_ROOM,
    SETTINGS,
    SPACE,
    Town,
    invitations,
)

DAY = 24 * 3600.0


@pytest.fixture
def town() -> Town:
    """Leyla has joined the space and was greeted."""
    town = Town()
    town.joins()
    return town


@pytest.fixture
def member(town: Town) -> Town:
    """She has agreed and chosen."""
    town.agrees()
    town.says("nord")
    return town


# -- a yes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "yes", ["ja", "Ja!", "JA, gerne", "yes", "نعم", "так", "да", "بله", "evet", "oui", "እወ", "ok"]
)
def test_a_yes_in_any_language(town: Town, yes: str) -> None:
    assert town.keys(town.says(yes)) == ["accepted", "choose"]


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("Regeln", ["rules"]),
        ("hilfe!", ["help"]),
        ("???", ["help"]),
        ("- !regeln", ["rules"]),
        ("/help", ["help"]),
        ("قواعد", ["rules"]),
        ("Ich habe die Regeln vergessen", ["rules-open"]),
        ("`!regeln` geht nicht", ["command-amid"]),
    ],
)
def test_a_command_however_it_is_written(town: Town, said: str, keys: list[str]) -> None:
    assert town.keys(town.says(said)) == keys


def test_a_corrected_message_is_asked_for_again(town: Town) -> None:
    chat = town.member().chat or ""
    wrote, _ = town.write("jq", LEYLA, chat)
    assert town.keys(town.edit(wrote, "ja", LEYLA, chat)) == ["edited"]
    assert town.edit(wrote, "ja", CEM, chat) == []
    assert town.keys(town.says("ja")) == ["accepted", "choose"]
    assert town.keys(town.says("nord"))[-1:] == ["chosen"]
    assert town.edit(wrote, "nein", LEYLA, chat) == []


def test_a_word_that_answers_is_no_command(town: Town) -> None:
    town.agrees()
    assert town.keys(town.says("Gruppen")) == ["choose"]
    assert town.keys(town.says("nord"))[-1:] == ["chosen"]
    assert town.keys(town.says("Themen")) == ["choose"]


@pytest.mark.parametrize("key", ["✅", "👍", "👍🏿", "✔", "☑"])
def test_a_yes_by_reaction(town: Town, key: str) -> None:
    assert town.keys(town.agrees(key=key)) == ["accepted", "choose"]


@pytest.mark.parametrize("key", ["❤", "🎉", "", "yes", "🚩"])
def test_other_reactions_are_no_yes(town: Town, key: str) -> None:
    assert town.agrees(key=key) == []


@pytest.mark.parametrize("no", ["nein", "No.", "لا", "нет"])
def test_a_no_ends_it_kindly(town: Town, no: str) -> None:
    assert town.keys(town.says(no)) == ["refused"]
    assert town.pass_time(60 * DAY) == []
    assert town.keys(town.says("ja")) == ["accepted", "choose"]


def test_a_no_can_be_changed_by_reaction(town: Town) -> None:
    assert town.keys(town.agrees(key="❌")) == ["refused"]
    assert town.keys(town.agrees()) == ["accepted", "choose"]


def test_nobody_agrees_for_somebody_else(town: Town) -> None:
    rules = town.event_of("onboarding/1/rules/1")
    chat = town.member().chat or ""
    assert town.react(rules, "✅", CEM, chat)[1] == []
    assert town.write("ja", CEM, chat)[1] == []
    town.joins(CEM)
    assert town.react(rules, "✅", CEM, town.member(CEM).chat or "")[1] == []
    assert town.react("$nothing-of-ours", "✅", LEYLA, chat)[1] == []


def test_agreeing_twice_is_agreeing_once(town: Town) -> None:
    town.agrees()
    assert town.agrees() == []
    assert town.keys(town.says("ja")) == ["choose-again"]


def test_the_first_message_with_the_rules_can_still_be_agreed_to(town: Town) -> None:
    town.says("Deutsch")
    first = town.event_of("onboarding/1/rules/1")
    asked = town.react(first, "✅", LEYLA, town.member().chat or "")[1]
    assert town.keys(asked) == ["accepted", "choose"]


def test_notices_and_our_own_words_are_passed_over(town: Town) -> None:
    chat = town.member().chat or ""
    assert town.write("ja", LEYLA, chat, notice=True)[1] == []
    assert town.write("ja", BOT, chat)[1] == []


# -- what she may ask ------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["!hilfe", "!help", "?", "؟", "!HELP", "!кoмaнда"])
def test_help(town: Town, word: str) -> None:
    key = "command-unknown" if word == "!кoмaнда" else "help"
    assert town.keys(town.says(word)) == [key]


def test_what_is_not_understood_is_said_sparingly(member: Town) -> None:
    assert member.keys(member.says("Wie ist das Wetter?")) == ["not-understood"]
    assert member.says("Und morgen?") == []
    member.pass_time(601)
    assert member.keys(member.says("Und übermorgen?")) == ["not-understood"]


def test_the_rules_again(town: Town) -> None:
    assert town.keys(town.says("!regeln")) == ["rules"]
    town.says("ja")
    asked = town.says("!rules")
    assert town.keys(asked) == ["rules-again"]
    assert "05.03.2026" in town.text(asked, "rules-again")


def test_choosing_again(member: Town) -> None:
    member.move("!north", LEYLA, "invite", by=BOT)
    assert member.keys(member.says("!themen")) == ["choose"]
    asked = member.says("Nord, Süd")
    assert member.keys(asked) == ["newcomer", "chosen"]
    assert invitations(asked) == ["!south"]
    assert member.member().wishes == ("nord", "sued")


def test_a_room_of_two_initiatives_is_entered_once() -> None:
    shared = [replace(x, rooms=("!both", NEWS)) for x in SETTINGS.initiatives]
    town = Town(replace(SETTINGS, initiatives=tuple(shared)))
    town.joins()
    town.agrees()
    town.move(NEWS, LEYLA, "invite", by=BOT)
    assert invitations(town.says("1 2")) == ["!both"]


def test_choosing_needs_a_yes_first(town: Town) -> None:
    assert town.keys(town.says("!themen")) == ["rules"]


@pytest.mark.parametrize("later", ["später", "later", "Плюс", "لاحقًا", "nein danke"])
def test_later(town: Town, later: str) -> None:
    town.agrees()
    expected = "choose-again" if later == "Плюс" else "later"
    assert town.keys(town.says(later)) == [expected]


def test_what_was_not_found_is_named(town: Town) -> None:
    town.agrees()
    asked = town.says("Nord und Mond")
    assert town.keys(asked) == ["newcomer", "chosen-partly"]
    assert "Mond" in town.text(asked, "chosen-partly")
    asked = town.says("!themen")
    asked = town.says("<b>Mond</b>")
    assert town.keys(asked) == ["choose-again"]


def test_media_and_unreadable_messages(town: Town) -> None:
    chat = town.member().chat or ""
    assert town.keys(town.media("image", LEYLA, chat)) == ["text-only"]
    assert town.media("image", LEYLA, chat) == []
    assert town.keys(town.garble(LEYLA, chat)) == ["send-again"]
    assert town.garble(LEYLA, chat) == []
    town.pass_time(601)
    assert town.keys(town.media("image", LEYLA, chat)) == ["text-only"]


def test_a_removed_reaction_is_explained(town: Town) -> None:
    chat = town.member().chat or ""
    rules = town.event_of("onboarding/1/rules/1")
    reaction, _ = town.react(rules, "✅", LEYLA, chat)
    assert town.redact(reaction, CEM, chat) == []
    assert town.keys(town.redact(reaction, LEYLA, chat)) == ["yes-gone"]
    assert town.redact(reaction, LEYLA, chat) == []
    assert town.member().accepted == "1"


# -- new rules -------------------------------------------------------------------------------------


def test_new_rules_are_asked_about_again(member: Town) -> None:
    member.start()
    member.pass_time(1)
    member.settings = replace(SETTINGS, rules_version="2", rules={"de": "Neu."})
    asked = member.start(2)
    asked += member.pass_time(1)
    assert member.keys(asked) == ["rules-changed"]
    assert "Neu." in member.text(asked, "rules-changed")
    assert member.keys(member.pass_time(2 * DAY)) == []
    assert member.keys(member.pass_time(2 * DAY)) == ["reminder"]
    assert member.keys(member.pass_time(30 * DAY)) == []
    assert member.keys(member.agrees()) == ["accepted-again"]
    assert member.member().stage is Stage.MEMBER
    assert member.keys(member.start(3) + member.pass_time(DAY)) == []


def test_new_rules_are_asked_about_without_a_restart(member: Town) -> None:
    member.start()
    member.pass_time(1)
    member.settings = replace(SETTINGS, rules_version="2")
    assert member.keys(member.pass_time(3601)) == ["rules-changed"]


def test_many_are_asked_some_at_a_time() -> None:
    town = Town()
    people = [f"@p{number}:a.example" for number in range(45)]
    for person in people:
        town.joins(person)
        town.says("ja", person)
    town.start()
    town.pass_time(1)
    town.settings = replace(SETTINGS, rules_version="2")
    counts = [town.keys(town.pass_time(x)).count("rules-changed") for x in (3600, 10, 10, 60, DAY)]
    assert counts == [20, 20, 5, 0, 0]


def test_a_yes_to_rules_that_changed_meanwhile_shows_the_new_ones(town: Town) -> None:
    town.settings = replace(SETTINGS, rules_version="2")
    assert town.keys(town.agrees()) == ["rules"]
    first = town.event_of("onboarding/1/rules/1")
    assert town.react(first, "✅", LEYLA, town.member().chat or "")[1] == []
    assert town.keys(town.agrees()) == ["accepted", "choose"]
    assert town.member().accepted == "2"


def test_a_no_to_new_rules_asks_whether_she_wants_to_leave(member: Town) -> None:
    member.settings = replace(SETTINGS, rules_version="2")
    member.start()
    member.pass_time(1)
    assert member.keys(member.says("nein")) == ["leave-ask"]
    assert member.keys(member.says("nein")) == ["kept"]
    assert member.member().stage is Stage.MEMBER


# -- leaving, returning ----------------------------------------------------------------------------


def confirmed(town: Town, key: str = "✅") -> list[Request]:
    member = town.member()
    ask = town.event_of(f"onboarding/{member.serial}/ask/{member.asks}")
    return town.react(ask, key, LEYLA, member.chat or "")[1]


@pytest.mark.parametrize("by_word", [True, False])
def test_she_takes_her_yes_back(member: Town, by_word: bool) -> None:
    assert member.keys(member.says("!gehen")) == ["leave-ask"]
    asked = member.says("ja") if by_word else confirmed(member)
    assert [x.room for x in asked if isinstance(x, Kick)] == [NEWS, EXCHANGE, NORTH_ROOM, SPACE]
    assert {x.user for x in asked if isinstance(x, Kick)} == {LEYLA}
    assert member.keys(asked) == ["left"]
    stored = member.member()
    assert (stored.accepted, stored.wishes, stored.invited) == ("", (), ())
    assert member.keys(member.move(SPACE, LEYLA, "leave", by=BOT)) == []
    assert member.keys(member.says("!regeln")) == ["rules"]


@pytest.mark.parametrize("word", ["nein", "❌", "!hilfe"])
def test_leaving_takes_a_second_yes(member: Town, word: str) -> None:
    member.says("!gehen")
    asked = confirmed(member, word) if word == "❌" else member.says(word)
    assert not [x for x in asked if isinstance(x, Kick)]
    assert member.keys(member.says("ja")) == ["not-understood"]
    assert not [x for x in member.said if isinstance(x, Kick)]
    old = member.event_of("onboarding/1/ask/2")
    assert member.react(old, "✅", LEYLA, member.member().chat or "")[1] == []


def test_leaving_before_a_yes_is_a_no(town: Town) -> None:
    assert town.keys(town.says("!gehen")) == ["refused"]


def test_who_left_by_her_own_hand_is_asked_again_when_she_is_let_in(member: Town) -> None:
    assert member.keys(member.move(SPACE, LEYLA, "leave")) == ["gone"]
    assert member.keys(member.joins()) == ["rules"]
    assert invitations(member.agrees()) == [NEWS, EXCHANGE]
    member.pass_time(DAY)
    member.move(SPACE, LEYLA, "leave")
    assert member.keys(member.joins()) == ["hello", "rules"]


def test_who_went_and_comes_back_is_asked_again(member: Town) -> None:
    member.says("!gehen")
    member.says("ja")
    member.move(SPACE, LEYLA, "leave", by=BOT)
    assert member.keys(member.joins()) == ["rules"]
    assert invitations(member.agrees()) == [NEWS, EXCHANGE]


def test_a_reminder_that_rings_twice_is_said_once(town: Town) -> None:
    due = Due(f"remind/{LEYLA}")
    assert town.keys(town.handle(due)) == ["reminder"]
    assert town.handle(due) == []


def test_who_refused_is_not_greeted_for_a_new_name(town: Town) -> None:
    town.says("nein")
    assert town.joins() == []


def test_a_new_name_greets_nobody(town: Town) -> None:
    assert town.joins() == []
    again = {"before": MembershipKind.JOIN}
    assert town.move(SPACE, LEYLA, "join", **again) == []
    assert town.move(SPACE, "@old:a.example", "join", **again) == []


def test_bots_and_services_are_not_greeted() -> None:
    town = Town()
    assert town.joins(CREATOR) == []
    town.joins(BOT)
    assert not [x for x in town.said if isinstance(x, CreateRoom)]


def test_who_has_left_the_chat_is_asked_in_again(member: Town) -> None:
    chat = member.member().chat or ""
    member.move(chat, LEYLA, "leave")
    member.move(SPACE, LEYLA, "leave")
    member.pass_time(DAY)
    asked = member.joins()
    assert Invite(chat, LEYLA, notify=True) in asked
    assert member.keys(asked) == ["hello", "rules"]


def test_who_has_removed_us_from_the_chat_gets_a_new_one(member: Town) -> None:
    chat = member.member().chat or ""
    member.move(chat, BOT, "leave", by=LEYLA)
    member.move(SPACE, LEYLA, "leave")
    member.pass_time(DAY)
    asked = member.joins()
    assert len([x for x in asked if isinstance(x, CreateRoom)]) == 1
    assert member.member().chat not in (chat, None)


# -- erasing ---------------------------------------------------------------------------------------


def test_everything_is_erased_after_a_second_yes(member: Town) -> None:
    chat = member.member().chat or ""
    assert member.keys(member.says("!löschen")) == ["erase-ask"]
    asked = confirmed(member)
    assert member.keys(asked) == ["erased"]
    assert Leave(chat, notify=True) in asked
    assert [x.target for x in asked if isinstance(x, Redact)] == ["onboarding/1/told/1"]
    assert not [*member.memory.all(MEMBERS), *member.memory.all(CHATS)]
    assert not member.memory.listed(MEMBERS, "serial")
    assert LEYLA not in member.memory.everything()
    assert member.memory.forgotten == {(MEMBERS.kind, LEYLA), (CHATS.kind, chat)}
    assert member.pass_time(60 * DAY) == []


def test_a_wish_is_erased_as_well() -> None:
    town = Town()
    town.chat(LEYLA, CHAT)
    town.says("hallo", room=CHAT)
    town.says("ja")
    town.says("!erase")
    asked = town.says("ja")
    assert [x.target for x in asked if isinstance(x, Redact)] == ["onboarding/wish/1"]
    assert LEYLA not in town.memory.everything()
    assert not town.memory.listed(WISHES, "number")
    assert town.memory.forgotten >= {(WISHES.kind, LEYLA), (MEMBERS.kind, LEYLA)}
    assert town.pass_time(60 * DAY) == []


def named(town: Town) -> set[str]:
    """Handles of what names her to others; an edit goes with what it changes."""
    told = [x for x in town.said if isinstance(x, Say) and LEYLA in str(x.phrase.values)]
    return {str(x.handle or x.edits) for x in told}


def test_whatever_named_her_to_coordinators_is_taken_back() -> None:
    town = Town()
    town.errors["Invite"] = "M_FORBIDDEN"
    town.knocks("bitte")
    town.pass_time(4 * DAY)
    town.move(SPACE, LEYLA, "leave")
    town.pass_time(DAY)
    town.knocks("noch einmal")
    town.handle(RoomReplaced(town.origin(COORDINATION, CREATOR), RoomView(), "!new"))
    town.react(town.event_of("onboarding/wish/2"), "✅", ANNA, "!new")
    town.joins()
    town.agrees()
    town.says("nord")
    town.says("!löschen")
    gone = [x for x in town.says("ja") if isinstance(x, Redact)]
    assert named(town) == {str(x.target) for x in gone}
    assert len(gone) > 5
    assert all(x.room == x.target for x in gone), "in the room in which it stands"


@pytest.mark.parametrize("how", ["leave", "ban"])
def test_who_was_put_out_is_invited_nowhere_until_she_is_let_in(member: Town, how: str) -> None:
    member.move(SPACE, LEYLA, how, by=ANNA)
    assert member.keys(member.says("!themen")) == ["rules"]
    assert invitations(member.says("sued")) == []
    asked = member.says("ja")
    assert member.keys(asked) == ["request", "waiting"]
    assert invitations(asked) == []
    if how == "ban":
        assert invitations(member.decides("✅")) == [], "the ban is to be lifted first"
        member.move(SPACE, LEYLA, "leave", by=ANNA, before=MembershipKind.BAN)
    assert invitations(member.decides("✅")) == [SPACE, NEWS, EXCHANGE]


def test_who_was_erased_is_somebody_new(member: Town) -> None:
    member.says("!erase")
    member.says("yes")
    member.chat(LEYLA, "!another")
    assert member.keys(member.says("hallo", room="!another")) == ["hello", "rules"]
    assert member.member().serial == 2


# -- rooms that somebody else makes ----------------------------------------------------------------


def test_a_private_chat_is_greeted_after_a_moment() -> None:
    town = Town()
    asked = town.chat(LEYLA, CHAT)
    assert town.keys(asked) == []
    assert town.keys(town.pass_time(4)) == ["hello", "rules"]
    assert town.pass_time(4) == []


def test_a_language_as_first_word() -> None:
    town = Town()
    town.chat(LEYLA, CHAT)
    asked = town.says("English", room=CHAT)
    assert town.keys(asked) == ["hello", "rules"]
    assert "Seid nett" not in town.text(asked, "rules")
    assert town.pass_time(10) == []


def test_a_plain_private_chat_is_encrypted() -> None:
    town = Town()
    asked = town.chat(LEYLA, CHAT, encrypted=False)
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    assert SetState(CHAT, "m.room.encryption", content, notify=True) in asked


def test_a_chat_that_begins_with_a_request_of_her_client_is_begun_once() -> None:
    town = Town()
    town.views[CHAT] = RoomView(joined=frozenset({LEYLA}))
    asks = ClientRequest(town.origin(CHAT, LEYLA), town.view(CHAT), Asked.VERIFICATION)
    asked = town.handle(asks)
    for kind in (SetState, DeclineVerification):
        assert sum(isinstance(x, kind) for x in asked) == 1
    assert town.keys(asked) == ["hello", "rules"]


@pytest.mark.parametrize("others", [(), (LEYLA, CEM)])
def test_a_room_with_others_is_left(others: tuple[str, ...]) -> None:
    town = Town()
    town.views[CHAT] = RoomView(joined=frozenset(others))
    town.move(CHAT, BOT, "invite", by=CEM)
    asked = town.move(CHAT, BOT, "join")
    assert town.keys(asked) == (["private-only"] if others else [])
    assert asked[-1] == Leave(CHAT, notify=True)


def test_what_is_said_in_private_is_for_her_alone_whoever_comes_later(member: Town) -> None:
    chat = member.member().chat or ""
    member.move(chat, CEM, "join")
    asked = [*member.says("!hilfe"), *member.says("!gehen"), *member.says("ja")]
    told = [x for x in asked if isinstance(x, Say)]
    assert len(told) == 3
    assert all(x.audience == frozenset({LEYLA}) for x in told)


def test_a_message_in_a_room_with_others_begins_nothing(town: Town) -> None:
    town.views["!group"] = RoomView(joined=frozenset({LEYLA, CEM, BOT}))
    assert town.write("ja", LEYLA, "!group")[1] == []
    assert town.write("ja", CEM, "!group")[1] == []


def test_she_begins_a_second_chat(town: Town) -> None:
    first = town.member().chat
    town.chat(LEYLA, CHAT)
    assert town.member().chat == CHAT
    assert town.keys(town.says("ja", room=first), first) == ["accepted", "choose"]


def test_her_first_words_come_before_the_room_has_its_handle() -> None:
    town = Town()
    town.defer = True
    town.joins()
    room = town.memory.handles["onboarding/1/chat"].room_id
    town.views[room] = RoomView(joined=frozenset({LEYLA, BOT}), encrypted=True)
    assert town.keys(town.says("ja", room=room)) == ["accepted", "choose"]
    assert town.tell_outcomes() == []
    assert town.member().chat == room


def test_our_own_room_is_known_when_we_see_ourselves_in_it() -> None:
    town = Town()
    town.defer = True
    town.joins()
    room = town.memory.handles["onboarding/1/chat"].room_id
    town.views[room] = RoomView(invited=frozenset({LEYLA}), encrypted=True)
    assert town.move(room, BOT, "join") == []
    assert town.member().chat == room


# -- what fails ------------------------------------------------------------------------------------


def test_a_room_that_can_not_be_made_is_told() -> None:
    town = Town()
    town.errors["CreateRoom"] = "M_FORBIDDEN"
    town.memory.handles["onboarding/1/chat"] = Made("onboarding/1/chat", "!lost", None)
    asked = town.joins()
    assert "greeting-failed" in town.keys(asked, COORDINATION)
    town.errors.clear()
    town.chat(LEYLA, CHAT)
    assert town.keys(town.says("hallo", room=CHAT)) == ["hello", "rules"]


def test_an_invitation_that_fails_is_told_with_name_and_room(town: Town) -> None:
    town.errors["Invite"] = "M_FORBIDDEN"
    asked = town.agrees()
    failed = [x for x in town.keys(asked, COORDINATION) if x == "invite-failed"]
    assert len(failed) == 2
    done = Performed("Invite", None, "!elsewhere", None, "M_FORBIDDEN", user=LEYLA)
    assert town.handle(done) == []


@pytest.mark.parametrize("error", ["M_FORBIDDEN", "crowd"])
def test_who_asks_us_in_sees_that_we_do_not_come(town: Town, error: str) -> None:
    failed = Performed("Join", None, "!x", None, error)
    assert town.handle(failed) == [Leave("!x", notify=True)]


def test_failures_are_told_sparingly(town: Town) -> None:
    notice = SetAside("out-1", "action")
    assert town.keys(town.handle(notice)) == ["set-aside"]
    assert town.handle(notice) == []
    town.pass_time(601)
    assert town.keys(town.handle(notice)) == ["set-aside"]


def test_a_space_that_is_upgraded_is_followed(member: Town) -> None:
    tombstone = RoomReplaced(member.origin(SPACE, CREATOR), member.view(SPACE), "!new-space")
    moved = Join("!new-space", notify=True, via=("a.example",))
    assert member.handle(tombstone) == [moved]
    assert member.move("!new-space", BOT, "invite", by=CREATOR) == [Join("!new-space", notify=True)]
    assert member.move(SPACE, LEYLA, "leave") == []
    assert member.joins(room="!new-space") == []
    assert member.keys(member.joins(CEM, "!new-space")) == ["hello", "rules"]
    member.says("!gehen")
    assert "!new-space" in [x.room for x in member.says("ja") if isinstance(x, Kick)]


def test_a_space_that_is_upgraded_again_is_followed(member: Town) -> None:
    for old, new in ((SPACE, "!second"), ("!second", "!third")):
        tombstone = RoomReplaced(member.origin(old, CREATOR), member.view(old), new)
        assert member.handle(tombstone) == [Join(new, notify=True, via=("a.example",))]
    for left in (SPACE, "!second"):
        assert member.move(left, LEYLA, "leave") == []
        asked_on = Invite("!third", CEM, notify=True, whose=CEM, once=True)
        assert member.joins(CEM, left)[0] == asked_on  # her client did not know of it yet
    assert member.keys(member.joins(CEM, "!third")) == ["hello", "rules"]
    member.says("!gehen")
    assert "!third" in [x.room for x in member.says("ja") if isinstance(x, Kick)]


def test_settings_that_name_the_new_room_change_nothing(town: Town) -> None:
    for old, new in ((SPACE, "!new-space"), (NORTH_ROOM, "!new-north"), (COORDINATION, "!new")):
        town.handle(RoomReplaced(town.origin(old, CREATOR), town.view(old), new))
    north = replace(SETTINGS.initiatives[0], rooms=("!new-north",))
    town.settings = replace(
        SETTINGS,
        space="!new-space",
        coordination="!new",
        initiatives=(north, *SETTINGS.initiatives[1:]),
    )
    town.start(2)
    assert town.keys(town.joins(CEM, "!new-space")) == ["hello", "rules"]
    assert town.joins(room="!new-space") == []
    assert invitations(town.agrees()) == [NEWS, EXCHANGE]
    asked = town.says("nord")
    assert invitations(asked) == ["!new-north"]
    town.move("!new-space", ANNA, "knock")
    assert town.react(town.event_of("onboarding/wish/1"), "✅", ANNA, "!new")[1]


def test_a_tombstone_in_a_chat_moves_nothing(town: Town) -> None:
    chat = town.member().chat or ""
    tombstone = RoomReplaced(town.origin(chat, LEYLA), town.view(chat), "!evil")
    assert town.handle(tombstone) == []


def test_without_initiatives_nothing_is_asked() -> None:
    town = Town(replace(SETTINGS, initiatives=()))
    town.joins()
    assert town.keys(town.agrees()) == ["accepted"]
    assert town.says("!themen") == []


def test_no_approval_where_the_door_is_open() -> None:
    town = Town(replace(SETTINGS, approval=False))
    town.chat(LEYLA, CHAT)
    town.says("hallo", room=CHAT)
    asked = town.says("ja")
    assert town.keys(asked) == ["accepted", "choose"]
    assert invitations(asked) == [SPACE, NEWS, EXCHANGE]


def test_who_begins_the_chat_is_called_by_her_name() -> None:
    town = Town()
    town.chat(LEYLA, CHAT, name="Leyla Haddad")
    town.says("hallo", room=CHAT)
    shown = f"Leyla Haddad ({LEYLA})"
    assert shown in bare(town.text(town.says("ja"), "request"))
    town.views[COORDINATION] = replace(town.view(COORDINATION), names={ANNA: "Anna Vogel"})
    asked = town.react(town.event_of("onboarding/wish/1"), "✅", ANNA, COORDINATION)[1]
    assert f"{shown} asked to join. Anna Vogel ({ANNA})" in bare(town.text(asked, "wish-admitted"))
    assert shown in bare(town.text(town.says("1"), "newcomer"))


def test_a_name_shows_its_bearer_whatever_it_says() -> None:
    for name in (ANNA, "\u2800" * 40, "\u202eanna", "x" * 999):
        town = Town()
        town.chat(LEYLA, CHAT, name=name)
        town.says("hallo", room=CHAT)
        request = town.text(town.says("ja"), "request")
        assert LEYLA in request
        assert ANNA not in request
        assert len(request.splitlines()[0]) < 250


def bare(text: str) -> str:
    return re.sub("[\u2066-\u2069\u200e]", "", text)


def test_what_is_long_or_odd_is_survived(town: Town) -> None:
    chat = town.member().chat or ""
    for body in ("x" * 60_000, "\u202e\u0000", "!" * 500, "1 " * 20_000, "\ud800", "! ja"):
        event = TextMessage(town.origin(chat, LEYLA), town.view(chat), body)
        town.handle(event)
    town.agrees()
    for body in ("x" * 60_000, "\u202e\u0000", "1 " * 20_000, "999999999999", "und " * 9_000):
        town.handle(TextMessage(town.origin(chat, LEYLA), town.view(chat), body))
    assert town.member().stage is Stage.MEMBER


def test_reminding_waits_for_nobody_who_went(town: Town) -> None:
    town.move(SPACE, LEYLA, "leave")
    assert town.pass_time(timedelta(days=10).total_seconds()) == []


def test_commands_of_coordinators_do_nothing_in_private(town: Town) -> None:
    assert town.keys(town.says(f"!einlassen {CEM}")) == ["command-unknown"]
    assert town.write("!einlassen", ANNA, "!group")[1] == []


def test_a_room_that_the_creator_has_just_made_waits_for_the_settings(town: Town) -> None:
    bot = town.bot
    assert isinstance(bot, OnboardingBot)
    bot.settings = replace(SETTINGS, creator=CREATOR)
    assert town.move("!new", BOT, "invite", by=CREATOR) == []
    asked = Join("!chat", notify=True, most=9, via=("b.example",), unseen=False)
    assert town.move("!chat", BOT, "invite", by=CEM) == [asked]
    bot.settings = replace(SETTINGS, creator=CREATOR, rooms=(*SETTINGS.rooms, "!new"))
    assert Join("!new", notify=True, most=None) in town.start(2)


def test_a_crowd_is_not_entered_and_bots_are_not_followed(town: Town) -> None:
    town.errors = {"Join": "crowd"}
    asked = town.move("!crowd", BOT, "invite", by=CEM)
    assert asked[-1] == Leave("!crowd", notify=True)
    assert town.move("!other", BOT, "invite", by=CREATOR) == [Leave("!other", notify=True)]


def test_without_rules_she_is_asked_whether_something_may_be_stored() -> None:
    town = Town(replace(SETTINGS, rules={}))
    asked = town.joins()
    assert town.keys(asked) == ["hello", "rules-none"]
    assert "I store" in town.text(asked, "rules-none")
    assert town.keys(town.agrees()) == ["accepted", "choose"]


def test_what_is_only_overheard_is_for_no_rule(member: Town) -> None:
    """So that it may be dropped as it comes: see `federation.client.interests.Interests`."""
    overheard = member.settings.overheard
    assert overheard == member.settings.places - {COORDINATION}
    before = member.memory.everything()
    for room in sorted(overheard):
        for text in ("ja", "!help", "!leave", "nord"):
            event, asked = member.write(text, LEYLA, room)
            assert asked == member.react(event, "✅", LEYLA, room)[1] == []
    assert member.memory.everything() == before
