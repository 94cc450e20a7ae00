"""Killed before and after every external call and every commit, and started again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tests.chaos import names
from tests.chaos.audit import Findings
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.pool import Wanted, run_all
from tests.chaos.trials import CIRCUMSTANCES, Circumstance, Trial

NASTY = frozenset(
    {
        "account_data",
        "commit:decide",
        "commit:login",
        "commit:performed",
        "commit:published",
        "commit:sync",
        "createRoom",
        "join",
        "keys/upload",
        "login",
        "send",
        "sendToDevice",
        "sync",
    }
)
"""Worth a kill in each of the circumstances, though another one reaches them as well."""


async def run(ground: Ground) -> list[Figure]:
    found, reached = Findings(), []
    person = await ground.person("anna")
    for circumstance in CIRCUMSTANCES:
        counted, findings = await _dry(Trial(ground, person), circumstance)
        reached.append((circumstance, counted))
        found += findings
    everything = sum((counted for _, counted in reached), Counter[str]())
    unknown = sorted(names.in_source() - everything.keys())
    if unknown:
        say(f"never reached: {', '.join(unknown)}")
    result = await run_all(ground, _wanted(reached))
    return [
        Figure(
            "failpoints_names_never_reached",
            len(unknown),
            "names",
            f"{len(names.in_source())} external calls and commits in the source",
        ),
        Figure("failpoints_missed", result.missed, "kills", f"{result.trials} planned"),
        *figures("failpoints", found + result.findings, f"{result.trials} kills, each in a story"),
    ]


async def _dry(trial: Trial, circumstance: Circumstance) -> tuple[Counter[str], Findings]:
    """Without a kill: what is reached."""
    file = trial.ground.folder / f"record-{circumstance.__name__}"
    findings = await circumstance(replace(trial, record=file))
    counted = names.recorded(file)
    say(f"{circumstance.__name__} reaches {len(counted)} names {' '.join(findings.details)}")
    return counted, findings


def _wanted(reached: list[tuple[Circumstance, Counter[str]]]) -> Iterator[Wanted]:
    known: set[str] = set()
    for circumstance, counted in reached:
        fresh = Counter({name: n for name, n in counted.items() if name not in known})
        again = Counter(dict.fromkeys(NASTY & counted.keys() & known, 1))
        for point in names.points(fresh + again):
            yield Wanted(circumstance, point)
        known |= counted.keys()


def figures(name: str, found: Findings, against: str) -> list[Figure]:
    """What must be nothing, whatever happened."""
    events = [
        ("unhandled", found.unhandled, "events"),
        ("events_doubled", found.doubled, "events"),
        ("rooms_doubled", found.rooms_doubled, "rooms"),
        ("unreadable", found.unreadable, "events"),
        ("sent_before_keys", found.before_keys, "events"),
        ("state_miscounted", found.miscounted, "messages"),
        ("out_of_order", found.disordered, "rooms"),
        ("ended_by_itself", found.crashes, "times"),
        ("faults_logged", found.errors, "lines"),
    ]
    return [Figure(f"{name}_{what}", value, unit, against) for what, value, unit in events]
