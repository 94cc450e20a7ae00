"""Who changes her mind again and again, and who asks and asks: nothing rings, nobody waits."""

from __future__ import annotations

import pytest

from bots.exchange.documents import ANSWERS, RESTLESS, SHARES
from bots.runtime.model.decision import Request, Say
from federation.model.actions import AskNow, Redact
from tests.kit.exchange import CEM, EXCHANGE, LEYLA, NORTH, Market


@pytest.fixture
def market() -> Market:
    return Market()


def copies(asked: list[Request]) -> list[Say]:
    """What is new in the exchange room."""
    return [x for x in asked if isinstance(x, Say) and x.phrase.key == "copy" and x.handle]


def taken_back(asked: list[Request]) -> list[Redact]:
    return [x for x in asked if isinstance(x, Redact) and x.room == EXCHANGE]


@pytest.mark.parametrize("ends_marked", [True, False])
def test_marking_and_unmarking_settles_before_it_rings(market: Market, ends_marked: bool) -> None:
    source = market.writes()
    asked: list[Request] = []
    for _ in range(30):
        mark, told = market.react(source, "📣", LEYLA, NORTH)
        asked += [*told, *market.pass_time(0.5)]
        asked += [*market.redact(mark, LEYLA, NORTH), *market.pass_time(0.5)]
    if ends_marked:
        asked += market.marks(source)
    asked += market.pass_time(600)
    assert len(copies(asked)) == 1
    assert len(taken_back(asked)) == (not ends_marked)
    assert (market.shared(source) is not None) == ends_marked


@pytest.mark.parametrize("pause", [2.5, 5.0, 20.0])
def test_however_slowly_it_is_done_it_comes_ever_more_rarely(market: Market, pause: float) -> None:
    source = market.writes()
    asked: list[Request] = []
    for _ in range(60):
        mark, told = market.react(source, "📣", LEYLA, NORTH)
        asked += [*told, *market.pass_time(pause)]
        asked += [*market.redact(mark, LEYLA, NORTH), *market.pass_time(pause)]
    assert len(copies(asked)) <= 5
    market.marks(source)
    market.pass_time(600)
    assert market.shared(source) is not None
    market.pass_time(7_200)
    assert not market.memory.all(RESTLESS)


def test_commands_settle_as_reactions_do(market: Market) -> None:
    source = market.writes()
    asked: list[Request] = []
    for _ in range(30):
        asked += market.write("!share", LEYLA, NORTH, reply_to=source)[1]
        asked += market.write("!unshare", LEYLA, NORTH, reply_to=source)[1]
        asked += market.pass_time(0.5)
    asked += market.pass_time(600)
    assert len(copies(asked)) <= 3
    assert market.shared(source) is None


def test_a_message_that_is_deleted_goes_at_once(market: Market) -> None:
    source = market.writes()
    market.marks(source)
    assert taken_back(market.redact(source, LEYLA, NORTH))


def test_who_edits_and_edits_does_not_put_it_off(market: Market) -> None:
    source = market.writes("first")
    market.defer = True
    asked = market.marks(source)
    for i in range(50):
        asked += market.edits(source, f"edit {i}")[1]
    assert len([x for x in asked if isinstance(x, AskNow)]) == 1
    market.defer = False
    asked = market.tell_outcomes()
    assert len(copies(asked)) == 1
    stored = market.shared(source)
    assert stored is not None
    assert stored.text == "edit 49"


def test_an_edit_that_came_after_the_look_is_newer_than_what_was_found(market: Market) -> None:
    source = market.writes("first")
    market.defer = True
    market.marks(source)
    for i in range(4):
        market.edits(source, f"edit {i}")
    market.tell_outcomes()
    market.edited(source, "the last")
    market.tell_outcomes()  # of a look from before
    stored = market.shared(source)
    assert stored is not None
    assert stored.text == "the last"


def test_what_is_said_for_one_person_holds_up_nobody_else(market: Market) -> None:
    one = copies(market.marks(market.writes()))
    other = copies(market.marks(market.writes(sender=CEM), CEM))
    found = [x for x in market.write("!find sofa", LEYLA, EXCHANGE)[1] if isinstance(x, Say)]
    assert len({x.whose for x in (*one, *other, *found)}) == 3
    for command in ("!help", "!hlep", "!name an", "!share", "!austausch"):
        said = [x for x in market.write(command, LEYLA, NORTH)[1] if isinstance(x, Say)]
        assert {x.whose for x in said} == {found[0].whose}, command


def test_many_answers_are_no_growing_document(market: Market) -> None:
    market.marks(source := market.writes())
    copy = market.event_of("exchange/1/copy")
    sizes = []
    for i in range(200):
        market.write(f"answer {i}", CEM, EXCHANGE, thread=copy)
        sizes.append(len(market.memory.documents[SHARES.kind][source]))
    assert max(sizes) - sizes[0] < 100
    assert len(market.memory.all(ANSWERS)) == 200
