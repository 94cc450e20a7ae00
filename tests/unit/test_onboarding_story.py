"""Somebody comes to the network; told event by event, and the small world it is told in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.runtime.model.decision import Say
from federation.model.actions import CreateRoom, Join, Kick, React
from tests.kit.onboarding import (
    ANNA,
    BILAL,
    BOT,
    CHAT,
    COORDINATION,
    EXCHANGE,
    LEYLA,
    NEWS,
    NORTH_ROOM,
    NORTH_TEAM,
    SETTINGS,
    SPACE,
    Town,
    invitations,
)
from tests.kit.world import said


def test_somebody_joins_agrees_chooses_and_is_invited() -> None:
    town = Town()
    asked = town.joins()
    (room,) = (x for x in asked if isinstance(x, CreateRoom))
    assert (room.invite, room.direct, room.encrypted) == ((LEYLA,), True, True)
    assert room.preset == "private_chat"
    assert town.keys(asked) == ["hello", "rules"]
    text = town.text(asked, "rules")
    assert "Seid nett." in text
    assert "Be kind." in text
    assert any(isinstance(x, React) and x.key == "✅" for x in asked)
    assert invitations(asked) == []

    asked = town.agrees()
    assert town.keys(asked) == ["accepted", "choose"]
    assert invitations(asked) == [NEWS, EXCHANGE]
    text = town.text(asked, "accepted")
    assert "You are invited to: \u2068Rundbrief\u2069, \u2068Austausch\u2069" in text
    assert "accept it" in text
    text = town.text(asked, "choose")
    assert "1. \u2068Willkommen in Nord\u2069" in text
    assert "Wohnen" in text

    asked = town.says("1 und 3")
    assert town.keys(asked) == ["newcomer", "interested", "chosen"]
    assert invitations(asked) == [NORTH_ROOM]
    assert "You are invited to: \u2068Nord: Treffpunkt\u2069" in town.text(asked, "chosen")
    assert said(asked, "newcomer").room == NORTH_TEAM
    assert said(asked, "interested").room == COORDINATION
    assert LEYLA in town.text(asked, "newcomer")
    assert town.pass_time(30 * 24 * 3600) == []
    assert town.member().wishes == ("nord", "west")


def test_somebody_knocks_and_is_let_in() -> None:
    town = Town()
    asked = town.knocks("Ich wohne in Nord <b>und</b> möchte helfen")
    assert town.keys(asked) == ["knock"]
    text = town.text(asked, "knock")
    assert "Leyla (@leyla:a.example)" in text
    assert "möchte helfen" in text
    assert [x.key for x in asked if isinstance(x, React)] == ["✅", "❌"]

    asked = town.decides("✅")
    assert town.keys(asked) == ["~wish-admitted"]
    assert invitations(asked) == [SPACE]
    assert town.keys(town.joins()) == ["hello", "rules"]
    assert invitations(town.agrees()) == [NEWS, EXCHANGE]


def test_where_words_are_demanded_a_reaction_lets_nobody_in() -> None:
    """Whoever runs the homeserver can set it in a coordinator's name."""
    town = Town(replace(SETTINGS, in_words=True))
    asked = town.knocks()
    assert [x.key for x in asked if isinstance(x, React)] == ["❌"]
    assert "✅" not in town.text(asked, "knock-silent")
    asked = town.decides("✅")
    assert town.keys(asked) == ["sign-in-words"]
    assert "!einlassen" in town.text(asked, "sign-in-words")
    assert town.decides("✅") == [], "it is said once in a while"
    told = town.event_of("onboarding/wish/1")
    asked = town.write("!einlassen", ANNA, COORDINATION, reply_to=told)[1]
    assert invitations(asked) == [SPACE]


def test_where_words_are_demanded_a_reaction_can_decline() -> None:
    town = Town(replace(SETTINGS, in_words=True))
    town.knocks()
    assert town.keys(town.decides("❌")) == ["~wish-declined"]


def test_who_overlooks_that_she_was_let_in_is_greeted_all_the_same() -> None:
    town = Town()
    town.knocks()
    town.decides("✅")
    assert town.keys(town.pass_time(3 * 24 * 3600 + 1)) == ["hello", "rules"]
    assert town.keys(town.joins()) == []
    assert town.keys(town.pass_time(30 * 24 * 3600)) == ["reminder"]


def test_somebody_knocks_and_is_declined_kindly() -> None:
    town = Town()
    town.knocks()
    asked = town.decides("❌", BILAL)
    assert town.keys(asked) == ["~wish-declined"]
    (kick,) = (x for x in asked if isinstance(x, Kick))
    assert (kick.room, kick.user) == (SPACE, LEYLA)
    assert kick.reason.count("ask again later") == 2
    assert town.move(SPACE, LEYLA, "leave", by=BOT) == []
    assert town.pass_time(10 * 24 * 3600) == []


def test_somebody_writes_first_and_coordinators_decide() -> None:
    town = Town()
    entered = Join(CHAT, notify=True, most=9, via=("a.example",), unseen=False)
    assert town.chat(LEYLA, CHAT)[0] == entered
    asked = town.says("Hallo?", room=CHAT)
    assert town.keys(asked, CHAT) == ["hello", "rules"]
    assert not [x for x in asked if isinstance(x, CreateRoom)]
    asked = town.says("نعم")
    assert town.keys(asked) == ["request", "waiting"]
    assert invitations(asked) == []
    assert "Hallo?" in town.text(asked, "request")
    asked = town.says("Ich unterrichte Deutsch.")
    assert town.keys(asked) == ["~request", "added"]
    assert "Ich unterrichte Deutsch." in town.text(asked, "request")
    asked = town.coordinates("!einlassen")
    assert town.keys(asked) == ["~wish-admitted", "accepted", "choose"]
    assert invitations(asked) == [SPACE, NEWS, EXCHANGE]
    assert town.joins() == []


def test_the_languages_stand_side_by_side_until_one_is_chosen() -> None:
    town = Town()
    asked = town.joins()
    assert town.text(asked, "hello").count("Hello and welcome") == 2
    asked = town.says("العربية")
    assert town.keys(asked) == ["language-set", "rules"]
    assert said(asked, "rules").phrase.language == "ar"
    text = town.text(asked, "rules")
    assert "كونوا لطفاء" in text
    assert {x.phrase.language for x in town.agrees() if isinstance(x, Say)} == {"ar"}


def test_one_reminder_and_no_more() -> None:
    town = Town()
    town.joins()
    assert town.pass_time(3 * 24 * 3600 - 1) == []
    assert town.keys(town.pass_time(2)) == ["reminder"]
    assert town.pass_time(60 * 24 * 3600) == []
    assert town.keys(town.agrees()) == ["accepted", "choose"]


def test_who_has_not_come_yet_is_reminded_later() -> None:
    town = Town()
    town.joins()
    town.memory.coming.add("onboarding/1/rules/1")
    assert town.keys(town.pass_time(14 * 24 * 3600)) == []
    town.memory.coming.clear()
    assert town.keys(town.pass_time(3 * 24 * 3600)) == ["reminder"]


def test_the_first_start_joins_the_rooms_of_the_network() -> None:
    town = Town()
    asked = town.start()
    assert {x.room for x in asked if isinstance(x, Join)} == town.settings.places
    for room in town.settings.places:
        town.move(room, BOT, "join")
    assert not [x for x in town.start(2) if isinstance(x, Join)]


def test_a_very_long_wait_is_cheap() -> None:
    town = Town()
    town.start()
    before = len(town.said)
    town.pass_time(timedelta(days=2).total_seconds())
    assert len(town.said) - before <= 50
