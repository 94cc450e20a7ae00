"""Mails that ask to confirm, while somebody asks for a thousand of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.announcements.waiting import (
    MOST_WAITING,
    Budget,
    Waiting,
    chosen,
    next_look,
    pace,
    too_many,
)
from tests.kit.announcements import SETTINGS, World

FORM = {"language": "de", "kind": "immediate", "consent": "Ja.", "consent_language": "de"}
HONEST = "honest@mail.example"

Forged = Callable[[int], dict[str, str]]
ONE_MACHINE: Forged = lambda i: {"address": f"a{i}@d{i}.example", "visitor": "one"}  # noqa: E731
ONE_DOMAIN: Forged = lambda i: {"address": f"a{i}@mail.example", "visitor": f"v{i}"}  # noqa: E731
NOTHING_IN_COMMON: Forged = lambda i: {"address": f"a{i}@d{i}.example"}  # noqa: E731


def ask(world: World, **fields: str) -> None:
    world.submit("subscribe", **FORM, **fields)


def waited(world: World, address: str, most: timedelta) -> timedelta:
    began = world.now
    while address not in {x[0] for x in world.mails}:
        assert world.now - began <= most
        world.pass_time(timedelta(seconds=1))
    return world.now - began


@pytest.mark.parametrize("forged", [ONE_MACHINE, ONE_DOMAIN, NOTHING_IN_COMMON])
@pytest.mark.parametrize("per_hour", [250, 100])
def test_an_honest_one_leaves_within_a_minute_beside_a_thousand_forged_ones(
    forged: Forged, per_hour: int
) -> None:
    world = World(replace(SETTINGS, confirmations=per_hour)).start()
    for i in range(1_000):
        ask(world, **forged(i))
        world.now += timedelta(milliseconds=60)
    ask(world, address=HONEST, visitor="she")
    limit = timedelta(seconds=60 if per_hour == 250 else 150)
    waited(world, HONEST, limit)


def test_who_goes_on_asking_holds_nobody_up() -> None:
    world = World(replace(SETTINGS, confirmations=250)).start()
    for i in range(300):
        ask(world, **ONE_MACHINE(i))
    ask(world, address=HONEST, visitor="she")
    for i in range(300, 900):
        ask(world, **ONE_MACHINE(i))
        world.pass_time(timedelta(milliseconds=100))
    assert HONEST in {x[0] for x in world.mails}


def test_who_goes_on_asking_at_one_domain_holds_up_no_other() -> None:
    world = World(replace(SETTINGS, confirmations=250)).start()
    for i in range(300):
        ask(world, **ONE_DOMAIN(i))
    ask(world, address="she@other.example", visitor="she")
    for i in range(300, 900):
        ask(world, **ONE_DOMAIN(i))
        world.pass_time(timedelta(milliseconds=100))
    assert "she@other.example" in {x[0] for x in world.mails}


def test_no_more_than_so_many_leave_in_an_hour() -> None:
    world = World(replace(SETTINGS, confirmations=100)).start()
    for i in range(180):
        ask(world, **NOTHING_IN_COMMON(i))
        world.pass_time(timedelta(seconds=20))
    assert 80 <= len(world.mails) <= 100


def test_whoever_was_first_is_not_forgotten() -> None:
    world = World(replace(SETTINGS, confirmations=100)).start()
    for i in range(60):
        ask(world, **NOTHING_IN_COMMON(i))
    early = "early@early.example"
    ask(world, address=early)
    for i in range(100, 220):
        ask(world, **NOTHING_IN_COMMON(i))
        world.pass_time(timedelta(seconds=20))
    world.pass_time(timedelta(hours=1))
    assert early in {x[0] for x in world.mails}


def test_a_mail_that_is_not_answered_holds_up_few_others() -> None:
    world = World().start()
    world.held = True
    for i in range(20):
        ask(world, **NOTHING_IN_COMMON(i))
    world.memory.coming = {x.handle or "" for x in world.waiting}
    assert len(world.waiting) == 4
    world.memory.coming.clear()
    world.release_held()
    world.pass_time(timedelta(seconds=1))
    assert len(world.mails) == 20


def test_after_a_restore_nobody_waits_for_what_never_leaves() -> None:
    world = World().start()
    world.held = True
    for i in range(4):
        ask(world, **NOTHING_IN_COMMON(i))
    world.waiting.clear()  # held, and in no lane
    world.held = False
    ask(world, address=HONEST)
    waited(world, HONEST, timedelta(seconds=61))


def test_of_too_many_those_go_who_ask_most() -> None:
    one = [Waiting(f"f{i}", "de", "one", "d", float(i)) for i in range(MOST_WAITING)]
    others = [Waiting(f"o{i}", "de", f"v{i}", "d", float(i)) for i in range(50)]
    gone = too_many(one + others)
    assert len(gone) == 50
    assert {x.visitor for x in gone} == {"one"}
    assert not too_many(one)


@pytest.mark.parametrize("seed", range(20))
def test_everybody_comes_in_the_end_and_never_too_many(seed: int) -> None:
    dice, whole = random.Random(seed), pace(120)
    waiting = {
        (x := f"r{i}"): Waiting(
            x, "de", f"v{dice.randrange(5)}", f"d{dice.randrange(4)}", dice.uniform(0, 900)
        )
        for i in range(200)
    }
    budget, now, sent = Budget(), 900.0, list[float]()
    while waiting:
        found = chosen([*waiting.values()], budget, now, whole)
        if found is None:
            at = next_look([*waiting.values()], budget, whole)
            assert at is not None
            assert at > now
            now = at
            continue
        budget = replace(budget.served(found, found.request, now, whole), out=())
        del waiting[found.request]
        sent.append(now)
    assert max(sum(at <= x < at + 3_600 for x in sent) for at in sent) <= 120
    assert len(budget.visitors) <= 5
