"""Private chats: how they begin, what is written in them, who is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bots.runtime.model.decision import CancelTimer, Due, Phrase, Request, Say, SetTimer, Started
from federation.model.actions import DeclineVerification, Join, Leave, SetState
from federation.model.events import Asked, ClientRequest, RoomView, TextMessage
from tests.kit.ombuds import ANNA, BOT, CEM, CHAT, OFFICE, SETTINGS, YUSRA, World
from tests.kit.world import said


@pytest.fixture
def world() -> World:
    return World().found().with_chat()


def test_an_invitation_is_accepted_and_the_person_greeted_after_a_moment() -> None:
    world = World().found()
    world.views[CHAT] = RoomView(joined=frozenset({YUSRA}), encrypted=True)
    assert world.move(CHAT, BOT, "invite", by=YUSRA) == [
        Join(CHAT, notify=True, via=("secret.example",))
    ]
    (timer,) = world.move(CHAT, BOT, "join")
    assert isinstance(timer, SetTimer)
    assert timer.key == f"welcome/{CHAT}"
    assert timer.after == timedelta(seconds=3)
    assert world.chat_keys(world.pass_time(2)) == []
    assert world.chat_keys(world.pass_time(2)) == ["notice"]
    _, asked = world.write("Hello, I have a problem and need help")
    assert world.chat_keys(asked) == ["arrived"]


def test_the_notice_waits_for_the_arrival_if_she_wrote_first(world: World) -> None:
    _, asked = world.write("Hilfe bitte")
    assert world.chat_keys(asked) == ["arrived", "notice"]
    assert CancelTimer(f"welcome/{CHAT}") in asked
    assert world.handle(Due(f"welcome/{CHAT}")) == []


def test_a_message_that_came_before_our_own_join_begins_the_chat() -> None:
    world = World().found()
    world.views[CHAT] = RoomView(joined=frozenset({YUSRA}), encrypted=True)
    world.move(CHAT, BOT, "invite", by=YUSRA)
    _, asked = world.write("Ich habe ein Problem")
    assert world.office_keys(asked) == ["case-root"]
    assert world.move(CHAT, BOT, "join") == []
    assert world.case().conversation == 1


def test_a_second_join_of_ours_changes_nothing(world: World) -> None:
    world.write("Hallo")
    assert world.move(CHAT, BOT, "join") == []


def test_our_own_room_is_no_private_chat_before_it_has_its_handle() -> None:
    world = World()
    world.handle(Started(BOT, 1))
    del world.memory.handles["office/room"]
    world.move(OFFICE, ANNA, "invite", by=BOT)
    assert world.move(OFFICE, BOT, "join") == []
    assert world.write("!hilfe", ANNA, OFFICE)[1] == []


@pytest.mark.parametrize("others", [(), (YUSRA, CEM)])
def test_a_room_that_is_not_private_is_left(others: tuple[str, ...]) -> None:
    world = World().found()
    world.views[CHAT] = RoomView(joined=frozenset(others), encrypted=True, direct=True)
    world.move(CHAT, BOT, "invite", by=CEM)
    asked = world.move(CHAT, BOT, "join")
    # Nobody knows in which language they read.
    refusal = Say(CHAT, Phrase("private-only", SETTINGS.spoken))
    assert asked == [*([refusal] if others else []), Leave(CHAT, notify=True)]
    assert world.write("Hallo")[1] == []


def test_an_unencrypted_chat_is_taken_all_the_same_and_marked() -> None:
    world = World().found()
    world.views[CHAT] = RoomView(joined=frozenset({YUSRA}), encrypted=False)
    world.move(CHAT, BOT, "invite", by=YUSRA)
    asked = world.move(CHAT, BOT, "join")
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    assert SetState(CHAT, "m.room.encryption", content, notify=True) in asked
    _, asked = world.write("Hallo", encrypted=False)
    marks = said(asked, "case-root").phrase.values["marks"]
    assert [x.key for x in marks] == ["mark-unencrypted"]  # type: ignore[attr-defined]


# -- language --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "language"),
    [("Deutsch", "de"), ("العربية", "ar"), ("english", "en"), ("!ar", "ar"), (" English ", "en")],
)
def test_a_name_of_a_language_chooses_it(world: World, word: str, language: str) -> None:
    _, asked = world.write(word)
    assert world.chat_keys(asked) == ["language-set", "notice"]
    assert {x.phrase.language for x in asked if isinstance(x, Say)} == {language}
    assert world.office_keys(asked) == []
    assert world.chat_keys(world.write("Hello")[1]) == ["arrived"]
    assert world.case().language == language


def test_a_language_chosen_later_shows_in_the_case(world: World) -> None:
    world.write("Hello, please help me")
    _, asked = world.write("العربية")
    assert world.chat_keys(asked) == ["language-set", "notice"]
    assert world.office_keys(asked) == ["~case-root"]
    assert said(asked, "case-root").phrase.values["language"] == "العربية (ar)"
    assert world.chat_keys(world.write("Deutsch")[1]) == ["language-set", "notice"]


def test_a_long_text_that_begins_like_a_language_is_a_matter(world: World) -> None:
    _, asked = world.write("English" + " " * 300 + "he beats us")
    assert world.office_keys(asked) == ["case-root"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("السلام عليكم عندي مشكلة", "ar"),
        ("سلام، من کمک می‌خواهم", "fa"),
        ("Добрий день, мені потрібна допомога", "uk"),
        ("Ich brauche bitte Hilfe", "de"),
        ("I need help, they do not let me in", "en"),
        ("Qwrtz", "de"),
    ],
)
def test_the_arrival_is_told_in_her_language(world: World, text: str, language: str) -> None:
    assert said(world.write(text)[1], "arrived").phrase.language == language


# -- messages --------------------------------------------------------------------------------------


def test_what_follows_goes_into_the_thread(world: World) -> None:
    world.write("Erstens")
    event, asked = world.write("Zweitens")
    told = said(asked, "followup")
    assert (told.thread, told.copy_of) == ("case/1/root", event)
    assert told.handle == "case/1/text/1"
    assert world.chat_keys(asked) == []
    world.pass_time(601)
    assert world.chat_keys(world.write("Drittens")[1]) == ["acknowledged"]
    assert world.chat_keys(world.write("Viertens")[1]) == []


def test_a_message_after_an_answer_opens_the_case_again(world: World) -> None:
    world.write("Erstens")
    world.staff("!antwort Ja")
    world.pass_time(61)
    assert world.case().state == "answered"
    assert world.office_keys(world.write("Aber")[1]) == ["followup", "~case-root"]
    assert world.case().state == "open"


def test_a_message_after_the_close_opens_a_new_case(world: World) -> None:
    world.write("Erstens")
    world.staff("!schließen")
    _, asked = world.write("Wieder")
    assert said(asked, "case-root").phrase.values["marks"] == ()
    assert world.case(2).refers is None
    assert world.chat_keys(asked) == ["arrived", "link-offer"]


@pytest.mark.parametrize("word", ["!neu", "!new", "!NEW"])
def test_a_new_matter_on_request(world: World, word: str) -> None:
    world.write("Erstens")
    assert world.chat_keys(world.write(word)[1]) == ["new-matter"]
    world.write("Anderes")
    assert (world.case(2).text, world.case(2).refers) == ("Anderes", None)
    assert world.office_keys(world.write("Mehr")[1]) == ["followup"]


@pytest.mark.parametrize("word", ["!original", "!الأصل", "!اصل", "!Оригінал"])
def test_the_originals_of_the_notice_are_a_word_away(world: World, word: str) -> None:
    world.write("سلام")
    _, asked = world.write(word)
    assert world.chat_keys(asked) == ["notice"]
    assert world.office_keys(asked) == []
    assert said(asked, "notice").phrase.language == "de en"


@pytest.mark.parametrize("word", ["!help", "!hilfe", "؟", "?", "!کمک"])
def test_help(world: World, word: str) -> None:
    _, asked = world.write(word)
    assert world.chat_keys(asked) == ["reporter-help", "notice"]
    assert world.office_keys(asked) == []


def test_an_unknown_command_of_hers_is_a_message(world: World) -> None:
    assert world.office_keys(world.write("!achtung")[1]) == ["case-root"]


def test_a_long_text_comes_in_parts(world: World) -> None:
    event, asked = world.write("wort " * 2000)
    parts = [x for x in asked if isinstance(x, Say) and x.copy_of == event]
    assert [x.handle for x in parts] == ["case/1/root", "case/1/text/1", "case/1/text/2"]
    text = " ".join(str(x.phrase.values["text"]) for x in parts)
    assert text.split() == ["wort"] * 2000


@pytest.mark.parametrize("kind", ["image", "audio", "poll", "other"])
def test_media_are_named_and_not_passed_on(world: World, kind: str) -> None:
    _, asked = world.send_media(kind, "mein Zimmer")
    assert world.office_keys(asked) == ["case-root", "asked-for-words"]
    assert world.chat_keys(asked) == ["arrived", "notice", "text-only"]
    text = said(asked, "case-root").phrase.values["text"]
    assert text.key == "media"  # type: ignore[attr-defined]
    assert text.values["text"] == "mein Zimmer"  # type: ignore[attr-defined]
    _, asked = world.send_media(kind)
    assert world.office_keys(asked) == ["media"]
    assert world.chat_keys(asked) == []


@pytest.mark.parametrize("asks", Asked)
def test_what_her_client_asks_for_is_no_matter(world: World, asks: Asked) -> None:
    def request() -> list[Request]:
        return world.handle(ClientRequest(world.origin(CHAT, YUSRA), world.view(CHAT), asks))

    first, second = request(), request()
    assert world.office_keys(first) == world.office_keys(second) == []
    assert world.chat_keys(first) == [f"no-{asks}"]
    assert world.chat_keys(second) == []
    for asked in (first, second):
        declined = [x for x in asked if isinstance(x, DeclineVerification)]
        assert bool(declined) is (asks is Asked.VERIFICATION)
    assert world.office_keys(world.write("Hallo")[1]) == ["case-root"]


def test_what_is_no_message_of_hers_makes_nothing(world: World) -> None:
    world.write("Hallo")
    event = TextMessage(world.origin(CHAT, YUSRA), world.view(CHAT), "automatic", notice=True)
    assert world.handle(event) == []
    assert world.write("Hallo", BOT)[1] == []
    assert world.write("Hallo", CEM)[1] == []
    assert world.write("\u202e \u0000")[1] == []


def test_a_replay_makes_nothing(world: World) -> None:
    event = TextMessage(world.origin(CHAT, YUSRA), world.view(CHAT), "Hallo")
    assert world.handle(event)
    assert world.handle(event) == []


# -- unreadable ------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["undecryptable", "malformed"])
def test_what_can_not_be_read_is_asked_for_again(world: World, reason: str) -> None:
    asked = world.garble(reason=reason)
    assert world.chat_keys(asked) == ["send-again"]
    assert world.office_keys(asked) == ["unreadable-new"]
    assert world.chat_keys(world.garble(reason=reason)) == []
    world.write("Hallo")
    world.pass_time(601)
    asked = world.garble(reason=reason)
    told = said(asked, "unreadable-case")
    assert told.thread == "case/1/root"


def test_what_staff_sent_unreadably(world: World) -> None:
    assert world.office_keys(world.garble(ANNA, OFFICE)) == ["send-again-staff"]
    assert world.garble(ANNA, OFFICE, "malformed") == []
    assert world.garble(CEM, OFFICE) == []


# -- who is there ----------------------------------------------------------------------------------


def test_nobody_is_answered_while_a_third_person_is_there(world: World) -> None:
    world.write("Hallo")
    asked = world.move(CHAT, CEM, "invite", by=YUSRA)
    assert world.chat_keys(asked) == ["not-alone"]
    assert world.office_keys(asked) == ["exposed"]
    assert world.move(CHAT, CEM, "join") == []
    world.staff("!antwort geheim")
    asked = world.pass_time(61)
    assert world.chat_keys(asked) == []
    assert world.office_keys(asked) == ["~answer-unsent", "unsent-exposed"]
    asked = world.move(CHAT, CEM, "leave")
    assert world.chat_keys(asked) == ["alone-again"]
    assert world.office_keys(asked) == ["exposed-over"]


def test_a_third_person_is_noticed_from_a_message_too(world: World) -> None:
    world.write("Hallo")
    world.views[CHAT] = RoomView(joined=frozenset({BOT, YUSRA, CEM}), encrypted=True)
    assert world.chat_keys(world.write("Und")[1]) == ["not-alone"]


def test_a_view_that_was_never_loaded_ends_nothing(world: World) -> None:
    world.write("Hallo")
    world.move(CHAT, CEM, "join")
    world.views[CHAT] = RoomView(encrypted=True)
    assert world.move(CHAT, "@else:x.example", "leave") == []
    assert world.conversation().exposed


def test_third_persons_are_not_the_reporter(world: World) -> None:
    world.write("Hallo")
    world.move(CHAT, CEM, "join")
    assert world.write("Ich bin auch da", CEM)[1] == []


def test_she_leaves_and_comes_back(world: World) -> None:
    world.write("Hallo")
    assert world.office_keys(world.move(CHAT, YUSRA, "leave")) == ["left"]
    world.staff("!antwort Noch da?")
    assert world.office_keys(world.pass_time(61)) == ["~answer-unsent", "unsent-left"]
    assert world.office_keys(world.move(CHAT, YUSRA, "join")) == ["returned"]
    world.staff("!antwort Noch da?")
    assert world.chat_keys(world.pass_time(61)) == ["answer"]


def test_we_are_removed_and_invited_again(world: World) -> None:
    world.write("Hallo")
    assert world.office_keys(world.move(CHAT, BOT, "leave", by=YUSRA)) == ["left"]
    world.move(CHAT, BOT, "invite", by=YUSRA)
    assert world.office_keys(world.move(CHAT, BOT, "join")) == ["returned"]
    assert not world.conversation().left


def test_the_answer_goes_to_the_right_chat(world: World) -> None:
    world.write("Eins")
    world.chat("@other:x.example", "!other")
    world.write("Zwei", "@other:x.example", "!other")
    world.staff("!antwort an zwei", case=2)
    asked: list[Request] = world.pass_time(61)
    assert said(asked, "answer").room == "!other"
    assert said(asked, "answer").audience == frozenset({"@other:x.example"})
