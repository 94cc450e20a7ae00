"""Somebody asks to join: what coordinators read, and who may decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.onboarding.documents import WishState
from bots.runtime.model.decision import Request, Say
from federation.model.actions import CreateRoom, Invite, Kick
from federation.model.events import MembershipKind, RoomReplaced, TextMessage
from tests.kit.onboarding import (
    ANNA,
    BILAL,
    BOT,
    CEM,
    CHAT,
    COORDINATION,
    LEYLA,
    SETTINGS,
    SPACE,
    Town,
    invitations,
)
from tests.kit.world import said

DAY = 24 * 3600.0


@pytest.fixture
def town() -> Town:
    """Leyla has knocked."""
    town = Town()
    town.knocks("please")
    return town


@pytest.mark.parametrize("coordinator", [ANNA, BILAL])
@pytest.mark.parametrize("word", ["!einlassen", "!admit", "!إدخال"])
def test_a_command_in_answer_to_the_message(town: Town, coordinator: str, word: str) -> None:
    asked = town.coordinates(word, coordinator)
    assert Invite(SPACE, LEYLA, notify=True, whose=LEYLA, once=True) in asked
    assert coordinator in town.text(asked, "wish-admitted")


def test_a_command_in_the_thread_of_the_message(town: Town) -> None:
    thread = town.event_of("onboarding/wish/1")
    _, asked = town.write("!ablehnen", ANNA, COORDINATION, thread=thread)
    assert [x for x in asked if isinstance(x, Kick)]


def test_whom_a_command_names_is_meant_whatever_it_answers(town: Town) -> None:
    town.knocks(user=CEM)
    asked = town.coordinates(f"!einlassen {CEM}", wish=1)
    assert (invitations(asked, CEM), invitations(asked, LEYLA)) == ([SPACE], [])
    assert town.keys(town.coordinates("!ablehnen @nobody:a.example", wish=1)) == ["wish-which"]
    assert town.wish(LEYLA).state is WishState.OPEN


@pytest.mark.parametrize(
    ("command", "said"), [("!admit", "taken-admitted"), ("!decline", "taken-declined")]
)
def test_a_command_by_itself_means_the_only_one_and_names_her(
    town: Town, command: str, said: str
) -> None:
    asked = town.coordinates(command, wish=None)
    assert town.keys(asked)[-1] == said
    assert LEYLA in town.text(asked, said)
    assert town.wish().state is not WishState.OPEN


def test_a_command_by_itself_is_asked_back_if_another_waited_just_before(town: Town) -> None:
    town.move(SPACE, LEYLA, "leave", before=MembershipKind.KNOCK)
    town.knocks(user=CEM, name="Cem")
    asked = town.coordinates("!admit", wish=None)
    assert town.keys(asked) == ["wish-meanwhile"]
    assert CEM in town.text(asked, "wish-meanwhile")
    assert invitations(asked, CEM) == []
    assert town.wish(CEM).state is WishState.OPEN
    assert invitations(town.coordinates("!admit", wish=2), CEM) == [SPACE]


def test_a_command_by_itself_is_asked_back_if_another_was_decided_just_before(town: Town) -> None:
    town.knocks(user=CEM, name="Cem")
    town.decides("✅", BILAL)
    assert town.keys(town.coordinates("!admit", wish=None)) == ["wish-meanwhile"]
    town.pass_time(3600)
    assert invitations(town.coordinates("!admit", wish=None), CEM) == [SPACE]


def test_a_command_that_was_written_before_she_came_does_not_mean_her(town: Town) -> None:
    old = replace(town.origin(COORDINATION, ANNA), sent_at=1)
    asked = town.handle(TextMessage(old, town.view(COORDINATION), "!admit"))
    assert town.keys(asked) == ["wish-meanwhile"]


def test_a_command_that_could_mean_several_is_asked_back(town: Town) -> None:
    town.knocks(user=CEM, name="Cem")
    assert town.keys(town.coordinates("!admit", wish=None)) == ["wish-which"]
    asked = town.coordinates(f"!admit {CEM}", wish=None)
    assert invitations(asked, CEM) == [SPACE]
    assert town.keys(town.coordinates("!admit @nobody:x", wish=None)) == ["wish-which"]


def test_nobody_waits() -> None:
    assert Town().keys(Town().coordinates("!admit", wish=None)) == ["wish-none"]


def test_only_coordinators_decide(town: Town) -> None:
    assert town.decides("✅", CEM) == []
    assert town.keys(town.coordinates("!admit", CEM)) == ["only-coordinators"]
    assert town.decides("✅", LEYLA) == []
    assert town.wish().state == "open"


def test_a_command_in_clear_decides_nothing_in_an_encrypted_room(town: Town) -> None:
    target = town.event_of("onboarding/wish/1")
    _, asked = town.write("!admit", ANNA, COORDINATION, reply_to=target, encrypted=False)
    assert town.keys(asked) == ["command-plain"]
    assert town.wish().state is WishState.OPEN


def test_a_command_counts_in_a_room_that_is_not_encrypted(town: Town) -> None:
    town.views[COORDINATION] = replace(town.view(COORDINATION), encrypted=False)
    target = town.event_of("onboarding/wish/1")
    _, asked = town.write("!admit", ANNA, COORDINATION, reply_to=target, encrypted=False)
    assert invitations(asked) == [SPACE]


def test_a_decision_stands(town: Town) -> None:
    town.decides("✅")
    assert town.decides("❌", BILAL) == []
    assert town.keys(town.coordinates("!decline")) == ["wish-already"]


@pytest.mark.parametrize("key", ["🎉", "", "❤"])
def test_other_reactions_decide_nothing(town: Town, key: str) -> None:
    assert town.decides(key) == []


def test_other_words_in_that_room_are_none_of_ours(town: Town) -> None:
    for body in ("hello", "admit", "Soll ich !einlassen schreiben?"):
        assert town.coordinates(body) == []
    for body in ("!einlassn", "!share"):
        assert town.keys(town.coordinates(body)) == ["command-unknown"]
    assert town.keys(town.coordinates("!einlassen?nein")) == ["command-amid"]
    assert town.keys(town.coordinates("!hilfe")) == ["coordination-help"]
    assert town.write("!admit", ANNA, COORDINATION, notice=True)[1] == []
    assert town.react("$unknown", "✅", ANNA, COORDINATION)[1] == []


def test_a_knock_is_told_once(town: Town) -> None:
    asked = town.knocks("I teach German and live next door")
    assert town.keys(asked) == ["~knock"], "a better reason is shown, and rings no phone"
    assert "next door" in town.text(asked, "knock")
    assert town.knocks("I teach German and live next door") == []


def test_who_takes_the_knock_back(town: Town) -> None:
    asked = town.move(SPACE, LEYLA, "leave")
    assert town.keys(asked) == ["~wish-withdrawn"]
    assert town.keys(town.knocks("again")) == [], "who knocks and knocks is shown once in a while"
    asked = town.pass_time(5)
    assert town.keys(asked) == ["~knock"]
    assert said(asked, "knock").handle is None
    assert town.keys(town.pass_time(2 * DAY)) == []
    assert town.keys(town.pass_time(2 * DAY)) == ["wish-reminder"]
    assert town.pass_time(30 * DAY) == []


def test_who_knocks_another_day_is_told_anew(town: Town) -> None:
    town.decides("❌")
    town.move(SPACE, LEYLA, "leave", by=BOT)
    assert town.keys(town.knocks()) == ["~knock-silent"]
    town.decides("❌")
    town.pass_time(DAY)
    assert town.keys(town.knocks()) == ["knock-silent"]
    assert town.decides("✅", wish=1) == []
    assert town.keys(town.decides("✅", wish=2)) == ["~wish-admitted"]
    assert town.keys(town.joins()) == ["hello", "rules"]


def test_who_is_let_in_by_hand_is_greeted_when_she_comes(town: Town) -> None:
    asked = town.move(SPACE, LEYLA, "invite", by=BILAL)
    assert town.keys(asked) == ["~wish-admitted"]
    assert town.keys(town.joins()) == ["hello", "rules"]


def test_who_is_declined_by_hand(town: Town) -> None:
    asked = town.move(SPACE, LEYLA, "leave", by=BILAL)
    assert town.keys(asked) == ["~wish-declined"]
    assert BILAL in town.text(asked, "wish-declined")


def test_who_joins_past_us(town: Town) -> None:
    assert town.keys(town.joins()) == ["hello", "rules", "~wish-inside"]


def test_what_she_wrote_is_forgotten_after_the_decision(town: Town) -> None:
    town.decides("✅")
    assert town.wish().reason == ""


def test_a_reason_can_not_flood_the_room() -> None:
    town = Town()
    asked = town.knocks("x" * 60_000, name="y" * 60_000)
    assert len(town.text(asked, "knock")) < 1_500


def test_a_forged_reason_stays_text() -> None:
    town = Town()
    asked = town.knocks('<a href="x">@room</a>\u202e', name="</a><script>\u202e")
    html = town.bot.render(said(asked, "knock").phrase).html or ""
    assert "<script" not in html
    assert '<a href="x"' not in html
    assert "\u202e" not in html


def test_who_is_declined_after_a_private_message_hears_of_it() -> None:
    town = Town()
    town.chat(LEYLA, CHAT)
    town.says("hallo", room=CHAT)
    town.says("ja")
    asked = town.decides("❌")
    assert town.keys(asked) == ["~wish-declined", "declined"]
    assert not [x for x in asked if isinstance(x, Kick)]
    assert town.keys(town.says("ja")) == ["~request", "waiting"]


@pytest.mark.parametrize(("key", "told"), [("✅", "accepted"), ("❌", "declined")])
@pytest.mark.parametrize("who", [LEYLA, BOT])
def test_who_ended_the_chat_hears_of_the_decision_all_the_same(
    who: str, key: str, told: str
) -> None:
    town = Town()
    town.chat(LEYLA, CHAT)
    town.says("hallo", room=CHAT)
    town.says("ja")
    town.move(CHAT, who, "leave", by=LEYLA)
    asked = town.decides(key)
    again = [x for x in asked if isinstance(x, CreateRoom) or x == Invite(CHAT, LEYLA, notify=True)]
    assert len(again) == 1
    assert isinstance(again[0], CreateRoom) == (who == BOT)
    assert said(asked, told).room == (CHAT if who == LEYLA else "onboarding/1/chat")


def test_who_waits_and_comes_in_by_another_door_is_invited() -> None:
    town = Town()
    town.chat(LEYLA, CHAT)
    town.says("hallo", room=CHAT)
    town.says("ja")
    asked = town.joins()
    assert town.keys(asked) == ["accepted", "choose", "~wish-inside"]
    assert invitations(asked) == ["!news", "!exchange"]


def test_who_was_greeted_before_she_was_let_in_goes_on() -> None:
    town = Town()
    town.chat(LEYLA, CHAT)
    town.says("hallo", room=CHAT)
    town.knocks()
    asked = town.decides("✅")
    assert town.keys(asked) == ["~wish-admitted"]
    assert town.keys(town.says("ja")) == ["accepted", "choose"]


def test_a_member_who_comes_back_by_knocking(town: Town) -> None:
    town.decides("✅")
    town.joins()
    town.agrees()
    town.move(SPACE, LEYLA, "leave")
    town.pass_time(DAY)
    assert town.keys(town.knocks()) == ["knock-silent"]
    asked = town.decides("✅", wish=2)
    assert invitations(asked) == [SPACE]
    assert town.keys(town.joins()) == ["hello", "rules"]


def test_an_invitation_to_the_space_that_fails_is_told(town: Town) -> None:
    town.errors["Invite"] = "M_FORBIDDEN"
    assert "invite-failed" in town.keys(town.decides("✅"), COORDINATION)


def test_the_reason_of_a_refusal_is_in_her_language() -> None:
    town = Town(replace(SETTINGS, approval=False))
    town.chat(LEYLA, CHAT)
    town.says("English", room=CHAT)
    town.knocks()
    (kick,) = (x for x in town.decides("❌") if isinstance(x, Kick))
    assert kick.reason.count("ask again later") == 1
    assert not [x for x in town.said if isinstance(x, Say) and x.phrase.key == "declined"]


def test_a_late_refusal_closes_the_question_for_topics() -> None:
    """Approval was turned off, and she came in by new rules, before coordinators decided."""
    town = Town()
    town.chat(LEYLA, CHAT)
    town.says("Hallo?", room=CHAT)
    town.says("ja")
    town.settings = replace(SETTINGS, approval=False, rules_version="2")
    town.start()
    town.pass_time(1)
    assert town.keys(town.says("ja")) == ["accepted", "choose"]
    assert "declined" in town.keys(town.decides("❌"))
    assert [x for y in ("1", "!topics 1") for x in town.says(y) if isinstance(x, Invite)] == []


# -- the room of coordinators is another one -------------------------------------------------------

NEW = "!coordination-2"


def decided_at(town: Town, asked: list[Request], room: str) -> list[str]:
    """What comes of ✅ at the message about her, in this room."""
    handle = said(asked, "knock").handle
    assert handle is not None
    assert town.memory.handles[handle].room_id == room
    return invitations(town.react(town.event_of(handle), "✅", ANNA, room)[1])


def test_a_room_that_was_made_again_is_told_who_waits(town: Town) -> None:
    town.move(COORDINATION, BOT, "leave")
    town.settings = replace(SETTINGS, coordination=NEW)
    town.moderated(NEW, BILAL)
    town.move(NEW, BOT, "join")
    asked = town.pass_time(1)
    assert town.keys(asked, NEW) == ["knock"]
    assert decided_at(town, asked, NEW) == [SPACE]
    assert not {"knock", "wish-reminder"} & {*town.keys(town.pass_time(30 * DAY))}


def test_a_room_that_was_upgraded_is_told_who_waits(town: Town) -> None:
    town.handle(RoomReplaced(town.origin(COORDINATION, ANNA), town.view(COORDINATION), NEW))
    town.moderated(NEW, BILAL)
    town.move(NEW, BOT, "join")
    asked = town.pass_time(1)
    assert town.keys(asked, NEW) == ["knock"]
    assert decided_at(town, asked, NEW) == [SPACE]


def test_what_is_still_on_its_way_is_not_told_twice(town: Town) -> None:
    del town.memory.handles["onboarding/wish/1"]
    town.memory.coming.add("onboarding/wish/1")
    town.move(COORDINATION, BOT, "join")
    assert town.pass_time(1) == []
    assert town.keys(town.pass_time(3 * DAY)) == ["wish-reminder"]


def test_who_comes_back_to_the_same_room_repeats_nothing(town: Town) -> None:
    for membership in ("leave", "join", "join"):
        town.move(COORDINATION, BOT, membership)
    assert town.pass_time(1) == []


def test_whoever_nobody_was_told_of_is_told_of_anew() -> None:
    town = Town()
    town.errors["Send"] = "M_FORBIDDEN"
    town.knocks("please")
    del town.errors["Send"]
    asked = town.pass_time(3 * DAY)
    assert town.keys(asked, COORDINATION) == ["knock"]
    assert town.keys(town.pass_time(3 * DAY)) == ["wish-reminder"]
    assert decided_at(town, asked, COORDINATION) == [SPACE]
    assert not {"knock", "wish-reminder"} & {*town.keys(town.pass_time(30 * DAY))}
