"""Who gets mails: asked twice before the first, gone at the first word; and the digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bots.announcements import keys
from bots.announcements.documents.people import PROOFS, READERS
from bots.announcements.rules.mails.addresses import unsubscribe_token
from bots.announcements.settings import DigestTime, next_digest
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES
from bots.runtime.model.decision import Deliver, MailReceived, Started
from tests.kit.announcements import ANNA, BERLIN, BOT, SETTINGS, TEXT, World, texts

ADDRESS = "canary@mail.example"
FORM = {
    "address": ADDRESS,
    "language": "ar",
    "kind": "immediate",
    "consent": "أوافق",
    "consent_language": "ar",
}


@pytest.fixture
def world() -> World:
    return World().start()


def asked_to_confirm(world: World) -> str:
    """Fill in the form; the token of the mail that comes."""
    before = len(world.mails)
    world.submit("subscribe", **FORM)
    assert len(world.mails) == before + 1
    return world.mails[-1][1]


def stands(world: World, address: str = ADDRESS) -> str | None:
    stored = world.memory.get(READERS, world.id(address))
    return stored.standing if stored is not None else None


def address_of(world: World, reader: str) -> str | None:
    stored = world.memory.get(ADDRESSES, reader)
    return stored.address if stored is not None else None


# -- subscribing -----------------------------------------------------------------------------------


def test_nobody_gets_mails_who_has_not_confirmed(world: World) -> None:
    asked_to_confirm(world)
    world.send()
    assert not world.news()


def test_a_confirmed_reader_gets_mails_and_the_proof_is_kept(world: World) -> None:
    token = asked_to_confirm(world)
    world.now += timedelta(hours=3)
    world.submit("confirm", token=token)
    world.send()
    assert [address for address, _, _ in world.news()] == [ADDRESS]
    (proof,) = world.memory.all(PROOFS)
    wish = proof.wish
    assert (wish.consent, wish.consent_language, wish.language) == ("أوافق", "ar", "ar")
    assert proof.confirmed - wish.asked == 3 * 3600
    assert len(proof.version) == 16


def test_the_mail_that_asks_says_nothing_else(world: World) -> None:
    asked_to_confirm(world)
    _, _, letter = world.mails[-1]
    assert not letter.listed
    assert letter.link == "https://net.example/c/"
    assert letter.direction == "rtl"
    # Nobody has checked the Arabic yet, and people rely on it.
    languages = {block.language for block in letter.blocks}
    assert languages == {"ar", "de", "en"}


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b@c.example", "a@mail.example\r\nBcc: x@y.example", "ä@mail.example"],
)
def test_what_is_no_address_changes_nothing(world: World, address: str) -> None:
    assert world.submit("subscribe", **{**FORM, "address": address}) == []
    assert not world.memory.all(READERS)


def test_a_language_or_kind_that_is_not_offered_is_the_first(world: World) -> None:
    world.submit("subscribe", **{**FORM, "language": "tlh", "kind": "hourly"})
    world.submit("confirm", token=world.mails[-1][1])
    stored = world.memory.get(READERS, world.id(ADDRESS))
    assert stored is not None
    assert (stored.language, stored.kind) == ("de", "immediate")


def test_nobody_can_fill_a_strangers_mailbox(world: World) -> None:
    for _ in range(200):
        world.submit("subscribe", **FORM)
        world.pass_time(timedelta(minutes=30))
    assert len(world.mails) == 2
    world.pass_time(timedelta(days=8))
    assert "canary" not in world.memory.everything()
    world.submit("subscribe", **FORM)
    assert len(world.mails) == 3


@pytest.mark.parametrize(
    "others",
    [
        ["Canary@gmail.com", "ca.na.ry@gmail.com", "canary+3@googlemail.com", "CANARY@GMAIL.COM"],
        ["canary+1@mail.example", "canary+2@Mail.Example", "canary+@mail.example"],
        ["c.a-n_ary@protonmail.com", "canary@pm.me", "ca-nary@proton.me"],
        ["canary-1@yahoo.de", "canary-2@yahoo.de", "canary@yahoo.de"],
        ["c-anary@ya.ru", "c.anary@yandex.com", "c.anary+x@yandex.ru"],
        ["canary@bücher.example", "canary@xn--bcher-kva.example", "canary+a@BÜCHER.example"],
    ],
)
def test_one_mailbox_is_one_mailbox_however_it_is_written(world: World, others: list[str]) -> None:
    for address in others * 3:
        world.submit("subscribe", **{**FORM, "address": address})
        world.pass_time(timedelta(minutes=30))
    assert len(world.mails) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("j.doe@mail.example", "jdoe@mail.example"),
        ("anna-maria@mail.example", "anna@mail.example"),
        ("anna@gmail.com", "anna@mail.example"),
        ("+1@mail.example", "+2@mail.example"),
    ],
)
def test_who_may_be_somebody_else_gets_mails_as_well(world: World, one: str, other: str) -> None:
    for address in (one, other):
        world.submit("subscribe", **{**FORM, "address": address})
    assert [x[0] for x in world.mails] == [one, other]


def test_a_mail_goes_to_the_address_as_it_was_typed(world: World) -> None:
    world.subscribe("Anna.Vogel+News@GoogleMail.com")
    world.send()
    assert {x[0] for x in world.mails} == {"Anna.Vogel+News@googlemail.com"}


def test_a_link_confirms_what_was_asked_for_with_it(world: World) -> None:
    world.submit("subscribe", **{**FORM, "language": "de", "kind": "digest"})
    own = world.mails[-1][1]
    world.now += timedelta(minutes=20)
    world.submit("subscribe", **{**FORM, "language": "uk", "address": ADDRESS.upper()})
    forged = world.mails[-1][1]
    assert forged != own
    world.submit("confirm", token=own)
    stored = world.memory.get(READERS, world.id(ADDRESS))
    assert stored is not None
    assert (stored.language, stored.kind) == ("de", "digest")
    assert address_of(world, world.id(ADDRESS)) == ADDRESS


def test_two_requests_of_one_moment_are_two(world: World) -> None:
    world.submit("subscribe", **{**FORM, "language": "de", "kind": "digest"})
    own = world.mails[-1][1]
    world.submit("subscribe", **FORM)
    world.submit("confirm", token=own)
    stored = world.memory.get(READERS, world.id(ADDRESS))
    assert stored is not None
    assert (stored.language, stored.kind) == ("de", "digest")


def test_whom_others_ask_for_is_not_changed_until_she_confirms(world: World) -> None:
    reader = world.subscribe(ADDRESS, "de", "digest")
    before = world.memory.get(READERS, reader)
    world.submit("subscribe", **{**FORM, "address": "Canary@mail.example"})
    assert world.memory.get(READERS, reader) == before
    assert address_of(world, reader) == ADDRESS


def test_who_did_not_get_the_mail_gets_another_one_later(world: World) -> None:
    world.submit("subscribe", **FORM)
    world.submit("subscribe", **{**FORM, "kind": "digest"})
    assert len(world.mails) == 1
    world.pass_time(timedelta(minutes=16))
    assert len(world.mails) == 2
    world.submit("confirm", token=world.mails[-1][1])
    assert stands(world) == "active"


def test_who_leaves_leaves_no_request_behind(world: World) -> None:
    reader = world.subscribe(ADDRESS)
    world.now += timedelta(hours=1)
    world.submit("subscribe", **FORM)
    world.submit("unsubscribe", token=unsubscribe_token(SETTINGS, reader))
    assert "canary" not in world.memory.everything()


@pytest.mark.parametrize("token", ["", "x" * 22, "../../etc/passwd", "\x00"])
@pytest.mark.parametrize("form", ["confirm", "unsubscribe", "unknown"])
def test_a_forged_link_changes_nothing(world: World, form: str, token: str) -> None:
    reader = world.subscribe(ADDRESS)
    before = world.memory.everything()
    assert world.submit(form, token=token) == []
    assert world.memory.everything() == before
    assert address_of(world, reader) == ADDRESS


def test_a_link_serves_one_purpose(world: World) -> None:
    token = asked_to_confirm(world)
    world.submit("unsubscribe", token=token)
    world.submit("confirm", token=token)
    world.submit("confirm", token=unsubscribe_token(SETTINGS, world.id(ADDRESS)))
    assert stands(world) == "active"


def test_an_old_link_confirms_nothing_and_the_address_is_gone(world: World) -> None:
    token = asked_to_confirm(world)
    world.pass_time(timedelta(days=8))
    assert "canary" not in world.memory.everything()
    world.submit("confirm", token=token)
    assert stands(world) is None


def test_confirming_twice_is_harmless(world: World) -> None:
    token = asked_to_confirm(world)
    world.submit("confirm", token=token)
    assert world.submit("confirm", token=token) == []
    world.pass_time(timedelta(days=10))
    assert stands(world) == "active"


def test_whoever_asks_again_can_change_language_and_kind(world: World) -> None:
    world.subscribe(ADDRESS, "de")
    world.submit("subscribe", **FORM)
    world.send()
    assert world.news()[-1][2].language == "de"
    world.submit("confirm", token=next(x[1] for x in reversed(world.mails) if not x[2].listed))
    world.send("Zweiter")
    assert world.news()[-1][2].language == "ar"


def test_a_mail_that_asks_is_tried_again_when_it_is_refused_for_now(world: World) -> None:
    world.answers[world.id(ADDRESS)] = [documents.LATER]
    world.submit("subscribe", **FORM)
    assert not world.mails
    world.pass_time(timedelta(minutes=6))
    world.submit("confirm", token=world.mails[-1][1])
    assert stands(world) == "active"


@pytest.mark.parametrize("word", [documents.NOBODY, documents.REFUSED])
def test_whoever_waits_for_a_mail_gets_it_whatever_the_server_said_first(
    world: World, word: str
) -> None:
    world.answers[world.id(ADDRESS)] = [f"{word} 550 5.1.1"]
    world.submit("subscribe", **FORM)
    world.pass_time(timedelta(minutes=6))
    world.submit("confirm", token=world.mails[-1][1])
    assert stands(world) == "active"
    assert not world.memory.forgotten


# -- leaving ---------------------------------------------------------------------------------------


def test_one_click_ends_the_mails_and_leaves_a_fingerprint(world: World) -> None:
    reader = world.subscribe(ADDRESS)
    world.subscribe("other@mail.example")
    world.send()
    token = next(token for address, token, _ in world.news() if address == ADDRESS)
    world.submit("unsubscribe", token=token)
    assert stands(world) == "gone"
    assert "canary" not in world.memory.everything()
    assert world.memory.forgotten == {(ADDRESSES.kind, reader)}
    world.send("Zweiter")
    assert [x[0] for x in world.news()].count(ADDRESS) == 1
    assert world.submit("unsubscribe", token=token) == []
    assert world.memory.get(READERS, reader) is not None


def test_a_mail_with_the_token_as_subject_ends_them_too(world: World) -> None:
    reader = world.subscribe(ADDRESS)
    token = unsubscribe_token(SETTINGS, reader)
    world.handle(MailReceived({"subject": f"Re: {token}"}))
    assert stands(world) == "gone"


@pytest.mark.parametrize("content", [{}, {"subject": None}, {"subject": "x" * 22}])
def test_other_mails_change_nothing(world: World, content: dict[str, object]) -> None:
    assert world.handle(MailReceived(content)) == []


def test_who_left_after_a_backup_is_asked_again_before_the_first_mail(world: World) -> None:
    world.subscribe(ADDRESS)
    world.memory.drop(ADDRESSES, world.id(ADDRESS))  # all that a restored backup knows
    token = asked_to_confirm(world)
    world.send()
    assert not world.news()
    world.submit("confirm", token=token)
    world.send("Zweiter")
    assert [address for address, _, _ in world.news()] == [ADDRESS]


def test_who_leaves_amid_a_round_gets_nothing_more_of_it(world: World) -> None:
    reader = world.subscribe(ADDRESS)
    world.held = True
    world.send()
    world.submit("unsubscribe", token=unsubscribe_token(SETTINGS, reader))
    world.release_held()
    assert not world.news()
    assert (world.circular().gone, world.circular().finished) == (1, True)


def test_who_leaves_while_a_mail_is_to_be_tried_again_gets_nothing(world: World) -> None:
    reader = world.subscribe(ADDRESS)
    world.answers[reader] = [documents.LATER]
    world.send()
    world.submit("unsubscribe", token=unsubscribe_token(SETTINGS, reader))
    world.pass_time(timedelta(days=3))
    assert not world.news()
    assert (world.circular().gone, world.circular().finished) == (1, True)


def test_an_old_link_does_not_bring_back_who_has_left(world: World) -> None:
    old = asked_to_confirm(world)
    world.submit("confirm", token=old)
    world.submit("subscribe", **FORM)
    older = world.mails[-1][1]
    world.now += timedelta(hours=1)
    world.submit("unsubscribe", token=unsubscribe_token(SETTINGS, world.id(ADDRESS)))
    world.submit("confirm", token=older)
    assert stands(world) == "gone"


def test_whoever_left_can_come_back(world: World) -> None:
    reader = world.subscribe(ADDRESS)
    world.now += timedelta(hours=1)
    world.submit("unsubscribe", token=unsubscribe_token(SETTINGS, reader))
    world.now += timedelta(hours=1)
    world.subscribe(ADDRESS)
    assert stands(world) == "active"


# -- the digest ------------------------------------------------------------------------------------


def test_a_digest_holds_what_was_new_once(world: World) -> None:
    world.subscribe(ADDRESS, "ar", "digest")
    world.send("# Erstes\n\nText eins")
    world.send("Zweites")
    assert not world.news()
    world.pass_time(timedelta(days=7))
    ((address, _, letter),) = world.news()
    assert address == ADDRESS
    assert letter.language == "ar"
    assert "Text eins" in texts(letter)
    assert "Zweites" in texts(letter)
    world.pass_time(timedelta(days=21))
    assert len(world.news()) == 1


def test_an_empty_digest_is_not_sent(world: World) -> None:
    world.subscribe(ADDRESS, "de", "digest")
    world.pass_time(timedelta(days=30))
    assert not world.news()
    assert keys.DIGEST() in world.timers


def test_what_was_taken_back_stands_in_no_digest(world: World) -> None:
    world.subscribe(ADDRESS, "de", "digest")
    event = world.send("Erstes")
    world.redact(event)
    world.pass_time(timedelta(days=7))
    assert not world.news()


def test_a_digest_on_its_way_goes_on_without_what_is_taken_back(world: World) -> None:
    world.subscribe(ADDRESS, "de", "digest")
    world.send("Erstes")
    event = world.send("Zweites")
    world.held = True
    world.pass_time(timedelta(days=4))
    assert len(world.waiting) == 1
    world.redact(event)
    world.release_held()
    ((_, _, letter),) = world.news()
    assert "Erstes" in texts(letter)
    assert "Zweites" not in texts(letter)


def test_a_digest_of_which_nothing_is_left_is_stopped(world: World) -> None:
    world.subscribe(ADDRESS, "de", "digest")
    event = world.send("Erstes")
    world.held = True
    world.pass_time(timedelta(days=4))
    world.redact(event)
    world.release_held()
    assert not world.news()


def test_an_office_that_was_down_sends_its_digest_late_and_once(world: World) -> None:
    world.subscribe(ADDRESS, "de", "digest")
    world.send("Erstes")
    world.now += timedelta(days=9)  # nothing rings while it is down
    world.handle(Started(BOT, 2))
    world.timers[keys.DIGEST()] = world.now
    world.pass_time(timedelta(days=14))
    assert len(world.news()) == 1


@pytest.mark.parametrize(
    ("when", "now", "expected"),
    [
        (
            DigestTime(17, 0, 4),
            datetime(2026, 3, 27, 15, 0, tzinfo=UTC),
            "2026-03-27T17:00:00+01:00",
        ),
        (
            DigestTime(17, 0, 4),
            datetime(2026, 3, 27, 16, 0, tzinfo=UTC),
            "2026-04-03T17:00:00+02:00",
        ),
        (
            DigestTime(17, 0, None),
            datetime(2026, 10, 24, 16, 0, tzinfo=UTC),
            "2026-10-25T17:00:00+01:00",
        ),
        (
            DigestTime(8, 30, None),
            datetime(2026, 1, 1, 7, 0, tzinfo=UTC),
            "2026-01-01T08:30:00+01:00",
        ),
    ],
)
def test_the_clock_on_the_wall_decides(when: DigestTime, now: datetime, expected: str) -> None:
    assert next_digest(when, BERLIN, now).isoformat() == expected


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("month", [3, 10])
def test_a_daily_digest_comes_once_a_day_all_year(hour: int, month: int) -> None:
    now = datetime(2026, month, 20, tzinfo=UTC)
    days = []
    for _ in range(14):
        at = next_digest(DigestTime(hour, 30, None), BERLIN, now)
        now = at.astimezone(UTC)
        days.append(now.astimezone(BERLIN).date())
    assert len(set(days)) == 14
    assert (days[-1] - days[0]).days == 13


def test_letters_of_all_languages_can_be_written() -> None:
    every = ("de", "de-simple", "en", "ar", "fa", "uk", "ru", "fr", "tr", "ti")
    world = World(replace(SETTINGS, languages=every)).start()
    for language in every:
        world.subscribe(f"{language}@mail.example", language)
        world.subscribe(f"{language}2@mail.example", language, "digest")
    world.send()
    world.pass_time(timedelta(days=7))
    assert len(world.news()) == 20
    assert all(TEXT.split("\n")[-1] in texts(letter) for _, _, letter in world.news())


def test_nothing_is_kept_of_who_writes_mails(world: World) -> None:
    asked = world.submit("subscribe", **FORM)
    (mail,) = (x for x in asked if isinstance(x, Deliver))
    assert ADDRESS not in str(mail)
    assert ANNA not in str(mail)
