"""Typed keys, and the one table by which an event finds its rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.keys import Key, Made, Question, Timer
from bots.runtime.kit.routing import Router, commands, form, now, on, outcome, timer
from bots.runtime.kit.turn import Turn
from bots.runtime.model.decision import Due, FormSubmitted, Performed, Started
from bots.runtime.model.messages import Gone, MessageNow
from bots.runtime.understanding.commands import Command, Invocation, Unknown
from federation.model.actions import Handle, Join
from federation.model.events import Origin, Reaction, RoomView, TextMessage
from tests.kit.memory import Memory
from tests.kit.world import EnglishWords

NOW = datetime(2026, 3, 5, tzinfo=UTC)
ANSWER = Timer("answer/{case:int}/{number:int}")
REST = Timer("rest/{event}")
COPY = Made("exchange/{number:int}/copy")
TEXT = Question("text/{item:int}")
HELP = Command("help", "de hilfe, en help")


@given(st.integers(0, 10**12 - 1), st.text(min_size=1, max_size=20))
def test_a_name_is_taken_apart_into_what_it_was_made_of(number: int, text: str) -> None:
    both = Key("one/{number:int}/{text}")
    name = both.name(number=number, text=text)
    assert both.read(name) == {"number": number, "text": text}
    assert Key("other/{number:int}/{text}").read(name) is None


@pytest.mark.parametrize(
    "name", ["answer/1", "answer/1/2/3", "answer/x/2", "answer/1/٢", "an/1/2", "answer/1/2\n", None]
)
def test_another_name_is_not_read(name: str | None) -> None:
    assert ANSWER.read(name) is None


def test_a_name_can_not_be_made_of_what_would_be_read_otherwise() -> None:
    with pytest.raises(ValueError, match="has the parts case, number"):
        ANSWER(case=1)
    with pytest.raises(ValueError, match="does not fit"):
        Key("{one}/{two}").name(one="a/b", two="c")
    with pytest.raises(ValueError, match="does not fit"):
        ANSWER(case=-1, number=2)
    assert COPY(number=3) == Handle("exchange/3/copy")


class Told(Turn[None]):
    def __init__(self) -> None:
        super().__init__(Memory(), None, EnglishWords(), NOW)
        self.told: list[Any] = []


def tells(what: str) -> Any:
    return lambda turn, *_, **parts: turn.told.append((what, *parts.items()))


ROUTER: Router[Told] = Router(
    on(Started, tells("first"), tells("second")),
    timer(ANSWER, tells("answer")),
    timer(REST, tells("rest")),
    outcome(COPY, tells("copy")),
    outcome(Join, tells("join")),
    now(TEXT, tells("now")),
    form("ask", tells("form")),
    on(Reaction, tells("here"), when=lambda _, x: x.origin.room_id == "!here"),
    commands((HELP, tells("help")), unknown=tells("unknown")),
    on(TextMessage, tells("said")),
)
ORIGIN = Origin("@bot:x", "!here", "$1", "@anna:x", 0, True)


def text(body: str) -> TextMessage:
    return TextMessage(ORIGIN, RoomView(), body)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Started("@bot:x", 1), [("first",), ("second",)]),
        (Due("answer/3/4"), [("answer", ("case", 3), ("number", 4))]),
        (Due("rest/$a/b"), [("rest", ("event", "$a/b"))]),
        (Due("unknown"), []),
        (Performed("Send", "exchange/7/copy", "!r", "$e"), [("copy", ("number", 7))]),
        (Performed("Join", None, "!r", None), [("join",)]),
        (Performed("Leave", None, "!r", None), []),
        (MessageNow("!r", "$e", TEXT(item=5), Gone()), [("now", ("item", 5))]),
        (MessageNow("!r", "$e", "other", Gone()), []),
        (FormSubmitted("ask", {}), [("form",)]),
        (FormSubmitted("other", {}), []),
        (Reaction(ORIGIN, RoomView(), "$1", "x"), [("here",)]),
        (Reaction(replace(ORIGIN, room_id="!there"), RoomView(), "$1", "x"), []),
        (text("!hilfe"), [("help",)]),
        (text("!hilffe"), [("unknown",)]),
        (text("Hello"), [("said",)]),
    ],
)
def test_an_event_goes_to_the_first_line_that_fits(event: Any, told: list[Any]) -> None:
    turn = Told()
    ROUTER(turn, event)
    assert turn.told == told


def test_what_was_typed_comes_with_its_command() -> None:
    got: list[Any] = []
    router: Router[Told] = Router(
        commands((HELP, lambda _, __, x: got.append(x)), unknown=lambda _, __, x: got.append(x))
    )
    router(Told(), text("!help me"))
    router(Told(), text("!hellp"))
    assert got == [Invocation(HELP, "me"), Unknown("!hellp", HELP)]


def test_a_rule_knows_who_typed_its_command_and_of_nothing_else() -> None:
    turn, other = Told(), Told()
    ROUTER(turn, text("!hilfe"))
    ROUTER(other, text("Hello"))
    assert (turn.asker, other.asker) == ("@anna:x", None)


def test_two_rules_for_one_timer_are_refused() -> None:
    with pytest.raises(ValueError, match="timer rest/"):
        Router(timer(REST, tells("one")), timer(REST, tells("two")))


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    text: str = ""


NOTES = Collection("test/note", Note, key=lambda x: x.id, indexes={"text": lambda x: (x.text,)})


def test_a_turn_knows_what_it_has_changed_and_its_view_does_not() -> None:
    memory = Memory()
    memory.put(NOTES, Note("a", "before"))
    turn = Turn(memory, None, EnglishWords(), NOW)
    turn.put(NOTES, Note("a", "now"))
    turn.put(NOTES, Note("a", "at last"))
    turn.put(NOTES, Note("b"))
    turn.drop(NOTES, "b")
    assert (turn.get(NOTES, "a"), turn.get(NOTES, "b")) == (Note("a", "at last"), None)
    assert turn.view.get(NOTES, "a") == Note("a", "before")
    assert len(turn.decision().changes) == 2
    memory.apply(turn.decision().changes)
    assert memory.all(NOTES) == [Note("a", "at last")]
    assert memory.find(NOTES, "text", "before") == ()


def test_a_turn_knows_what_stands_under_a_value_by_now() -> None:
    memory = Memory()
    for id_ in "abc":
        memory.put(NOTES, Note(id_, "same"))
    turn = Turn(memory, None, EnglishWords(), NOW)
    turn.drop(NOTES, "a")
    turn.put(NOTES, Note("b", "other"))
    turn.put(NOTES, Note("c", "same"))
    turn.put(NOTES, Note("d", "same"))
    assert turn.keys(NOTES, "text", "same") == ("c", "d")
    assert turn.view.keys(NOTES, "text", "same") == ("a", "b", "c")
    memory.apply(turn.decision().changes)
    assert memory.keys(NOTES, "text", "same") == ("c", "d")


def test_a_rule_gets_the_document_that_is_named_while_it_is_there() -> None:
    router: Router[Any] = Router(
        timer(REST, lambda turn, note: turn.drop(NOTES, note.id), of=NOTES),
        outcome(COPY, lambda turn, event, note: turn.put(NOTES, replace(note, text="x")), of=NOTES),
        on(Due, lambda turn, _: turn.put(NOTES, Note("other"))),
    )
    memory = Memory()
    memory.put(NOTES, Note("7"))
    for event in (Performed("Send", "exchange/7/copy", "!r", "$e"), Due("rest/7"), Due("rest/7")):
        turn = Turn(memory, None, EnglishWords(), NOW)
        router(turn, event)
        memory.apply(turn.decision().changes)
        assert memory.all(NOTES) == ([Note("7", "x")] if isinstance(event, Performed) else [])
