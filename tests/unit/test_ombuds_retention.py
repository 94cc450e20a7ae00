"""A closed case is erased when its time is over, in the store and in the staff's room."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.ombuds import keys
from bots.ombuds.documents.cases import CASES
from bots.runtime.kit.records import COMMITTED, ENTRIES, Committed, Entry
from federation.model.actions import Redact
from tests.kit.ombuds import SETTINGS, World

DAY = 24 * 3600.0
WORDS = "canary: the heating in room 3"


def closed() -> World:
    world = (
        World(replace(SETTINGS, kept=timedelta(days=30), forget_after=timedelta(days=20)))
        .found()
        .with_chat()
    )
    world.write(WORDS)
    world.write("canary: and the window")
    world.staff("!close")
    return world


def test_no_word_of_it_stays_when_its_time_is_over() -> None:
    world = closed()
    for number, (name, value) in enumerate((("staff", "@anna:x"), ("reason", "canary"))):
        world.memory.put(COMMITTED, Committed(f"c{number}", 1, name, "ab", value))
    hidden = {"staff": "c0", "reason": "c1"}
    world.memory.put(ENTRIES, Entry(1, 0, "held", {"case": 1}, hidden, "").sealed())
    assert not [x for x in world.pass_time(29 * DAY) if isinstance(x, Redact)]
    assert "heating" in world.memory.everything()
    gone = [x.target for x in world.pass_time(3 * DAY) if isinstance(x, Redact)]
    assert gone == [keys.ROOT(case=1), keys.TEXT(case=1, kind="text", number=1)]
    assert not [x for x in world.standing() if "canary" in x]
    for word in ("heating", "window"):
        assert word not in world.memory.everything()
    assert (CASES.kind, "1") in world.memory.forgotten
    assert [x.name for x in world.memory.all(COMMITTED)] == ["staff"]
    assert world.records[-1].open == {"case": 1, "why": "time"}


def test_what_is_open_or_was_opened_again_stays() -> None:
    world = closed()
    world.pass_time(20 * DAY)
    world.staff("!reopen")
    world.pass_time(20 * DAY)
    assert world.memory.get(CASES, "1") is not None
    world.staff("!close")
    world.pass_time(29 * DAY)
    assert world.memory.get(CASES, "1") is not None
    world.pass_time(3 * DAY)
    assert world.memory.get(CASES, "1") is None


def test_who_writes_afterwards_begins_a_new_case() -> None:
    world = closed()
    world.pass_time(40 * DAY)
    _, asked = world.write("something else")
    assert "case-root" in world.office_keys(asked)
    assert len(world.memory.all(CASES)) == 1
