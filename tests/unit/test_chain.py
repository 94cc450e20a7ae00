"""A record that was written out: what was done to it is found, and the first wrong entry named."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from bots.runtime.kit.chain import Fault, Gap, Wrong, line, told_in, verify
from bots.runtime.kit.records import (
    BEGINNING,
    GAP,
    Committed,
    Entry,
    Head,
    Plain,
    commitment,
    short,
)

SALT = "ab" * 32


def entry(before: Entry | None, what: str = "closed", **facts: Plain) -> Entry:
    number = 1 if before is None else before.number + 1
    hidden = {"staff": commitment(SALT, "staff", f"@anna{number}:x")}
    digest = BEGINNING if before is None else before.digest
    return Entry(
        number, 1_800_000_000 + number, what, {"case": number, **facts}, hidden, digest
    ).sealed()


def chain(count: int, what: str = "closed") -> list[Entry]:
    found: list[Entry] = []
    for _ in range(count):
        found.append(entry(found[-1] if found else None, what))
    return found


def told(*entries: Entry) -> list[tuple[int, str]]:
    return [(x.number, short(x.digest)) for x in entries]


def fault(entries: list[Entry], heads: list[tuple[int, str]] | None = None) -> Fault | None:
    return verify(map(line, entries), heads or []).fault


def test_a_whole_one_is_whole_and_confirmed_as_far_as_it_was_told() -> None:
    entries = chain(9)
    found = verify(map(line, entries), told(entries[2], entries[6]))
    assert (found.fault, found.entries, found.confirmed) == (None, 9, 7)
    assert found.head == Head(9, entries[-1].digest)
    assert verify([]).fault is None


def test_what_was_changed_is_named() -> None:
    entries = chain(9)
    changed = replace(entries[4], facts={"case": 99})
    assert fault([*entries[:4], changed, *entries[5:]]) == Fault(Wrong.CHANGED, 5, 0, 5)
    resealed = changed.sealed()
    assert fault([*entries[:4], resealed, *entries[5:]]) == Fault(Wrong.APART, 6, 0, 6)


def test_what_is_missing_or_moved_is_named() -> None:
    entries = chain(9)
    assert fault([*entries[:3], *entries[6:]]) == Fault(Wrong.MISSING, 4, 6, 4)
    assert fault(entries[2:]) == Fault(Wrong.MISSING, 1, 2, 1)
    assert fault([*entries[:5], entries[4], *entries[5:]]) == Fault(Wrong.ORDER, 5, 0, 6)
    moved = [*entries[:3], entries[4], entries[3], *entries[5:]]
    assert fault(moved) == Fault(Wrong.MISSING, 4, 4, 4)


def test_what_was_cut_off_shows_by_a_head_alone() -> None:
    entries = chain(9)
    assert fault(entries[:6]) is None
    assert fault(entries[:6], told(entries[3], entries[8])) == Fault(Wrong.CUT, 7, 9)
    assert fault([], told(entries[8])) == Fault(Wrong.CUT, 1, 9)


def test_what_was_written_anew_shows_by_a_head_alone() -> None:
    entries, others = chain(9), chain(9, "opened")
    forged = entries[:4]
    for _ in range(5):
        forged.append(entry(forged[-1], "forged"))
    assert fault(forged) is None
    assert fault(forged, told(entries[2])) is None
    assert fault(forged, told(entries[2], entries[7])) == Fault(Wrong.REWRITTEN, 4, 8, 8)
    assert fault(others, told(entries[0])) == Fault(Wrong.REWRITTEN, 1, 1, 1)


def test_what_is_no_entry_is_named() -> None:
    entries = [line(x) for x in chain(3)]
    for text in ("nonsense", "[]", "{}", '{"number": "x"}', "null", "17"):
        found = verify([*entries[:2], text, entries[2]]).fault
        assert found == Fault(Wrong.UNREADABLE, 3, 0, 3)


def test_every_bit_counts() -> None:
    lines = [line(x) for x in chain(3)]
    chance = random.Random(7)
    for place in chance.sample(range(len(lines[1])), 120):
        for bit in range(7):
            flipped = chr(ord(lines[1][place]) ^ (1 << bit))
            forged = lines[1][:place] + flipped + lines[1][place + 1 :]
            if "\n" in forged or json.loads(lines[1]) == _parsed(forged):
                continue
            found = verify([lines[0], forged, lines[2]]).fault
            assert found is not None, forged
            assert found.number in (2, 3)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def lost(before: Entry, last: int, *, known: bool = True) -> Entry:
    facts: dict[str, Plain] = {"lost_from": before.number + 1, "lost_to": last, "known": known}
    return Entry(last + 1, 0, GAP, facts, {}, before.digest).sealed()


def test_a_gap_that_is_said_is_told_and_no_fault() -> None:
    old = chain(9)
    new = [*old[:4], lost(old[3], 9)]
    new.append(entry(new[-1]))
    found = verify(map(line, new), told(old[2], old[7], new[-1]))
    assert found.fault is None
    assert found.gaps == (Gap(5, 9, known=True),)
    assert found.lost == (8,)
    assert found.confirmed == 11


def test_a_gap_that_is_not_said_in_the_entry_behind_it_is_none() -> None:
    old = chain(9)
    gap = lost(old[3], 9)
    assert fault([*old[:3], gap]) == Fault(Wrong.MISSING, 4, 9, 4)
    forged = replace(gap, facts={**gap.facts, "lost_from": 4})
    assert fault([*old[:3], forged]) == Fault(Wrong.MISSING, 4, 9, 4)


def test_what_an_entry_commits_to_is_compared() -> None:
    (one,) = chain(1)
    kept = Committed(one.hidden["staff"], 1, "staff", SALT, "@anna1:x")
    assert verify([line(one, [kept])]).fault is None
    other = line(one, [replace(kept, value="@bilal:x")])
    assert verify([other]).fault == Fault(Wrong.OPENED, 1, 0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "120 3f9a-77c1-0b2e-5d84-a1c9",
        "Das Protokoll hat den Stand:\n!protokoll 120 3F9A-77C1-0B2E-5D84-A1C9\nBitte",
        "number: 120: 3f9a-77c1-0b2e-5d84-a1c9.",
    ],
)
def test_heads_are_found_in_what_people_kept(text: str) -> None:
    assert told_in(text) == [(120, "3f9a-77c1-0b2e-5d84-a1c9")]
    assert told_in(text.replace("-", " ")) == []
