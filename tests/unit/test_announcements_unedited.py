"""An editor removes an edit of a message that may go out: its words go nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bots.announcements.documents.news import PAGES, State
from bots.announcements.pages import published
from federation.model.events import Edit, TextMessage
from tests.kit.announcements import ANNA, BILAL, TEXT, World, texts

WORDS = "Geheimer Ort"


@pytest.fixture
def world() -> World:
    world = World().start()
    world.subscribe("leserin@mail.example", "de")
    world.subscribe("amal@mail.example", "ar")
    return world


def mailed(world: World) -> str:
    return "\n".join(texts(letter) for _, _, letter in world.news())


def test_a_draft_says_again_what_it_said_before(world: World) -> None:
    event, _ = world.write(TEXT)
    edit, _ = world.change(event, WORDS)
    assert world.keys(world.redact(edit)) == ["~offer-changed"]
    assert WORDS not in world.memory.everything()
    assert world.item().original.text == TEXT


def test_a_release_that_waits_goes_out_with_what_is_left(world: World) -> None:
    event, _ = world.write(TEXT)
    edit, _ = world.change(event, WORDS)
    world.react(event, "✅", BILAL)
    world.pass_time(timedelta(seconds=100))
    assert world.keys(world.redact(edit))[-1] == "~pending"
    world.pass_time(timedelta(seconds=100))
    assert not world.news(), "the window begins anew"
    world.pass_time(timedelta(seconds=30))
    assert len(world.news()) == 2
    assert WORDS not in mailed(world)
    assert published(world.memory)[0].texts == (("de", TEXT),)


def test_nothing_goes_out_before_it_is_known_what_is_left(world: World) -> None:
    event, _ = world.write(TEXT)
    edit, _ = world.change(event, WORDS)
    world.react(event, "✅", BILAL)
    world.away = True
    world.redact(edit)
    assert WORDS not in world.memory.everything()
    world.pass_time(timedelta(hours=1))
    assert world.item().state is State.PENDING
    assert not world.news()
    world.back()
    world.pass_time(world.settings.undo)
    assert TEXT in mailed(world)


def test_of_several_edits_the_one_before_it_counts(world: World) -> None:
    event, _ = world.write(TEXT)
    first, _ = world.change(event, "Zweite Fassung")
    second, _ = world.change(event, WORDS)
    world.redact(second)
    assert world.item().original.text == "Zweite Fassung"
    world.redact(first)
    assert world.item().original.text == TEXT


def test_an_edit_that_was_edited_again_is_of_no_interest(world: World) -> None:
    event, _ = world.write(TEXT)
    first, _ = world.change(event, WORDS)
    world.change(event, "Zweite Fassung")
    assert world.redact(first) == []
    assert world.item().original.text == "Zweite Fassung"


@pytest.mark.parametrize("again", ["removed", "edited", "redacted"])
def test_what_was_looked_up_too_early_does_not_count(world: World, again: str) -> None:
    event, _ = world.write(TEXT)
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
    assert WORDS not in world.memory.everything()
    world.back()
    expected = {"removed": TEXT, "edited": "Dritte Fassung", "redacted": ""}[again]
    assert world.item().original.text == expected
    assert WORDS not in world.memory.everything()


def test_a_translation_says_again_what_it_said_before(world: World) -> None:
    event, _ = world.write(TEXT)
    translation, _ = world.write("ar: اجتماع", thread=event)
    edit, _ = world.change(translation, f"ar: {WORDS}")
    world.react(event, "✅", BILAL)
    world.redact(edit)
    world.pass_time(world.settings.undo)
    assert WORDS not in mailed(world)
    assert "اجتماع" in mailed(world)


@pytest.mark.parametrize("left", ["", "x" * 30_000])
def test_what_can_not_go_out_any_more_is_dropped(world: World, left: str) -> None:
    event, _ = world.write(TEXT)
    edit, _ = world.change(event, WORDS)
    world.change(event, left)
    world.react(event, "✅", BILAL)
    assert world.keys(world.redact(edit))[-1] == "~dropped"
    assert WORDS not in world.memory.everything()
    world.pass_time(timedelta(hours=1))
    assert not world.news()


def test_after_the_release_all_that_shows_it_is_taken_back(world: World) -> None:
    event, _ = world.write(TEXT)
    edit, _ = world.change(event, WORDS)
    world.react(event, "✅", BILAL)
    world.held = True
    world.pass_time(world.settings.undo)
    assert WORDS in world.memory.everything()
    assert world.keys(world.redact(edit)) == ["stopped"]
    assert WORDS not in world.memory.everything()
    assert published(world.memory) == ()
    assert (PAGES.kind, "1") in world.memory.forgotten
    world.release_held()
    assert not world.news()


def test_after_the_release_a_translation_gives_way_to_the_original(world: World) -> None:
    event, _ = world.write(TEXT)
    translation, _ = world.write("ar: اجتماع", thread=event)
    edit, _ = world.change(translation, f"ar: {WORDS}")
    world.react(event, "✅", BILAL)
    world.held = True
    world.pass_time(world.settings.undo)
    assert world.keys(world.redact(edit)) == ["translation-removed"]
    assert WORDS not in world.memory.everything()
    world.release_held()
    assert WORDS not in mailed(world)


@pytest.mark.parametrize("edited", [False, True])
def test_what_was_removed_before_it_could_be_read_is_no_text(world: World, edited: bool) -> None:
    event, _ = world.write(TEXT)
    late = world.origin(ANNA)
    world.redact(late.event_id)
    read = Edit(late, world.view, event, WORDS) if edited else TextMessage(late, world.view, WORDS)
    assert world.handle(read) == []
    assert WORDS not in world.memory.everything()


def test_nobody_elses_edit_counts(world: World) -> None:
    event, _ = world.write(TEXT)
    edit, _ = world.change(event, WORDS, BILAL)
    assert world.redact(edit) == []
    own, _ = world.change(event, WORDS, ANNA)
    world.redact(own)
    assert world.item().original.text == TEXT
