"""What everybody can read on the web: what was released, and no longer than it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bots.announcements.documents.news import PAGES
from bots.announcements.pages import published
from tests.kit.announcements import BILAL, STRANGER, TEXT, World, texts


@pytest.fixture
def world() -> World:
    return World().start()


def page(world: World) -> list[tuple[tuple[str, str], ...]]:
    return [x.texts for x in published(world.memory)]


def test_what_was_released_stands_there_the_newest_first(world: World) -> None:
    first, _ = world.write("Erstes")
    world.write("Entwurf")
    world.send("Zweites")
    assert page(world) == [(("de", "Zweites"),)]
    world.react(first, "✅", BILAL)
    assert len(page(world)) == 1, "it can still be taken back"
    world.pass_time(world.settings.undo)
    assert page(world) == [(("de", "Erstes"),), (("de", "Zweites"),)]


def test_editors_are_told_that_everybody_can_read_it(world: World) -> None:
    _, asked = world.write(TEXT)
    (offer,) = (x for x in asked if getattr(x, "phrase", None) is not None)
    text = world.bot.render(offer.phrase).body  # type: ignore[union-attr]
    assert "https://net.example/news" in text


def test_it_stands_there_with_its_translations(world: World) -> None:
    event, _ = world.write(TEXT)
    world.write("ar: اجتماع", thread=event)
    world.react(event, "✅", BILAL)
    world.pass_time(world.settings.undo)
    assert page(world) == [(("de", TEXT), ("ar", "اجتماع"))]


def test_what_is_taken_back_stands_nowhere(world: World) -> None:
    event = world.send(TEXT)
    assert page(world)
    world.redact(event)
    assert page(world) == []
    assert "Haus am See" not in world.memory.everything()
    assert world.memory.all(PAGES) == []


def test_an_edit_by_somebody_else_changes_nothing(world: World) -> None:
    event, _ = world.write(TEXT)
    world.edit(event, "falsch", BILAL)
    world.edit(event, "falsch", STRANGER)
    world.react(event, "✅", BILAL)
    world.pass_time(world.settings.undo)
    assert page(world) == [(("de", TEXT),)]


def test_a_translation_that_is_taken_back_leaves_page_queue_and_digest(world: World) -> None:
    world.subscribe("amal@mail.example", "ar")
    world.subscribe("amir@mail.example", "ar", "digest")
    event, _ = world.write(TEXT)
    translation, _ = world.write("ar: Quatsch", thread=event)
    world.react(event, "✅", BILAL)
    world.held = True
    world.pass_time(timedelta(days=7))
    assert "Quatsch" in world.memory.everything()
    assert world.keys(world.redact(translation)) == ["translation-removed"]
    assert "Quatsch" not in world.memory.everything()
    assert page(world) == [(("de", TEXT),)]
    world.release_held()
    letters = [texts(letter) for _, _, letter in world.news()]
    assert len(letters) == 2
    assert all(TEXT in letter for letter in letters)


def test_the_page_holds_so_many_and_looks_no_further(world: World) -> None:
    for number in range(25):
        world.send(f"Nummer {number}")
    assert len(page(world)) == 20
    assert page(world)[0] == (("de", "Nummer 24"),)
