"""Answers: what goes to a person, when, and that it goes once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bots.ombuds.documents.cases import AnswerState
from bots.runtime.model.decision import Due, Performed, Request, Rewound, Say, SetTimer
from federation.model.events import Edit, Shown, TextMessage
from tests.kit.ombuds import ANNA, BILAL, CEM, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

NOTICE = "case/1/answer/1/notice"


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    world.write("Hallo")
    world.pass_time(20)  # she is told her receipt
    return world


def command(world: World, body: str = "!antwort Erste Fassung", sender: str = ANNA) -> str:
    event = TextMessage(
        world.origin(OFFICE, sender), world.view(OFFICE), body, thread=world.event_of("case/1/root")
    )
    world.handle(event)
    return event.origin.event_id


def sent(world: World) -> list[object]:
    """The texts of all answers that were ever sent."""
    return [
        x.phrase.values["text"]
        for x in world.said
        if isinstance(x, Say) and x.phrase.key == "answer"
    ]


@pytest.mark.parametrize("word", ["antwort", "answer", "reply", "ANTWORT", "відповідь", "رد"])
def test_the_words_for_it(world: World, word: str) -> None:
    assert world.office_keys(world.staff(f"!{word} Ja")) == ["answer-pending"]


def test_a_plain_note_stays(world: World) -> None:
    asked = world.staff("Wir sollten hinfahren")
    assert world.office_keys(asked) == ["note-stays"], "once, since she may mean the person"
    assert world.chat_keys(asked) == []
    for note in ("Was tun?", "antwort: nein", "! Achtung", "!!!", "Ich würde !antwort schreiben"):
        assert world.staff(note) == []
        assert world.staff(note, case=None) == []


def test_the_notice_says_when_it_goes(world: World) -> None:
    values = said(world.staff("!answer Ja"), "answer-pending").phrase.values
    assert (values["time"], values["text"]) == ("13:01:20", "Ja")


def test_the_notice_is_right_in_the_night_in_which_clocks_are_set_back(world: World) -> None:
    world.now = datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC)
    values = said(world.staff("!answer Ja"), "answer-pending").phrase.values
    assert values["time"] == "02:00:30"
    assert sent(world) == []
    world.pass_time(60)
    assert sent(world) == ["Ja"]


@pytest.mark.parametrize("sender", [ANNA, BILAL])
def test_taken_back_by_reaction(world: World, sender: str) -> None:
    command(world)
    asked = world.marks(NOTICE, "❌", sender)
    assert world.office_keys(asked) == ["~answer-cancelled", "answer-stopped"]
    assert said(asked, "answer-stopped").phrase.values["staff"] == sender
    assert not said(asked, "answer-stopped").phrase.values.keys() & {"text", "words"}, "it rings"
    assert world.pass_time(100) == []
    assert world.handle(Due("answer/1/1")) == []
    assert sent(world) == []


@pytest.mark.parametrize(
    ("sender", "key"), [(CEM, "❌"), ("@ombuds:office.example", "❌"), (ANNA, "👍")]
)
def test_other_reactions_take_nothing_back(world: World, sender: str, key: str) -> None:
    command(world)
    assert world.marks(NOTICE, key, sender) == []
    world.pass_time(100)
    assert sent(world) == ["Erste Fassung"]


def test_taken_back_by_command(world: World) -> None:
    command(world)
    command(world, "!antwort Zweite")
    assert said(world.staff("!zurück"), "answer-cancelled").phrase.values["text"] == "Zweite"
    assert world.office_keys(world.staff("!undo", case=None)) == ["case-where"]
    assert world.office_keys(world.staff("!undo 1", case=None)) == ["~answer-cancelled"]
    assert world.office_keys(world.staff("!undo")) == ["nothing-to-undo"]
    world.pass_time(100)
    assert sent(world) == []


def test_taken_back_by_redaction(world: World) -> None:
    event = command(world)
    assert world.office_keys(world.redact(event, CEM, OFFICE)) == ["deleted-lost"]
    asked = world.redact(event, ANNA, OFFICE)
    assert world.office_keys(asked) == ["~answer-cancelled", "answer-stopped"]
    world.pass_time(100)
    assert sent(world) == []


def test_an_edit_changes_the_text_and_the_window_begins_anew(world: World) -> None:
    event = command(world)
    world.pass_time(50)
    asked = world.edit(event, "!antwort Zweite Fassung", ANNA, OFFICE)
    assert world.office_keys(asked) == ["~answer-pending"]
    assert any(isinstance(x, SetTimer) for x in asked)
    assert world.pass_time(50) == []
    world.pass_time(20)
    assert sent(world) == ["Zweite Fassung"]


@pytest.mark.parametrize(
    "body", ["Doch nur eine Notiz", "!antwort", "!schließen", "!antwort " + "x" * 60_001]
)
def test_an_edit_that_is_no_answer_cancels(world: World, body: str) -> None:
    event = command(world)
    assert world.office_keys(world.edit(event, body, ANNA, OFFICE)) == ["~answer-cancelled"]
    world.pass_time(100)
    assert sent(world) == []


def test_an_edit_by_somebody_else_or_by_a_server_changes_nothing(world: World) -> None:
    event = command(world)
    assert world.edit(event, "!antwort gefälscht", BILAL, OFFICE) == []
    forged = Edit(
        world.origin(OFFICE, ANNA, encrypted=False), world.view(OFFICE), event, "!antwort x"
    )
    assert world.handle(forged) == []
    world.pass_time(100)
    assert sent(world) == ["Erste Fassung"]


def test_too_late(world: World) -> None:
    event = command(world)
    world.pass_time(100)
    assert world.office_keys(world.edit(event, "!antwort neu", ANNA, OFFICE)) == ["answer-late"]
    assert world.office_keys(world.redact(event, ANNA, OFFICE)) == ["answer-late"]
    assert world.office_keys(world.marks(NOTICE, "❌")) == ["answer-late"]
    assert sent(world) == ["Erste Fassung"]


def test_it_goes_once_whatever_comes_twice(world: World) -> None:
    event = TextMessage(
        world.origin(OFFICE, ANNA),
        world.view(OFFICE),
        "!antwort Ja",
        thread=world.event_of("case/1/root"),
    )
    world.handle(event)
    assert world.handle(event) == []
    world.pass_time(100)
    assert world.handle(Due("answer/1/1")) == []
    assert world.handle(event) == []
    done = Performed("Send", "case/1/answer/1", CHAT, "$x")
    assert world.handle(done) == []
    assert sent(world) == ["Ja"]


def test_written_outside_the_thread(world: World) -> None:
    assert world.office_keys(world.staff("!antwort Ja", case=None)) == ["answer-where"]
    assert world.office_keys(world.staff("!antwort 9 Ja", case=None)) == ["case-unknown"]
    assert world.office_keys(world.staff("!antwort 1", case=None)) == ["answer-empty"]
    world.staff("!antwort 1 Ja, 2 Personen", case=None)
    world.pass_time(100)
    assert sent(world) == ["Ja, 2 Personen"]


def test_an_edit_of_a_numbered_command(world: World) -> None:
    event, _ = world.write("!antwort 1 Ja", ANNA, OFFICE)
    world.edit(event, "!antwort 1 Nein", ANNA, OFFICE)
    world.pass_time(100)
    assert sent(world) == ["Nein"]
    event, _ = world.write("!antwort 1 Ja", ANNA, OFFICE)
    assert world.office_keys(world.edit(event, "!antwort 2 Ja", ANNA, OFFICE)) == [
        "~answer-cancelled"
    ]


def test_a_number_in_the_thread_is_text(world: World) -> None:
    event = command(world, "!antwort 1 Person kommt")
    world.edit(event, "!antwort 1 Person kommt doch", ANNA, OFFICE)
    world.pass_time(100)
    assert sent(world) == ["1 Person kommt doch"]


def test_written_as_a_reply_to_the_case(world: World) -> None:
    _, asked = world.write(
        "!answer Ja",
        ANNA,
        OFFICE,
        reply_to=world.event_of("case/1/root"),
    )
    assert said(asked, "answer-pending").phrase.values["text"] == "Ja"


@pytest.mark.parametrize(
    ("error", "key"), [("audience", "unsent-exposed"), ("M_FORBIDDEN", "unsent-error")]
)
def test_what_could_not_be_sent_is_said(world: World, error: str, key: str) -> None:
    world.errors["case/1/answer/1"] = error
    command(world)
    asked = world.pass_time(100)
    assert world.office_keys(asked) == ["~answer-unsent", key]
    assert said(asked, key).thread == "case/1/root"
    assert world.case().state == "open"
    command(world)
    world.pass_time(100)
    assert world.case().state == "answered"


def test_a_closed_case_stays_closed_when_its_answer_goes(world: World) -> None:
    command(world)
    world.staff("!schließen")
    world.pass_time(100)
    assert sent(world) == ["Erste Fassung"]
    assert world.case().state == "closed"


def test_too_long(world: World) -> None:
    assert world.office_keys(world.staff("!antwort " + "x" * 10_001)) == ["answer-long"]


def test_commands_of_strangers_do_nothing(world: World) -> None:
    asked: list[Request] = world.staff("!antwort Ich bin nicht vom Team", CEM)
    assert asked == []
    assert world.pass_time(100) == []


def test_an_unencrypted_command_is_refused(world: World) -> None:
    thread = world.event_of("case/1/root")
    _, asked = world.write("!antwort Ja", ANNA, OFFICE, thread=thread, encrypted=False)
    assert world.office_keys(asked) == ["command-plain"]
    assert world.pass_time(100) == []


def test_a_notice_loses_the_words_that_the_person_takes_back() -> None:
    world = World().found().with_chat()
    event, _ = world.write("Geheimer Name im Haus")
    world.staff("!antwort Guten Tag")
    assert any("Geheimer Name" in x and "Guten Tag" in x for x in world.standing())
    world.redact(event)
    assert not any("Geheimer Name" in x for x in world.standing())
    assert any("Guten Tag" in x for x in world.standing())
    world.pass_time(100)
    assert world.case().answers[0].state is AnswerState.SENT


def test_a_notice_that_is_made_anew_says_what_became_of_the_answer() -> None:
    world = World().found().with_chat()
    event, _ = world.write("Geheimer Name im Haus")
    world.staff("!antwort Guten Tag")
    world.staff("!antwort Noch etwas")
    world.pass_time(100)
    answer = world.event_of("case/1/answer/1")
    world.handle(Shown(world.origin(CHAT, YUSRA), world.view(CHAT), (answer,)))
    told = [x for x in world.office_keys(world.redact(event)) if x.startswith("answer-")]
    assert told == ["answer-delivered", "answer-sent"]


def test_when_the_machine_was_started_again_the_notice_tells_the_new_time(world: World) -> None:
    command(world)
    world.now += timedelta(hours=2)
    asked = world.handle(Rewound("answer/1/1"))
    told = said(asked, "answer-pending")
    assert told.edits == NOTICE
    closes = (world.now + world.settings.undo).astimezone(world.settings.timezone)
    assert told.phrase.values["time"] == f"{closes:%H:%M:%S}"
    assert "was started again" in world.bot.render(told.phrase).body
    assert not [x for x in asked if isinstance(x, SetTimer)], "the store has begun it anew"


def test_nothing_is_said_of_an_answer_that_does_not_wait_any_more(world: World) -> None:
    command(world)
    world.marks(NOTICE, "❌")
    assert world.handle(Rewound("answer/1/1")) == []
    assert world.handle(Rewound("answer/1/2")) == []
    assert world.handle(Rewound("answer/9/1")) == []
