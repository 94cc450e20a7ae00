"""Whose words they are: what comes from a device that is not known to be hers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.ombuds import commands
from bots.ombuds.documents.cases import AnswerState
from bots.ombuds.documents.chats import chat_key
from bots.runtime.model.decision import Request, Say
from federation.model.actions import AskDevices, AskNow
from federation.model.events import Doubt, Edit, Origin, Seen, TextMessage
from tests.kit.memory import key_of
from tests.kit.ombuds import BOT, CHAT, YUSRA, World
from tests.kit.world import said

GHOST = "canary-key-of-somebody-else"
BESIDE = chat_key(CHAT, GHOST)


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    world.write("Der Wächter schlägt uns.")
    return world


def as_ghost(world: World, body: str, **fields: Any) -> list[Request]:
    """Somebody writes as her, from another identity."""
    world.memory.reached.add(GHOST)
    origin = replace(world.origin(CHAT, YUSRA), **{"identity": GHOST, "device": GHOST, **fields})
    return world.handle(TextMessage(origin, world.view(CHAT), body))


def reset(world: World) -> None:
    """Her account has other cross-signing keys by now."""
    world.memory.identities[YUSRA] = Seen(True, GHOST)


def secret(world: World) -> str:
    return str(said(world.pass_time(20), "receipt").phrase.values["receipt"])


def audience(asked: list[Request], key: str) -> frozenset[str] | None:
    return said(asked, key).identities


# -- pinned at her first encrypted message ---------------------------------------------------------


def test_what_we_say_is_for_her_identity_alone(world: World) -> None:
    assert world.conversation().pin == key_of(YUSRA)
    asked = world.write("!neu Und es ist kalt.")[1]
    assert audience(asked, "arrived") == frozenset({key_of(YUSRA)})


def test_no_message_waits_until_we_know_whose_it_is() -> None:
    world = World().found().with_chat()
    origin = replace(world.origin(CHAT, YUSRA), identity="", doubt=Doubt.UNKNOWN)
    world.wrote.keep(origin, "Hilfe")
    asked = world.handle(TextMessage(origin, world.view(CHAT), "Hilfe"))
    assert world.office_keys(asked) == ["case-root"]
    assert world.conversation().pin == ""
    asked = world.pass_time(5)
    assert [x.event_id for x in asked if isinstance(x, AskNow)] == [origin.event_id]
    assert world.conversation().pin == key_of(YUSRA)


def test_somebody_in_between_is_not_pinned() -> None:
    world = World().found().with_chat()
    origin = replace(world.origin(CHAT, YUSRA), identity="", doubt=Doubt.UNKNOWN)
    world.wrote.keep(origin, "Hilfe")
    world.handle(TextMessage(origin, world.view(CHAT), "Hilfe"))
    as_ghost(world, "Hallo?")
    world.pass_time(5)
    assert world.conversation().pin == key_of(YUSRA)


def test_a_device_counts_where_there_is_no_cross_signing() -> None:
    world = World().found().with_chat()
    world.memory.identities[YUSRA] = Seen(True, "")
    mine = {"identity": "canary-phone", "device": "canary-phone"}
    as_ghost(world, "Hilfe", **mine)
    assert world.conversation().pin == "canary-phone"
    assert world.office_keys(as_ghost(world, "Schnell", **mine)) == ["followup"]
    # She sets cross-signing up on that device: it is still the same one.
    asked = as_ghost(world, "Bitte", identity="canary-master", device="canary-phone")
    assert world.office_keys(asked) == ["followup"]
    assert world.office_keys(as_ghost(world, "Ich bin es"))[0] == "case-root"


def unknown(world: World, body: str, **fields: Any) -> TextMessage:
    origin = replace(world.origin(CHAT, YUSRA), identity="", doubt=Doubt.UNKNOWN)
    world.wrote.keep(origin, body)
    return TextMessage(origin, world.view(CHAT), body, **fields)


def again(world: World, event: TextMessage, identity: str) -> list[Request]:
    """Her devices were asked for: it is decided once more."""
    doubt = Doubt.UNSIGNED if identity in ("", GHOST) else None
    known = replace(event.origin, identity=identity, device=identity, doubt=doubt)
    return world.handle(replace(event, origin=known))


def test_the_first_message_is_filed_and_pinned_as_soon_as_she_was_asked_for() -> None:
    world = World().found().with_chat()
    first = unknown(world, "Hilfe")
    assert AskDevices(CHAT, YUSRA) in world.handle(first)
    assert again(world, first, key_of(YUSRA)) == []
    assert world.conversation().pin == key_of(YUSRA)
    assert world.office_keys(as_ghost(world, "Ich habe das erfunden."))[0] == "case-root"


@pytest.mark.parametrize(
    "command",
    ["!löschen", "!geheimzahl", "!notiert", "!verbinden 1", "ja", f"!{commands.ERASE.name}"],
)
def test_no_word_counts_before_we_know_whose_it_is(command: str) -> None:
    world = World().found().with_chat()
    first = unknown(world, "Hilfe")
    world.handle(first)
    world.redact(first.origin.event_id)
    word = unknown(world, command)
    assert world.handle(word) == [AskDevices(CHAT, YUSRA)]
    again(world, first, key_of(YUSRA))
    assert "erased" not in world.office_keys(again(world, word, GHOST))
    assert "erased" in world.office_keys(world.write("!löschen")[1])


def test_a_look_up_that_fails_pins_nobody_and_no_complaint_waits() -> None:
    world = World().found().with_chat()
    first = unknown(world, "Hilfe")
    world.handle(first)
    again(world, first, "")
    world.away = True
    asked = as_ghost(world, "Ich habe das erfunden.")
    marks = said(asked, "followup").phrase.values["marks"]
    assert [x.key for x in marks] == ["mark-unproven"]  # type: ignore[attr-defined]
    assert world.chat_keys(as_ghost(world, "!löschen")) == ["not-known-yet"]
    assert "receipt" not in world.chat_keys(world.pass_time(20))
    world.back()
    assert world.conversation().pin == key_of(YUSRA)
    assert "receipt" in world.chat_keys(world.pass_time(600))


def test_who_cannot_be_asked_for_is_looked_for_again_and_again() -> None:
    world = World().found().with_chat()
    world.memory.identities[YUSRA] = Seen(known=False)
    first = unknown(world, "Hilfe")
    world.handle(first)
    again(world, first, "")
    world.pass_time(3_600)
    assert world.conversation().pin == ""
    del world.memory.identities[YUSRA]
    assert "receipt" in world.chat_keys(world.pass_time(1_200))
    assert world.conversation().pin == key_of(YUSRA)


def test_what_came_from_no_device_of_hers_keeps_nobody_from_a_new_matter() -> None:
    """Somebody has logged her out behind her first message, and logs in as her."""
    world = World().found().with_chat()
    first = unknown(world, "Hilfe")
    world.handle(first)
    world.redact(first.origin.event_id)
    again(world, first, "")
    world.memory.identities[YUSRA] = Seen(True, "")
    world.pass_time(5)
    assert world.chat_keys(as_ghost(world, "!löschen")) == ["not-known-yet"]
    world.pass_time(600)
    del world.memory.identities[YUSRA]
    assert "erased" not in world.office_keys(as_ghost(world, "!löschen"))
    assert world.office_keys(world.write("Ich bin wieder da.")[1])[0] == "case-root"
    assert "receipt" in world.chat_keys(world.pass_time(20))


def test_an_edit_waits_until_we_know_whose_it_is() -> None:
    world = World().found().with_chat()
    first = unknown(world, "Hilfe")
    world.handle(first)
    origin = replace(world.origin(CHAT, YUSRA), identity="", doubt=Doubt.UNKNOWN)
    edit = Edit(origin, world.view(CHAT), first.origin.event_id, "Nichts.")
    assert world.handle(edit) == [AskDevices(CHAT, YUSRA)]


# -- somebody else, or she with a new phone --------------------------------------------------------


def test_a_ghost_reaches_staff_only_with_a_matter_of_its_own(world: World) -> None:
    asked = as_ghost(world, "Ich habe das erfunden.")
    assert world.office_keys(asked) == ["case-root"]
    assert world.case(2).refers is None
    assert world.case(1).texts == 0
    assert world.office_keys(as_ghost(world, "Wirklich.")) == ["followup"]
    assert world.case(2).texts == 1


def test_nothing_of_the_old_matter_is_shown(world: World) -> None:
    asked = as_ghost(world, "Worum ging es noch einmal?")
    told = [x for x in asked if isinstance(x, Say) and x.room == CHAT]
    assert [x.phrase.key for x in told] == ["arrived", "notice", "receipt-ask"]
    assert "schlägt" not in str(told)
    assert audience(asked, "arrived") == frozenset({GHOST})
    assert said(asked, "arrived").phrase.values["number"] == 2


@pytest.mark.parametrize("fields", [{"identity": ""}, {"identity": "", "device": ""}])
def test_nor_to_an_unsigned_device_of_somebody_who_signs(
    world: World, fields: dict[str, str]
) -> None:
    asked = as_ghost(world, "Hallo", doubt=Doubt.UNSIGNED, **fields)
    assert "case-root" in world.office_keys(asked)
    assert world.case(1).texts == 0


def test_a_device_that_is_not_known_is_asked_for(world: World) -> None:
    asked = as_ghost(world, "Hallo", identity="", doubt=Doubt.UNKNOWN)
    assert asked == [AskDevices(CHAT, YUSRA)]


def test_it_is_said_once_what_to_do(world: World) -> None:
    as_ghost(world, "Hallo")
    assert "receipt-ask" not in world.chat_keys(as_ghost(world, "Hallo?"))


def test_a_ghost_edits_and_deletes_and_decides_nothing(world: World) -> None:
    event, _ = world.write("Er heißt Meier.")
    origin = replace(world.origin(CHAT, YUSRA), identity=GHOST, device=GHOST)
    assert world.handle(Edit(origin, world.view(CHAT), event, "Niemand.")) == []
    for command in ("!verbinden 1", "!geheimzahl", "!löschen"):
        assert world.office_keys(as_ghost(world, command)) == []
    assert world.case(1).refers is None


def test_what_is_in_clear_is_marked_as_not_proven(world: World) -> None:
    asked = world.write("Ich habe das erfunden.", encrypted=False)[1]
    marks = said(asked, "followup").phrase.values["marks"]
    assert [x.key for x in marks] == ["mark-unencrypted", "mark-unproven"]  # type: ignore[attr-defined]


def test_she_herself_goes_on_beside_a_ghost(world: World) -> None:
    as_ghost(world, "Ich habe das erfunden.")
    assert world.office_keys(world.write("Er war wieder da.")[1]) == ["followup"]
    assert world.case(1).texts == 1


# -- answers ---------------------------------------------------------------------------------------


def test_answers_wait_after_a_reset_and_come_with_the_receipt(world: World) -> None:
    number = secret(world)
    reset(world)
    world.staff("!antwort Wir kommen.")
    asked = world.pass_time(61)
    assert world.chat_keys(asked) == []
    assert world.office_keys(asked) == ["~answer-held", "held-reset"]
    asked = as_ghost(world, number) + world.pass_time(1)
    assert "receipt-back" in world.chat_keys(asked)
    assert audience(asked, "answer") == frozenset({GHOST})
    assert world.case().answers[0].state is AnswerState.SENT
    assert world.office_keys(as_ghost(world, "Danke"))[0] == "followup"


def test_they_go_when_she_is_back_with_her_own_keys(world: World) -> None:
    secret(world)
    reset(world)
    world.staff("!antwort Wir kommen.")
    world.pass_time(61)
    del world.memory.identities[YUSRA]
    world.write("Ist jemand da?")
    assert "answer" in world.chat_keys(world.pass_time(1))


def test_they_can_be_taken_back_while_they_wait(world: World) -> None:
    reset(world)
    world.staff("!antwort Wir kommen.")
    world.pass_time(61)
    world.staff("!zurück")
    assert world.case().answers[0].state is AnswerState.CANCELLED


def test_nobody_waits_for_a_query_that_fails(world: World) -> None:
    secret(world)
    world.memory.identities[YUSRA] = Seen(known=False)
    world.staff("!antwort Wir kommen.")
    asked = world.pass_time(61)
    assert AskDevices(CHAT, YUSRA) in asked
    del world.memory.identities[YUSRA]
    assert "answer" in world.chat_keys(world.pass_time(60))


def test_the_receipt_in_the_same_chat(world: World) -> None:
    number = secret(world)
    reset(world)
    as_ghost(world, "Mein Handy ist weg.")
    asked = as_ghost(world, number)
    assert world.chat_keys(asked) == ["receipt-back"]
    assert "1, 2" in world.text(asked, "receipt-back")
    assert world.conversation().pin == GHOST
    assert world.office_keys(as_ghost(world, "Weiter."))[0] == "followup"
    old = Origin(BOT, CHAT, "$old-phone", YUSRA, 0, encrypted=True, identity=key_of(YUSRA))
    asked = world.handle(TextMessage(old, world.view(CHAT), "Ich habe das Handy gefunden."))
    assert world.office_keys(asked)[0] == "case-root", "whoever has found it"


def test_nobody_is_in_the_way_of_who_is_in_the_same_chat(world: World) -> None:
    """What only she may read is not said where she has no device: it would wait for ever."""
    reset(world)
    world.conversation()
    asked = as_ghost(world, "Hallo") + world.pass_time(3_600)
    pins = {x.identities for x in asked if isinstance(x, Say) and x.room == CHAT}
    assert frozenset({key_of(YUSRA)}) not in pins
