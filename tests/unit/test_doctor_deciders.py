"""What doctor says of coordinators without verified devices."""

from __future__ import annotations

from datetime import timedelta

from bots.offices.checkup.deciders import judged
from bots.offices.checkup.finding import Finding, Mark
from bots.runtime.kit.standing.documents import Known

ANNA, BILAL = "@anna:a.example", "@bilal:a.example"
NOW, DAY = 1_772_000_000.0, 24 * 3600.0
SPAN = timedelta(days=14)


def found(*blind: str, **since: Known) -> list[Finding]:
    known = {x.user: x for x in since.values()}
    return [*judged(blind, known, 2, NOW, SPAN)]


def test_all_is_well() -> None:
    (one,) = found(anna=Known(ANNA, NOW), bilal=Known(BILAL, NOW))
    assert (one.mark, one.found) == (Mark.OK, "coordinators with a verified device: 2 of 2")


def test_it_says_from_when_on_commands_wait() -> None:
    (one,) = found(ANNA, BILAL, anna=Known(ANNA, NOW - DAY), bilal=Known(BILAL, NOW))
    assert one.mark is Mark.NOTE
    told = "coordinators without a verified device: 2; commands wait from 2026-03-10 on"
    assert one.found == told
    assert "recovery" in (one.remedy or "")


def test_commands_wait_already() -> None:
    told = found(ANNA, BILAL, anna=Known(ANNA, NOW - 15 * DAY), bilal=Known(BILAL, NOW))
    assert [x.found.partition(":")[0] for x in told] == [
        "coordinators without a verified device, so that commands wait",
        "coordinators without a verified device",
    ]


def test_changed_keys_are_told_and_nobody_is_named() -> None:
    (one,) = found(anna=Known(ANNA, NOW, "old", "new", NOW))
    assert one.found == "coordinators with changed keys, so that commands wait: 1"
    assert "anna" not in f"{one.found} {one.remedy}".lower()
