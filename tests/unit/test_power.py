"""Who may do what: power levels as they stand in rooms, or as somebody made them up."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given

from federation.model import power
from tests.store.events import ANNA, BERT
from tests.store.malformed import JSON

LEVELS: dict[str, Any] = {
    "users": {ANNA: 100},
    "users_default": 10,
    "events": {"m.room.name": 60},
    "state_default": 40,
}


@pytest.mark.parametrize("version", [str(number) for number in range(1, 12)])
def test_before_version_12_creators_are_like_others(version: str) -> None:
    assert power.creators({"room_version": version}, ANNA) == frozenset()


def test_a_room_without_a_version_is_of_the_first() -> None:
    assert power.creators({}, ANNA) == frozenset()


def test_from_version_12_on_creators_have_no_limit() -> None:
    creators = power.creators({"room_version": "12", "additional_creators": [BERT]}, ANNA)
    assert creators == {ANNA, BERT}
    assert power.level(BERT, {"users": {BERT: 0}}, creators) == math.inf


def test_levels() -> None:
    assert power.level(ANNA, LEVELS, frozenset()) == 100
    assert power.level(BERT, LEVELS, frozenset()) == 10
    assert power.level(BERT, None, frozenset()) == 0
    assert power.needed("m.room.name", LEVELS) == 60
    assert power.needed("m.room.topic", LEVELS) == 40
    assert power.needed("m.room.topic", {}) == 50
    assert power.needed("m.room.topic", None) == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("50", 50),
        (" 50 ", 50),
        (50.9, 50),
        ("inf", 0),
        ("nan", 0),
        (math.inf, 0),
        (math.nan, 0),
        ("1e9", 0),
        (True, 0),
        (None, 0),
        ([100], 0),
        (10**400, 0),
        (2**60, 0),
        (-5, -5),
    ],
)
def test_only_numbers_count(value: Any, expected: float) -> None:
    assert power.level(ANNA, {"users": {ANNA: value}}, frozenset()) == expected


@pytest.mark.parametrize(
    ("levels", "act", "send"),
    [
        (None, 50, 0),
        ({}, 50, 0),
        ({"redact": 70, "events_default": 20}, 70, 20),
        ({"redact": "10", "events": {"m.room.redaction": 30}, "events_default": 20}, 10, 30),
        ({"redact": None, "events": []}, 50, 0),
    ],
)
def test_what_removing_takes(levels: dict[str, Any] | None, act: float, send: float) -> None:
    assert power.to_act("redact", levels) == act
    assert power.to_send("m.room.redaction", levels) == send


@given(JSON, JSON)
def test_whatever_stands_there_a_number_comes_out(content: Any, value: Any) -> None:
    levels = content if isinstance(content, dict) else {"users": content, "events": value}
    for found in (
        power.level(ANNA, levels, frozenset()),
        power.level(ANNA, {"users": {ANNA: value}, "users_default": content}, frozenset()),
        power.needed("m.room.name", {"events": {"m.room.name": value}, "state_default": content}),
        power.to_act("kick", {"kick": value}),
        power.to_send("x", {"events": {"x": value}, "events_default": content}),
    ):
        assert math.isfinite(found)
    assert all(isinstance(user, str) for user in power.creators({"room_version": value}, ANNA))
