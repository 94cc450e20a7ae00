"""Which room is which, after upgrades."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.kit.moves import meant, now_at

MOVED = {"!a": "!b", "!x": "!y", "!b": "!c"}
IDS = st.sampled_from("abcdefgh")


def test_a_room_is_followed_to_its_end_and_known_by_its_beginning() -> None:
    assert [now_at(MOVED, x) for x in ("!a", "!b", "!c", "!x", "!z")] == [
        *("!c", "!c", "!c", "!y", "!z")
    ]
    assert [meant(MOVED, x) for x in ("!a", "!b", "!c", "!y", "!z")] == [
        *("!a", "!a", "!a", "!x", "!z")
    ]


def test_a_room_that_took_in_two_is_known_by_the_first_of_them() -> None:
    assert meant({"!a": "!c", "!b": "!c"}, "!c") == "!a"


@given(st.dictionaries(IDS, IDS), IDS)
def test_rooms_that_point_in_circles_end_somewhere(moved: dict[str, str], room: str) -> None:
    assert now_at(moved, room) in {room, *moved.values()}
    assert meant(moved, room) in {room, *moved}


@given(st.permutations("abcdefgh"))
def test_however_often_it_was_replaced(rooms: list[str]) -> None:
    moved = dict(itertools.pairwise(rooms))
    assert {now_at(moved, x) for x in rooms} == {rooms[-1]}
    assert {meant(moved, x) for x in rooms} == {rooms[0]}
