"""Every shape in every place: nothing is lost, nothing leaks, nothing is said twice, and what is
not understood gets one helpful answer. What people see stands in `TABLE.md`."""

from __future__ import annotations

import re
from functools import cache

from tests.kit.looped import looped
from tests.shapes.places import (
    PLACES,
    Editors,
    Flagged,
    Newcomer,
    Place,
    Reporter,
    Seen,
    Sharing,
    Staff,
)
from tests.shapes.recorded import KINDS, SHAPES, Shape
from tests.shapes.table import TABLE, cell, plain, row, written

BY_NAME = {x.name: x for x in SHAPES}
EACH = looped("name", BY_NAME)
PRIVATE = (Newcomer, Reporter)
"""Chats in which somebody is alone with a bot: there it answers."""
ASKS = {"text-only", "no-verification", "no-call"}
"""What is answered to something that a program can't read or do."""
TOLD_TO: dict[type[Place], str] = {
    Sharing: "everybody",
    Editors: "mail",
    Reporter: "staff",
    Flagged: "staff",
}
"""Who is to read the words."""


@cache
def seen(name: str, place: type[Place]) -> tuple[Seen, ...]:
    return tuple(place().play(BY_NAME[name]))


def keys(found: tuple[Seen, ...], by: str) -> list[str]:
    return [x.key for x in found if x.by == by]


def read_by(found: tuple[Seen, ...], by: str) -> str:
    return plain("\n".join(x.text for x in found if x.by == by))


def of(*kinds: str) -> list[Shape]:
    return [x for x in SHAPES if x.kind in kinds]


# -- the table -------------------------------------------------------------------------------------


def test_there_are_shapes_of_every_kind_and_client() -> None:
    assert sum(len(x.played()) for x in SHAPES) >= 150
    assert {x.kind for x in SHAPES} == set(KINDS)
    clients = {"Element Web", "Element X", "FluffyChat", "Cinny", "nheko", "SchildiChat"}
    assert clients <= {x.client for x in SHAPES}


def test_each_shape_has_a_row_and_each_row_a_shape() -> None:
    rows = written()
    missing = [row(x) for x in SHAPES if x.name not in rows]
    assert not missing, "look whether this is right, and put it into TABLE.md:\n" + "\n".join(
        missing
    )
    assert set(rows) == set(BY_NAME)
    assert all(len(x) == len(PLACES) for x in rows.values()), "a place has no cell"


@EACH
def test_people_see_what_the_table_says(name: str) -> None:
    assert [cell(BY_NAME[name], seen(name, x)) for x in PLACES] == written().get(name)


def test_every_name_in_the_table_is_explained() -> None:
    explained = set(re.findall(r"^- `([^`]+)`", TABLE.read_text(encoding="utf-8"), re.MULTILINE))
    used = {x.key for name in BY_NAME for place in PLACES for x in seen(name, place)}
    assert explained == used


# -- nothing leaks ---------------------------------------------------------------------------------


@EACH
def test_nothing_leaks(name: str) -> None:
    """Neither ids nor words of others, nor names of files, nor what was taken back."""
    for place in PLACES:
        for one in seen(name, place):
            for secret in BY_NAME[name].never:
                assert secret.casefold() not in one.whole.casefold(), (place, one.by, one.key)


# -- nothing is lost, nothing is said twice --------------------------------------------------------


@looped("shape", of("words"))
def test_words_arrive_once(shape: Shape) -> None:
    for place in TOLD_TO:
        _arrive_once(shape, place)


def _arrive_once(shape: Shape, place: type[Place]) -> None:
    found = read_by(seen(shape.name, place), TOLD_TO[place])
    said = plain((shape.shown if place is Editors else shape.says) or "")
    sentence = said[:20]
    if place is Editors and '"m.thread"' in shape.events:
        assert sentence not in found  # in a thread, editors talk to each other
    elif len(said) > 3_000:
        assert sentence in found  # cut, or in parts
    else:
        assert found.count(sentence) == said.count(sentence) > 0


@looped("shape", [x for x in of("medium") if x.says])
def test_words_beneath_a_medium_arrive_once(shape: Shape) -> None:
    for place in (Sharing, Reporter):
        assert read_by(seen(shape.name, place), TOLD_TO[place]).count(plain(shape.says or "")) == 1


@looped("shape", of("command"))
def test_an_answer_of_staff_arrives_once(shape: Shape) -> None:
    found = read_by(seen(shape.name, Staff), "author")
    assert found.count(plain(shape.says or "")) == 1


# -- one helpful answer ----------------------------------------------------------------------------


@looped("place", PRIVATE)
@looped("shape", of("words", "medium", "burst", "replaced", "command"))
def test_nobody_who_speaks_is_left_in_silence(shape: Shape, place: type[Place]) -> None:
    answers = keys(seen(shape.name, place), "author")
    assert answers
    assert len(answers) == len(set(answers)), "said twice"


@looped("shape", of("medium", "burst"))
def test_who_sends_a_medium_is_asked_for_words_once(shape: Shape) -> None:
    for place in PRIVATE:
        assert keys(seen(shape.name, place), "author").count("text-only") == 1
    staff = keys(seen(shape.name, Reporter), "staff")
    assert staff.count("asked-for-words") == 1, "staff read what the person was told"


@looped("shape", of("medium", "burst", "verification", "call"))
def test_an_hour_later_it_is_answered_again(shape: Shape) -> None:
    for place in PRIVATE:
        stage = place()
        stage.play(shape)
        stage.world.pass_time(3_600)
        stage.said.clear()
        stage.send(shape, again="-again")
        answers = [x.key for x in stage.seen() if x.by == "author" and x.key in ASKS]
        assert len(answers) == 1


@looped("shape", of("medium"))
def test_several_in_a_row_get_one_answer(shape: Shape) -> None:
    for place in (Newcomer, Reporter, Editors):
        stage = place()
        stage.send(shape)
        stage.send(shape, again="-again")
        answers = [x.key for x in stage.seen() if x.key == "text-only"]
        assert len(answers) == (0 if place is Editors and '"m.thread"' in shape.events else 1)


@looped("shape", of("verification", "call"))
@looped("place", PLACES)
def test_machines_are_no_matter(shape: Shape, place: type[Place]) -> None:
    found = seen(shape.name, place)
    if place in PRIVATE:
        answer = f"no-{shape.kind}"
        declined = ["(declined)"] if shape.kind == "verification" else []
        assert [(x.by, x.key) for x in found] == [("author", x) for x in (*declined, answer)]
    elif place is not Flagged:
        assert not found


@looped("shape", of("nothing"))
@looped("place", PLACES)
def test_where_nobody_says_anything_nothing_is_passed_on(shape: Shape, place: type[Place]) -> None:
    found = seen(shape.name, place)
    assert not keys(found, "everybody")
    assert not keys(found, "mail")
    if place is Reporter:
        assert set(keys(found, "staff")) <= {"case-header", "ring-opened", "taken-back"}
