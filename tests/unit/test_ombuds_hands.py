"""Whose command counts, and for which case: what a homeserver could have chosen does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.ombuds import keys
from bots.runtime.model.decision import Request, Say
from federation.model.actions import AskDevices, Redact
from federation.model.events import Doubt, Edit, MediaMessage, TextMessage
from tests.kit.ombuds import ANNA, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

SECOND = "!chat-2:hs"


@pytest.fixture
def world() -> World:
    """Two people have written: cases 1 and 2."""
    world = World().found().with_chat()
    world.write("The heating is broken")
    world.chat("@samir:hs", SECOND)
    world.write("The guard shouts", "@samir:hs", SECOND)
    return world


def says(world: World, body: str, case: int | None, **origin: Any) -> list[Request]:
    """A command of staff in the thread of a case, with what is known of its way here."""
    thread = world.event_of(keys.ROOT(case=case)) if case is not None else None
    came = replace(world.origin(OFFICE, ANNA), **origin)
    return world.handle(TextMessage(came, world.view(OFFICE), body, thread=thread))


def sent(world: World, *rooms: str) -> list[Say]:
    asked = world.pass_time(120)
    return [x for x in asked if isinstance(x, Say) and x.room in rooms and x.phrase.key == "answer"]


def test_a_thread_that_is_not_sealed_is_not_believed(world: World) -> None:
    asked = says(world, "!answer We come on Monday.", 1, bound=False)
    assert world.office_keys(asked) == ["case-unbound"]
    told = said(asked, "case-unbound")
    assert told.thread is None, "whoever wrote it may be looking at another thread"
    assert not sent(world, CHAT, SECOND)


@pytest.mark.parametrize("command", ["!close", "!take", "!reopen", "!answer 2 We come."])
def test_no_command_about_a_case_is_taken_from_such_a_thread(world: World, command: str) -> None:
    assert world.office_keys(says(world, command, 1, bound=False)) == ["case-unbound"]
    assert not sent(world, CHAT, SECOND)


def test_with_the_number_it_counts(world: World) -> None:
    asked = says(world, "!answer 2 We come on Monday.", 2, bound=False)
    assert world.office_keys(asked) == ["answer-pending"]
    (answer,) = sent(world, CHAT, SECOND)
    assert (answer.room, answer.phrase.values["text"]) == (SECOND, "We come on Monday.")


def test_taking_back_needs_no_number(world: World) -> None:
    says(world, "!answer We come on Monday.", 1)
    assert world.office_keys(says(world, "!undo", 1, bound=False)) == ["~answer-cancelled"]
    assert not sent(world, CHAT)


def test_an_edit_that_may_be_meant_for_another_message_sends_nothing(world: World) -> None:
    event, _ = world.write(
        "!answer We come.", ANNA, OFFICE, thread=world.event_of(keys.ROOT(case=1))
    )
    origin = replace(world.origin(OFFICE, ANNA), bound=False)
    asked = world.handle(Edit(origin, world.view(OFFICE), event, "!answer You are to go."))
    assert world.office_keys(asked) == ["~answer-cancelled"]
    assert not sent(world, CHAT)


def test_the_notice_names_the_case_first(world: World) -> None:
    body = world.bot.render(said(says(world, "!answer Yes.", 2), "answer-pending").phrase).body
    assert "2" in body[:40]
    assert "The guard" in body[:40]


def test_devices_are_asked_for_before_a_command_is_carried_out(world: World) -> None:
    asked = says(world, "!answer We come.", 1, doubt=Doubt.UNKNOWN)
    assert asked == [AskDevices(OFFICE, ANNA)]
    assert not sent(world, CHAT)


def test_a_command_from_a_device_that_nobody_signed_is_refused(world: World) -> None:
    for command in ("!answer We come.", "!team add @ghost:hs", "!confirm", "!cases", "!nonsense"):
        keys = world.office_keys(says(world, command, 1, doubt=Doubt.UNSIGNED))
        assert keys in (["device-unsigned"], ["device-again"])
    assert not sent(world, CHAT)


def test_it_rings_once_in_a_while(world: World) -> None:
    def rings() -> bool:
        (told,) = says(world, "!close", 1, doubt=Doubt.UNSIGNED)
        assert isinstance(told, Say)
        return not world.bot.render(told.phrase).notice

    assert [rings(), rings()] == [True, False]
    world.pass_time(601)
    assert rings()


def test_an_edit_from_such_a_device_changes_no_answer(world: World) -> None:
    event, _ = world.write(
        "!answer We come.", ANNA, OFFICE, thread=world.event_of(keys.ROOT(case=1))
    )
    origin = replace(world.origin(OFFICE, ANNA), doubt=Doubt.UNSIGNED)
    asked = world.handle(Edit(origin, world.view(OFFICE), event, "!answer Go away."))
    assert world.office_keys(asked) == ["device-unsigned"]
    (answer,) = sent(world, CHAT)
    assert answer.phrase.values["text"] == "We come."


def test_notes_and_people_outside_need_no_signed_device(world: World) -> None:
    assert world.office_keys(says(world, "a note among us", 1, doubt=Doubt.UNSIGNED)) == [
        "note-stays"
    ]
    came = replace(world.origin(CHAT, YUSRA), doubt=Doubt.UNKNOWN)
    assert world.handle(TextMessage(came, world.view(CHAT), "more of it"))


@pytest.mark.parametrize("end", ["delivered", "cancelled"])
def test_no_sign_of_taking_back_stays(world: World, end: str) -> None:
    says(world, "!answer We come.", 1)
    asked = world.pass_time(120) if end == "delivered" else world.staff("!undo")
    assert [x.target for x in asked if isinstance(x, Redact)] == [keys.UNDO(case=1, number=1)]


def sends(world: World, case: int | None, caption: str = "", sender: str = ANNA) -> list[str]:
    """A picture of staff: what the room reads then."""
    thread = world.event_of(keys.ROOT(case=case)) if case is not None else None
    origin = world.origin(OFFICE, sender)
    picture = MediaMessage(origin, world.view(OFFICE), "image", caption, thread=thread)
    return world.office_keys(world.handle(picture))


def test_a_picture_of_staff_in_a_thread_is_told_to_reach_nobody(world: World) -> None:
    assert sends(world, 1) == ["picture-stays"]
    assert sends(world, 1) == []
    assert sends(world, 2) == ["picture-stays"]
    assert sends(world, None) == []
    assert sends(world, 1, sender="@stranger:hs") == []
    world.pass_time(3600)
    assert sends(world, 1) == ["picture-stays"]


@pytest.mark.parametrize("case", [1, None])
def test_an_answer_beneath_a_picture_is_none(world: World, case: int | None) -> None:
    for _ in range(2):
        assert sends(world, case, "!answer 1 Like this.") == ["picture-stays"]
    assert not sent(world, CHAT, SECOND)
