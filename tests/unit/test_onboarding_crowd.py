"""Many ask to join at a time, or somebody again and again: coordinators are not rung to death."""

from __future__ import annotations

import pytest

from bots.onboarding.documents import WishState
from bots.runtime.model.decision import Request, Say
from federation.model.actions import Invite, Kick, Redact
from federation.model.events import RoomReplaced
from tests.kit.onboarding import ANNA, BOT, COORDINATION, LEYLA, SPACE, Town

DAY = 24 * 3600.0


def stranger(number: int) -> str:
    return f"@stranger{number}:a.example"


def new(asked: list[Request]) -> list[Say]:
    """Messages of their own in the coordinators' room."""
    return [x for x in asked if isinstance(x, Say) and x.room == COORDINATION and not x.edits]


def crowd(town: Town, people: int) -> list[Request]:
    asked: list[Request] = []
    for number in range(people):
        asked += town.knocks(f"reason {number}", stranger(number))
        asked += town.pass_time(0.1)
    return [*asked, *town.pass_time(10)]


@pytest.fixture
def town() -> Town:
    return Town()


def test_five_hundred_knocks_ring_three_times_and_change_one_message(town: Town) -> None:
    asked = crowd(town, 500)
    assert len(new(asked)) == 3
    assert len([x for x in asked if isinstance(x, Say) and x.edits]) <= 12
    assert len(town.pass_time(600)) == 0
    text = town.bot.render(next(x for x in reversed(asked) if isinstance(x, Say)).phrase).body
    assert stranger(2) in text, "who has waited longest"
    assert stranger(499) in text, "who came last"
    assert "478 more are waiting" in text
    assert len(text) < 5_000


def test_reminders_of_many_ring_once_a_day(town: Town) -> None:
    crowd(town, 100)
    rung = [x for x in new(town.pass_time(7 * DAY)) if x.phrase.key == "crowd"]
    assert 1 <= len(rung) <= 3


@pytest.mark.parametrize(("word", "kind"), [("!admit", Invite), ("!decline", Kick)])
@pytest.mark.parametrize("how", ["3", "#3", "٣", "@stranger2:a.example"])
def test_each_of_many_is_decided_by_number_or_name(
    town: Town, how: str, word: str, kind: type
) -> None:
    crowd(town, 5)
    asked = town.coordinates(f"{word} {how}", wish=None)
    acted = [x for x in asked if isinstance(x, Invite | Kick)]
    assert [(type(x), x.user) for x in acted] == [(kind, stranger(2))]
    assert stranger(2) in town.text(asked, "wish-admitted" if kind is Invite else "wish-declined")
    shown = town.pass_time(5)
    assert town.keys(shown) == ["~crowd"]
    assert stranger(2) not in town.text(shown, "crowd")
    assert town.keys(town.coordinates(f"{word} 3", wish=None)) == ["wish-already"]
    assert town.keys(town.coordinates(f"{word} 99", wish=None)) == ["wish-which"]


def test_a_list_that_was_decided_says_so_and_the_next_is_new(town: Town) -> None:
    crowd(town, 4)
    for number in (3, 4):
        town.coordinates(f"!decline {number}", wish=None)
    assert town.keys(town.pass_time(5)) == ["~crowd-done"]
    town.knocks("late", LEYLA)
    assert town.keys(town.pass_time(5)) == ["crowd"]


def test_who_comes_later_has_a_message_of_her_own_again(town: Town) -> None:
    crowd(town, 5)
    town.pass_time(601)
    assert town.keys(town.knocks("please")) == ["knock"]


def test_who_is_gone_from_the_list_is_gone_from_its_history(town: Town) -> None:
    for number in range(2):
        town.knocks(user=stranger(number))
    town.chat(LEYLA, "!chat")
    town.says("hallo", room="!chat")
    town.says("ja", room="!chat")
    assert LEYLA in town.text(town.pass_time(5), "crowd")
    town.says("!erase", room="!chat")
    asked = town.says("ja", room="!chat")
    assert "onboarding/crowd/1" in [str(x.target) for x in asked if isinstance(x, Redact)]
    town.knocks(user=stranger(9))
    assert LEYLA not in town.text(town.pass_time(5), "crowd")


def test_a_room_that_was_upgraded_is_told_of_all_who_wait(town: Town) -> None:
    crowd(town, 6)
    new_room = "!coordination-2"
    town.handle(RoomReplaced(town.origin(COORDINATION, ANNA), town.view(COORDINATION), new_room))
    town.move(new_room, BOT, "join")
    asked = town.pass_time(10)
    told = [x for x in asked if isinstance(x, Say) and x.room == new_room]
    assert [x.phrase.key for x in told] == ["crowd"]
    text = town.bot.render(told[0].phrase).body
    assert all(stranger(x) in text for x in range(6))


def test_who_knocks_and_withdraws_again_and_again_is_shown_once_in_a_while(town: Town) -> None:
    asked: list[Request] = []
    for _ in range(30):
        asked += town.knocks("please")
        asked += town.move(SPACE, LEYLA, "leave")
        asked += town.pass_time(0.5)
    asked += town.pass_time(10)
    assert len(new(asked)) == 1
    assert len([x for x in asked if isinstance(x, Say) and x.edits]) <= 5
    assert town.wish(LEYLA).state is WishState.WITHDRAWN
    last = [x for x in asked if isinstance(x, Say)][-1]
    assert last.phrase.key == "wish-withdrawn"


def test_a_decision_is_not_overwritten_by_what_she_did_before(town: Town) -> None:
    town.knocks("please")
    town.move(SPACE, LEYLA, "leave")
    town.knocks("again")
    asked = [*town.decides("✅"), *town.pass_time(20)]
    shown = [x for x in asked if isinstance(x, Say) and x.edits]
    assert shown[-1].phrase.key == "wish-admitted"
