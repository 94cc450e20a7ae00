"""A new device of somebody of the team: once, what can't be read on it; nothing at first sight."""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import keys
from bots.runtime.model.decision import Due, Request, Started
from federation.model.actions import AskDevices
from federation.model.events import DevicesChanged, RoomView
from tests.kit.ombuds import ANNA, BILAL, BOT, CEM, OFFICE, YUSRA, World
from tests.kit.world import said


def has(world: World, user: str, *devices: str) -> list[Request]:
    """Her list of devices changes, and is asked for."""
    world.memory.clients[user] = None
    origin = replace(world.origin("", user), encrypted=False)
    world.handle(DevicesChanged(origin, RoomView()))
    if keys.DEVICES(user=user) not in world.timers:
        return []
    asked = world.handle(Due(keys.DEVICES(user=user)))
    assert AskDevices(keys.FIRST(), user) in asked
    assert world.timers[keys.DEVICES(user=user)] > world.now, "who can't be asked is asked again"
    world.memory.clients[user] = frozenset(devices)
    told = world.handle(Due(keys.DEVICES(user=user)))
    assert keys.DEVICES(user=user) not in world.timers
    return told


def test_each_new_device_is_told_of_once() -> None:
    world = World().found()
    assert not world.office_keys(has(world, ANNA, "OLD"))
    told = has(world, ANNA, "OLD", "PHONE")
    assert world.office_keys(told) == ["device-new"]
    assert said(told, "device-new").phrase.values["staff"] == ANNA
    assert said(told, "device-new").audience == frozenset({ANNA, BILAL})
    for devices in (("OLD", "PHONE"), ("PHONE",), ("OLD", "PHONE"), ()):
        assert not world.office_keys(has(world, ANNA, *devices))
    assert world.office_keys(has(world, BILAL, "FIRST")) == []


def test_the_devices_at_an_update_are_known() -> None:
    world = World().found()
    world.timers.clear()
    world.memory.documents.pop("ombuds/devices", None)
    world.memory.clients |= {ANNA: frozenset({"A", "B"}), BILAL: frozenset({"C"})}
    world.handle(Started(BOT, 2))
    due = [x for x in world.timers if keys.DEVICES.read(x)]
    assert sorted(due) == [keys.DEVICES(user=ANNA), keys.DEVICES(user=BILAL)]
    assert not [key for x in due for key in world.office_keys(world.handle(Due(x)))]
    world.handle(Started(BOT, 3))
    assert not [x for x in world.timers if keys.DEVICES.read(x)]
    assert world.office_keys(has(world, ANNA, "A", "B", "NEW")) == ["device-new"]


def test_who_joins_the_team_is_told_that_and_nothing_of_her_devices() -> None:
    world = World().found()
    world.staff(f"!team neu {CEM}", case=None)
    world.staff("!bestätigen", BILAL, case=None)
    assert world.office_keys(world.move(OFFICE, CEM, "join")) == ["team-joined", "code-first"]
    world.memory.clients[CEM] = frozenset({"PHONE"})
    assert not world.office_keys(world.handle(Due(keys.DEVICES(user=CEM))))
    assert world.office_keys(has(world, CEM, "PHONE", "LAPTOP")) == ["device-new"]
    world.move(OFFICE, CEM, "leave")
    assert not has(world, CEM, "PHONE", "LAPTOP", "THIRD")
    assert CEM not in world.memory.documents["ombuds/devices"]


def test_of_others_nothing_is_said_or_kept() -> None:
    world = World().found().with_chat()
    assert not has(world, YUSRA, "PHONE")
    assert not world.handle(Due(keys.DEVICES(user=YUSRA)))
    assert YUSRA not in world.memory.documents.get("ombuds/devices", {})
