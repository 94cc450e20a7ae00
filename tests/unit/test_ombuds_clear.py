"""A chat that is not encrypted: nothing of a matter is said there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.ombuds.documents.cases import AnswerState
from bots.runtime.model.decision import Request, Say, SetAside
from federation.model.actions import CreateRoom, SetState
from federation.model.events import RoomView
from tests.kit.ombuds import BOT, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

POWERLESS: dict[str, Any] = {"users": {YUSRA: 100}, "events": {"m.room.encryption": 100}}
SEALED = "!officechat"


def clear(levels: dict[str, Any] | None = POWERLESS, errors: dict[str, str] | None = None) -> World:
    world = World(errors=errors).found()
    view = RoomView(joined=frozenset({YUSRA}), encrypted=False, direct=True, power_levels=levels)
    world.views[CHAT] = view
    world.move(CHAT, BOT, "invite", by=YUSRA)
    world.said.clear()
    return world


def spoken(world: World) -> dict[str, list[str]]:
    """What the office said to her, by room: those that it makes as one."""
    found: dict[str, list[str]] = {}
    for x in world.said:
        if isinstance(x, Say) and (room := world.at(x)) != OFFICE:
            name = SEALED if room.startswith(SEALED) else room
            found.setdefault(name, []).append(x.phrase.key)
    return found


def made(asked: list[Request]) -> list[CreateRoom]:
    return [x for x in asked if isinstance(x, CreateRoom)]


def test_without_power_it_opens_an_encrypted_chat_and_says_so() -> None:
    world = clear()
    asked = world.move(CHAT, BOT, "join")
    (room,) = made(asked)
    assert (room.invite, room.encrypted, room.direct) == ((YUSRA,), True, True)
    assert not [x for x in asked if isinstance(x, SetState)]
    asked = world.write("Die Heizung ist kalt", encrypted=False)[1]
    assert world.office_keys(asked) == ["case-root"]
    assert [x.key for x in said(asked, "case-root").phrase.values["marks"]] == ["mark-unencrypted"]  # type: ignore[attr-defined]
    world.pass_time(60)
    assert spoken(world)[CHAT] == ["chat-clear"]
    assert {"notice", "arrived"} <= set(spoken(world)[SEALED])


def test_answers_go_to_the_encrypted_chat_and_her_case_goes_on_there() -> None:
    world = clear()
    world.move(CHAT, BOT, "join")
    world.write("Die Heizung ist kalt", encrypted=False)
    world.staff("!antwort Wir kommen")
    world.pass_time(61)
    assert spoken(world)[CHAT] == ["chat-clear"]
    assert {"answer", "ring-answer"} <= set(spoken(world)[SEALED])
    (room,) = {x.room_id for x in world.memory.handles.values() if x.room_id.startswith(SEALED)}
    asked = world.write("Danke, aber wann?", room=room)[1]
    assert "followup" in world.office_keys(asked)
    assert said(asked, "followup").thread == "case/1/root"
    asked = world.write("Und hier noch etwas", encrypted=False)[1]
    assert said(asked, "followup").thread == "case/1/root", "she need not follow"


def test_it_is_said_once_in_a_while() -> None:
    world = clear()
    world.move(CHAT, BOT, "join")
    for _ in range(3):
        asked = world.write("Hallo", encrypted=False)[1]
        assert world.chat_keys(asked) == []
    world.pass_time(3_600)
    assert world.chat_keys(world.write("Hallo", encrypted=False)[1]) == ["chat-clear"]
    assert len(made(world.said)) == 1


def test_a_chat_that_she_has_already_is_taken() -> None:
    world = World().found().with_chat()
    world.write("Hallo")
    other = "!clear"
    view = RoomView(joined=frozenset({YUSRA}), encrypted=False, power_levels=POWERLESS)
    world.views[other] = view
    world.move(other, BOT, "invite", by=YUSRA)
    asked = world.move(other, BOT, "join")
    asked += world.write("Etwas anderes", room=other, encrypted=False)[1]
    assert made(asked) == []
    assert world.keys(asked, other) == ["chat-clear"]
    assert "arrived" in world.chat_keys(asked)


def test_where_it_has_the_power_it_turns_encryption_on() -> None:
    world = clear({"users": {YUSRA: 100, BOT: 100}})
    asked = world.move(CHAT, BOT, "join")
    assert [x.type for x in asked if isinstance(x, SetState)] == ["m.room.encryption"]
    asked = world.write("Hallo", encrypted=False)[1]
    assert made(world.said) == []
    assert "arrived" in world.chat_keys(asked)
    assert all(x.sealed for x in world.said if isinstance(x, Say))


def test_where_that_is_refused_it_opens_another_chat() -> None:
    world = clear(None, {"SetState": "M_FORBIDDEN"})
    asked = world.move(CHAT, BOT, "join")
    assert len(made(asked)) == 1
    asked = world.write("Hallo", encrypted=False)[1]
    world.pass_time(60)
    assert spoken(world)[CHAT] == ["chat-clear"]
    assert {"notice", "arrived"} <= set(spoken(world)[SEALED])


def test_what_was_refused_in_clear_troubles_nobody() -> None:
    world = clear()
    world.move(CHAT, BOT, "join")
    assert world.handle(SetAside("out-1", "action", "clear", CHAT)) == []
    told = world.handle(SetAside("out-1", "action", "clear", "office/room"))
    assert "set-aside" in world.office_keys(told)


def test_an_answer_that_would_leave_in_clear_is_kept() -> None:
    world = World(errors={"case/1/answer/1": "clear"}).found().with_chat()
    world.write("Hallo")
    world.staff("!antwort Wir kommen")
    asked = world.pass_time(61)
    assert "unsent-clear" in world.office_keys(asked)
    assert world.case().answers[0].state is AnswerState.UNSENT


@pytest.mark.parametrize("encrypted", [False, True])
def test_everything_that_is_said_to_her_or_to_staff_has_to_be_encrypted(encrypted: bool) -> None:
    world = World().found()
    world.chat(encrypted=encrypted)
    event, _ = world.write("Hallo", encrypted=encrypted)
    world.staff("!antwort Wir kommen")
    world.pass_time(100)
    world.edit(event, "Anders", encrypted=encrypted)
    world.redact(event)
    world.write("!hilfe", encrypted=encrypted)
    plain = {x.phrase.key for x in world.said if isinstance(x, Say) and not x.sealed}
    assert plain <= {"chat-clear"}


def test_a_room_that_somebody_prepares_is_left_as_it_is() -> None:
    """Until she complains there: it may become one with flags."""
    world = World().found()
    view = RoomView(joined=frozenset({YUSRA}), power_levels={"users": {BOT: 100}})
    world.views[CHAT] = replace(view, join_rule="invite")
    world.move(CHAT, BOT, "invite", by=YUSRA)
    asked = world.move(CHAT, BOT, "join") + world.pass_time(60)
    assert not [x for x in asked if isinstance(x, Say | SetState | CreateRoom)]
    asked = world.write("Hallo", encrypted=False)[1]
    assert [x.type for x in asked if isinstance(x, SetState)] == ["m.room.encryption"]
    assert world.chat_keys(asked) == ["arrived", "notice"]
