"""The ombuds room is deleted, replaced, or the office's account is put out of it."""

from __future__ import annotations

import pytest

from bots.ombuds.cases import standing
from bots.ombuds.documents.cases import AnswerState
from bots.ombuds.documents.team import OFFICE as DOCUMENT
from bots.ombuds.documents.team import Office
from bots.runtime.model.decision import Request, Say, SetAside, Started
from federation.model.actions import CreateRoom, Handle, Join, Leave, SetState
from federation.model.events import RoomReplaced, Shown
from tests.kit.ombuds import ANNA, BILAL, BOT, CEM, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

TRAP = "!trap"
NEW = Handle("office/room/1")


def office(world: World) -> Office:
    return world.kept(DOCUMENT, "office")


def upgraded(world: World, sender: str = ANNA) -> list[Request]:
    origin = world.origin(OFFICE, sender, encrypted=False)
    return world.handle(RoomReplaced(origin, world.view(OFFICE), TRAP))


def put_out(world: World) -> list[Request]:
    return world.move(office_room(world), BOT, "leave", by=ANNA)


def office_room(world: World) -> str:
    number = office(world).rooms
    return world.memory.handles[f"office/room/{number}" if number else "office/room"].room_id


def made(asked: list[Request]) -> list[CreateRoom]:
    return [x for x in asked if isinstance(x, CreateRoom)]


def in_new(asked: list[Request]) -> list[str]:
    return [x.phrase.key for x in asked if isinstance(x, Say) and x.room == NEW]


def begun() -> World:
    world = World().found().with_chat()
    world.write("Der Wächter schlägt uns.")
    world.write("Auch heute wieder.")
    world.said.clear()
    return world


@pytest.mark.parametrize("sender", [ANNA, BOT])
def test_an_upgraded_room_is_not_followed_but_left_for_one_of_our_own(sender: str) -> None:
    world = begun()
    asked = upgraded(world, sender)
    (room,) = made(asked)
    assert (room.handle, room.encrypted, room.federate, room.invite) == (
        NEW, True, False, (ANNA, BILAL),
    )  # fmt: skip
    assert [x.room for x in asked if isinstance(x, Leave)] == [OFFICE]
    assert not [x for x in asked if isinstance(x, Join) or getattr(x, "room", "") == TRAP]
    assert in_new(asked) == ["room-anew", "case-root", "followup"]
    assert asked.index(room) < asked.index(said(asked, "case-root"))


def test_cases_stand_in_the_new_room_with_all_that_the_person_wrote() -> None:
    world = begun()
    asked = put_out(world)
    root, later = said(asked, "case-root"), said(asked, "followup")
    assert root.phrase.values["text"] == "Der Wächter schlägt uns."
    assert (root.handle, root.audience) == ("case/1/root", frozenset({ANNA, BILAL}))
    assert (later.phrase.values["text"], later.thread) == ("Auch heute wieder.", "case/1/root")
    assert world.chat_keys(asked) == []
    assert world.memory.handles["case/1/root"].room_id == office_room(world) != OFFICE
    assert world.keys(world.write("Und noch etwas.")[1], office_room(world)) == ["followup"]


def test_what_was_edited_or_taken_back_stays_so_in_the_new_room() -> None:
    world = World().found().with_chat()
    world.write("Erstens")
    edited, _ = world.write("Zweitens")
    redacted, _ = world.write("Drittens")
    world.edit(edited, "Anders")
    world.redact(redacted)
    asked = put_out(world)
    assert said(asked, "followup").phrase.values["text"] == "Anders"


def test_many_cases_come_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MOST", 2)
    world = begun()
    for number in range(2, 6):
        world.write("!neu")
        world.write(f"Anliegen {number}")
    world.staff("!schließen", case=3)
    first = put_out(world)
    assert in_new(first).count("case-root") == 2
    world.write("!antwort 5 Wir kommen.", ANNA, office_room(world))
    later = world.pass_time(0)
    moved = [x.handle for x in (*first, *world.said) if isinstance(x, Say) and x.room == NEW]
    roots = [str(x) for x in dict.fromkeys(moved) if str(x).endswith("/root")]
    assert sorted(roots) == ["case/1/root", "case/2/root", "case/4/root", "case/5/root"]
    assert in_new(later).count("case-root") == 1, "what a command needs is there already"


def test_closed_cases_stay_behind_until_somebody_opens_one() -> None:
    world = begun()
    world.staff("!schließen")
    assert in_new(put_out(world)) == ["room-anew"]
    room = office_room(world)
    asked = world.write("!öffnen 1", ANNA, room)[1]
    assert world.keys(asked, room)[:2] == ["case-root", "followup"]
    assert "reopened" in world.keys(asked, room)


def test_what_comes_into_the_thread_of_a_closed_case_brings_it_along() -> None:
    world = World().found().with_chat()
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, "Der Wächter schlägt uns.")
    world.staff("!schließen")
    put_out(world)
    room = office_room(world)
    asked = world.redact(edit)
    told = [x for x in asked if isinstance(x, Say) and x.room == NEW]
    assert told.index(said(asked, "followup")) > [x.handle for x in told].index("case/1/root")
    assert said(asked, "followup").phrase.values["text"] == "Die Heizung ist kalt"
    assert world.memory.handles["case/1/root"].room_id == room, "else nobody finds the thread"


def test_what_is_taken_back_from_a_closed_case_never_comes_into_the_new_room() -> None:
    world = World().found().with_chat()
    event, _ = world.write("Der Wächter schlägt uns.")
    later, _ = world.write("Auch heute wieder.")
    world.staff("!antwort Wir kommen.")
    world.pass_time(61)
    world.staff("!schließen")
    put_out(world)
    asked = world.redact(event) + world.redact(later)
    assert in_new(asked) == ["taken-back"] * 2, "nothing of it is there"
    asked = world.write("!öffnen 1", ANNA, office_room(world))[1]
    assert in_new(asked)[:3] == ["case-header", "case-header", "answer-sent"]
    assert not [x for x in asked if "Wächter" in repr(x) or "heute" in repr(x)]


def test_a_correction_of_a_closed_case_brings_it_along() -> None:
    world = World().found().with_chat()
    event, _ = world.write("Die Heizung ist kalt")
    world.staff("!schließen")
    put_out(world)
    asked = world.edit(event, "Der Wächter schlägt uns.")
    root, edit = (x for x in asked if isinstance(x, Say) and x.phrase.key == "case-root")
    assert (root.handle, edit.edits) == ("case/1/root", "case/1/root")
    assert edit.phrase.values["text"] == "Der Wächter schlägt uns."


def test_nothing_is_said_of_a_closed_case_where_it_is_not() -> None:
    world = World().found().with_chat()
    world.write("Die Heizung ist kalt")
    event, _ = world.write("Der Wächter schlägt uns.")
    edit, _ = world.change(event, "Nichts.")
    world.staff("!antwort Wir kommen.")
    world.pass_time(61)
    answer = world.event_of("case/1/answer/1")
    world.staff("!schließen")
    put_out(world)
    seen = Shown(world.origin(CHAT, YUSRA), world.view(CHAT), (answer,))
    asked = world.handle(seen)
    assert world.case().answers[0].state is AnswerState.DELIVERED
    world.away = True
    asked += world.redact(edit) + world.redact(event) + world.back()
    asked += world.move(CHAT, CEM, "join") + world.move(CHAT, CEM, "leave")
    asked += world.move(CHAT, YUSRA, "leave") + world.move(CHAT, YUSRA, "join")
    assert {"not-alone", "alone-again"} <= set(world.chat_keys(asked))
    assert in_new(asked) == ["taken-back"]
    assert not [x for x in asked if getattr(x, "thread", None)]


def test_a_part_that_an_edit_removed_can_come_back_in_the_new_room() -> None:
    world = World().found().with_chat()
    event, _ = world.write("lang " * 1000)
    world.edit(event, "kurz")
    asked = put_out(world)
    assert in_new(asked) == ["room-anew", "case-root", "part-removed"]
    world.edit(event, "wieder lang " * 400)
    assert world.memory.handles["case/1/text/1"].room_id == office_room(world)
    world.pass_time(3600)
    asked = put_out(world)
    assert "wieder lang" in str(said(asked, "continued").phrase.values["text"])


def test_nothing_counts_that_is_said_in_the_old_room() -> None:
    world = begun()
    put_out(world)
    assert world.write("!antwort 1 Falsch", ANNA, OFFICE)[1] == []
    assert world.move(OFFICE, BOT, "invite", by=ANNA) == []
    asked = world.write("!antwort 1 Richtig", ANNA, office_room(world))[1] + world.pass_time(61)
    assert said(asked, "answer").phrase.values["text"] == "Richtig"


def test_an_answer_that_waits_goes_out_once_and_is_shown_anew() -> None:
    world = begun()
    world.staff("!antwort Wir kommen.")
    asked = put_out(world) + world.pass_time(120)
    assert "answer-pending" in in_new(asked)
    assert said(asked, "answer").phrase.values["text"] == "Wir kommen."


def test_whoever_put_us_out_again_has_to_wait_an_hour() -> None:
    world = begun()
    assert made(put_out(world))
    assert made(put_out(world)) == []
    assert office(world).lost
    assert made(world.handle(Started(BOT, 2))) == []
    assert made(world.pass_time(3_500)) == []
    assert [x.handle for x in made(world.pass_time(200))] == ["office/room/2"]
    assert made(world.pass_time(10_000)) == []


def test_who_seemed_to_leave_as_the_room_was_deleted_is_asked_in_again() -> None:
    world = begun()
    for user in (ANNA, BILAL):
        world.move(OFFICE, user, "leave")
    assert made(put_out(world))[0].invite == (ANNA, BILAL)


def test_who_left_long_ago_is_not() -> None:
    world = begun()
    world.move(OFFICE, BILAL, "leave")
    world.pass_time(3_600)
    assert made(put_out(world))[0].invite == (ANNA,)


def test_a_room_that_went_while_the_office_was_down_is_missed_at_the_start() -> None:
    world = begun()
    world.errors["SetState"] = "M_FORBIDDEN"
    asked = world.handle(Started(BOT, 2))
    assert in_new(asked) == ["room-anew", "case-root", "followup"]


def test_a_room_that_went_without_a_word_is_missed_within_the_hour() -> None:
    world = begun()
    assert not in_new(world.pass_time(24 * 3600))
    world.errors["SetState"] = "M_FORBIDDEN"
    assert in_new(world.pass_time(3600)) == ["room-anew", "case-root", "followup"]
    world.errors.clear()
    world.pass_time(24 * 3600)
    world.errors["SetState"] = "M_FORBIDDEN"
    assert [x.handle for x in made(world.pass_time(3600))] == ["office/room/2"], "and the next one"


def test_a_refusal_makes_us_look_and_no_more() -> None:
    world = begun()
    notice = SetAside("out-1", "action", "M_FORBIDDEN", "office/room", "case/1/root")
    asked = world.handle(notice)
    assert [x.room for x in asked if isinstance(x, SetState)] == [OFFICE]
    assert made(asked) == []
    world.errors["SetState"] = "M_NOT_FOUND"
    assert made(world.handle(notice))


def test_what_fails_in_a_lost_room_is_told_to_nobody() -> None:
    world = begun()
    put_out(world)
    assert world.handle(SetAside("out-1", "action", "M_FORBIDDEN", "office/room", None)) == []


def test_an_arrival_that_waited_in_vain_comes_once() -> None:
    world = begun()
    put_out(world)
    world.handle(SetAside("out-2", "action", "handle", CHAT, "case/1/arrived"))
    asked = world.pass_time(3_600)
    assert world.chat_keys(asked) == ["receipt", "arrived"]


def test_a_new_room_that_could_not_be_made_is_tried_again_in_an_hour() -> None:
    world = begun()
    world.errors["office/room/1"] = "M_FORBIDDEN"
    assert made(put_out(world))
    assert made(world.handle(Started(BOT, 2))) == []
    world.errors.clear()
    assert [x.handle for x in made(world.pass_time(3_700))] == ["office/room/2"]
