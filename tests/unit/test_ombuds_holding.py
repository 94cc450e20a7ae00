"""Staff keep a closed case from being erased: dated, with a reason, recorded, and it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.ombuds.documents.cases import CASES
from tests.kit.ombuds import BILAL, SETTINGS, World

DAY = 24 * 3600.0


def closed() -> World:
    short = replace(SETTINGS, kept=timedelta(days=30), forget_after=timedelta(days=20))
    world = World(short).found().with_chat()
    world.write("canary: the heating in room 3")
    world.staff("!close")
    return world


def test_a_held_case_stays_until_its_date() -> None:
    world = closed()
    asked = world.staff("!hold 60 a court has asked for it")
    assert world.office_keys(asked) == ["~case-root", "case-held"]
    assert "a court has asked for it" in world.text(asked, "case-held")
    assert world.records[-1].what == "case-held"
    assert world.records[-1].open["days"] == 60
    world.pass_time(59 * DAY)
    assert world.memory.get(CASES, "1") is not None
    assert "case-hold-over" in world.office_keys(world.pass_time(2 * DAY))
    assert world.memory.get(CASES, "1") is None
    assert "heating" not in world.memory.everything()


def test_the_case_and_the_list_show_it() -> None:
    world = closed()
    world.staff("!hold 60 a court has asked for it")
    assert any("a court has asked for it" in x for x in world.standing())
    line = world.text(world.staff("!cases all", case=None), "cases")
    assert "closed, kept until" in line


def test_staff_end_it_before() -> None:
    world = closed()
    assert world.office_keys(world.staff("!release")) == ["case-not-held"]
    world.staff("!hold 300 a court has asked for it")
    asked = world.staff("!release", BILAL)
    assert "case-hold-over" in world.office_keys(asked)
    assert world.records[-1].what == "case-released"
    world.pass_time(40 * DAY)
    assert world.memory.get(CASES, "1") is None


def test_without_a_reason_or_for_ever_it_is_not_held() -> None:
    world = closed()
    for said in ("!hold", "!hold 10", "!hold 367 reason", "!hold 1000 reason", "!hold reason"):
        assert world.office_keys(world.staff(said)) == ["hold-how"], said
    assert world.case().held is None


def test_an_open_case_needs_no_hold() -> None:
    world = World().found().with_chat()
    world.write("canary")
    assert world.office_keys(world.staff("!hold 10 reason")) == ["hold-nothing"]


def test_what_was_taken_back_is_held_first() -> None:
    world = World().found().with_chat()
    event, _ = world.write("canary")
    world.staff("!close")
    world.redact(event)
    assert "held" in world.office_keys(world.staff("!hold 10 reason"))
    assert world.case().held is None
    assert "case-held" in world.office_keys(world.staff("!hold 10 reason"))
