"""A digest that an editor asks for, out of turn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bots.announcements import keys
from bots.runtime.model.decision import Request, Rewound
from federation.model.actions import React
from tests.kit.announcements import BILAL, STRANGER, World, texts
from tests.kit.world import said

ADDRESS = "amal@mail.example"


@pytest.fixture
def world() -> World:
    world = World().start()
    world.subscribe(ADDRESS, "de", "digest")
    return world


def ask(world: World, command: str = "!sammelbrief", **fields: str) -> list[str]:
    return world.keys(world.write(command, **fields)[1])


def notice(world: World, number: int = 1) -> str:
    """Event id of what we said when it was asked for."""
    return world.memory.handles[keys.CALL(number=number)].event_id or ""


def close(world: World) -> list[str]:
    return world.keys(world.pass_time(world.settings.undo))


@pytest.mark.parametrize("command", ["!sammelbrief", "!digest", "!recueil", "!مجمّعة"])
def test_it_leaves_when_its_window_has_closed(world: World, command: str) -> None:
    world.send("Erstes")
    asked = world.write(command, BILAL)[1]
    assert world.keys(asked) == ["digest-pending"]
    assert React("!news", keys.CALL(number=1), "❌") in asked
    assert not world.news()
    assert close(world) == ["~released", "progress", "~finished"]
    ((address, _, letter),) = world.news()
    assert address == ADDRESS
    assert "Erstes" in texts(letter)


def test_what_stood_in_it_stands_in_no_other(world: World) -> None:
    world.send("Erstes")
    ask(world)
    close(world)
    world.send("Zweites")
    world.pass_time(timedelta(days=7))
    first, second = (texts(letter) for _, _, letter in world.news())
    assert ("Erstes" in first, "Zweites" in first) == (True, False)
    assert ("Erstes" in second, "Zweites" in second) == (False, True)


def by_reaction(world: World) -> list[Request]:
    return world.react(notice(world), "❌", BILAL)


def by_word(world: World) -> list[Request]:
    return world.write("!zurück")[1]


@pytest.mark.parametrize("take_back", [by_reaction, by_word])
def test_it_can_be_taken_back(world: World, take_back: object) -> None:
    assert callable(take_back)
    world.send("Erstes")
    ask(world)
    assert world.keys(take_back(world)) == ["~digest-taken-back"]
    assert close(world) == []
    assert not world.news()
    assert world.keys(by_reaction(world)) == []
    assert ask(world) == ["digest-pending"]
    assert world.keys(by_reaction(world)) == []  # of the first, which is over
    assert "~finished" in close(world)
    assert len(world.news()) == 1


def test_what_has_left_can_not_be_taken_back(world: World) -> None:
    world.send("Erstes")
    ask(world)
    close(world)
    assert world.keys(by_reaction(world)) == ["digest-late"]
    assert world.keys(by_word(world)) == ["digest-late"]


def test_asking_twice_sends_it_once(world: World) -> None:
    world.send("Erstes")
    assert ask(world) == ["digest-pending"]
    assert ask(world) == ["digest-already"]
    close(world)
    world.pass_time(timedelta(days=30))
    assert len(world.news()) == 1


def test_an_empty_one_is_not_sent(world: World) -> None:
    assert ask(world) == ["digest-nothing"]
    event = world.send("Erstes")
    ask(world)
    world.redact(event)
    assert close(world) == ["~digest-nothing"]
    assert not world.news()


def test_it_needs_a_reader() -> None:
    world = World().start()
    world.subscribe(ADDRESS, "de", "immediate")
    world.send("Erstes")
    assert ask(world) == ["digest-nobody"]


def test_it_is_found_in_a_thread_and_a_reply(world: World) -> None:
    event = world.send("Erstes")
    assert ask(world, thread=event) == ["digest-pending"]
    assert ask(world, reply_to=event) == ["digest-already"]


def test_its_hour_closes_the_window(world: World) -> None:
    world.send("Erstes")
    world.now = world.timers[keys.DIGEST()] - timedelta(seconds=1)
    ask(world)
    assert close(world) == ["~released", "progress", "~finished"]
    assert keys.CALL_UNDO(number=1) not in world.timers
    assert len(world.news()) == 1


def test_only_editors_can_ask(world: World) -> None:
    world.send("Erstes")
    assert ask(world, sender=STRANGER) == []
    ask(world)
    assert world.react(notice(world), "❌", STRANGER) == []


def test_when_the_machine_was_started_again_the_notice_tells_the_new_time(world: World) -> None:
    world.send("Erstes")
    assert ask(world) == ["digest-pending"]
    told = said(world.handle(Rewound("call/1")), "digest-pending")
    assert told.edits == "digest/1/call"
    assert "neu gestartet" in world.bot.render(told.phrase).body
    assert world.handle(Rewound("call/2")) == []


def test_so_does_the_notice_of_a_release() -> None:
    world = World().start()
    event, _ = world.write("# News\n\nText")
    world.react(event, "✅")
    told = said(world.handle(Rewound("undo/1")), "pending")
    assert told.edits == keys.OFFER(number=1)
    assert "neu gestartet" in world.bot.render(told.phrase).body
    world.react(event, "❌")
    assert world.handle(Rewound("undo/1")) == []
