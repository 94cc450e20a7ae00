"""Somebody wants everything erased: she asks in her chat, or staff were asked."""

from __future__ import annotations

from typing import Any

from bots.ombuds.documents.cases import CASES
from bots.ombuds.documents.chats import CONVERSATIONS, FLAGGERS, IDENTITIES
from bots.ombuds.documents.erasures import ERASURES
from bots.ombuds.documents.receipts import RECEIPTS
from bots.runtime.kit.documents import Collection
from federation.model.actions import Leave
from tests.kit.ombuds import ANNA, BILAL, BOT, CHAT, YUSRA, World

DAY = 24 * 3600.0


def written(*more: str) -> World:
    world = World().found().with_chat()
    world.write("English")
    for text in ("canary: the guard beats us", *more):
        world.write(text)
    world.pass_time(30)
    return world


def is_gone(world: World) -> bool:
    """Nothing of hers is kept, and nothing of it stands in the staff's room."""
    world.move(CHAT, BOT, "leave")
    there: tuple[Collection[Any], ...] = (
        CASES,
        CONVERSATIONS,
        IDENTITIES,
        FLAGGERS,
        RECEIPTS,
        ERASURES,
    )
    known = world.memory.everything()
    left = any(world.memory.all(x) for x in there)
    shown = any("canary" in x for x in world.standing())
    return not (left or shown or "canary" in known or YUSRA in known)


def test_she_is_told_what_it_means_and_then_all_is_erased() -> None:
    world = written("!new another canary", "and more of it")
    world.staff("!answer We come.")
    asked = world.write("!erase")[1]
    assert world.chat_keys(asked) == ["erase-ask"]
    assert "!erase everything" in world.text(asked, "erase-ask")
    assert "!delete only erases" in world.text(asked, "erase-ask").translate(
        {0x2068: "", 0x2069: ""}
    )
    assert world.memory.all(CASES) != []
    asked = world.write("!erase everything")[1]
    assert world.chat_keys(asked) == ["erased-all"]
    assert world.office_keys(asked).count("case-erased-asked") == 2
    assert Leave(CHAT, notify=True) in asked
    assert is_gone(world)
    assert {("ombuds/case", "1"), ("ombuds/identity", "1")} <= world.memory.forgotten
    assert not [x for x in world.timers if "answer" in x or "forget" in x]
    assert not world.keys(world.pass_time(90 * DAY), CHAT)


def test_one_word_erases_nothing_nor_does_one_that_comes_late() -> None:
    world = written()
    assert world.chat_keys(world.write("!erase everything")[1]) == ["erase-ask"]
    world.pass_time(DAY + 1)
    assert world.chat_keys(world.write("!erase everything")[1]) == ["erase-ask"]
    assert world.memory.all(CASES) != []


def test_in_clear_it_is_nobodys_word() -> None:
    world = written()
    world.write("!erase")
    assert "in-clear" in world.chat_keys(world.write("!erase everything", encrypted=False)[1])
    assert world.memory.all(CASES) != []


def test_what_follows_the_word_is_a_message() -> None:
    world = written()
    asked = world.write("!erase my name from the list at the door")[1]
    assert "followup" in world.office_keys(asked)


def test_what_staff_hold_stays_and_she_is_told_so() -> None:
    world = written()
    world.staff("!close")
    world.staff("!hold 60 a court has asked for it")
    world.write("!erase")
    asked = world.write("!erase everything")[1]
    assert world.chat_keys(asked) == ["erased-but"]
    assert "matter 1" in world.text(asked, "erased-but").translate({0x2068: "", 0x2069: ""})
    assert "erase-held" in world.office_keys(asked)
    world.move(CHAT, BOT, "leave")
    assert world.memory.all(IDENTITIES) == []
    assert world.case().text
    asked = world.pass_time(61 * DAY)
    assert {"case-hold-over", "case-erased-asked"} <= {*world.office_keys(asked)}
    assert is_gone(world)


def test_what_she_took_back_and_staff_hold_stays_for_its_days() -> None:
    world = written()
    event, _ = world.write("canary: he is called Meier")
    world.redact(event)
    world.staff("!hold 14 danger")
    world.write("!erase")
    assert world.chat_keys(world.write("!erase everything")[1]) == ["erased-but"]
    assert world.case().unwanted
    assert "case-erased-asked" in world.office_keys(world.pass_time(15 * DAY))
    assert is_gone(world)


def test_two_of_the_team_erase_what_she_asked_for_elsewhere() -> None:
    world = written()
    assert world.office_keys(world.staff("!erase")) == ["reason-missing"]
    assert world.office_keys(world.staff("!erase by letter")) == ["erase-proposed"]
    assert world.office_keys(world.staff("!erase again")) == ["erase-proposed"], "one is not two"
    asked = world.staff("!erase", BILAL)
    assert world.office_keys(asked) == ["erase-agreed"]
    assert world.chat_keys(asked) == ["erase-announced"]
    assert world.memory.all(CASES) != []
    asked = world.pass_time(3 * DAY + 60)
    assert "erased-all" in world.chat_keys(asked)
    assert is_gone(world)
    told = [x.what for x in world.records]
    assert told[-4:] == ["erase-agreed", "case-erased", "person-erased", "person-forgotten"]


def test_whatever_she_writes_stops_it() -> None:
    world = written()
    world.staff("!erase by phone")
    world.staff("!erase", BILAL)
    asked = world.write("What? I want no such thing.")[1]
    assert "erase-stopped" in world.chat_keys(asked)
    assert "erase-objected" in world.office_keys(asked)
    world.pass_time(10 * DAY)
    assert world.memory.all(CASES) != []
    assert world.memory.all(ERASURES) == []


def test_a_second_word_that_comes_late_counts_as_the_first() -> None:
    world = written()
    world.staff("!erase by letter", ANNA)
    world.pass_time(DAY + 60)
    assert world.memory.all(ERASURES) == []
    assert world.office_keys(world.staff("!erase", BILAL)) == ["reason-missing"]


def test_a_case_of_somebody_who_is_forgotten_can_be_erased_as_well() -> None:
    world = written()
    world.staff("!close")
    world.pass_time(31 * DAY)
    world.move(CHAT, BOT, "leave")
    world.staff("!erase by letter")
    world.staff("!erase", BILAL)
    world.pass_time(4 * DAY)
    assert world.memory.all(CASES) == []
