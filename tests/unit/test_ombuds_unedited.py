"""Somebody removes one edit of a message: no copy holds its words, and the rest is not lost."""

from __future__ import annotations

import pytest

from bots.ombuds import keys
from bots.ombuds.documents.cases import LATER, AnswerState
from bots.runtime.model.decision import Request
from federation.model.actions import AskNow, Redact
from federation.model.events import Edit, TextMessage
from tests.kit.ombuds import ANNA, CEM, CHAT, OFFICE, YUSRA, World

WORDS = "Geheimer Name"
NOTICE = "case/1/answer/1/notice"


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def is_gone(world: World) -> bool:
    """Nobody is shown it any more, and it is kept for nothing but to be erased."""
    kept = {kind: x for kind, x in world.memory.documents.items() if kind != "ombuds/hidden"}
    return WORDS not in str(world.standing()) and WORDS not in str(kept)


def says(world: World, text: str) -> bool:
    return any(text in x for x in world.standing())


def redacted(asked: list[Request]) -> list[str]:
    return [str(x.target) for x in asked if isinstance(x, Redact)]


# -- what the person writes ------------------------------------------------------------------------


def test_the_first_message_stays_with_the_case(world: World) -> None:
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, WORDS)
    assert not is_gone(world)
    asked = world.redact(edit)
    assert redacted(asked) == ["case/1/root"]
    assert world.office_keys(asked) == ["case-header", "taken-back", "followup"]
    assert world.chat_keys(asked) == []
    assert is_gone(world)
    assert says(world, "Die Heizung ist kalt")
    assert world.kept(LATER, "1/1").text == "Die Heizung ist kalt"


def test_a_later_message_stays_in_the_thread(world: World) -> None:
    world.write("Hallo")
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, WORDS)
    assert world.office_keys(world.redact(edit)) == ["taken-back", "followup"]
    assert is_gone(world)
    assert says(world, "Die Heizung ist kalt")
    assert says(world, "Hallo")


def test_every_part_goes(world: World) -> None:
    event, _ = world.write("kurz")
    edit, _ = world.change(event, f"{WORDS} " * 500)
    asked = world.redact(edit)
    assert redacted(asked) == ["case/1/root", "case/1/text/1"]
    assert is_gone(world)
    assert says(world, "kurz")


@pytest.mark.parametrize("which", [0, 1])
def test_of_several_edits_any_can_go(world: World, which: int) -> None:
    """Each stands in the room's history, also one that was edited again."""
    event, _ = world.write("Erste Fassung")
    bodies = ["Zweite Fassung", "Zweite Fassung"]
    bodies[which] = WORDS
    edits = [world.change(event, body)[0] for body in bodies]
    world.redact(edits[which])
    assert is_gone(world)
    assert says(world, "Zweite Fassung")
    world.redact(edits[1 - which])
    assert says(world, "Erste Fassung")
    assert not says(world, "Zweite Fassung")


def test_a_caption_stays(world: World) -> None:
    world.write("Hallo")
    event, _ = world.send_media("image", "Die Heizung")
    edit, _ = world.change(event, WORDS)
    assert world.office_keys(world.redact(edit)) == ["taken-back", "media"]
    assert is_gone(world)
    assert says(world, "Die Heizung")


def test_what_is_passed_on_anew_can_be_changed_and_taken_back(world: World) -> None:
    event, _ = world.write("Erste Fassung")
    edit, _ = world.change(event, "Zweite Fassung")
    world.redact(edit)
    edit, asked = world.change(event, WORDS)
    assert world.office_keys(asked) == ["~followup"]
    world.redact(edit)
    assert is_gone(world)
    asked = world.redact(event)
    assert redacted(asked) == ["case/1/text/2"]
    assert world.office_keys(asked) == ["taken-back"]
    assert not says(world, "Fassung")


@pytest.mark.parametrize("again", ["removed", "edited", "redacted"])
def test_what_was_looked_up_too_early_does_not_count(world: World, again: str) -> None:
    event, _ = world.write("Erste Fassung")
    first, _ = world.change(event, WORDS)
    second, _ = world.change(event, "Zweite Fassung")
    world.away = True
    world.redact(second)
    if again == "removed":
        world.redact(first)
    elif again == "edited":
        world.change(event, "Dritte Fassung")
    else:
        world.redact(event)
    assert is_gone(world)
    told = [] if again == "redacted" else ["followup"]
    assert world.office_keys(world.back()) == told
    assert is_gone(world)
    expected = {"removed": "Erste Fassung", "edited": "Dritte Fassung"}
    assert says(world, expected.get(again, "Fassung")) == (again in expected)


def test_what_can_not_be_read_any_more_is_asked_for_again(world: World) -> None:
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, WORDS)
    world.errors["AskNow"] = "M_FORBIDDEN"
    asked = world.redact(edit)
    assert world.office_keys(asked) == ["case-header", "taken-back", "unreadable-now"]
    assert world.chat_keys(asked) == [], "others may be looking on"
    assert is_gone(world)


def test_a_message_that_is_gone_itself_is_told_of_once(world: World) -> None:
    world.write("Hallo")
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, WORDS)
    world.wrote.erase(event)
    assert world.office_keys(world.redact(edit)) == ["taken-back"]
    assert world.office_keys(world.redact(event)) == []


def test_what_was_removed_before_it_could_be_read_reaches_nobody(world: World) -> None:
    event, _ = world.write("Die Heizung ist kalt")
    late = world.origin(CHAT, YUSRA)
    world.redact(late.event_id)
    assert world.handle(Edit(late, world.view(CHAT), event, WORDS)) == []
    assert says(world, "Die Heizung ist kalt")


def test_nobody_else_makes_anything_disappear(world: World) -> None:
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, "Noch kälter")
    assert world.redact(edit, CEM) == []
    assert says(world, "Noch kälter")


# -- what staff write ------------------------------------------------------------------------------


def command(world: World) -> str:
    event = TextMessage(
        world.origin(OFFICE, ANNA),
        world.view(OFFICE),
        "!antwort Erste Fassung",
        thread=world.event_of(keys.ROOT(case=1)),
    )
    world.handle(event)
    return event.origin.event_id


def test_an_answer_of_which_an_edit_is_removed_is_not_sent(world: World) -> None:
    world.write("Hallo")
    event = command(world)
    edit, _ = world.change(event, f"!antwort {WORDS}", ANNA, OFFICE)
    asked = world.redact(edit, ANNA, OFFICE)
    assert redacted(asked) == [NOTICE]
    assert world.office_keys(asked) == ["answer-stopped", "answer-cancelled"]
    assert is_gone(world)
    assert world.chat_keys(world.pass_time(1_000)) == ["receipt"]
    assert world.case().answers[0].state is AnswerState.CANCELLED
    assert world.redact(event, ANNA, OFFICE) == []


def test_of_an_answer_that_was_taken_back_no_word_stays(world: World) -> None:
    world.write("Hallo")
    event = command(world)
    edit, _ = world.change(event, f"!antwort {WORDS}", ANNA, OFFICE)
    world.marks(NOTICE, "❌")
    assert redacted(world.redact(edit, ANNA, OFFICE)) == [NOTICE]
    assert is_gone(world)


@pytest.mark.parametrize("edited", [False, True])
def test_a_command_that_was_removed_before_it_could_be_read_does_nothing(
    world: World, edited: bool
) -> None:
    world.write("Hallo")
    event = command(world) if edited else ""
    late, view = world.origin(OFFICE, ANNA), world.view(OFFICE)
    world.redact(late.event_id, ANNA, OFFICE)
    body = f"!antwort 1 {WORDS}"
    read = Edit(late, view, event, body) if edited else TextMessage(late, view, body)
    assert world.handle(read) == []
    world.pass_time(1_000)
    assert is_gone(world)


def test_an_answer_that_was_sent_stays(world: World) -> None:
    world.write("Hallo")
    event = command(world)
    edit, _ = world.change(event, "!antwort Zweite Fassung", ANNA, OFFICE)
    world.pass_time(1_000)
    assert world.office_keys(world.redact(edit, ANNA, OFFICE)) == ["answer-late"]


def test_nobody_outside_the_team_takes_an_answer_back(world: World) -> None:
    world.write("Hallo")
    edit, _ = world.change(command(world), "!antwort Zweite Fassung", ANNA, OFFICE)
    assert world.office_keys(world.redact(edit, CEM, OFFICE)) == ["deleted-lost"]


def test_only_what_was_edited_is_looked_up(world: World) -> None:
    event, _ = world.write("Hallo")
    assert not [x for x in world.redact("$unknown") if isinstance(x, AskNow)]
    assert not [x for x in world.redact(event) if isinstance(x, AskNow)]


def test_a_deleted_message_comes_back_with_no_backup(world: World) -> None:
    world.write("Hallo")
    event, _ = world.write(WORDS)
    assert not is_gone(world)
    world.redact(event)
    assert is_gone(world)
    assert not world.memory.forgotten
    world.pass_time(72 * 3_600)
    assert WORDS not in world.memory.everything()
    assert ("ombuds/later", "1/1") in world.memory.forgotten


def test_a_long_case_is_not_written_anew_with_every_message(world: World) -> None:
    world.write("Hallo")
    size = len(str(world.memory.documents["ombuds/case"]))
    for number in range(50):
        world.write(f"Nachricht {number}")
    assert len(str(world.memory.documents["ombuds/case"])) < size + 20
    assert len(world.memory.documents["ombuds/later"]) == 50
