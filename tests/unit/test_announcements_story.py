"""Announcements, told event by event; and the small world they are told in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.announcements import keys
from bots.announcements.documents.mails import STRIKES
from bots.announcements.documents.news import ITEMS, PAGES, State
from bots.announcements.documents.people import READERS, Standing
from bots.announcements.rules.mails.addresses import confirm_token, unsubscribe_token
from bots.runtime.kit.documents import Collection
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES, TROUBLE, Trouble
from bots.runtime.model.decision import (
    Say,
)
from federation.model.actions import React
from federation.model.events import (
    MediaMessage,
    RoomView,
)
from tests.kit.announcements import ANNA, BILAL, SETTINGS, STRANGER, TEXT, World
from tests.kit.world import said


@pytest.fixture
def world() -> World:
    return World().start()


# -- the story -------------------------------------------------------------------------------------


def test_an_announcement_goes_all_the_way(world: World) -> None:
    world.subscribe("anna@mail.example", "de")
    world.subscribe("amal@mail.example", "ar")
    world.subscribe("olena@mail.example", "uk")
    event, asked = world.write(TEXT)
    assert world.keys(asked) == ["offer"]
    _, asked = world.write("العربية: اجتماع يوم الجمعة", thread=event)
    assert world.keys(asked) == ["~offer-changed"]
    asked = world.react(event, "✅", BILAL)
    assert world.keys(asked) == ["~pending"]
    assert not world.news()
    asked = world.pass_time(timedelta(seconds=121))
    assert world.keys(asked) == ["~released", "progress", "~finished"]
    letters = {address: letter for address, _, letter in world.news()}
    assert letters["anna@mail.example"].subject == "Treffen am Freitag"
    assert letters["amal@mail.example"].subject == "اجتماع يوم الجمعة"
    assert letters["amal@mail.example"].direction == "rtl"
    ukrainian = letters["olena@mail.example"]
    assert (ukrainian.language, ukrainian.direction) == ("uk", "ltr")
    note, text = ukrainian.blocks
    assert (note.kind, note.language) == ("note", "uk")
    assert "Deutsch" in note.text
    assert (text.language, text.text) == ("de", TEXT)
    assert {letter.event for _, _, letter in world.news()} == {event}
    assert (world.circular().sent, world.circular().finished) == (3, True)


def test_every_reader_has_a_link_of_their_own(world: World) -> None:
    ids = [world.subscribe(f"r{i}@mail.example") for i in range(3)]
    world.send()
    tokens = {address: token for address, token, _ in world.news()}
    expected = {f"r{i}@mail.example": unsubscribe_token(SETTINGS, x) for i, x in enumerate(ids)}
    assert tokens == expected


def test_nothing_goes_out_before_somebody_releases_it(world: World) -> None:
    world.subscribe("anna@mail.example")
    world.write(TEXT)
    world.pass_time(timedelta(days=30))
    assert not world.news()


@pytest.mark.parametrize("how", ["reaction", "command", "reply", "offer"])
def test_a_release_can_be_said_in_several_ways(world: World, how: str) -> None:
    world.subscribe("anna@mail.example")
    event, _ = world.write(TEXT)
    offer = world.memory.handles[keys.OFFER(number=1)].event_id
    assert offer is not None
    match how:
        case "reaction":
            world.react(event, "✅")
        case "offer":
            world.react(offer, "✅")
        case "command":
            world.write("!freigeben", thread=event)
        case "reply":
            world.write("!release", reply_to=event)
    world.pass_time(timedelta(minutes=3))
    assert len(world.news()) == 1


@pytest.mark.parametrize("how", ["❌", "!zurück", "!undo"])
def test_a_release_can_be_taken_back_and_given_again(world: World, how: str) -> None:
    world.subscribe("anna@mail.example")
    event, _ = world.write(TEXT)
    world.react(event, "✅")
    asked = world.react(event, how) if how == "❌" else world.write(how, thread=event)[1]
    assert world.keys(asked) == ["~taken-back"]
    world.pass_time(timedelta(days=1))
    assert not world.news()
    world.write("!freigeben", thread=event)
    world.pass_time(timedelta(minutes=3))
    assert len(world.news()) == 1


def test_nobody_without_power_releases_or_writes(world: World) -> None:
    world.subscribe("anna@mail.example")
    event, _ = world.write(TEXT)
    world.react(event, "✅", STRANGER)
    world.write("!freigeben", STRANGER, thread=event)
    _, asked = world.write("Mail das!", STRANGER)
    assert asked == []
    world.pass_time(timedelta(days=1))
    assert not world.news()


def test_editors_can_be_named_in_the_settings() -> None:
    settings = replace(SETTINGS, editors=(STRANGER,))
    _, asked = World(settings).start().write(TEXT, STRANGER)
    assert next(x for x in asked if isinstance(x, Say)).phrase.key == "offer"


def test_in_an_encrypted_room_only_what_was_encrypted_counts(world: World) -> None:
    world.view = RoomView(encrypted=True, power_levels=world.view.power_levels)
    assert world.keys(world.write(TEXT)[1]) == ["in-clear"]


# -- texts -----------------------------------------------------------------------------------------


def test_editors_may_talk_in_the_thread(world: World) -> None:
    event, _ = world.write(TEXT)
    for body in ("Sieht gut aus", "Anna: passt das so?", "Achtung: Uhrzeit prüfen"):
        assert world.write(body, thread=event)[1] == []


@pytest.mark.parametrize(
    "body",
    [
        "العربية: نص",
        "ar: نص",
        "**العربية:** نص",
        "Arabisch: نص",
        "\u2068العربية\u2069: نص",
        "> العربية:\nنص",
        "العربية： نص",
    ],
)
def test_a_translation_begins_with_its_language(world: World, body: str) -> None:
    event, _ = world.write(TEXT)
    world.write(body, thread=event)
    (version,) = world.item().translations
    assert (version.language, version.text) == ("ar", "نص")


@pytest.mark.parametrize(
    ("body", "key"),
    [("de: Text", "translation-same"), ("fr: Texte", "translation-unknown")],
)
def test_a_translation_that_nobody_reads_is_refused(world: World, body: str, key: str) -> None:
    event, _ = world.write(TEXT)
    assert world.keys(world.write(body, thread=event)[1]) == [key]
    assert not world.item().translations


def test_an_edit_before_the_release_changes_the_text(world: World) -> None:
    world.subscribe("anna@mail.example")
    event, _ = world.write(TEXT)
    world.edit(event, "Neuer Text")
    world.react(event, "✅")
    world.pass_time(timedelta(seconds=100))
    assert world.keys(world.edit(event, "Noch neuer")) == ["~pending"]
    world.pass_time(timedelta(seconds=100))
    assert not world.news()
    world.pass_time(timedelta(seconds=30))
    assert world.news()[0][2].blocks[0].text == "Noch neuer"


def test_only_who_wrote_a_text_edits_it(world: World) -> None:
    event, _ = world.write(TEXT, ANNA)
    assert world.edit(event, "gefälscht", BILAL) == []
    assert world.item().original.text == TEXT


def test_an_edit_after_the_release_is_told_to_come_late(world: World) -> None:
    world.subscribe("anna@mail.example")
    event = world.send()
    assert world.keys(world.edit(event, "anders")) == ["edit-late"]
    assert world.item().original.text == TEXT


def test_a_translation_can_be_edited_and_removed(world: World) -> None:
    event, _ = world.write(TEXT)
    translation, _ = world.write("ar: نص", thread=event)
    world.edit(translation, "ar: نص آخر")
    assert world.item().translations[0].text == "نص آخر"
    world.edit(translation, "uk: текст")
    assert [x.language for x in world.item().translations] == ["uk"]
    world.redact(translation)
    assert not world.item().translations


def test_a_correction_belongs_to_what_it_corrects(world: World) -> None:
    world.subscribe("anna@mail.example")
    event = world.send()
    world.send("Berichtigung: Samstag", reply_to=event)
    assert world.news()[1][2].follows == (event,)


@pytest.mark.parametrize("body", ["!hilfe", "!foo", "!freigeben", "!zurück"])
def test_a_command_outside_a_thread_is_answered(world: World, body: str) -> None:
    assert world.keys(world.write(body)[1]) in (["help"], ["command-unknown"], ["command-where"])
    assert world.memory.get(ITEMS, "1") is None


def test_a_picture_is_asked_for_in_words(world: World) -> None:
    asked = world.handle(MediaMessage(world.origin(ANNA), world.view, "image"))
    assert world.keys(asked) == ["text-only"]


def test_a_picture_for_a_draft_is_asked_for_in_words_in_its_thread(world: World) -> None:
    draft, _ = world.write(TEXT)
    for thread, answers in ((draft, ["text-only"]), (draft, []), ("$other", [])):
        picture = MediaMessage(world.origin(ANNA), world.view, "image", thread=thread)
        asked = world.handle(picture)
        assert world.keys(asked) == answers
        assert all(x.thread == draft for x in asked if isinstance(x, Say))


def test_a_text_that_is_too_long_is_refused(world: World) -> None:
    assert world.keys(world.write("x" * 20_001)[1]) == ["too-long"]


# -- taken back ------------------------------------------------------------------------------------


def test_a_draft_that_is_removed_is_never_sent(world: World) -> None:
    world.subscribe("anna@mail.example")
    event, _ = world.write(TEXT)
    world.react(event, "✅")
    assert world.keys(world.redact(event)) == ["~dropped"]
    world.pass_time(timedelta(days=1))
    assert not world.news()
    assert "Haus am See" not in world.memory.everything()


def test_a_removal_stops_the_mails_that_still_wait(world: World) -> None:
    for i in range(250):
        world.subscribe(f"r{i}@mail.example")
    event, _ = world.write(TEXT)
    world.react(event, "✅")
    world.held = True
    world.pass_time(timedelta(seconds=120))
    for _ in range(3):
        performed = world._carry_out(world.waiting.popleft())
        world.held = True
        world.handle(performed)
    asked = world.redact(event)
    assert world.keys(asked) == ["stopped"]
    assert "Haus am See" not in world.memory.everything()
    assert (PAGES.kind, "1") in world.memory.forgotten
    world.release_held()
    assert len(world.news()) == 3
    circular = world.circular()
    assert (circular.sent, circular.gone, circular.finished) == (3, 247, True)


def test_a_removal_after_the_last_mail_is_told_to_come_late(world: World) -> None:
    world.subscribe("anna@mail.example")
    event = world.send()
    assert world.keys(world.redact(event)) == ["redact-late"]
    assert world.item().state is State.DROPPED
    assert "Haus am See" not in world.memory.everything()
    assert (PAGES.kind, "1") in world.memory.forgotten


# -- what mail servers say -------------------------------------------------------------------------


def test_a_mail_that_is_refused_for_now_is_tried_again_and_counted_once(world: World) -> None:
    reader = world.subscribe("anna@mail.example")
    world.subscribe("bilal@mail.example")
    world.answers[reader] = [documents.LATER, documents.LATER]
    world.send()
    assert (world.circular().sent, world.circular().waiting) == (1, 1)
    world.pass_time(timedelta(minutes=4))
    assert len(world.news()) == 1
    world.pass_time(timedelta(minutes=30))
    assert len(world.news()) == 2
    assert (world.circular().sent, world.circular().waiting) == (2, 0)
    assert world.circular().finished


def test_a_mail_that_is_refused_for_days_is_given_up(world: World) -> None:
    reader = world.subscribe("anna@mail.example")
    world.answers[reader] = [documents.LATER] * 100
    world.send()
    world.pass_time(timedelta(days=5))
    assert (world.circular().failed, world.circular().finished) == (1, True)
    assert len(world.answers[reader]) == 92


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (documents.REFUSED, "failed"),
        (documents.NOBODY, "failed"),
        (documents.UNKNOWN, "unknown"),
        ("unsafe", "failed"),
    ],
)
def test_what_fails_for_good_is_told_in_numbers(world: World, answer: str, count: str) -> None:
    reader = world.subscribe("anna@mail.example")
    world.answers[reader] = [answer]
    world.send()
    assert getattr(world.circular(), count) == 1
    said = [x for x in world.said if isinstance(x, Say)][-1]
    assert said.phrase.key == "finished"
    assert "anna" not in world.bot.render(said.phrase).body


def ending(world: World) -> str:
    said = [x for x in world.said if isinstance(x, Say) and x.phrase.key == "finished"][-1]
    return world.bot.render(said.phrase).body.replace("\u2068", "").replace("\u2069", "")


def test_the_end_of_a_round_names_what_servers_said_most(world: World) -> None:
    readers = [world.subscribe(f"r{i}@mail.example") for i in range(120)]
    said = ["552 5.2.2"] * 4 + ["550 5.7.1"] * 3 + ["554"] * 2 + ["553 5.1.3", ""]
    for reader, reply in zip(readers, said, strict=False):
        world.answers[reader] = [f"{documents.REFUSED} {reply}".strip()]
    world.send()
    told = "11 Mails konnten nicht zugestellt werden (552 5.2.2, 550 5.7.1, 554)."
    assert told in ending(world)
    assert not world.memory.all(STRIKES)


def test_the_end_names_it_of_a_mail_that_was_given_up_after_days(world: World) -> None:
    readers = [world.subscribe(f"r{i}@mail.example") for i in range(20)]
    world.answers[readers[0]] = [f"{documents.LATER} 452 4.2.2"] * 100
    world.send()
    world.pass_time(timedelta(days=5))
    assert "1 Mail konnte nicht zugestellt werden (452 4.2.2)." in ending(world)


def test_the_end_of_a_round_that_was_held_names_it_too(world: World) -> None:
    readers = [world.subscribe(f"r{i}@mail.example") for i in range(20)]
    for reader in readers:
        world.answers[reader] = [f"{documents.REFUSED} 550 5.7.1"] * 100
    world.send()
    world.pass_time(timedelta(days=5))
    assert (world.circular().failed, world.circular().held) == (20, True)
    assert "20 Mails konnten nicht zugestellt werden (550 5.7.1)." in ending(world)
    assert not world.memory.all(STRIKES)


NOBODY = f"{documents.NOBODY} 550 5.1.1"


def twice_unknown(world: World, share: range = range(1), of: int = 20) -> list[str]:
    readers = [world.subscribe(f"r{i}@mail.example") for i in range(of)]
    for i in share:
        world.answers[readers[i]] = [NOBODY] * 100
    world.send()
    world.pass_time(timedelta(days=2))
    world.send("Zweiter")
    world.pass_time(timedelta(days=5))
    return readers


def suspended(world: World) -> int:
    return sum(x.standing is Standing.SUSPENDED for x in world.memory.all(READERS))


@pytest.mark.parametrize("how", ["reaction", "command", "confirmed anew"])
def test_who_is_unknown_twice_is_suspended_told_and_brought_back(world: World, how: str) -> None:
    reader = twice_unknown(world)[0]
    assert suspended(world) == 1
    said = next(x for x in reversed(world.said) if isinstance(x, Say) and x.handle)
    assert said.phrase.key == "suspended"
    body = world.bot.render(said.phrase).body
    assert "550 5.1.1" in body
    assert "@" not in body
    assert world.memory.get(ADDRESSES, reader) is not None
    assert not world.memory.forgotten
    world.send("Dritter")
    assert world.circular("a/3").total == 19
    told = world.memory.handles[str(said.handle)].event_id or ""
    if how == "reaction":
        world.react(told, "❌", BILAL)
    elif how == "command":
        world.write("!undo", BILAL, reply_to=told)
    else:
        world.answers.clear()
        world.subscribe("r0@mail.example")
    assert suspended(world) == 0
    world.send("Vierter")
    assert world.circular("a/4").total == 20


@pytest.mark.parametrize("share", [3, 20])
def test_what_a_tenth_of_a_round_meets_is_nobodys_fault(world: World, share: int) -> None:
    twice_unknown(world, range(share))
    assert suspended(world) == 0
    assert not world.memory.forgotten
    held = [x for x in world.said if isinstance(x, Say) and x.phrase.key == "held"]
    assert len(held) == 2
    assert "550 5.1.1" in world.bot.render(held[0].phrase).body


def test_what_was_refused_is_looked_through_once_a_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [world.subscribe(f"r{i}@mail.example") for i in range(100)]
    for reader in readers[:8]:
        world.answers[reader] = [NOBODY]
    listed: list[str] = []
    all_of = world.memory.keys

    def noted(collection: Collection[Any], *under: str) -> tuple[str, ...]:
        listed.append(collection.kind)
        return all_of(collection, *under)

    monkeypatch.setattr(world.memory, "keys", noted)
    world.send()
    assert (world.circular().failed, world.circular().finished) == (8, True)
    assert listed.count(STRIKES.kind) == 1


def test_a_round_that_was_held_goes_out_once_the_server_is_mended(world: World) -> None:
    readers = [world.subscribe(f"r{i}@mail.example") for i in range(20)]
    for reader in readers:
        world.answers[reader] = [f"{documents.REFUSED} 550 5.7.1"]
    world.send()
    assert (world.circular().failed, world.circular().waiting) == (0, 20)
    world.pass_time(timedelta(minutes=6))
    assert world.circular().sent == 20
    assert not world.memory.all(STRIKES)


def test_the_room_hears_within_a_minute_why_no_mails_leave(world: World) -> None:
    world.subscribe("anna@mail.example")
    world.held = True
    world.send()
    world.memory.put(TROUBLE, Trouble(world.now.timestamp(), "450 4.7.1"))
    world.pass_time(timedelta(seconds=55))
    said = [x for x in world.said if isinstance(x, Say) and x.phrase.key == "mail-refused"]
    assert len(said) == 1
    assert "450 4.7.1" in world.bot.render(said[0].phrase).body
    world.memory.drop(TROUBLE, "trouble")
    world.pass_time(timedelta(seconds=55))
    assert "~mail-again" in world.keys(world.said)


def test_a_mail_server_is_in_no_trouble_for_which_no_mail_waits(world: World) -> None:
    world.subscribe("anna@mail.example")
    world.held = True
    world.send()
    world.memory.put(TROUBLE, Trouble(world.now.timestamp(), "550 5.7.1"))
    world.pass_time(timedelta(seconds=55))
    assert "mail-refused" in world.keys(world.said)
    (mail,) = world.waiting
    world.answers[mail.content["reader"]] = [documents.GONE]
    world.held = False
    world.pass_time(timedelta(seconds=55))
    assert world.circular().finished
    assert not world.memory.all(TROUBLE)
    assert world.keys(world.said)[-1] == "~mail-none"
    assert not world.pass_time(timedelta(minutes=10))


def test_trouble_stands_while_somebody_waits_who_is_asked_to_confirm(world: World) -> None:
    world.memory.put(TROUBLE, Trouble(world.now.timestamp(), "450 4.7.1"))
    world.held = True
    world.submit("subscribe", address="anna@mail.example", language="de", kind="immediate")
    (mail,) = world.waiting
    world.memory.coming.add(mail.handle or "")
    world.pass_time(timedelta(minutes=10))
    assert world.memory.all(TROUBLE)
    assert [x for x in world.keys(world.said) if "mail-" in x] == ["mail-refused"]


def test_progress_is_told_sparingly(world: World) -> None:
    for i in range(60):
        world.subscribe(f"r{i}@mail.example")
    world.send()
    assert [x for x in world.keys(world.said) if x.endswith("progress")] == ["progress"]


def test_tokens_are_derived_and_hold_no_address() -> None:
    reader = World().id("anna@mail.example")
    assert len(unsubscribe_token(SETTINGS, reader)) == 22
    assert unsubscribe_token(SETTINGS, reader) != confirm_token(SETTINGS, reader)
    assert World().id("Anna@Mail.example") == reader


def test_where_words_are_demanded_a_reaction_releases_nothing() -> None:
    """Whoever runs the homeserver can set it in an editor's name."""
    world = World(replace(SETTINGS, in_words=True)).start()
    event, asked = world.write(TEXT)
    assert not [x for x in asked if isinstance(x, React)]
    assert "✅" not in world.bot.render(said(asked, "offer").phrase).body
    asked = world.react(event, "✅", BILAL)
    assert world.keys(asked) == ["sign-in-words"]
    assert world.react(event, "✅", BILAL) == [], "it is said once in a while"
    assert world.item().state is State.DRAFT
    assert world.keys(world.write("!release", BILAL, thread=event)[1]) == ["~pending"]
    assert world.keys(world.react(event, "❌")) == ["~taken-back"]
