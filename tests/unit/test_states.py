"""State machines: each move is declared, made, and drawn in docs/states.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Begin, End, Machine, Move, Undeclared
from scripts import draw_states
from tests.kit import moving

ROOT = Path(__file__).parents[2]
TABLES = list(draw_states.machines())


class Door(StrEnum):
    SHUT = "shut"
    OPEN = "open"
    LOST = "lost"


class DoorMoves(Machine):
    """A door."""

    built = Begin(Door.SHUT)
    painted = Move(Door.SHUT)
    pushed_open = Move(Door.SHUT, to=Door.OPEN)
    lost = Move(Door.OPEN, to=Door.LOST)
    removed = End(Door.OPEN)


def test_a_move_leads_from_a_state_into_another() -> None:
    assert DoorMoves.pushed_open.may(Door.SHUT)
    assert DoorMoves.pushed_open(Door.SHUT) is Door.OPEN
    assert DoorMoves.painted(Door.SHUT) is Door.SHUT


def test_a_move_that_is_not_declared_is_refused() -> None:
    assert not DoorMoves.pushed_open.may(Door.OPEN)
    with pytest.raises(Undeclared, match="'pushed open' cannot happen to what is 'open'"):
        DoorMoves.pushed_open(Door.OPEN)


@dataclass(frozen=True)
class House:
    door: Door


@pytest.mark.parametrize(
    ("before", "after", "declared"),
    [
        (None, Door.SHUT, True),
        (None, Door.OPEN, True),
        (None, Door.LOST, False),
        (Door.SHUT, Door.SHUT, True),
        (Door.SHUT, Door.OPEN, True),
        (Door.OPEN, Door.SHUT, False),
        (Door.OPEN, None, True),
        (Door.LOST, None, False),
    ],
)
def test_what_decisions_make_of_documents_is_held_against_the_tables(
    before: Door | None, after: Door | None, declared: bool
) -> None:
    was, now = (None if x is None else House(x) for x in (before, after))
    assert moving.has_state(Collection("house", House, key=str))
    if declared:
        moving.check(was, now)
    else:
        with pytest.raises(AssertionError, match="made the move"):
            moving.check(was, now)


def moves(table: type[Machine]) -> list[Move[Any]]:
    return [x for x in table.lines if isinstance(x, Move)]


@pytest.mark.parametrize("table", TABLES)
def test_every_event_is_declared_or_refused_in_every_state(table: type[Machine]) -> None:
    for move in moves(table):
        declared = dict(move.arrows)
        for state in table.states:
            assert move.may(state) == (state in declared)
            if state in declared:
                assert move(state) is declared[state]
            else:
                with pytest.raises(Undeclared):
                    move(state)


@pytest.mark.parametrize("table", TABLES)
def test_every_state_can_be_reached(table: type[Machine]) -> None:
    arrows = table.arrows()
    reached: set[StrEnum | None] = {None}
    while new := {after for before, after in arrows if before in reached} - reached:
        reached |= new
    assert reached >= {*table.states}


def test_the_page_shows_the_tables_as_they_are() -> None:
    shown = draw_states.PAGE.read_text(encoding="utf-8")
    assert shown == draw_states.page(), "run `.venv/bin/python -m scripts.draw_states`"


@pytest.mark.parametrize("table", TABLES)
def test_every_move_is_made_somewhere(table: type[Machine]) -> None:
    files = (ROOT / "bots").rglob("*.py")
    code = "\n".join(x.read_text(encoding="utf-8") for x in files)
    for move in moves(table):
        assert f"{table.__name__}.{move.name.replace(' ', '_')}" in code
