"""Edits and redactions: every copy follows, and only the author's count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.runtime.model.decision import Request, Say
from federation.model.actions import Redact
from federation.model.events import Edit, Redaction, TextMessage
from tests.kit.ombuds import CEM, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

OTHER, OTHER_CHAT = "@other:x.example", "!other"


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def redacted(asked: list[Request]) -> list[str]:
    return [str(x.target) for x in asked if isinstance(x, Redact)]


def test_an_edit_of_the_first_message_changes_the_root(world: World) -> None:
    event, _ = world.write("Vorher")
    asked = world.edit(event, "Nachher")
    told = said(asked, "case-root")
    assert (told.edits, told.phrase.values["text"]) == ("case/1/root", "Nachher")
    assert [x.key for x in told.phrase.values["marks"]] == ["mark-changed"]  # type: ignore[attr-defined]
    assert world.chat_keys(asked) == []


def test_an_edit_of_a_later_message(world: World) -> None:
    world.write("Eins")
    event, _ = world.write("Zwei")
    told = said(world.edit(event, "Drei"), "followup")
    assert (told.edits, told.phrase.values["text"]) == ("case/1/text/1", "Drei")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("kurz", "lang " * 1000, ["~case-root", "continued"]),
        ("lang " * 1000, "kurz", ["~case-root", "~part-removed"]),
        ("lang " * 1000, "anders " * 700, ["~case-root", "~continued"]),
    ],
)
def test_parts_come_and_go(world: World, before: str, after: str, told: list[str]) -> None:
    event, _ = world.write(before)
    assert world.office_keys(world.edit(event, after)) == told
    assert world.office_keys(world.edit(event, "noch einmal"))[0] == "~case-root"


def test_an_edit_of_a_caption(world: World) -> None:
    world.write("Hallo")
    event, _ = world.send_media("image", "vorher")
    edit = Edit(world.origin(CHAT, YUSRA), world.view(CHAT), event, "nachher", "image")
    told = said(world.handle(edit), "media")
    assert told.edits == "case/1/image/1"
    assert told.phrase.values["text"] == "nachher"
    assert told.phrase.values["kind"].key == "kind-image"  # type: ignore[attr-defined]


def test_a_picture_that_becomes_words_and_words_that_become_a_picture(world: World) -> None:
    world.write("Hallo")
    event, asked = world.send_media("image", "vorher")
    assert world.chat_keys(asked) == ["text-only"]
    assert said(world.edit(event, "nachher"), "followup").phrase.values["text"] == "nachher"
    world.pass_time(3_600)
    root, _ = world.write("Noch etwas")
    edit = Edit(world.origin(CHAT, YUSRA), world.view(CHAT), root, "", "image")
    asked = world.handle(edit)
    assert world.office_keys(asked) == ["~media", "asked-for-words"]
    assert world.chat_keys(asked) == ["text-only"]
    assert "Noch etwas" not in said(asked, "media").phrase.values.values()


def test_an_edit_of_an_older_case_changes_that_case(world: World) -> None:
    event, _ = world.write("Alt")
    world.staff("!schließen")
    world.write("Neu")
    world.edit(event, "Alt, anders")
    assert (world.case(1).text, world.case(2).text) == ("Alt, anders", "Neu")
    assert world.conversation().case == 2


@pytest.mark.parametrize("sender", [CEM, OTHER])
def test_edits_and_redactions_by_others_do_nothing(world: World, sender: str) -> None:
    event, _ = world.write("Hallo")
    assert world.edit(event, "gefälscht", sender) == []
    assert world.redact(event, sender) == []
    world.chat(OTHER, OTHER_CHAT)
    world.write("Anderes", OTHER, OTHER_CHAT)
    assert world.edit(event, "gefälscht", OTHER, OTHER_CHAT) == []
    assert world.redact(event, OTHER, OTHER_CHAT) == []
    assert world.edit(event, "gefälscht", CEM, OFFICE) == []
    assert world.case().text == "Hallo"


def test_an_unencrypted_edit_in_an_encrypted_chat_could_be_the_servers(world: World) -> None:
    event, _ = world.write("Hallo")
    origin = world.origin(CHAT, YUSRA, encrypted=False)
    assert world.handle(Edit(origin, world.view(CHAT), event, "gefälscht")) == []
    view = replace(world.view(CHAT), encrypted=False)
    assert world.handle(Edit(origin, view, event, "echt")) != []


def test_a_redaction_reaches_every_part(world: World) -> None:
    world.write("Eins")
    event, _ = world.write("lang " * 1000)
    asked = world.redact(event)
    assert redacted(asked) == ["case/1/text/1", "case/1/text/2"]
    assert world.office_keys(asked) == ["taken-back"]
    assert world.redact(event) == []
    assert world.edit(event, "doch") == []


def test_a_root_taken_back_leaves_a_header(world: World) -> None:
    event, _ = world.write("Eins")
    asked = world.redact(event)
    assert redacted(asked) == ["case/1/root"]
    header = said(asked, "case-header")
    assert (header.handle, header.thread) == ("case/1/header", "case/1/root")
    assert world.case().text == ""
    asked = world.staff("!schließen")
    assert said(asked, "case-header").edits == "case/1/header"


def test_what_was_taken_back_before_it_could_be_read_makes_no_case(world: World) -> None:
    event = TextMessage(world.origin(CHAT, YUSRA), world.view(CHAT), "zu spät")
    redaction = Redaction(world.origin(CHAT, YUSRA), world.view(CHAT), event.origin.event_id)
    assert world.handle(redaction) == []
    assert world.handle(event) == []


def test_an_edit_that_comes_before_its_message_is_filed_once(world: World) -> None:
    original = TextMessage(world.origin(CHAT, YUSRA), world.view(CHAT), "Am Montag.")
    asked = world.edit(original.origin.event_id, "Am Dienstag.")
    told = said(asked, "case-root")
    assert told.phrase.values["text"] == "Am Dienstag."
    assert world.handle(original) == []
    assert world.case().texts == 0
    later = world.edit(original.origin.event_id, "Am Mittwoch.")
    assert world.office_keys(later) == ["~case-root"]
    assert redacted(world.redact(original.origin.event_id)) == ["case/1/root"]


def test_an_edit_that_comes_before_its_message_goes_on_with_a_case(world: World) -> None:
    world.write("Hallo")
    original = TextMessage(world.origin(CHAT, YUSRA), world.view(CHAT), "Am Montag.")
    edit, asked = world.change(original.origin.event_id, "Am Dienstag.")
    assert world.office_keys(asked) == ["followup"]
    assert world.handle(original) == []
    assert redacted(world.redact(edit)) == ["case/1/text/1"]


def test_an_edit_of_what_could_not_be_read_is_filed(world: World) -> None:
    assert "send-again" in world.chat_keys(world.garble())
    lost = world.origin(CHAT, YUSRA).event_id
    assert "case-root" in world.office_keys(world.edit(lost, "Der Wächter schlägt uns."))


def test_an_edit_of_what_we_said_ourselves_is_no_message(world: World) -> None:
    world.write("Hallo")
    assert world.edit(world.event_of("case/1/root"), "Es ist erledigt.") == []


@pytest.mark.parametrize("body", ["!löschen", "!hilfe", "ja", "2", "Deutsch"])
def test_an_edit_commands_and_decides_nothing(world: World, body: str) -> None:
    world.write("Hallo")
    assert world.edit("$unknown", body) == []


def test_what_an_edit_tells_behind_a_command_is_filed(world: World) -> None:
    assert world.office_keys(world.edit("$unknown", "!neu Er war wieder da."))[0] == "case-root"
    assert world.case().text == "Er war wieder da."


def test_edits_in_unknown_rooms_do_nothing(world: World) -> None:
    assert world.redact("$unknown", room="!unknown") == []
    assert world.edit("$unknown", "x", room="!unknown") == []


def test_a_reaction_of_hers_does_nothing(world: World) -> None:
    world.write("Hallo")
    assert not [x for x in world.marks("case/1/root", "❌", YUSRA) if isinstance(x, Say)]
