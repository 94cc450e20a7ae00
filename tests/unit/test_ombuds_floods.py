"""Many write at once: nobody waits because of others, and staff are told of them together."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from bots.ombuds import keys
from bots.ombuds.cases.blocks import LONG, MOST
from bots.ombuds.cases.rush import FEW, NEXT, OF_ONE, SINGLES
from bots.ombuds.documents.cases import CASES, LATER, Case, Shelf
from bots.ombuds.documents.chats import IDENTITIES
from bots.ombuds.documents.floods import KEPT
from bots.runtime.kit.undo import SIGN
from bots.runtime.model.decision import Request, Say
from federation.model.actions import React, Redact
from tests.kit.ombuds import ANNA, CHAT, OFFICE, YUSRA, World


@pytest.fixture
def world() -> World:
    return World().found()


def matter(world: World, person: str, chat: int = 0, words: str | None = None) -> list[Request]:
    """What comes of a new matter in one of somebody's chats."""
    user, room = f"@{person}:hs", f"!{person}-{chat}"
    world.chat(user, room)
    return world.write(words or f"matter {person} {chat}", user, room)[1]


def flood(world: World, people: int = 40, chats: int = 3) -> list[Request]:
    for chat in range(chats):
        for number in range(people):
            world.chat(f"@{letters(number)}:hs", f"!{letters(number)}-{chat}")
    asked = []
    for chat in range(chats):
        for number in range(people):
            asked += matter(world, letters(number), chat)
    return asked


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(x)) for x in f"{number:04}")


def cases(world: World) -> list[Case]:
    return world.memory.all(CASES)


def roots(world: World, asked: list[Request]) -> list[str]:
    told = [x for x in asked if isinstance(x, Say) and world.at(x) == OFFICE]
    return [world.bot.render(x.phrase).body for x in told if x.phrase.key == "case-root"]


def rung(world: World, asked: list[Request]) -> list[str]:
    told = [x for x in asked if isinstance(x, Say) and world.at(x) == OFFICE]
    return [x.phrase.key for x in told if not world.bot.render(x.phrase).notice]


def plain(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


# -- lanes -----------------------------------------------------------------------------------------


def test_what_belongs_to_one_case_waits_for_no_other(world: World) -> None:
    world.with_chat()
    first, _ = world.write("one")
    world.chat("@samir:hs", "!other:hs")
    world.write("two", "@samir:hs", "!other:hs")
    world.staff("!answer one")
    world.marks(keys.NOTICE(case=1, number=1), SIGN)
    world.change(first, "one, changed")
    world.redact(first)
    world.staff("!cases", case=None)
    lanes: dict[str | None, list[str]] = {}
    for x in world.said:
        if isinstance(x, Say | React | Redact) and world.at(x) == OFFICE:
            named = x.phrase.key if isinstance(x, Say) else type(x).__name__
            lanes.setdefault(x.whose, []).append(named)
    assert set(lanes) == {"case 1", "case 2", None}
    assert lanes[None] == ["cases"]
    assert lanes["case 2"] == ["case-root", "opened"]
    assert lanes["case 1"][:4] == ["case-root", "ring-opened", "answer-pending", "React"]


# -- a rush ----------------------------------------------------------------------------------------


def test_staff_are_told_once_of_120_matters_from_40_accounts(world: World) -> None:
    asked = flood(world)
    asked += world.pass_time(3600)
    assert len(roots(world, asked)) == FEW
    assert rung(world, asked).count("rush") == 1
    notices = [x for x in asked if isinstance(x, Say) and x.phrase.key == "rush"]
    assert [x.edits for x in notices[1:]] == [keys.RUSHED(number=1)] * (len(notices) - 1)
    assert "110 matters have come from 40 accounts" in plain(
        world.bot.render(notices[-1].phrase).body
    )
    assert len(cases(world)) == 120, "nothing is lost"


def test_it_rings_once_a_minute_at_most(world: World) -> None:
    at: list[float] = []
    asked = flood(world, people=30)
    at += [world.now.timestamp()] * len(rung(world, asked))
    for _ in range(600):
        rang = rung(world, world.pass_time(1))
        at += [world.now.timestamp()] * len(rang)
    assert all(b - a >= 60 for a, b in pairwise(at)), at
    assert len(at) == 3


def test_whoever_writes_once_is_shown_among_them(world: World) -> None:
    flood(world)
    asked = matter(world, "quiet", words="The lock of my door is broken")
    assert len(roots(world, asked)) == 1
    assert "case-root" in world.office_keys(asked)


def test_who_has_written_before_is_shown_among_them(world: World) -> None:
    for chat in range(3):
        world.chat(YUSRA, f"{CHAT}-{chat}")
    world.write("some time ago", room=f"{CHAT}-0")
    world.staff("!close", case=cases(world)[0].number)
    world.pass_time(3600)
    flood(world)
    assert len(roots(world, world.write("it goes on", room=f"{CHAT}-0")[1])) == 1


def test_who_has_written_before_is_shown_as_often_as_people_write(world: World) -> None:
    world.with_chat()
    world.write("before")
    world.pass_time(61)
    flood(world)
    for number in range(10):
        flood(world)
        world.write("!new")
        assert len(roots(world, world.write(f"matter {number}")[1])) == 1
        world.pass_time(1)


def test_one_person_who_writes_much_makes_no_rush(world: World) -> None:
    world.with_chat()
    for number in range(OF_ONE):
        world.write("!new")
        assert len(roots(world, world.write(f"matter {number}")[1])) == 1
    world.write("!new")
    assert not roots(world, world.write("and one more")[1])


def test_the_same_words_of_many_are_shown_once(world: World) -> None:
    asked = []
    for number in range(60):
        asked += matter(world, letters(number), words=f"Close the house! ({number})")
    assert len(roots(world, asked)) == FEW
    assert {x.shelf for x in cases(world)} == {None, Shelf.RUSH}


def test_very_many_who_write_once_are_shown_one_after_the_other(world: World) -> None:
    asked = []
    for number in range(SINGLES + 3 * NEXT):
        asked += matter(world, letters(number))
    assert len(roots(world, asked)) == SINGLES
    assert len(roots(world, world.pass_time(61))) == NEXT
    assert len(roots(world, world.pass_time(600))) == 2 * NEXT
    assert not [x for x in cases(world) if x.shelf is not None]
    assert not world.pass_time(3600)


def test_who_wrote_is_told_that_it_has_arrived(world: World) -> None:
    flood(world)
    asked = matter(world, letters(3), chat=9)
    assert {x.phrase.key for x in asked if isinstance(x, Say)} >= {"arrived"}
    assert roots(world, asked) == []
    (told,) = [x for x in asked if isinstance(x, Say) and x.phrase.key == "arrived"]
    assert told.after is None, "it would wait for ever"


def shelved(world: World) -> Case:
    return next(x for x in cases(world) if x.shelf is not None)


def whose(world: World, case: Case) -> tuple[str, str]:
    found = next(x for x in world.memory.all(IDENTITIES) if x.serial == case.conversation)
    return found.who.reveal(), found.room


def test_the_list_says_what_is_not_shown_and_another_shows_it(world: World) -> None:
    flood(world)
    text = plain(world.text(world.staff("!cases", case=None), "cases"))
    assert "110 more are kept and not shown here: !fälle zurückgestellt" in text
    listed = plain(world.text(world.staff("!cases shelved", case=None), "cases"))
    assert listed.count("matter") == 20
    assert "There are 90 more." in listed


def test_staff_have_one_shown_with_all_that_came_later(world: World) -> None:
    flood(world)
    case = shelved(world)
    sender, room = whose(world, case)
    second, asked = world.write("and a second thing", sender, room)
    third, _ = world.write("and a third", sender, room)
    world.change(second, "and a second thing, changed", sender, room)
    world.redact(third, sender, room)
    assert world.office_keys(asked) == []
    shown = world.staff(f"!show {case.number}", case=None)
    assert world.office_keys(shown)[:2] == ["case-root", "followup"]
    body = plain("\n".join(world.bot.render(x.phrase).body for x in shown if isinstance(x, Say)))
    assert "and a second thing, changed" in body
    assert "third" not in body
    assert world.case(case.number).shelf is None
    again = world.change(second, "and changed again", sender, room)[1]
    assert world.office_keys(again) == ["~followup"]
    assert world.office_keys(world.write("a fourth", sender, room)[1]) == ["followup"]


def test_the_first_words_of_one_that_is_not_shown_can_be_taken_back(world: World) -> None:
    flood(world)
    case = shelved(world)
    sender, room = whose(world, case)
    kept = world.memory.all(KEPT)
    source = next(x.source for x in kept if keys.ROOT(case=case.number) in x.handles)
    asked = world.redact(source, sender, room)
    assert world.office_keys(asked) == []
    assert case.text not in "".join(
        world.bot.render(x.phrase).body
        for x in world.staff(f"!show {case.number}", case=None)
        if isinstance(x, Say)
    )


def test_one_that_is_not_shown_is_closed_without_showing_it(world: World) -> None:
    flood(world)
    case = shelved(world)
    asked = world.staff(f"!close {case.number}", case=None)
    assert world.office_keys(asked) == ["closed"]
    left = plain(world.text(world.staff("!cases", case=None), "cases"))
    assert "109 more are kept" in left


def test_after_a_while_without_it_another_rush_is_told_anew(world: World) -> None:
    flood(world)
    world.pass_time(7200)
    for number in range(40):
        world.chat(f"@{letters(number)}:hs", f"!{letters(number)}-9")
    asked = []
    for number in range(40):
        asked += matter(world, f"new{letters(number)}", words="again the same")
    asked += world.pass_time(300)
    first = next(x for x in asked if isinstance(x, Say) and x.phrase.key == "rush")
    assert first.handle == keys.RUSHED(number=2)


# -- blocking --------------------------------------------------------------------------------------


def blocked(world: World) -> list[Request]:
    world.with_chat()
    world.write("one")
    return world.staff(f"!block {cases(world)[0].number}", case=None)


def test_a_blocked_person_is_told_and_so_are_staff(world: World) -> None:
    asked = blocked(world)
    assert world.office_keys(asked) == ["block-begun"]
    assert world.chat_keys(asked) == ["blocked"]
    text = plain(world.text(asked, "blocked"))
    assert "110" in text
    assert "in person" in text


def test_what_a_blocked_person_writes_is_kept_and_not_shown(world: World) -> None:
    blocked(world)
    for number in range(5):
        asked = world.write(f"more {number}")[1]
        assert world.office_keys(asked) == world.chat_keys(asked) == []
    assert rung(world, world.pass_time(3600)) == []
    kept = next(x for x in cases(world) if x.shelf is Shelf.BLOCKED)
    assert (kept.text, kept.texts) == ("more 0", 4)
    world.pass_time(86_400)
    assert world.chat_keys(world.write("and on")[1]) == ["blocked"], "once a day"


def test_nothing_of_it_is_lost_once_the_block_is_over(world: World) -> None:
    blocked(world)
    first = cases(world)[0].number
    for number in range(3):
        world.write(f"more {number}")
    asked = world.staff(f"!unblock {first}", case=None)
    assert world.chat_keys(asked) == ["unblocked"]
    body = plain("\n".join(world.bot.render(x.phrase).body for x in asked if isinstance(x, Say)))
    assert all(f"more {number}" in body for number in range(3))
    assert "case-root" in world.office_keys(asked)
    assert world.office_keys(world.write("and on")[1]) == ["followup"]


def test_a_block_ends_by_itself(world: World) -> None:
    blocked(world)
    world.write("more")
    assert world.office_keys(world.pass_time(LONG.total_seconds() - 1)) == []
    asked = world.pass_time(2)
    assert world.office_keys(asked)[:2] == ["block-over", "case-root"]
    assert world.chat_keys(asked) == ["unblocked"]


def test_so_much_is_kept_and_then_it_is_said_that_no_more_is(world: World) -> None:
    blocked(world)
    for number in range(MOST + 5):
        asked = world.write(f"more {number}")[1]
    world.pass_time(86_400)
    asked = world.write("and more")[1]
    assert world.chat_keys(asked) == ["blocked-full"]
    assert len(world.memory.all(LATER)) == MOST - 1


def test_a_person_can_be_blocked_in_the_thread_and_once(world: World) -> None:
    world.with_chat()
    world.write("one")
    number = cases(world)[0].number
    assert world.office_keys(world.staff("!block", case=number)) == ["block-begun"]
    assert world.office_keys(world.staff("!block", case=number)) == ["block-already"]
    assert world.office_keys(world.staff("!unblock", case=number)) == ["block-over"]
    assert world.office_keys(world.staff("!unblock", case=number)) == ["block-none"]


def test_one_of_many_is_blocked_without_showing_it(world: World) -> None:
    flood(world)
    case = shelved(world)
    assert world.office_keys(world.staff(f"!block {case.number}", case=None)) == ["block-begun"]


def test_nobody_s_name_is_in_what_staff_are_told(world: World) -> None:
    asked = [*flood(world), *blocked(world), *world.pass_time(600)]
    told = [x for x in asked if isinstance(x, Say) and world.at(x) == OFFICE]
    body = "\n".join(world.bot.render(x.phrase).body for x in told)
    assert ANNA in body
    assert YUSRA not in body
    assert ":hs" not in body
