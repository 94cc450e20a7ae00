"""Some time after all is closed, nobody knows whose it was."""

from __future__ import annotations

import pytest

from bots.ombuds.documents.chats import FLAGGERS, IDENTITIES
from bots.ombuds.documents.receipts import RECEIPTS
from bots.runtime.model.decision import ForgetRoom
from federation.model.actions import Leave
from tests.kit.ombuds import BOT, CHAT, YUSRA, World
from tests.kit.world import said

DAY = 24 * 3600.0


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    event, _ = world.write("Der Wächter schlägt uns.")
    world.edit(event, "Der Wächter schlägt uns oft.")
    gone, _ = world.write("Er heißt Meier.")
    world.redact(gone)
    world.pass_time(20)  # she is told her receipt
    return world


def is_known(world: World) -> bool:
    kept = str({k: v for k, v in world.memory.documents.items() if k != "ombuds/hidden"})
    return YUSRA in kept or CHAT in kept


def test_she_is_told_a_week_before_and_then_forgotten(world: World) -> None:
    world.staff("!schließen")
    assert world.chat_keys(world.pass_time(23 * DAY - 60)) == []
    asked = world.pass_time(120)
    assert world.chat_keys(asked) == ["forget-soon"]
    assert world.bot.render(said(asked, "forget-soon").phrase).notice
    assert is_known(world)
    asked = world.pass_time(7 * DAY)
    assert Leave(CHAT, notify=True) in asked
    assert world.memory.all(IDENTITIES) == []
    assert world.memory.all(FLAGGERS) == []
    assert world.memory.all(RECEIPTS) == []
    asked = world.move(CHAT, BOT, "leave")
    assert ForgetRoom(CHAT, YUSRA) in asked
    assert not is_known(world)
    assert world.case().text, "what it was about stays"


def test_no_backup_brings_it_back(world: World) -> None:
    world.staff("!schließen")
    world.pass_time(31 * DAY)
    assert {"ombuds/identity", "ombuds/conversation"} <= {x for x, _ in world.memory.forgotten}


def test_what_she_writes_begins_the_time_anew(world: World) -> None:
    world.staff("!schließen")
    world.pass_time(25 * DAY)
    world.write("Ich brauche Sie noch.")
    world.pass_time(60 * DAY)
    assert is_known(world)
    world.staff("!schließen", case=2)
    asked = world.pass_time(24 * DAY)
    assert "forget-soon" in world.chat_keys(asked)
    world.pass_time(7 * DAY)
    assert world.memory.all(IDENTITIES) == []


def test_nothing_is_forgotten_while_a_matter_is_open(world: World) -> None:
    world.write("!neu Noch etwas")
    world.staff("!schließen")
    world.pass_time(90 * DAY)
    assert is_known(world)


def test_staff_are_told_that_nobody_can_be_answered(world: World) -> None:
    world.staff("!schließen")
    world.pass_time(31 * DAY)
    world.move(CHAT, BOT, "leave")
    world.staff("!antwort Noch etwas")
    assert "unsent-forgotten" in world.office_keys(world.pass_time(61))
    assert world.office_keys(world.staff("!identität Gefahr")) == ["identity-none"]


def test_she_can_come_again(world: World) -> None:
    world.staff("!schließen")
    world.pass_time(31 * DAY)
    world.move(CHAT, BOT, "leave")
    world.chat(YUSRA, "!canary-again")
    asked = world.write("Es geht weiter.", room="!canary-again")[1]
    assert world.office_keys(asked)[0] == "case-root"
    assert world.case(2).conversation != world.case(1).conversation


def test_all_numbers_of_days_are_told_before() -> None:
    from dataclasses import replace
    from datetime import timedelta

    from tests.kit.ombuds import SETTINGS

    world = World(replace(SETTINGS, forget_after=timedelta(days=2))).found().with_chat()
    world.write("Hallo")
    world.staff("!schließen")
    assert "forget-soon" in world.chat_keys(world.pass_time(DAY + 60))
    assert world.memory.all(IDENTITIES) != []
    world.pass_time(DAY + 60)
    assert world.memory.all(IDENTITIES) == []
