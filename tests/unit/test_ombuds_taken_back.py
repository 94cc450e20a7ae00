"""A redaction is a request: hidden at once, kept sealed for a while, then erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.ombuds.documents.hidden import HIDDEN, HiddenState
from bots.runtime.model.decision import Request, Say
from federation.model.actions import Redact
from federation.model.events import Redaction
from tests.kit.ombuds import ANNA, BILAL, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

WORDS = "Geheimer Name im Haus"
HOUR = 3_600.0


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def is_shown(world: World) -> bool:
    return WORDS in str(world.standing())


def is_kept(world: World) -> bool:
    return WORDS in world.memory.everything()


def held(asked: list[Request]) -> list[str]:
    return [str(x.handle) for x in asked if isinstance(x, Say) and x.phrase.key == "held-part"]


# -- hidden, then erased ---------------------------------------------------------------------------


def test_it_is_hidden_at_once_and_erased_after_three_days(world: World) -> None:
    event, _ = world.write(WORDS)
    asked = world.redact(event)
    assert not is_shown(world)
    assert is_kept(world)
    assert world.chat_keys(asked) == [], "others may be looking on"
    world.pass_time(72 * HOUR - 60)
    assert is_kept(world)
    assert not [x for x in world.pass_time(120) if isinstance(x, Say)]
    assert not is_kept(world)
    assert not world.memory.all(HIDDEN)


def test_staff_are_told_until_when_and_what_they_can_do(world: World) -> None:
    event, _ = world.write(WORDS)
    asked = world.redact(event)
    told = world.text(asked, "taken-back")
    assert "!behalten" in told
    shown = said(asked, "taken-back").phrase.values
    assert shown["time"] == world.now + timedelta(hours=72)
    assert said(asked, "taken-back").thread == "case/1/root"


def test_no_list_search_or_notice_shows_it(world: World) -> None:
    event, _ = world.write(WORDS)
    world.staff("!antwort Wir kommen")
    world.redact(event)
    assert "cases-none" in world.office_keys(world.staff("!fälle Geheimer", case=None))
    assert "Geheimer" not in repr(world.staff("!fälle", case=None))
    assert "Geheimer" not in repr(world.staff("!schließen"))
    assert not is_shown(world)


def test_what_she_writes_later_is_passed_on_as_before(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    assert world.office_keys(world.write("Das war ich nicht")[1])[0] == "followup"
    world.pass_time(80 * HOUR)
    assert "Das war ich nicht" in str(world.standing())


def test_a_backup_brings_nothing_back(world: World) -> None:
    """A store from before sees the redaction again, and the time is not counted anew."""
    event, _ = world.write("Hallo")
    later, _ = world.write(WORDS)
    before = {kind: dict(x) for kind, x in world.memory.documents.items()}
    lists = {name: list(x) for name, x in world.memory.lists.items()}
    redaction = Redaction(world.origin(CHAT, YUSRA), world.view(CHAT), later)
    world.handle(redaction)
    world.pass_time(73 * HOUR)
    assert not is_kept(world)
    world.memory.documents, world.memory.lists = before, lists
    world.memory.documents["ombuds/later"].clear()  # by its fingerprint
    world.handle(redaction)
    assert not is_shown(world)
    assert not is_kept(world)
    assert not world.memory.all(HIDDEN)
    assert world.case().struck == (1,)
    assert event


# -- at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["!löschen", "!delete", "!حذف"])
def test_an_encrypted_word_of_hers_skips_the_wait(world: World, word: str) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    asked = world.write(word)[1]
    assert world.chat_keys(asked) == ["deleted"]
    assert world.office_keys(asked) == ["erased"]
    assert not is_kept(world)
    assert not [x for x in world.timers if x.startswith("erase/")]


def test_in_clear_it_skips_nothing(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    asked = world.write("!delete", encrypted=False)[1]
    assert world.chat_keys(asked) == ["in-clear"]
    assert is_kept(world)


def test_in_clear_it_skips_nothing_even_where_all_is_in_clear() -> None:
    world = World().found()
    world.chat(encrypted=False)
    event, _ = world.write(WORDS, encrypted=False)
    world.redact(event)
    assert "in-clear" in world.keys(world.write("!delete", encrypted=False)[1])
    assert is_kept(world)


def test_it_reaches_all_of_her_cases_and_nobody_elses(world: World) -> None:
    first, _ = world.write(WORDS)
    world.write("!neu")
    second, _ = world.write(f"{WORDS} noch immer")
    world.redact(first)
    world.redact(second)
    world.chat("@other:x.example", "!other")
    asked = world.write("!delete", "@other:x.example", "!other")[1]
    assert world.keys(asked, "!other") == ["delete-nothing"]
    assert len(world.memory.all(HIDDEN)) == 2
    assert world.office_keys(world.write("!delete")[1]) == ["erased", "erased"]
    assert not is_kept(world)


def test_without_anything_to_erase_it_says_how(world: World) -> None:
    world.write("Hallo")
    asked = world.write("!delete")[1]
    assert world.chat_keys(asked) == ["delete-nothing"]
    assert world.office_keys(asked) == []


# -- held ------------------------------------------------------------------------------------------


def test_staff_hold_it_once_with_a_reason_and_are_shown_it(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    asked = world.staff("!behalten 14 Ein Kind ist in Gefahr")
    assert world.office_keys(asked) == ["held-part", "held"]
    assert world.chat_keys(asked) == []
    assert is_shown(world)
    shown = said(asked, "held").phrase.values
    assert (shown["staff"], shown["reason"]) == (ANNA, "Ein Kind ist in Gefahr")
    assert shown["time"] == world.now + timedelta(days=14)
    assert world.office_keys(world.staff("!behalten 30 Noch länger", BILAL)) == ["hold-once"]
    (record,) = (x for x in world.records if x.what == "held")
    assert record.secrets == {"staff": ANNA, "reason": "Ein Kind ist in Gefahr"}
    assert record.open == {"case": 1, "days": 14}
    world.pass_time(14 * 24 * HOUR - 60)
    assert is_shown(world)
    asked = world.pass_time(120)
    assert [x.target for x in asked if isinstance(x, Redact)] == ["case/1/held/0"]
    assert not is_shown(world)
    assert not is_kept(world)


def test_what_is_held_is_not_erased_by_a_word(world: World) -> None:
    """She was told so before: else somebody who forces her could do away with it."""
    event, _ = world.write(WORDS)
    world.redact(event)
    world.staff("!behalten 3 Gefahr")
    asked = world.write("!delete")[1]
    assert world.chat_keys(asked) == ["deleted-later"]
    assert is_kept(world)


@pytest.mark.parametrize("rest", ["", "14", "0 Gefahr", "31 Gefahr", "Gefahr", "100 Gefahr", "14 "])
def test_a_hold_needs_days_and_a_reason(world: World, rest: str) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    asked = world.staff(f"!behalten {rest}".strip())
    assert world.office_keys(asked) == ["hold-how"]
    assert "!behalten 14" in world.text(asked, "hold-how")
    assert not is_shown(world)


def test_there_may_be_nothing_to_hold(world: World) -> None:
    event, _ = world.write(WORDS)
    assert world.office_keys(world.staff("!behalten 14 Gefahr")) == ["hold-nothing"]
    world.redact(event)
    world.write("!delete")
    assert world.office_keys(world.staff("!behalten 14 Gefahr")) == ["hold-nothing"]


def test_outside_its_thread_the_case_is_named(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    assert world.office_keys(world.staff("!behalten 1 14 Gefahr", case=None))[-1] == "held"
    assert "case-where" in world.office_keys(world.staff("!behalten Gefahr", case=None))


def test_a_hold_in_clear_or_from_an_unsigned_device_holds_nothing(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    thread = world.event_of("case/1/root")
    plain = world.write("!behalten 14 Gefahr", ANNA, OFFICE, thread=thread, encrypted=False)[1]
    assert world.office_keys(plain) == ["command-plain"]
    assert not is_shown(world)


def test_every_part_of_a_long_message_is_held(world: World) -> None:
    event, _ = world.write(f"{WORDS} " * 300)
    world.redact(event)
    asked = world.staff("!behalten 14 Gefahr")
    assert held(asked)[:2] == ["case/1/held/0", "case/1/held/1"]
    gone = [x.target for x in world.pass_time(15 * 24 * HOUR) if isinstance(x, Redact)]
    assert gone == held(asked)


def test_pictures_are_held_by_their_kind_and_caption(world: World) -> None:
    world.write("Hallo")
    event, _ = world.send_media("image", WORDS)
    world.redact(event)
    assert not is_shown(world)
    world.staff("!behalten 14 Gefahr")
    assert is_shown(world)


# -- rooms that are lost ---------------------------------------------------------------------------


def lose(world: World) -> list[Request]:
    return world.move(OFFICE, world.settings.account, "ban", by="@admin:x.example")


def test_nothing_hidden_comes_into_a_new_room_and_what_is_held_does(world: World) -> None:
    hidden, _ = world.write("Hallo")
    later, _ = world.write(WORDS)
    world.redact(later)
    asked = lose(world)
    assert "Geheimer" not in repr(asked)
    world.pass_time(HOUR)
    room = f"{OFFICE}/1"
    thread = world.event_of("case/1/root")
    asked = world.write("!behalten 14 Gefahr", ANNA, room, thread=thread)[1]
    assert "held-part" in world.keys(asked, room)
    asked = world.move(room, world.settings.account, "ban", by="@admin:x.example")
    assert "held-part" in world.keys(asked, f"{OFFICE}/2")
    assert hidden


# -- what an edit said -----------------------------------------------------------------------------


def test_what_an_edit_said_is_kept_as_long(world: World) -> None:
    """A homeserver that removes an edit and keeps the message back leaves staff with nothing."""
    event, _ = world.write("Die Heizung ist kalt")
    edit, _ = world.change(event, WORDS)
    world.errors["AskNow"] = "M_FORBIDDEN"
    asked = world.redact(edit)
    assert not is_shown(world)
    assert world.office_keys(asked)[-1] == "unreadable-now"
    world.staff("!behalten 14 Gefahr")
    assert is_shown(world)


def test_an_edit_that_comes_after_the_redaction_changes_nothing(world: World) -> None:
    event, _ = world.write(WORDS)
    world.redact(event)
    assert world.edit(event, "Nichts war") == []
    world.staff("!behalten 14 Gefahr")
    assert is_shown(world)


def test_only_hers_counts(world: World) -> None:
    event, _ = world.write(WORDS)
    world.views[CHAT] = replace(world.view(CHAT), power_levels={"users": {BILAL: 100}})
    assert world.redact(event, BILAL) == []
    assert is_shown(world)
    assert {x.state for x in world.memory.all(HIDDEN)} <= set(HiddenState)
