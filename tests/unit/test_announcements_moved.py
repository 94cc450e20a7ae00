"""The editors' room is upgraded under the office."""

from __future__ import annotations

import pytest

from bots.announcements.pages import published
from bots.runtime.model.decision import Say, Started
from federation.model.actions import CROWD, Join
from federation.model.events import Origin, Redaction, RoomReplaced, TextMessage
from tests.kit.announcements import ANNA, BOT, ROOM, World

NEW, NEWEST = "!newer", "!newest"


@pytest.fixture
def world() -> World:
    return World().start()


def origin(room: str, number: int) -> Origin:
    return Origin(BOT, room, f"$moved-{number}", ANNA, 0, False)


def followed(room: str) -> Join:
    """Looked at first: who may say where the room moved may name a crowd."""
    return Join(room, notify=True, most=CROWD, via=("net.example",))


def say(world: World, room: str, text: str, number: int) -> list[str]:
    return world.keys(world.handle(TextMessage(origin(room, number), world.view, text)))


def test_the_bot_goes_where_the_editors_go(world: World) -> None:
    asked = world.handle(RoomReplaced(origin(ROOM, 1), world.view, NEW))
    assert asked == [followed(NEW)]
    assert say(world, ROOM, "Noch hier", 2) == []
    assert say(world, NEW, "Schon hier", 3) == ["offer"]
    moved = world.handle(RoomReplaced(origin(NEW, 4), world.view, NEWEST))
    assert moved == [followed(NEWEST)]
    assert say(world, NEW, "Noch hier", 5) == []
    assert say(world, NEWEST, "Schon hier", 6) == ["offer"]


def test_what_was_written_before_can_be_taken_back_there(world: World) -> None:
    world.subscribe("reader@mail.example")
    world.send("Geheim")
    source = world.item().original.event
    world.handle(RoomReplaced(origin(ROOM, 1), world.view, NEW))
    assert published(world.memory)
    assert world.handle(Redaction(origin("!strange", 2), world.view, source)) == []
    asked = world.handle(Redaction(origin(ROOM, 3), world.view, source))
    assert [x.room for x in asked if isinstance(x, Say)] == [ROOM]
    assert published(world.memory) == ()
    assert "Geheim" not in world.memory.everything()


def test_every_start_sees_to_it_that_it_is_in_the_room(world: World) -> None:
    """One that was made anew may have asked it in before the settings knew of it."""
    assert Join(ROOM, notify=True, most=None) in world.handle(Started(BOT, 2))
    world.handle(RoomReplaced(origin(ROOM, 1), world.view, NEW))
    assert Join(NEW, notify=True) in world.handle(Started(BOT, 3))


def test_no_other_room_moves_it(world: World) -> None:
    assert world.handle(RoomReplaced(origin("!strange", 1), world.view, NEW)) == []
    assert say(world, ROOM, "Hier", 2) == ["offer"]
