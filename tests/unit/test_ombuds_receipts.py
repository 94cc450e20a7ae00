"""Receipts: how she is told hers, and what comes of it when one is typed."""

from __future__ import annotations

import pytest

from bots.ombuds import keys
from bots.ombuds.chats import digits
from bots.ombuds.documents.chats import IDENTITIES
from bots.ombuds.documents.receipts import GUESSES, RECEIPTS
from bots.runtime.model.decision import Request, Say, Started
from federation.model.actions import Redact
from federation.model.events import RoomView
from tests.kit.ombuds import BOT, CHAT, OFFICE, YUSRA, World
from tests.kit.world import said

PHONE = "!canary-phone"
"""The chat on her new phone."""
NEW = "@canary-yusra-again:other.example"
SECRET = bytes(range(32))


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    world.write("Im Heim ist es kalt.")
    return world


def receipt(asked: list[Request], key: str = "receipt") -> str:
    return str(said(asked, key).phrase.values["receipt"])


def told(world: World) -> str:
    return receipt(world.pass_time(20))


def again(world: World, body: str, **fields: bool) -> list[Request]:
    """She writes from a new account, in a new chat."""
    if PHONE not in world.views:
        world.chat(NEW, PHONE)
    return world.write(body, NEW, PHONE, **fields)[1]


# -- what a receipt looks like ---------------------------------------------------------------------


def test_it_is_long_enough_and_grouped() -> None:
    number = digits.drawn(SECRET)
    assert 10**digits.FREE > 2**60
    assert [len(x) for x in digits.shown(number).split("-")] == [3] * 7


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x,
        lambda x: x.replace("-", ""),
        lambda x: x.replace("-", " "),
        lambda x: x.replace("-", " – "),
        lambda x: x.replace("-", "\n"),
        lambda x: f"\u2066{x}\u2069 ",
        lambda x: x.translate({48 + n: 0x660 + n for n in range(10)}),
        lambda x: x.translate({48 + n: 0x6F0 + n for n in range(10)}),
        lambda x: x.translate({48 + n: 0xFF10 + n for n in range(10)}),
        lambda x: f"({x}).",
    ],
)
def test_it_may_be_typed_in_many_ways(change) -> None:  # type: ignore[no-untyped-def]
    number = digits.drawn(SECRET)
    found = digits.typed(change(digits.shown(number)))
    assert found == digits.Typed(number, "")


def test_every_wrong_or_swapped_digit_is_seen() -> None:
    number = digits.drawn(SECRET)
    wrong = [number[:i] + x + number[i + 1 :] for i in range(21) for x in "0123456789"]
    pairs = range(20)
    wrong += [number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in pairs]
    wrong += [number[:-1], number + "0"]
    for other in wrong:
        if other != number:
            assert digits.typed(other) == digits.Typed("", ""), other


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 00",
        "Meine Karte: 5341 2345 1234 5678",
        "0176 1234567",
        "Zimmer 12, Haus 3",
        "Am 1.2.2026, 3.2.2026 und 5.2.2026 war kein Wasser da",
        "",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert digits.typed(text) is None
    assert digits.hidden(text) == text


def test_what_else_she_wrote_is_kept() -> None:
    number = digits.shown(digits.drawn(SECRET))
    found = digits.typed(f"Hallo, {number}. Bitte helfen Sie mir.")
    assert found is not None
    assert found.rest == "Hallo, . Bitte helfen Sie mir."


# -- how she is told -------------------------------------------------------------------------------


def test_she_is_told_once_silently_and_nobody_else(world: World) -> None:
    asked = world.pass_time(20)
    text = world.bot.render(said(asked, "receipt").phrase)
    assert text.notice, "no phone rings, and no lock screen shows it"
    assert said(asked, "receipt").audience == frozenset({YUSRA})
    assert not any(x.isdigit() for x in text.body[:100]), "nor does a list of chats"
    world.write("Noch etwas.")
    assert world.chat_keys(world.pass_time(1000)) == []


def test_nobody_can_read_it_in_the_store(world: World) -> None:
    number = told(world)
    kept = world.memory.everything()
    assert number not in kept
    assert number.replace("-", "") not in kept
    assert len(world.memory.all(RECEIPTS)) == 1


def test_none_is_told_where_others_could_read_it() -> None:
    world = World().found()
    world.views[CHAT] = RoomView(joined=frozenset({BOT, YUSRA}))
    world.write("Im Heim ist es kalt.", encrypted=False)
    assert "receipt" not in world.chat_keys(world.pass_time(60))


def test_none_is_told_while_somebody_else_is_there(world: World) -> None:
    world.move(CHAT, "@canary-guard:secret.example", "join")
    assert world.chat_keys(world.pass_time(60)) == []
    world.move(CHAT, "@canary-guard:secret.example", "leave")
    world.write("Sie sind weg.")
    assert told(world)


def test_it_is_deleted_once_she_has_it_on_paper(world: World) -> None:
    number = told(world)
    asked = world.write("!notiert")[1]
    (redact,) = (x for x in asked if isinstance(x, Redact))
    assert (redact.room, redact.target) == (CHAT, keys.RECEIPT(conversation=1, number=1))
    assert world.chat_keys(asked)[-1] == "receipt-deleted"
    assert "receipt-back" in world.keys(again(world, number), PHONE), "it still counts"


def test_a_new_one_ends_the_old_one(world: World) -> None:
    old = told(world)
    new = receipt(world.write("!geheimzahl")[1], "receipt-anew")
    assert new != old
    assert world.keys(again(world, old), PHONE) == ["receipt-wrong"]
    assert "receipt-back" in world.keys(again(world, new), PHONE)


def test_nobody_asks_for_one_in_clear(world: World) -> None:
    told(world)
    assert world.chat_keys(world.write("!geheimzahl", encrypted=False)[1]) == ["in-clear"]


# -- what comes of it when it is typed -------------------------------------------------------------


def test_her_conversation_goes_on_in_the_new_chat(world: World) -> None:
    number = told(world)
    world.staff("!antwort Wir kommen morgen.")
    world.pass_time(61)
    asked = again(world, number)
    assert world.keys(asked, PHONE) == ["receipt-back", "answer-again"]
    assert world.chat_keys(asked) == ["chat-over"]
    assert world.office_keys(asked) == ["person-back"]
    assert said(asked, "answer-again").audience == frozenset({NEW})
    assert world.office_keys(again(world, "Danke!")) == ["followup", "~case-root"]
    world.staff("!antwort Gern.")
    assert "answer" in world.keys(world.pass_time(61), PHONE)


def test_the_old_chat_is_told_nothing_of_the_new_one(world: World) -> None:
    number = told(world)
    asked = again(world, number)
    assert NEW not in world.text(asked, "chat-over")
    assert said(asked, "chat-over").audience == frozenset({YUSRA})
    world.staff("!antwort Nur für sie.")
    assert world.chat_keys(world.pass_time(61)) == []


def test_what_is_written_in_the_old_chat_is_another_matter(world: World) -> None:
    again(world, told(world))
    asked = world.write("Ich habe das erfunden.")[1]
    assert world.office_keys(asked)[0] == "case-root"
    assert world.case(2).conversation != world.case(1).conversation
    assert world.case(2).refers is None


def test_what_she_began_in_the_new_chat_comes_along(world: World) -> None:
    number = told(world)
    again(world, "Mein Handy ist weg.")
    second = world.pass_time(20)
    asked = again(world, number)
    assert "1, 2" in world.text(asked, "receipt-back")
    world.staff("!antwort Ja", case=2)
    assert "answer" in world.keys(world.pass_time(61), PHONE)
    assert again(world, receipt(second))[0].phrase.key == "receipt-here"  # type: ignore[union-attr]


def test_words_beside_it_reach_the_office_without_it(world: World) -> None:
    number = told(world)
    asked = again(world, f"Meine Zahl ist {number} und es ist noch kälter geworden")
    assert world.text(asked, "followup").endswith("Meine Zahl ist und es ist noch kälter geworden")


def test_staff_never_see_one(world: World) -> None:
    number = told(world)
    event, _ = world.write("Noch etwas.")
    world.edit(event, f"Meine Zahl ist {number}")
    world.send_media("image", f"Auf dem Foto: {number}")
    world.edit(event, f"Nein: {number.replace('-', ' ')}")
    assert not any(number[-7:] in x for x in world.standing())
    assert any(digits.HIDDEN in x for x in world.standing())


def test_typed_twice_and_moved_again(world: World) -> None:
    number = told(world)
    again(world, number)
    assert world.keys(again(world, number), PHONE) == ["receipt-here"]
    assert "receipt-back" in world.chat_keys(world.write(number)[1]), "whoever has it"
    assert world.office_keys(world.write("Hier bin ich.")[1]) == ["followup"]


def test_a_mistyped_one_is_no_guess_and_no_message(world: World) -> None:
    number = told(world)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for _ in range(20):
        asked = again(world, wrong)
        assert world.keys(asked, PHONE) == ["receipt-wrong"]
        assert world.office_keys(asked) == []
    assert "receipt-back" in world.keys(again(world, number), PHONE)


def guesses(count: int) -> list[str]:
    return [digits.shown(digits.drawn(bytes([1, x, *range(30)]))) for x in range(count)]


def test_guesses_are_bounded_and_lock_out_nobody_else(world: World) -> None:
    number = told(world)
    for guess in guesses(5):
        assert world.keys(again(world, guess), PHONE) == ["receipt-wrong"]
    assert world.keys(again(world, number), PHONE) == ["receipt-pause"], "a guess like the others"
    other = "!canary-other"
    world.chat("@canary-hers:third.example", other)
    asked = world.write(number, "@canary-hers:third.example", other)[1]
    assert "receipt-back" in world.keys(asked, other)


def test_after_an_hour_she_can_try_again(world: World) -> None:
    number = told(world)
    for guess in guesses(5):
        again(world, guess)
    world.pass_time(3601)
    assert world.memory.all(GUESSES) == []
    assert "receipt-back" in world.keys(again(world, number), PHONE)


def test_somebody_who_guesses_can_still_write(world: World) -> None:
    for guess in guesses(8):
        again(world, guess)
    assert world.office_keys(again(world, "Es ist dringend.")) == ["case-root"]


def test_in_clear_it_is_refused_before_it_is_used_and_ends(world: World) -> None:
    number = told(world)
    asked = again(world, number, encrypted=False)
    assert world.keys(asked, PHONE) == ["receipt-clear"]
    new = receipt(asked, "receipt-exposed")
    assert said(asked, "receipt-exposed").audience == frozenset({YUSRA})
    assert world.keys(again(world, number), PHONE) == ["receipt-wrong"]
    assert "receipt-back" in world.keys(again(world, new), PHONE)


def test_in_clear_nobody_learns_whether_one_counts(world: World) -> None:
    number = told(world)
    (wrong,) = guesses(1)
    answers = [world.keys(again(world, x, encrypted=False), PHONE) for x in (wrong, number)]
    assert answers[0] == answers[1]


def test_an_ended_one_comes_back_with_no_backup(world: World) -> None:
    number = told(world)
    again(world, number, encrypted=False)
    assert any(kind == RECEIPTS.kind for kind, _ in world.memory.forgotten)


def test_who_she_is_follows_her(world: World) -> None:
    again(world, told(world))
    identity = world.kept(IDENTITIES, "1")
    assert (identity.who.reveal(), identity.room) == (NEW, PHONE)
    assert OFFICE not in (identity.room, world.kept(IDENTITIES, "2").room)


# -- when the office's keys were compromised -------------------------------------------------------


def test_a_receipt_of_compromised_keys_is_void_and_each_chat_is_told_another(world: World) -> None:
    """Whoever had the key could work it out, from paper or not."""
    old = told(world)
    world.handle(Started(BOT, 2, renewed=True))
    assert "receipt-wrong" in [x.phrase.key for x in again(world, old) if isinstance(x, Say)]
    asked = world.pass_time(20)
    new = receipt(asked, "receipt-anew")
    assert said(asked, "receipt-anew").room == CHAT
    assert new != old
    assert "receipt-wrong" not in [x.phrase.key for x in again(world, new) if isinstance(x, Say)]
    assert world.kept(IDENTITIES, "1").room == PHONE, "she goes on by the new one"


def test_who_is_not_there_is_told_with_the_next_message(world: World) -> None:
    told(world)
    world.handle(Started(BOT, 2, renewed=True))
    world.move(CHAT, YUSRA, "leave")
    assert not [x for x in world.pass_time(20) if isinstance(x, Say) and x.room == CHAT]
    world.move(CHAT, YUSRA, "join")
    world.write("Ich bin wieder da.")
    assert receipt(world.pass_time(20), "receipt-anew")


def test_another_start_ends_no_receipt(world: World) -> None:
    old = told(world)
    world.handle(Started(BOT, 2))
    world.pass_time(20)
    assert "receipt-wrong" not in [x.phrase.key for x in again(world, old) if isinstance(x, Say)]
