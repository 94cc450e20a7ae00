"""Shared messages are found by their words, and no longer than they are shared."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bots.exchange import commands
from bots.exchange.bot import COMMANDS
from bots.exchange.documents import SHARES
from bots.exchange.words import words
from bots.runtime.understanding.commands import Command, Invocation
from federation.model.events import RoomView
from tests.kit.exchange import ANNA, CEM, CLOSED, EXCHANGE, LEYLA, NORTH, SETTINGS, Market
from tests.kit.world import said

SPACE = "!space"


def share(market: Market, text: str) -> str:
    source = market.writes(text)
    market.marks(source)
    return source


def links(market: Market, question: str, room: str = EXCHANGE, sender: str = CEM) -> str:
    """What is answered; nothing if something else is."""
    asked = market.write(question, sender, room)[1]
    return market.text(asked, "found") if market.keys(asked) == ["found"] else ""


def test_a_copy_is_found_by_words_of_its_message() -> None:
    market = Market()
    share(market, "Wer hat ein Sofa?")
    share(market, "Ein Sofa ist zu haben, ein Bett auch")
    first, second = (market.event_of(f"exchange/{n}/copy") for n in (1, 2))
    found = links(market, "!suche SOFA")
    assert found.index(second) < found.index(first), "the newest first"
    assert "Willkommen in Nord" in found
    assert first not in links(market, "!find sofa bett")
    assert second in links(market, "!find sofa bett")


def test_an_answer_holds_nothing_of_what_was_shared_or_asked() -> None:
    market = Market()
    share(market, "Wer hat ein Sofa?")
    text = links(market, "!find sofa")
    assert "sofa" not in text.casefold()
    assert LEYLA not in text


def test_nothing_is_found_of_what_was_changed_or_taken_back() -> None:
    market = Market()
    source = share(market, "Wer hat ein Sofa?")
    market.edited(source, "Wer hat ein Bett?")
    assert links(market, "!find sofa") == ""
    assert links(market, "!find bett")
    market.redact(source, LEYLA, NORTH)
    assert market.keys(market.write("!find bett", CEM, EXCHANGE)[1]) == ["found-nothing"]
    assert market.memory.listed(SHARES, "word") == set()


def test_the_answer_is_in_the_language_of_the_question() -> None:
    market = Market()
    for question, language in (("!suche", "de"), ("!find", "en"), ("!بحث", "ar")):
        asked = market.write(question, CEM, EXCHANGE)[1]
        assert said(asked, "find-what").phrase.language == language
        assert question in market.text(asked, "find-what")


def test_whoever_can_share_and_reads_the_exchange_room_can_search_there() -> None:
    market = Market()
    share(market, "Wer hat ein Sofa?")
    market.views[EXCHANGE] = RoomView(joined=frozenset({LEYLA, ANNA}), encrypted=True)
    assert links(market, "!find sofa", NORTH, LEYLA)
    assert links(market, "!find sofa", CLOSED, ANNA)
    assert links(market, "!find sofa", "!strange") == ""
    copy = market.event_of("exchange/1/copy")
    asked = market.write("!find sofa", CEM, EXCHANGE, thread=copy)[1]
    assert market.keys(asked) == ["found"], "and no answer to what was shared"
    assert said(asked, "found").thread == copy
    asked = market.write("!find sofa", CEM, EXCHANGE, encrypted=False)[1]
    assert market.keys(asked) == ["in-clear"], "a server could have asked"


def test_who_does_not_read_the_exchange_room_learns_nothing_of_it() -> None:
    market = Market(replace(SETTINGS, alliance=SPACE, greeter="@greeter:a.example"))
    share(market, "Wer hat ein Sofa?")
    for question in ("!find sofa", "!find piano", "!find"):
        assert market.keys(market.write(question, CEM, NORTH)[1]) == ["find-members"]
    market.views[SPACE] = RoomView(joined=frozenset({CEM}))
    assert links(market, "!find sofa", NORTH), "the exchange room would let her in"
    acl = {"allow": ["*"], "deny": [CEM.partition(":")[2]]}
    barring = (RoomView(banned=frozenset({CEM})), RoomView(joined=frozenset({CEM}), acl=acl))
    for room, view in product((EXCHANGE, SPACE), barring):
        views = dict(market.views)
        market.views[room] = view
        assert market.keys(market.write("!find sofa", CEM, NORTH)[1]) == ["find-members"]
        market.views.update(views)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Die Straße", "STRASSE"),
        ("un café", "cafe"),
        ("الأريكة جديدة", "اريكه"),
        ("یک مبل", "يك"),
        ("İstanbul", "istanbul"),
    ],
)
def test_words_are_found_whatever_the_keyboard(written: str, asked: str) -> None:
    assert set(words(asked)) <= set(words(written))


def test_every_command_is_routed_and_known_everywhere_else() -> None:
    declared = {x for x in vars(commands).values() if isinstance(x, Command)}
    assert declared == {command for command, _ in COMMANDS}
    for command in declared:
        assert isinstance(commands.ALL.find(f"!{command.name}"), Invocation), command.name
