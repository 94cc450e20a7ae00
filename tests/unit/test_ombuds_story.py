"""The ombuds office's own story, told event by event; and the small world it is told in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.runtime.model.decision import (
    Request,
    Say,
    Started,
)
from federation.model.actions import (
    CreateRoom,
    EditMessage,
    Invite,
    React,
    Send,
    SetState,
)
from federation.model.events import (
    Origin,
    Reaction,
    Shown,
    TextMessage,
)
from tests.kit.memory import key_of
from tests.kit.ombuds import ANNA, BILAL, BOT, CHAT, OFFICE, SETTINGS, YUSRA, World
from tests.kit.world import said

# -- the story -------------------------------------------------------------------------------------


def test_a_matter_goes_all_the_way() -> None:
    world = World().found().with_chat()
    event, asked = world.write("Der Wächter schlägt uns. Was können wir tun?")
    assert world.office_keys(asked) == ["case-root"]
    assert world.chat_keys(asked) == ["arrived", "notice"]
    root = said(asked, "case-root")
    assert (root.handle, root.copy_of) == ("case/1/root", event)
    assert root.audience == frozenset({ANNA, BILAL})
    assert said(asked, "arrived").audience == frozenset({YUSRA})

    asked = world.staff("!antwort Danke.\nWir sprechen mit dem Träger.")
    assert world.office_keys(asked) == ["answer-pending"]
    assert world.chat_keys(asked) == []
    assert any(isinstance(x, React) and x.key == "❌" for x in asked)

    asked = world.pass_time(61)
    answer = said(asked, "answer")
    assert answer.phrase.values["text"] == "Danke.\nWir sprechen mit dem Träger."
    assert (answer.room, answer.audience, answer.strict) == (CHAT, frozenset({YUSRA}), True)
    assert (answer.handle, answer.notify) == ("case/1/answer/1", True)
    assert world.office_keys(asked) == ["~answer-sent", "~case-root"]
    assert world.case().state == "answered"
    # What her client has shown her has come to her homeserver; another's receipt tells nothing.
    there = getattr(world.memory.made("case/1/answer/1"), "event_id", "")
    view = world.views[CHAT]

    def shows(user: str, *events: str) -> list[str]:
        origin = Origin(BOT, CHAT, f"shown {user} {events}", user, 0, encrypted=False)
        return world.office_keys(world.handle(Shown(origin, view, events)))

    assert shows(ANNA, there) == shows("@stranger:x", there) == shows(YUSRA, "$older") == []
    assert shows(YUSRA, "$older", there) == ["~answer-delivered"]
    assert shows(YUSRA, "$older", there) == []


@pytest.mark.parametrize("how", ["text", "reaction"])
def test_who_writes_after_an_answer_has_it(how: str) -> None:
    world = World().found().with_chat()
    world.write("They hit us.")
    world.staff("!answer We ask them.")
    world.pass_time(61)
    there = world.memory.made("case/1/answer/1")
    assert there is not None
    view, now = world.views[CHAT], int(world.now.timestamp() * 1000)
    for at, known in ((now - 61_000, False), (now, True)):
        origin = Origin(BOT, CHAT, f"$at-{at}", YUSRA, at, how == "text", identity=key_of(YUSRA))
        if how == "text":
            asked = world.handle(TextMessage(origin, view, "Thank you."))
        else:
            asked = world.handle(Reaction(origin, view, there.event_id or "", "👍"))
        assert ("~answer-delivered" in world.office_keys(asked)) is known


def test_the_room_is_made_once() -> None:
    world = World()
    asked = world.handle(Started(BOT, 1))
    room = asked[0]
    assert isinstance(room, CreateRoom)
    assert (room.encrypted, room.federate, room.preset) == (True, False, "private_chat")
    assert room.topic == ""
    assert "users" not in room.power_levels
    assert room.power_levels["events_default"] == 0
    assert {room.power_levels[x] for x in ("invite", "kick", "ban", "state_default")} == {100}
    contents = {x["type"]: x["content"] for x in room.initial_state}
    assert contents["m.room.history_visibility"] == {"history_visibility": "invited"}
    assert contents["org.buendnis.office"] == {"kind": "ombuds"}
    assert world.office_keys(asked) == ["founding", "welcome"]
    assert not creates(world.handle(Started(BOT, 2)))


def test_who_was_named_and_has_no_account_is_told_and_not_invited() -> None:
    world = World(settings=replace(SETTINGS, staff=(ANNA,), absent=(BILAL,)))
    asked = world.handle(Started(BOT, 1))
    assert isinstance(asked[0], CreateRoom)
    assert asked[0].invite == (ANNA,)
    assert world.office_keys(asked) == ["founding", "welcome", "team-absent"]
    [told] = [x.phrase for x in asked if isinstance(x, Say) and x.phrase.key == "team-absent"]
    assert told.values["people"] == BILAL


def creates(asked: list[Request]) -> bool:
    """Whether anything is made or said; that the room is still ours is asked at every start."""
    return any(not isinstance(x, SetState) for x in asked)


def test_a_room_that_could_not_be_made_is_tried_again() -> None:
    world = World(errors={"office/room": "M_FORBIDDEN"})
    assert len(world.handle(Started(BOT, 1))) == 1
    world.errors.clear()
    asked = world.handle(Started(BOT, 2))
    assert isinstance(asked[0], CreateRoom)
    assert not creates(world.handle(Started(BOT, 3)))


def test_no_second_room_while_the_first_is_on_its_way() -> None:
    world = World()
    world.handle(Started(BOT, 1))
    del world.memory.handles["office/room"]
    assert world.handle(Started(BOT, 2)) == []


def test_a_team_that_has_left_is_called_together_at_the_next_start() -> None:
    world = World().found()
    for user in (ANNA, BILAL):
        world.move(OFFICE, user, "leave")
    asked = world.handle(Started(BOT, 2))
    assert [x.user for x in asked if isinstance(x, Invite)] == [ANNA, BILAL]


def test_what_is_said_to_people_is_never_sent_by_hand() -> None:
    world = World().found().with_chat()
    world.write("Hallo")
    world.staff("!antwort Hallo")
    world.pass_time(100)
    assert not [x for x in world.said if isinstance(x, Send | EditMessage)]
