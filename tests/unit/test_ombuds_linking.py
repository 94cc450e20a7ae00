"""What tells that two matters are of one person, or how many there are."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.kit.ombuds import CHAT, World
from tests.kit.world import said


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    world.write("Erstens")
    world.staff("!schließen")
    return world


def test_staff_learn_it_when_she_says_so(world: World) -> None:
    offer = said(world.write("Wieder")[1], "link-offer").phrase
    link = offer.values["link"].in_language("de")  # type: ignore[attr-defined]
    assert link == "!verbinden 1"
    asked = world.write(link)[1]
    assert world.office_keys(asked) == ["~case-root", "linked-case"]
    assert world.chat_keys(asked) == ["linked"]
    assert world.case(2).refers == 1


def test_nobody_learns_it_otherwise(world: World) -> None:
    world.write("Wieder")
    world.write("Ja, es ist dasselbe Zimmer.")
    marks = [x for x in world.standing() if "also wrote" in x]
    assert marks == []


@pytest.mark.parametrize("number", ["2", "9", "", "zwei"])
def test_only_another_matter_of_hers_can_be_linked(world: World, number: str) -> None:
    world.write("Wieder")
    asked = world.write(f"!verbinden {number}")[1]
    assert "link-unknown" in world.chat_keys(asked)
    assert world.case(2).refers is None


def test_nobody_links_what_is_somebody_elses(world: World) -> None:
    world.chat("@canary-other:secret.example", "!canary-other")
    world.write("Auch ich", "@canary-other:secret.example", "!canary-other")
    asked = world.write("!link 1", "@canary-other:secret.example", "!canary-other")[1]
    assert world.keys(asked, "!canary-other") == ["link-unknown"]


def test_a_homeserver_cannot_say_so(world: World) -> None:
    world.write("Wieder")
    asked = world.write("!verbinden 1", encrypted=False)[1]
    assert world.chat_keys(asked) == ["in-clear"]
    assert world.case(2).refers is None


# -- the numbers that she is told ------------------------------------------------------------------


def numbers(world: World, count: int) -> list[int]:
    found = []
    for n in range(count):
        world.write(f"!neu Anliegen {n}", room=CHAT)
        found.append(world.conversation().case or 0)
    return found


def test_who_sends_two_learns_nothing_of_those_between() -> None:
    world = World().found().with_chat()
    world.memory.lowest = set()
    found = numbers(world, 60)
    assert len(set(found)) == 60
    assert max(found) < 10_000, "short enough to say"
    steps = [y - x for x, y in pairwise(found)]
    assert sum(x > 0 for x in steps) not in (0, 59)
    assert sorted(found) != list(range(min(found), min(found) + 60))


def test_a_number_comes_once_though_its_case_is_gone(world: World) -> None:
    from bots.ombuds.documents.cases import CASES

    world.memory.drop(CASES, "1")
    world.write("Wieder")
    assert world.conversation().case == 2


def test_all_cases_are_found_whatever_their_numbers() -> None:
    world = World().found().with_chat()
    world.memory.lowest = set()
    numbers(world, 260)
    asked = world.staff("!fälle Anliegen", case=None) + world.pass_time(1)
    told = said(asked, "cases").phrase
    assert len(told.values["lines"]) == 20  # type: ignore[arg-type]
    assert said(asked, "cases").phrase.values["more"].values["count"] == 240  # type: ignore[attr-defined]
