"""People of other homeservers who were asked in and do not come."""

from __future__ import annotations

import pytest

from bots.runtime.model.decision import Request
from federation.model.actions import CreateRoom, Invite
from tests.kit.onboarding import CEM, COORDINATION, EXCHANGE, LEYLA, NEWS, SPACE, Town, invitations
from tests.kit.world import said

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def town() -> Town:
    return Town()


def admitted(town: Town, user: str = CEM) -> list[Request]:
    town.knocks(user=user)
    return town.decides("✅")


# -- a first attempt that fails --------------------------------------------------------------------


def test_who_has_not_come_within_a_minute_is_told_what_to_do(town: Town) -> None:
    asked = admitted(town)
    assert invitations(asked, CEM) == [SPACE]
    town.move(SPACE, CEM, "invite")
    asked = town.pass_time(MINUTE)
    (chat,) = (x for x in asked if isinstance(x, CreateRoom))
    assert chat.invite == (CEM,)
    assert town.keys(asked) == ["press-again"]
    text = town.text(asked, "press-again")
    assert "tap the invitation again" in text
    assert "https://matrix.to/#/!space?via=a.example" in text
    assert said(asked, "press-again").audience == frozenset({CEM})
    assert town.pass_time(HOUR) == []
    assert town.keys(town.joins(CEM)) == ["hello", "rules"]


def test_who_has_come_or_said_no_is_told_nothing(town: Town) -> None:
    admitted(town)
    town.move(SPACE, CEM, "invite")
    town.joins(CEM)
    assert town.pass_time(HOUR) == []
    town = Town()
    admitted(town)
    town.move(SPACE, CEM, "invite")
    town.move(SPACE, CEM, "leave")
    assert town.pass_time(HOUR) == []


def test_on_our_own_homeserver_nothing_has_to_be_pressed_again(town: Town) -> None:
    admitted(town, LEYLA)
    town.move(SPACE, LEYLA, "invite")
    assert town.pass_time(HOUR) == []


# -- a homeserver that is silent -------------------------------------------------------------------


def test_a_silent_homeserver_is_told_once_and_asked_again(town: Town) -> None:
    town.errors["Invite"] = "silent"
    assert town.keys(admitted(town), COORDINATION) == ["~wish-admitted"]
    asked = town.pass_time(MINUTE)
    assert town.keys(asked) == ["server-silent"]
    assert "b.example" in town.text(asked, "server-silent")
    asked = town.pass_time(24 * HOUR)
    assert town.keys(asked) == []
    tried = invitations(asked, CEM)
    assert set(tried) == {SPACE}
    assert 24 <= len(tried) <= 32
    town.errors.clear()
    asked = town.pass_time(HOUR)
    assert town.keys(asked) == ["server-back"]
    assert invitations(asked, CEM) == [SPACE]


def test_what_is_over_within_a_minute_is_told_to_nobody(town: Town) -> None:
    town.errors["Invite"] = "silent"
    admitted(town)
    town.errors.clear()
    asked = town.pass_time(MINUTE)
    assert (town.keys(asked), invitations(asked, CEM)) == ([], [SPACE])


def test_every_room_is_asked_for_again_but_none_that_is_not_hers_any_more(town: Town) -> None:
    town.joins(CEM)
    town.errors["Invite"] = "silent"
    town.agrees(CEM)
    asked = town.pass_time(MINUTE)
    assert sorted(invitations(asked, CEM)) == sorted([NEWS, EXCHANGE])
    town.errors.clear()
    town.move(SPACE, CEM, "leave", before="join")
    assert invitations(town.pass_time(HOUR), CEM) == []


def test_an_invitation_holds_up_nobody_elses() -> None:
    asked = admitted(Town())
    assert {x.whose for x in asked if isinstance(x, Invite)} == {CEM}
