"""The ombuds room: commands for cases, lists, help."""

from __future__ import annotations

from typing import Any

import pytest

from bots.ombuds import commands
from bots.ombuds.cases import casework
from bots.ombuds.documents.cases import CASES, SEARCHES
from bots.ombuds.documents.chats import CONVERSATIONS, IDENTITIES
from bots.runtime.kit.documents import Collection
from bots.runtime.model.decision import Due, Performed, Phrase, SetAside
from bots.runtime.understanding.commands import Command
from federation.model.actions import Handle
from federation.model.events import Ignored, MediaMessage, Reaction
from tests.kit.ombuds import ANNA, BILAL, CEM, OFFICE, World, flat
from tests.kit.world import said


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    world.write("Der Wächter schlägt uns")
    world.pass_time(20)  # she is told her receipt
    return world


def marks(phrase: Phrase) -> list[str]:
    return [x.key for x in phrase.values["marks"]]  # type: ignore[attr-defined]


def test_close_and_reopen(world: World) -> None:
    assert world.office_keys(world.staff("!schließen")) == ["~case-root", "closed"]
    assert world.case().state == "closed"
    assert world.office_keys(world.staff("!close")) == ["closed-already"]
    assert world.office_keys(world.staff("!öffnen 1", case=None)) == ["~case-root", "reopened"]
    assert world.office_keys(world.staff("!reopen")) == ["open-already"]


def test_take(world: World) -> None:
    asked = world.staff("!nehmen", BILAL)
    assert world.office_keys(asked) == ["~case-root", "taken"]
    assert marks(said(asked, "case-root").phrase) == ["mark-taken"]
    assert world.office_keys(world.staff("!take", BILAL)) == ["taken"]


def test_nothing_that_staff_do_reads_whose_case_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, get = set(), world.memory.get

    def watched(collection: Collection[Any], key: str) -> Any:
        read.add(collection.kind)
        return get(collection, key)

    monkeypatch.setattr(world.memory, "get", watched)
    commanded = ("take", "answer We come.", "undo", "close", "reopen", "cases", "cases x", "help")
    for body in ("We should ask them.", *(f"!{x}" for x in commanded)):
        assert world.staff(body) or body.startswith("!")
    assert CASES.kind in read
    assert not read & {IDENTITIES.kind, CONVERSATIONS.kind}


def test_a_word_is_looked_for_in_all_cases_a_few_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casework, "READ", 3)
    monkeypatch.setattr(casework, "MOST", 2)
    for number in range(2, 9):
        world.write("!neu")
        world.write(f"Kein Wasser {number}")
    world.staff("!schließen", case=2)
    asked = world.staff("!fälle wasser", case=None)
    assert world.office_keys(asked) == []
    told = said(world.pass_time(0), "cases").phrase.values
    lines, more = told["lines"], told["more"]
    assert [x.values["number"] for x in lines] == [3, 4], "who has waited longest"  # type: ignore[attr-defined]
    assert more.values["count"] == 5  # type: ignore[attr-defined]
    assert world.memory.all(SEARCHES) == []
    asked = world.staff("!fälle #1", case=None) + world.pass_time(0)
    assert [x.values["number"] for x in said(asked, "cases").phrase.values["lines"]] == [1]  # type: ignore[attr-defined]


def test_lists(world: World) -> None:
    world.staff("!schließen")
    world.write("Kein Wasser")
    world.staff("!nehmen", BILAL, case=2)

    def numbers(body: str, sender: str = ANNA) -> list[object]:
        asked = world.staff(body, sender, case=None)
        (told,) = asked
        key = told.phrase.key  # type: ignore[union-attr]
        if key == "cases-none":
            return []
        return [x.values["number"] for x in said(asked, "cases").phrase.values["lines"]]  # type: ignore[attr-defined]

    assert numbers("!fälle") == [2]
    assert numbers("!cases open") == [2]
    assert numbers("!fälle alle") == [2, 1]
    assert numbers("!fälle meine") == []
    assert numbers("!fälle meine", BILAL) == [2]
    assert numbers("!fälle WÄCHTER") == [1]
    assert numbers("!fälle 2") == [2]
    assert numbers("!fälle Zebra") == []


def test_who_has_waited_longest_for_an_answer_comes_first(world: World) -> None:
    for number in (2, 3, 4):
        world.pass_time(24 * 3600)
        world.write("!neu")
        world.write(f"Sache {number}")
    world.staff("!antwort Wir kommen.", case=1)
    world.pass_time(120)
    world.staff("!nehmen", BILAL, case=3)
    world.staff("!schließen", case=2)
    world.staff("!öffnen", case=2)  # it waits again, from now on
    lines = flat(said(world.staff("!fälle", case=None), "cases").phrase).splitlines()[2:6]
    assert [x.split(" · ")[0].strip("\u200e") for x in lines] == ["3", "4", "2", "1"]
    assert "1 day" in lines[0]
    assert "bilal" in lines[0]
    assert "answered" in lines[3]


def test_a_list_has_links_and_an_end(world: World) -> None:
    for _ in range(24):
        world.write("!neu")
        world.write("x" * 200)
        world.pass_time(100)
    phrase = said(world.staff("!fälle", case=None), "cases").phrase
    lines = phrase.values["lines"]
    assert len(lines) == 20  # type: ignore[arg-type]
    text = flat(phrase)
    assert "There are 5 more." in text
    assert f"https://matrix.to/#/!office/{world.event_of('case/1/root')}" in text.splitlines()[2]
    assert all(len(x) < 150 for x in text.splitlines())


def test_a_list_in_a_thread_and_before_anything_is_sent(world: World) -> None:
    made = world.memory.handles.pop("case/1/root")
    assert world.office_keys(world.staff("!fälle", case=None)) == ["cases"]
    world.memory.handles["case/1/root"] = made
    assert said(world.staff("!fälle"), "cases").thread is None


def test_help_names_every_command(world: World) -> None:
    phrase = said(world.staff("!hilfe", case=None), "help").phrase
    text = flat(phrase)
    for command in commands.STAFF:
        assert command.shown("de") in text
    assert said(world.staff("!help"), "help").thread == Handle("case/1/root")


@pytest.mark.parametrize(
    ("body", "guess"), [("!anwort Ja", "!antwort"), ("!schliesen", "!schließen"), ("!xqzw", None)]
)
def test_unknown_commands_get_a_suggestion(world: World, body: str, guess: str | None) -> None:
    values = said(world.staff(body), "command-unknown").phrase.values
    found = values["guess"]
    command = found.values["command"] if isinstance(found, Phrase) else None
    assert (command.shown("de") if isinstance(command, Command) else None) == guess
    assert world.pass_time(100) == []


def test_an_edited_command_is_not_carried_out(world: World) -> None:
    event, _ = world.write("!anwort Ja", ANNA, OFFICE)
    assert world.office_keys(world.edit(event, "!antwort Ja", ANNA, OFFICE)) == ["command-edited"]
    assert world.edit(event, "Notiz", ANNA, OFFICE) == []
    assert world.edit(event, "!antwort Ja", CEM, OFFICE) == []


def test_failures_are_told_sparingly(world: World) -> None:
    assert world.office_keys(world.handle(SetAside("a1", "action"))) == ["set-aside"]
    assert world.handle(SetAside("a2", "action")) == []
    world.pass_time(601)
    assert world.office_keys(world.handle(SetAside("a3", "action"))) == ["set-aside"]


def test_events_without_meaning_make_nothing(world: World) -> None:
    origin, view = world.origin(OFFICE, ANNA), world.view(OFFICE)
    assert world.handle(Ignored(origin, view, "m.room.topic")) == []
    assert world.handle(MediaMessage(origin, view, "image")) == []
    assert world.handle(Reaction(origin, view, "$unknown", "❌")) == []
    assert world.handle(Performed("Send", "case/99/answer/1", "!x", "$x")) == []
    for key in ("answer/99/1", "answer/1/99", "answer/x", "welcome/!unknown", ""):
        assert world.handle(Due(key)) == []


def test_a_case_whose_document_is_gone(world: World) -> None:
    world.memory.drop(CASES, "1")
    assert world.office_keys(world.staff("!schließen")) == ["case-unknown"]
