"""Who may be where: what lies within what, and what a ban, a leaving or a seat means for that."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.model.events import RoomView
from federation.model.membership import Place, Premises, asks, is_shown
from federation.model.network import Access

ANNA, LEYLA = "@anna:a.example", "@leyla:a.example"
HALL, DESK, MARKET = "!alliance", "!coordination", "!exchange"
NORTH, MEETING, BOARD, OPEN = "!north", "!north-meeting", "!north-board", "!north-open"
SOUTH = "!south"
PREMISES = Premises(
    (
        Place(HALL),
        Place(DESK, HALL, Access.INVITE, frozenset({ANNA})),
        Place(MARKET, HALL, Access.ALLIANCE),
        Place(NORTH, HALL, Access.ASK, frozenset({ANNA})),
        Place(MEETING, NORTH, Access.SPACE, frozenset({ANNA})),
        Place(BOARD, NORTH, Access.INVITE, frozenset({ANNA})),
        Place(OPEN, NORTH, Access.ALLIANCE, frozenset({ANNA})),
        Place(SOUTH, HALL, Access.ALLIANCE),
    )
)
ROOMS = tuple(x.room for x in PREMISES.places)


class Town:
    """Who is where."""

    def __init__(self, *rooms: str, user: str = LEYLA) -> None:
        self.views: dict[str, RoomView] = defaultdict(RoomView)
        for room in rooms:
            self.views[room] = RoomView(joined=frozenset({user}))

    def look(self, room: str) -> RoomView:
        return self.views[room]

    def ban(self, room: str, user: str = LEYLA) -> None:
        view = self.views[room]
        self.views[room] = replace(view, joined=view.joined - {user}, banned=frozenset({user}))

    def leave(self, room: str, user: str = LEYLA) -> None:
        view = self.views[room]
        self.views[room] = replace(view, joined=view.joined - {user})


def test_who_is_let_in_is_asked_into_what_is_open_to_members() -> None:
    assert PREMISES.given(NORTH) == (NORTH, MEETING, OPEN)
    assert PREMISES.given(HALL) == (HALL, MARKET, SOUTH)


def test_who_leaves_the_alliance_is_out_of_all_that_lies_in_it() -> None:
    town = Town(*ROOMS)
    town.leave(HALL)
    assert set(PREMISES.lost(LEYLA, HALL, town.look)) == set(ROOMS) - {HALL}


def test_who_leaves_an_initiative_stays_where_the_whole_alliance_may_be() -> None:
    town = Town(*ROOMS)
    town.leave(NORTH)
    assert PREMISES.lost(LEYLA, NORTH, town.look) == (MEETING, BOARD)


def test_a_ban_from_an_initiative_holds_for_all_its_rooms_and_no_others() -> None:
    town = Town(*ROOMS)
    town.ban(NORTH)
    assert PREMISES.lost(LEYLA, NORTH, town.look) == (MEETING, BOARD, OPEN)
    barred = {x for x in ROOMS if PREMISES.is_barred(LEYLA, x, town.look)}
    assert barred == {NORTH, MEETING, BOARD, OPEN}


def test_a_ban_from_the_alliance_holds_everywhere() -> None:
    town = Town(*ROOMS)
    town.ban(HALL)
    assert all(PREMISES.is_barred(LEYLA, x, town.look) for x in ROOMS)
    assert not any(PREMISES.is_barred(ANNA, x, town.look) for x in ROOMS)
    assert set(PREMISES.intruders(town.look)) == {(x, LEYLA) for x in ROOMS if x != HALL}


def test_a_ban_from_one_room_holds_there_alone() -> None:
    town = Town(*ROOMS)
    town.ban(MARKET)
    assert {x for x in ROOMS if PREMISES.is_barred(LEYLA, x, town.look)} == {MARKET}


def test_whom_the_settings_name_keeps_her_seats_unless_she_is_banned() -> None:
    town = Town(*ROOMS, user=ANNA)
    town.leave(HALL, ANNA)
    assert PREMISES.lost(ANNA, HALL, town.look) == (MARKET, SOUTH)
    assert PREMISES.kept(ANNA, HALL, town.look) == (DESK, NORTH, MEETING, BOARD, OPEN)
    town.ban(HALL, ANNA)
    assert set(PREMISES.lost(ANNA, HALL, town.look)) == set(ROOMS) - {HALL}


def test_an_invitation_that_waits_is_taken_back_as_well() -> None:
    town = Town()
    town.views[MARKET] = RoomView(invited=frozenset({LEYLA}))
    assert PREMISES.lost(LEYLA, HALL, town.look) == (MARKET,)


@pytest.mark.parametrize("access", Access)
def test_access_is_what_the_settings_say(access: Access) -> None:
    assert is_shown(access) is (access is not Access.INVITE)
    assert asks(access) is (access is Access.ASK)


def test_rooms_that_lie_within_each_other_end_nowhere() -> None:
    odd = Premises((Place("!a", "!b"), Place("!b", "!a")))
    assert odd.around("!a") == ("!a", "!b")
    assert odd.around("!unknown") == ()


@given(st.sets(st.sampled_from(ROOMS)), st.sets(st.sampled_from(ROOMS)))
def test_after_what_is_lost_is_left_nobody_is_where_a_ban_keeps_her_out(
    inside: set[str], banned: set[str]
) -> None:
    town = Town(*inside)
    for room in banned:
        town.ban(room)
    for space in banned:
        for room in PREMISES.lost(LEYLA, space, town.look):
            town.leave(room)
    assert not list(PREMISES.intruders(town.look))


def test_people_of_a_server_that_is_kept_out_stay_out_and_nobody_is_removed() -> None:
    town, acl = Town(*ROOMS), {"allow": ["*"], "deny": ["a.example"]}
    town.views[NORTH] = replace(town.views[NORTH], acl=acl)
    barred = {x for x in ROOMS if PREMISES.is_barred(LEYLA, x, town.look)}
    assert barred == {NORTH, MEETING, BOARD, OPEN}
    assert PREMISES.is_denied(LEYLA, MEETING, town.look)
    assert not PREMISES.is_barred("@cem:b.example", MEETING, town.look)
    assert list(PREMISES.intruders(town.look)) == []
    town.leave(HALL)
    assert set(PREMISES.lost(LEYLA, HALL, town.look)) == {*ROOMS} - {HALL}
