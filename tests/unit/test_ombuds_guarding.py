"""What somebody deletes in the staff's room is posted again, and said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bots.ombuds.documents.cases import AnswerState
from bots.runtime.model.decision import Request, Say
from federation.model.actions import Handle, Redact
from federation.model.events import Redaction
from tests.kit.ombuds import ANNA, BOT, CEM, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

ADMIN = "@admin:staff.example"
WORDS = "Die Heizung ist kalt"
NOTICE = "case/1/answer/1/notice"


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def deleted(
    world: World, target: str, by: str = BOT, room: str = OFFICE, *, ours: bool = False
) -> list[Request]:
    """By whoever rules a homeserver, in somebody's name. `target`: a handle, or an event."""
    if target in world.memory.handles:
        world.said.append(Redact(Handle("office/room"), target))  # for `standing`
        target = world.event_of(target)
    return world.handle(Redaction(world.origin(room, by), world.view(room), target, ours))


def again(asked: list[Request]) -> list[str]:
    return [str(x.handle) for x in asked if isinstance(x, Say) and x.handle]


@pytest.mark.parametrize("by", [BOT, ANNA, ADMIN])
@pytest.mark.parametrize("ours", [False, True])
def test_a_deleted_root_is_said_again_in_its_thread(world: World, by: str, ours: bool) -> None:
    """In whosever name: the office alone has the power to, and knows that it did not."""
    world.write(WORDS)
    asked = deleted(world, "case/1/root", by, ours=ours)
    assert world.office_keys(asked) == ["case-root", "deleted-restored"]
    told = said(asked, "case-root")
    assert (told.handle, told.thread) == ("case/1/header", "case/1/root")
    assert WORDS in str(world.standing())


def test_a_case_goes_on_where_its_root_is_said_again(world: World) -> None:
    event, _ = world.write(WORDS)
    deleted(world, "case/1/root")
    assert said(world.staff("!nehmen"), "case-root").edits == "case/1/header"
    assert said(world.edit(event, "Sie ist sehr kalt"), "case-root").edits == "case/1/header"
    assert world.office_keys(world.write("Noch etwas")[1])[0] == "followup"
    asked = deleted(world, "case/1/header")
    assert said(asked, "case-root").handle == "case/1/header"
    assert "sehr kalt" in str(world.standing())


def test_what_was_said_again_can_be_taken_back(world: World) -> None:
    event, _ = world.write(WORDS)
    deleted(world, "case/1/root")
    asked = world.redact(event)
    assert [x.target for x in asked if isinstance(x, Redact)] == ["case/1/header"]
    assert WORDS not in str(world.standing())
    header = world.event_of("case/1/header")
    assert deleted(world, header, ours=True) == [], "the office did that itself"


def test_a_later_message_is_said_again_and_stays_a_copy(world: World) -> None:
    world.write("Hallo")
    event, _ = world.write(WORDS)
    asked = deleted(world, "case/1/text/1")
    assert world.office_keys(asked) == ["followup", "deleted-restored"]
    assert again(asked) == ["case/1/text/1"]
    assert said(world.edit(event, "Sie ist sehr kalt"), "followup").edits == "case/1/text/1"
    assert "case/1/text/1" in [x.target for x in world.redact(event) if isinstance(x, Redact)]


def test_an_answer_that_waits_is_said_again_and_waits_anew(world: World) -> None:
    world.write(WORDS)
    world.staff("!antwort Wir kommen")
    world.pass_time(40)
    asked = deleted(world, NOTICE)
    assert world.office_keys(asked) == ["answer-pending", "deleted-restored"]
    world.pass_time(40)
    assert world.case().answers[0].state is AnswerState.PENDING
    world.pass_time(40)
    assert world.case().answers[0].state is AnswerState.SENT
    assert again(deleted(world, NOTICE)) == [NOTICE]


def test_that_something_was_taken_back_cannot_be_kept_from_staff(world: World) -> None:
    event, _ = world.write(WORDS)
    asked = world.redact(event)
    (name,) = (x for x in again(asked) if x.startswith("taken/"))
    asked = deleted(world, name)
    assert again(asked) == [name]
    assert world.office_keys(asked) == ["taken-back", "deleted-restored"]
    world.write("!delete")
    assert again(deleted(world, name)) == []


def test_what_is_held_is_said_again(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    world.staff("!behalten 14 Gefahr")
    assert again(deleted(world, "case/1/held/0")) == ["case/1/held/0"]
    assert WORDS in str(world.standing())
    held = world.event_of("case/1/held/0")
    world.pass_time(15 * 24 * 3_600)
    assert deleted(world, held, ours=True) == []


def test_what_is_not_kept_is_at_least_said(world: World) -> None:
    for by in (BOT, ADMIN, CEM):
        asked = deleted(world, "$a-note-of-anna", by)
        assert world.office_keys(asked) == ["deleted-lost"]
        world.pass_time(3_600)


def test_it_is_said_once_for_many(world: World) -> None:
    world.write("Hallo")
    for number in range(20):
        world.write(f"{WORDS} {number}")
    asked = [x for n in range(1, 21) for x in deleted(world, f"case/1/text/{n}")]
    assert len(again(asked)) == 20
    assert [x.facts["kind"] for x in world.records if x.what == "alarm"] == ["deleted-restored"]
    assert world.office_keys(asked).count("deleted-restored") == 1


def test_who_deletes_what_she_wrote_is_told_nothing(world: World) -> None:
    event, _ = world.write("Eine Notiz", ANNA, OFFICE)
    assert deleted(world, event, ANNA) == []


@pytest.mark.parametrize(
    "of_the_office",
    [
        lambda world, event: world.redact(event),
        lambda world, event: world.change(event, "Anders") and world.redact(event),
    ],
)
def test_what_the_office_deletes_itself_is_not_said_again(
    world: World, of_the_office: Callable[[World, str], object]
) -> None:
    world.write("Hallo")
    world.staff("!antwort Wir kommen")
    event, _ = world.write(WORDS)
    gone = world.event_of("case/1/text/1")
    of_the_office(world, event)
    assert deleted(world, gone, ours=True) == []
    assert deleted(world, world.event_of(NOTICE), ours=True) == []
    assert deleted(world, "$an-edit", ours=True) == []


def test_elsewhere_nothing_comes_of_it(world: World) -> None:
    world.write(WORDS)
    assert deleted(world, "case/1/arrived", BOT, CHAT) == []
    assert deleted(world, "case/1/arrived", YUSRA, CHAT) == []


def test_in_a_room_that_is_lost_nothing_is_said_again(world: World) -> None:
    world.write(WORDS)
    root = world.event_of("case/1/root")
    world.move(OFFICE, BOT, "ban", by=ADMIN)
    assert deleted(world, root) == []
