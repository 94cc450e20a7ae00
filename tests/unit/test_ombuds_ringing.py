"""What makes phones ring: never what somebody wrote, and a burst only once."""

from __future__ import annotations

import pytest

from bots.ombuds import keys
from bots.ombuds.wording import PARAGRAPHS, RINGING
from bots.runtime.model.decision import Request, Say
from bots.runtime.speech.phrases import each
from tests.kit.ombuds import CHAT, OFFICE, World

SECRET = "the guard with the red cap"


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def loud(world: World, asked: list[Request]) -> list[tuple[str, str]]:
    """What rings: where, and what stands on the lock screen."""
    told = [x for x in asked if isinstance(x, Say)]
    texts = [(world.at(x), world.bot.render(x.phrase)) for x in told]
    return [(room, text.body) for room, text in texts if not text.notice]


def test_no_text_that_rings_has_a_place_for_what_a_person_wrote() -> None:
    for key in sorted(RINGING):
        whole = "\n".join(map(str, each(PARAGRAPHS[key])))
        assert "{text}" not in whole, key
        assert "{words}" not in whole, key
        assert "{lin" not in whole, key


def test_a_case_is_there_before_it_rings_and_rings_without_a_word_of_it(world: World) -> None:
    _, asked = world.write(SECRET)
    said = [x for x in asked if isinstance(x, Say) and world.at(x) == OFFICE]
    assert [x.phrase.key for x in said] == ["case-root", "ring-opened"]
    assert said[1].thread == keys.ROOT(case=1), "Element lists threads that have a reply"
    assert loud(world, asked) == [(OFFICE, "New: case 1")]


def test_a_burst_rings_twice_at_most(world: World) -> None:
    rung = loud(world, world.write("one")[1])
    for n in range(20):
        rung += loud(world, world.write(f"more {n}")[1])
    world.chat("@samir:hs", "!other:hs")
    rung += loud(world, world.write(SECRET, "@samir:hs", "!other:hs")[1])
    assert [x for x in rung if x[0] == OFFICE] == [(OFFICE, "New: case 1")]
    later = [x for x in loud(world, world.pass_time(61)) if x[0] == OFFICE]
    assert [x[1].translate({0x2068: None, 0x2069: None}) for x in later] == [
        "There is something new. Cases: 1, 2"
    ]
    assert world.pass_time(600) == []


def test_a_case_in_a_burst_has_a_silent_reply_in_its_thread(world: World) -> None:
    world.write("one")
    world.chat("@samir:hs", "!other:hs")
    _, asked = world.write(SECRET, "@samir:hs", "!other:hs")
    (reply,) = [x for x in asked if isinstance(x, Say) and x.phrase.key == "opened"]
    assert reply.thread == keys.ROOT(case=2)
    assert world.bot.render(reply.phrase).notice


def test_later_it_rings_at_once_again(world: World) -> None:
    world.write("one")
    world.pass_time(61)
    asked = world.write(SECRET)[1]
    assert loud(world, asked) == [(OFFICE, "New message in case 1")]


def test_an_answer_is_there_before_it_rings_and_rings_without_a_word_of_it(world: World) -> None:
    world.write("one")
    world.staff(f"!answer {SECRET}")
    asked = world.pass_time(120)
    said = [x.phrase.key for x in asked if isinstance(x, Say) and world.at(x) == CHAT]
    assert said == ["receipt", "answer", "ring-answer"]
    assert [x for x in loud(world, asked) if x[0] == CHAT] == [(CHAT, "You have an answer.")]


def test_what_could_not_be_sent_does_not_ring(world: World) -> None:
    world.write("one")
    world.errors[keys.ANSWER(case=1, number=1)] = "M_FORBIDDEN"
    world.staff("!answer yes")
    assert not [x for x in loud(world, world.pass_time(120)) if x[0] == CHAT]


def test_number_and_first_words_come_first(world: World) -> None:
    _, asked = world.write("The heating has been broken since Friday")
    root = next(x for x in asked if isinstance(x, Say) and x.phrase.key == "case-root")
    start = " ".join(world.bot.render(root.phrase).body.split())[:40]
    assert "Case 1" in start
    assert "The heating" in start
